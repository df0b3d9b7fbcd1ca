//! One pair of platforms, facet by facet.

use serde_json::{Value, json};

use super::between::{Difference, Range, of_figure};
use super::matrix::hours;
use super::{View, WorkScope};
use crate::base::units::{Measure, UnitPrice, Written as _};
use crate::cli::catalog::table::{printed, table, wrapped};
use crate::input::catalog::Tool;

/// A pair of platforms, and what is moved between them.
pub(super) struct Pair<'a> {
    pub view: View<'a>,
    pub from: &'a str,
    pub to: &'a str,
    /// So many VMs in so many applications.
    pub moved: Option<(u32, u32)>,
}

/// What a move of some VMs takes.
struct Estimate {
    vms: u32,
    applications: u32,
    hours: Range,
    /// Money for an hour.
    rate: Range,
    currency: String,
}

impl Pair<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let catalog = self.view.between.catalog;
        let facets = self.view.between.facets(self.from, self.to);
        let label = |name: &str| {
            let platform = catalog.platforms.get(name);
            platform.map_or_else(|| name.to_owned(), |platform| platform.label.clone())
        };
        let differ = facets.iter().filter(|facet| !facet.agrees()).count();
        let [from, to] = [self.from, self.to].map(label);
        let mut text =
            format!("From {from} to {to}.\nThey differ in {differ} of {} respects.\n", facets.len());
        if let Some(at) = self.view.at {
            text += &format!("With the scenario's figures and the alliances in force on {at}.\n");
        }
        text += "\n";
        text += &self.values(&facets);
        if differ > 0 {
            text += &work(&facets);
        }
        text += &alliances(&facets);
        if let Some(estimate) = self.estimate(&facets) {
            text += &estimate.text(&facets);
        }
        text + &self.tools_text()
    }

    /// The values of both, and whether they agree.
    fn values(&self, facets: &[Difference<'_>]) -> String {
        let mut rows = table(&["respect", "group", self.from, self.to, "agree"]);
        for facet in facets {
            let agree = match (facet.agrees(), facet.values[0] == facet.values[1]) {
                (true, true) => "yes",
                (true, false) => "by alliance",
                _ => "no",
            };
            let [one, other] = facet.values.map(str::to_owned);
            rows.add_row([
                facet.name.to_owned(),
                facet.facet.group.to_string(),
                one,
                other,
                agree.to_owned(),
            ]);
        }
        printed(&rows)
    }

    fn estimate(&self, facets: &[Difference<'_>]) -> Option<Estimate> {
        let (vms, applications) = self.moved?;
        let [per_vm, per_application, once] = WorkScope::ALL.map(|scope| together(facets, scope));
        let hours = per_vm
            .scaled(f64::from(vms))
            .plus(per_application.scaled(f64::from(applications)))
            .plus(if vms > 0 { once } else { Range::default() });
        let figure = self.view.between.catalog.assumptions.get("engineer_rate")?;
        let price = figure.typical().map(|plain| UnitPrice::from_measure(&Measure::clone(&plain.0)));
        let currency = price.and_then(Result::ok).map_or(String::new(), |price| price.currency.to_string());
        Some(Estimate { vms, applications, hours, rate: of_figure(figure), currency })
    }

    fn tools(&self) -> Vec<(&str, &Tool)> {
        let tools = self.view.between.catalog.tools.iter();
        let joins = tools.filter(|(_, tool)| tool.joins(self.from, self.to));
        joins.map(|(name, tool)| (name.as_str(), tool)).collect()
    }

    fn tools_text(&self) -> String {
        let tools = self.tools();
        if tools.is_empty() {
            return format!("\nNo tool of the catalogue moves from {} to {}.\n", self.from, self.to);
        }
        let mut rows = table(&["tool", "", "carries"]);
        for (name, tool) in tools {
            let methods: Vec<&str> = tool.methods.iter().map(|method| method.word()).collect();
            rows.add_row([name.to_owned(), tool.label.clone(), methods.join(", ")]);
        }
        format!("\nTools that move from {} to {}\n\n{}", self.from, self.to, printed(&rows))
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let facets = self.view.between.facets(self.from, self.to);
        let listed: Vec<Value> = facets
            .iter()
            .map(|facet| {
                json!({
                    "facet": facet.name,
                    "group": facet.facet.group.word(),
                    "from": facet.values[0],
                    "to": facet.values[1],
                    "agrees": facet.agrees(),
                    "hours_per_vm": facet.hours(WorkScope::Vm),
                    "hours_per_application": facet.hours(WorkScope::Application),
                    "hours_per_estate": facet.hours(WorkScope::Estate),
                    "cutover_minutes": facet.cutover_minutes(),
                    "changed_by": facet.by,
                })
            })
            .collect();
        let tools: Vec<Value> = self
            .tools()
            .into_iter()
            .map(|(name, tool)| {
                let methods: Vec<&str> = tool.methods.iter().map(|method| method.word()).collect();
                json!({ "name": name, "label": tool.label, "methods": methods })
            })
            .collect();
        let estimate = self.estimate(&facets).map(|estimate| {
            json!({
                "vms": estimate.vms,
                "applications": estimate.applications,
                "hours": estimate.hours,
                "currency": estimate.currency,
                "cost": estimate.hours.times(estimate.rate),
            })
        });
        json!({
            "from": self.from,
            "to": self.to,
            "at": self.view.at.map(|at| at.to_string()),
            "facets": listed,
            "tools": tools,
            "estimate": estimate,
        })
    }
}

/// The work of a scope on all differences.
fn together(facets: &[Difference<'_>], scope: WorkScope) -> Range {
    facets.iter().map(|facet| facet.hours(scope)).fold(Range::default(), Range::plus)
}

/// What the differences take, with their ranges.
fn work(facets: &[Difference<'_>]) -> String {
    let mut rows = table(&["respect", "per VM, h", "per application, h", "estate, h", "cutover, min"]);
    let row = |name: &str, hours: [Range; 3], minutes: Range| {
        let [vm, application, estate] = hours;
        [
            name.to_owned(),
            shown(vm, WorkScope::Vm),
            shown(application, WorkScope::Application),
            shown(estate, WorkScope::Estate),
            shown(minutes, WorkScope::Estate),
        ]
    };
    for facet in facets.iter().filter(|facet| !facet.agrees()) {
        rows.add_row(row(
            facet.name,
            WorkScope::ALL.map(|scope| facet.hours(scope)),
            facet.cutover_minutes(),
        ));
    }
    let minutes = facets.iter().map(Difference::cutover_minutes).fold(Range::default(), Range::plus);
    rows.add_row(row("together", WorkScope::ALL.map(|scope| together(facets, scope)), minutes));
    format!(
        "\nWhat each difference takes: hours of an engineer and minutes of each cutover that is not live,\n\
         most likely (least to greatest). A sum of all the least, or all the greatest, is an extreme.\n\n{}",
        printed(&rows)
    )
}

/// A share in percent, with its range.
fn percent(share: Range) -> String {
    let [low, mode, high] = [share.low, share.mode, share.high].map(|share| format!("{:.0}", 100.0 * share));
    if low == high { format!("{mode} %") } else { format!("{mode} % ({low}–{high} %)") }
}

/// Which alliances changed what.
fn alliances(facets: &[Difference<'_>]) -> String {
    let mut changed: Vec<(String, Vec<&str>)> = Vec::new();
    for facet in facets.iter().filter(|facet| !facet.by.is_empty()) {
        let how = match facet.agrees() {
            true => "They agree".to_owned(),
            false => format!("{} of the work remains", percent(facet.remains)),
        };
        let title = format!("{how} by {} in", facet.by.join(" and "));
        match changed.iter_mut().find(|(known, _)| *known == title) {
            Some((_, names)) => names.push(facet.name),
            None => changed.push((title, vec![facet.name])),
        }
    }
    let width = crate::cli::catalog::table::width().into();
    let lines: String = changed
        .iter()
        .map(|(title, names)| wrapped(&format!("{title}: {}.", names.join(", ")), "", width))
        .collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn shown(range: Range, scope: WorkScope) -> String {
    let [low, mode, high] = [range.low, range.mode, range.high].map(|number| hours(number, scope));
    if low == high { mode } else { format!("{mode} ({low}–{high})") }
}

impl Estimate {
    fn text(&self, facets: &[Difference<'_>]) -> String {
        let [per_vm, per_application, once] = WorkScope::ALL.map(|scope| together(facets, scope).mode);
        let cost = self.hours.times(self.rate);
        let whole = |range: Range| {
            let [low, mode, high] = [range.low, range.mode, range.high].map(thousands);
            format!("{mode} ({low} to {high})")
        };
        let sum = format!(
            "{} VMs in {} applications: {} × {per_vm:.2} h + {} × {per_application:.2} h + {once:.0} h = {} h; \
             at {} {}/h (the catalogue's `engineer_rate`) {} {}. The range is of all figures at their least and \
             all at their greatest. Planning, tests and copying come on top.",
            self.vms,
            self.applications,
            self.vms,
            self.applications,
            whole(self.hours),
            whole(self.rate),
            self.currency,
            whole(cost),
            self.currency
        );
        format!("\n{}", wrapped(&sum, "", crate::cli::catalog::table::width().into()))
    }
}

/// A whole number with its thousands set apart.
fn thousands(number: f64) -> String {
    crate::report::money::number(number, 0, crate::report::money::Typography::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::catalog::interoperability::between::Between;
    use crate::input::catalog::Catalog;

    #[test]
    fn a_pair_tells_its_values_its_work_its_cost_and_its_tools() {
        let catalog = Catalog::embedded();
        let view = View { between: Between { catalog: &catalog, easings: &[] }, at: None };
        let pair = Pair { view, from: "vsphere", to: "vsphere-cloud", moved: Some((300, 60)) };
        let text = pair.text();
        assert!(text.contains("They differ in 2 of 8 respects."), "{text}");
        for cells in [
            ["network-overlay", "transport", "vlan-port-groups", "nsx-segments", "no"],
            ["disk-format", "syntactic", "vmdk", "vmdk", "yes"],
        ] {
            let found = text.lines().any(|line| line.split_whitespace().eq(cells));
            assert!(found, "{cells:?} is no row of\n{text}");
        }
        // Network and identity: 0.4 + 0.05 h a VM, 0.5 + 0.25 h an application, 16 + 8 h
        // once: 135 + 45 + 24 = 204 h at 75 EUR are 15,300 EUR.
        let json = pair.json();
        let cost = &json["estimate"]["cost"]["mode"];
        assert!((cost.as_f64().expect("a number") - 15_300.0).abs() < 1e-6, "rounding only: {cost}");
        assert!(text.contains("= 204 (") && text.contains("15 300 ("), "{text}");
        assert!(json["tools"].as_array().is_some_and(|tools| !tools.is_empty()), "{json}");
    }
}
