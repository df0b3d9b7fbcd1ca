//! Who may hold the capital of a trusted provider.

use super::regions;
use crate::world::{Holder, Party};

/// The largest share of one holder from outside the Union.
const EACH: f64 = 0.24;
/// The largest share of all holders from outside the Union together.
const TOGETHER: f64 = 0.39;

/// How a company breaks the holding rule of SecNumCloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breach {
    /// Its seat is not in the Union.
    Seat,
    /// A holder from outside the Union has too much: its place in [`Party::holders`].
    One(usize),
    /// All holders from outside the Union together have too much.
    Together,
    /// Nobody says who holds it.
    NotStated,
}

/// Whether a company keeps the holding rule of `SecNumCloud` 3.2, 19.6: its seat is in the
/// European Union; holders from outside have at most 24 % each and at most 39 % together,
/// of the capital and of the votes (archimag 2021-10; pialab.io quoting draft 3.2.a).
///
/// # Errors
/// How it is broken. What nobody states is not proven.
pub fn secnumcloud(party: &Party) -> Result<(), Breach> {
    if !regions::in_eu(&party.jurisdiction) {
        return Err(Breach::Seat);
    }
    let Some(holders) = &party.holders else { return Err(Breach::NotStated) };
    let outside = || holders.iter().enumerate().filter(|(_, holder)| !regions::in_eu(&holder.jurisdiction));
    if let Some((place, _)) = outside().find(|(_, holder)| holder.capital > EACH || holder.votes > EACH) {
        return Err(Breach::One(place));
    }
    let total = |share: fn(&Holder) -> f64| -> f64 { outside().map(|(_, holder)| share(holder)).sum() };
    // Shares are written in percent: a sum may be a hair above the limit that it meets.
    let limit = TOGETHER + 1e-9;
    if total(|holder| holder.capital) > limit || total(|holder| holder.votes) > limit {
        return Err(Breach::Together);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(jurisdiction: &str, holders: &[(&str, f64, f64)]) -> Party {
        let holder = |(jurisdiction, capital, votes): &(&str, f64, f64)| Holder {
            name: format!("a holder from {jurisdiction}"),
            jurisdiction: (*jurisdiction).to_owned(),
            capital: *capital,
            votes: *votes,
        };
        Party {
            key: "held".into(),
            name: "trusted".into(),
            jurisdiction: jurisdiction.into(),
            holders: Some(holders.iter().map(holder).collect()),
        }
    }

    #[test]
    fn a_quarter_for_one_is_too_much_and_so_are_two_fifths_together() {
        let judged = |holders: &[(&str, f64, f64)]| secnumcloud(&party("FR", holders));
        assert_eq!(judged(&[("FR", 0.76, 0.76), ("US", 0.24, 0.24)]), Ok(()));
        assert_eq!(judged(&[("FR", 0.75, 0.76), ("US", 0.25, 0.24)]), Err(Breach::One(1)), "of the capital");
        assert_eq!(judged(&[("FR", 0.76, 0.70), ("US", 0.24, 0.30)]), Err(Breach::One(1)), "of the votes");
        // 24 + 15 = 39 of 100, and 24 + 16 = 40.
        assert_eq!(judged(&[("DE", 0.61, 0.61), ("US", 0.24, 0.24), ("JP", 0.15, 0.15)]), Ok(()));
        let two = [("DE", 0.60, 0.61), ("US", 0.24, 0.24), ("JP", 0.16, 0.15)];
        assert_eq!(judged(&two), Err(Breach::Together));
        assert_eq!(judged(&[("FR", 1.0, 1.0)]), Ok(()));
    }

    #[test]
    fn the_seat_must_be_in_the_union_and_what_is_not_stated_is_not_proven() {
        assert_eq!(secnumcloud(&party("CH", &[("CH", 1.0, 1.0)])), Err(Breach::Seat));
        let silent = Party { holders: None, ..party("FR", &[]) };
        assert_eq!(secnumcloud(&silent), Err(Breach::NotStated));
    }
}
