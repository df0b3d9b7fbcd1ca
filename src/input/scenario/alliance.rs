//! Alliances: dated agreements between vendors.

use jiff::civil::Date;

use super::OfferPath;
use crate::base::diagnostics::{Diagnostic, Diagnostics};
use crate::base::settings::{Figure, Located, Name, OneOrMany};
use crate::base::units::Share;

crate::record! {
    /// A dated agreement between vendors that changes the world while it holds: less work between two platforms, one management plane for several, a licence that may go to an offer, an offer that is on sale.
    pub struct Alliance as "an alliance" {
        /// Its name in the report.
        pub label: Option<String>,
        /// The first day on which it holds; one before the scenario starts when it holds already.
        pub from: Located<Date>,
        /// The first day on which it holds no more; it holds on when left out.
        pub until: Option<Located<Date>>,
        /// Work between two platforms, in both directions, of which less remains.
        pub effort: Option<Vec<Easing>>,
        /// Platforms that are run from one management plane.
        pub one_plane: Option<Vec<Name>>,
        /// Licences that may be carried to an offer only while an alliance that says so holds.
        pub carries: Option<Vec<Carried>>,
        /// Offers that are on sale only while an alliance that sells them holds: `site/offer`, or `site` for all of a site.
        pub sells: Option<Vec<OfferPath>>,
    }

    /// Less work between two platforms.
    pub struct Easing as "work that becomes less" {
        /// The two platforms.
        pub between: Vec<Name>,
        /// In which respects: facets of the catalogue; all of them when left out.
        pub facet: Option<OneOrMany<Name>>,
        /// What remains of the work; 0 % where the two come to agree.
        pub remains: Figure<Share>,
    }

    /// A licence that may be carried to an offer.
    pub struct Carried as "a licence that may be carried" {
        /// The licence: a name of the catalogue, such as `vcf`.
        pub licence: Name,
        /// Where it may be carried: `site/offer`, or `site` for all offers there that need it.
        pub to: OfferPath,
    }
}

impl Alliance {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Date) -> bool {
        self.from.value <= day && self.until.is_none_or(|until| day < until.value)
    }

    /// Its name for people, given the one under which it is declared.
    pub fn label<'a>(&'a self, name: &'a Name) -> &'a str {
        self.label.as_deref().unwrap_or(name.as_str())
    }

    /// The work that becomes less.
    pub fn easings(&self) -> impl Iterator<Item = &Easing> {
        self.effort.iter().flatten()
    }

    /// Its dates are in order, and it changes something.
    pub(super) fn check(&self, name: &Name, diagnostics: &mut Diagnostics) {
        if let Some(until) = self.until
            && until.value <= self.from.value
        {
            diagnostics.push(
                Diagnostic::error(until.spot, format!("The alliance `{name}` ends before it begins"))
                    .related(self.from.spot, "it begins here")
                    .note("`until` is the first day on which it holds no more."),
            );
        }
        // A list of which every entry is broken is there, and has been complained about.
        let none = self.effort.is_none() && self.one_plane.is_none();
        if none && self.carries.is_none() && self.sells.is_none() {
            diagnostics.push(
                Diagnostic::error(self.spot, format!("The alliance `{name}` changes nothing"))
                    .note("Expected one or more of `effort`, `one_plane`, `carries` and `sells`."),
            );
        }
        if let Some([alone]) = self.one_plane.as_deref() {
            diagnostics.push(
                Diagnostic::error(alone.spot, format!("`{alone}` alone has one management plane already"))
                    .help("Name two platforms or more, such as `one_plane: [hyper-v, azure]`."),
            );
        }
    }
}
