//! What every figure means: one place for the page, for `explain` and for tests.
//!
//! A definition has the dotted name of a figure of `summary.json`, or of a group of
//! figures such as `cost.by_category`; or it is a word of the page that no figure has,
//! such as `range`. The longest name that a figure begins with is its own.

use serde::Serialize;

/// What a figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The dotted name of a figure or of a group of figures, or a word.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is, in a sentence or two.
    pub text: &'static str,
    /// The unit of its values; empty for a word.
    pub unit: &'static str,
    /// How it is worked out; empty where the text says so.
    pub formula: &'static str,
    /// Where the definition comes from; empty where it is the program's own.
    pub source: &'static str,
}

const MONEY: &str = "reporting currency";
const SHARE: &str = "share from 0 to 1";
const COUNT: &str = "count";
const MONTHS: &str = "months";
const HOURS: &str = "hours";

/// A definition without a source of its own.
const fn own(
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    text: &'static str,
    formula: &'static str,
) -> Definition {
    Definition { name, title, text, unit, formula, source: "" }
}

/// A definition from elsewhere; its formula is in its text.
const fn from(
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    text: &'static str,
    source: &'static str,
) -> Definition {
    Definition { name, title, text, unit, formula: "", source }
}

const CSF: &str = "European Commission, Cloud Sovereignty Framework v1.2.1 (October 2025) and its calculator of \
                   1 June 2026";
const MERGERS: &str = "US Department of Justice and FTC, Merger Guidelines 2023, section 2.1";

/// Every definition, in the order of the page.
pub const DEFINITIONS: &[Definition] = &[
    from(
        "range",
        "Mean, range, 80 %",
        "",
        "The mean of the replications, with the 95 % half-width of that mean by Student's t. The range from 5 to \
         95 % is predictive, not a confidence interval: each replication draws every uncertain input and every \
         chance event anew, the same for all strategies. 80 % of the replications cost less than the 80 % point.",
        "Quantiles between order statistics: type 7 of Hyndman and Fan, The American Statistician 50:4 (1996)",
    ),
    own(
        "beats",
        "Beats and saves on the first strategy",
        "",
        "Every replication is run for all strategies with the same inputs and the same luck. Beats is the share of \
         them in which a strategy costs less than the first one in present value; saves is the mean of the difference, \
         positive where it is cheaper.",
        "",
    ),
    own(
        "path",
        "The illustrative path",
        "",
        "One replication, the same for all strategies: the one whose worst distance in rank of cost from the median, \
         over the strategies, is least. Ledger, waves, decisions and explanations are its own, so its figures differ \
         from the means.",
        "",
    ),
    own(
        "limits",
        "Limits broken",
        "",
        "What the scenario says must not be broken: budget, date, hours of downtime, gates. A broken limit is reported \
         with the share of the replications that broke it; it never stops a run.",
        "",
    ),
    from(
        "data-act",
        "The Data Act",
        "",
        "For sites in the European Economic Area: from 12 September 2025 a switch may cost no more than it costs the \
         provider, from 12 January 2027 nothing. It removes the price of data taken out, neither penalties for ending a \
         term early nor the price of data exchanged while both are used. Notice of at most two months; a transition of \
         thirty days that the customer may extend once, or up to seven months where that is technically unfeasible; \
         thirty more days to retrieve data. Where cost is allowed and nobody states it, the tariff is charged.",
        "Regulation (EU) 2023/2854",
    ),
    own(
        "cost.npv",
        "Present value of all cost",
        MONEY,
        "All cash cost over the horizon, before VAT, discounted from the day it is paid to the start of the horizon. \
         Depreciation is not cash: remaining book value stands beside it as a write-off. Commitments that outlast the \
         horizon are charged.",
        "sum over the ledger lines of amount x (1 + discount rate)^-years, years of 365.25 days",
    ),
    own(
        "cost.total",
        "Total before discounting",
        MONEY,
        "All cash cost over the horizon as it is paid, before VAT: the sum of all lines of the ledger.",
        "sum over the ledger lines of quantity x unit price x exchange rate, each rounded once",
    ),
    own(
        "cost.by_category",
        "Cost by category",
        MONEY,
        "The total before discounting by what is paid for. Every line of the ledger has one category; double running \
         is what is paid at the source for workloads that have already left.",
        "",
    ),
    own(
        "cost.by_provider",
        "Cost by who is paid",
        MONEY,
        "The total before discounting by who issues the invoice: the provider of the site, else the seller of the \
         licence, else one's own organisation.",
        "",
    ),
    own(
        "cost.by_year",
        "Cost by year",
        MONEY,
        "The total before discounting by the calendar year that the lines are charged for. What is owed after the \
         horizon stands in its last year.",
        "",
    ),
    own("cost.opex", "Running cost (opex)", MONEY, "The part of the total that is paid for use.", ""),
    own(
        "cost.capex",
        "Bought and owned (capex)",
        MONEY,
        "The part of the total that buys what is then owned: hosts and perpetual licences, on the day of purchase.",
        "",
    ),
    own(
        "cost.credits",
        "Credits",
        MONEY,
        "Money back from sellers that failed their promise: zero or negative. With opex and capex it makes the total.",
        "",
    ),
    own(
        "cost.book_value",
        "Book value at the end",
        MONEY,
        "What owned hosts are still worth in the books at the end of the horizon. It is not cash, so it stands beside the \
         cost and is in no total.",
        "",
    ),
    own(
        "cost.write_off",
        "Book value written off",
        MONEY,
        "Book value that remained when assets were given up. It is not cash, so it stands beside the cost and is in \
         no total.",
        "",
    ),
    own(
        "commitments.paid",
        "Paid for commitments",
        MONEY,
        "What was paid for what was bought for a term, what is still owed after the horizon included.",
        "",
    ),
    own(
        "commitments.unused",
        "Commitments not used",
        MONEY,
        "The part of their price that fell on use that nobody made, within the horizon.",
        "",
    ),
    own(
        "commitments.used_share",
        "Share of commitments used",
        SHARE,
        "Share of the price of commitments within the horizon that fell on use.",
        "",
    ),
    own(
        "commitments.coverage",
        "Coverage by commitments",
        SHARE,
        "Share of the use at the offers that commitments cover, at list prices, that was covered. A commitment covers at \
         every instant what runs at its offer, up to what was bought.",
        "",
    ),
    own(
        "commitments.saved",
        "Saved by commitments",
        MONEY,
        "What the covered use would have cost by the hour, less what its commitments cost within the horizon, used or \
         not: negative where they cost more.",
        "",
    ),
    own(
        "migration.planned",
        "Workloads to move",
        COUNT,
        "Workloads that the strategy does not leave where they are.",
        "",
    ),
    own(
        "migration.completed",
        "Workloads moved",
        COUNT,
        "Workloads that run at their destination after their last attempt.",
        "",
    ),
    own(
        "migration.rolled_back",
        "Moves rolled back",
        COUNT,
        "Cutovers that failed and were undone, counted by workload and attempt.",
        "",
    ),
    own(
        "migration.unplaced",
        "Workloads without room",
        COUNT,
        "Workloads for which the destination had no room when they were last tried.",
        "",
    ),
    own(
        "migration.given_up",
        "Moves given up",
        COUNT,
        "Workloads whose copy could not be finished, or whose cutover failed every time: they stay.",
        "",
    ),
    own("migration.retired", "Workloads retired", COUNT, "Workloads switched off for good.", ""),
    own(
        "migration.finished_at",
        "Moves finished",
        "instant; years of 365.25 days since the start in forecasts",
        "When the last planned workload had arrived or was retired. It does not exist in a replication in which one is \
         missing.",
        "",
    ),
    own(
        "migration.downtime_hours",
        "Downtime for moves",
        HOURS,
        "Hours for which workloads were down for cutovers and their rollbacks, summed over workloads.",
        "",
    ),
    own(
        "interoperability.one_off",
        "Interoperability cost, once",
        MONEY,
        "Work of the moves actually made on what differs between the platforms they cross, by the respect (facet) in \
         which they differ, and on replacing services that the destination lacks.",
        "sum over the differing facets of hours per VM, per application and per estate, at the rate of who does it, \
         plus interoperability.replacement",
    ),
    own(
        "interoperability.by_facet",
        "Interoperability cost by facet",
        MONEY,
        "The work on differences by the respect in which two platforms differ: network, disks, metadata, drivers, and \
         so on. With interoperability.replacement it makes the one-off cost.",
        "",
    ),
    own(
        "interoperability.by_group",
        "Interoperability cost by kind of facet",
        MONEY,
        "The work on differences by the five kinds of facets: transport, syntactic, semantic, behavioural, policy. With \
         interoperability.replacement it makes the one-off cost.",
        "",
    ),
    own(
        "interoperability.by_pair",
        "Interoperability cost by pair of platforms",
        MONEY,
        "The one-off cost, replacements included, by the platforms that moves leave and reach: of every pair that a \
         strategy crosses.",
        "",
    ),
    own(
        "interoperability.replacement",
        "Replacing what applications lean on",
        MONEY,
        "Work to replace services that applications use at their source and do not find at their destination.",
        "",
    ),
    own(
        "interoperability.recurring",
        "Running across platforms",
        MONEY,
        "What it costs over the horizon that the estate runs across several platforms and sites: management planes \
         beyond the first, data between sites, circuits, licences bridged while it does, and services in place of others.",
        "",
    ),
    own(
        "interoperability.recurring_per_year",
        "Running across platforms, a year",
        MONEY,
        "The same for one year, at the mean.",
        "interoperability.recurring / years of the horizon",
    ),
    own(
        "interoperability.recurring_by",
        "Running across platforms, by part",
        MONEY,
        "The recurring cost by what it is paid for: management planes, egress, circuits, duplicated licences, services \
         in place of others.",
        "",
    ),
    own(
        "interoperability.recurring_by_pair",
        "Services in place of others, by pair of platforms",
        MONEY,
        "What runs in place of services that a destination lacks, by the platforms that moves leave and reach.",
        "",
    ),
    own(
        "lock_in.exit_cost",
        "Exit cost",
        MONEY,
        "The one-off cost of leaving the party that is hardest to leave at the end of the horizon: work, data taken \
         out, double running, downtime, stranded commitments and penalties, discounted to the day of the exit, without \
         the difference in running cost afterwards. Hosts that are bought to stay are running cost, not exit cost. The \
         exit is simulated with the same links, engineers and windows as any other move. A lower bound where some workloads have nowhere to go.",
        "sum over the lines that the rehearsed exit causes, discounted to its date; of the party that cannot be left whole before \
         one that can, then of the dearest. Which party that is may differ between replications",
    ),
    own(
        "lock_in.exit_cost_at",
        "Exit cost at a date",
        MONEY,
        "The exit cost of a rehearsal at a date of the scenario, before the end of the horizon.",
        "",
    ),
    own(
        "lock_in.exit_by_component",
        "Exit cost by part",
        MONEY,
        "The exit cost by what it is paid for; the parts add up to it. Data taken out: at the tariff of the day, less \
         what a rule lets go freely. Conversion: work on what differs between the platforms and on what applications \
         lean on. Other work: planning, tests, rolled-back moves. Double running: hosts and disks paid twice. Parallel \
         use: data that applications exchange because one has left and the other has not. Stranded: terms paid or owed \
         for time after everything has left. Early-exit fees: of commitments.",
        "",
    ),
    own(
        "lock_in.exit_beside",
        "Lost beside the exit cost",
        MONEY,
        "What an exit loses that was paid long ago: perpetual licences in use nowhere any more, and book value. It is \
         not in the exit cost.",
        "",
    ),
    own(
        "lock_in.exit_months",
        "Exit duration",
        MONTHS,
        "Time until the last workload has left and the last obligation has ended.",
        "",
    ),
    own(
        "lock_in.exit_months_at",
        "Exit duration at a date",
        MONTHS,
        "The same for a rehearsal at a date of the scenario.",
        "",
    ),
    own(
        "lock_in.exit_needed_months",
        "Time needed to leave",
        MONTHS,
        "Time until the last workload that can has left and its source is given up, obligations aside: to be held \
         against periods of notice and transition.",
        "",
    ),
    own(
        "lock_in.exit_stranded",
        "Workloads stranded",
        COUNT,
        "Workloads that had nowhere to go in the rehearsed exit.",
        "",
    ),
    own(
        "lock_in.by_party",
        "Exit cost by party",
        MONEY,
        "The exit cost of leaving each party: an operator, an owner, a technology supplier.",
        "",
    ),
    own(
        "lock_in.by_party_and_component",
        "Exit cost by party and part",
        MONEY,
        "The exit cost of leaving each party, by what it is paid for.",
        "",
    ),
    own(
        "lock_in.by_date_and_party",
        "Exit cost by date and party",
        MONEY,
        "The exit cost of leaving each party at each date that the scenario asks for.",
        "",
    ),
    own(
        "lock_in.months_by_party",
        "Exit duration by party",
        MONTHS,
        "The exit duration of leaving each party.",
        "",
    ),
    own(
        "lock_in.tolerated_price_rise",
        "Tolerated price rise",
        SHARE,
        "By which share the prices of the party that is hardest to leave may rise before leaving pays within 36 months; \
         zero where it pays already. For the workloads that can leave, at the prices of the day: R is a month of running \
         where they are, P the part of it that is paid to the party, N a month at their next-best destinations, E the \
         exit cost.",
        "(N + E/36 - R) / P",
    ),
    own(
        "lock_in.tolerated_rise_by_party",
        "Tolerated price rise by party",
        SHARE,
        "By which share the prices of each party may rise before leaving it pays.",
        "",
    ),
    own(
        "lock_in.years_of_spend",
        "Years of spend",
        "years",
        "Exit cost over the yearly cost of running there. It halves when the price doubles, so it never stands alone.",
        "lock_in.exit_cost / lock_in.yearly_run_cost",
    ),
    own(
        "lock_in.return_on_lock_in",
        "Return on lock-in",
        "per year",
        "What being there saves a year against the first strategy, over what leaving would cost: the price of freedom \
         earned back each year.",
        "saving in yearly running cost / lock_in.exit_cost",
    ),
    from(
        "lock_in.hhi",
        "HHI",
        "from 0 to 10,000",
        "Herfindahl-Hirschman index of what is paid to others over the horizon, and owed after it: the sum of the squared percentages of \
         spend with each operator and licence seller; 10,000 when one has everything. Bands for mergers do not apply \
         to one customer.",
        MERGERS,
    ),
    own(
        "lock_in.largest_party_share",
        "Largest party's share",
        SHARE,
        "Share of what is paid to others over the horizon, and owed after it, that goes to the largest of them.",
        "",
    ),
    own(
        "lock_in.proprietary_share",
        "Share on proprietary services",
        SHARE,
        "Share of the workloads that are on a managed or proprietary service at the end of the horizon.",
        "",
    ),
    own(
        "lock_in.remaining_commitment",
        "Commitments left",
        MONEY,
        "What contracts, services and commitments still ask after the horizon, before discounting. It is in the cost.",
        "",
    ),
    own(
        "lock_in.yearly_run_cost",
        "Yearly running cost",
        MONEY,
        "Running cost of the last twelve months, what downtime costs included: without work on moves, double \
         running, purchases and what is owed after the horizon. A shorter horizon is taken to go on as it went.",
        "",
    ),
    from(
        "sovereignty.seal",
        "Lowest SEAL",
        "SEAL from 0 to 4",
        "The Sovereignty Effectiveness Assurance Level of the worst offer that holds data at the end: the minimum over \
         its criteria, never an average. A criterion that could lower it and is not answered counts as zero.",
        CSF,
    ),
    from(
        "sovereignty.score_percent",
        "Sovereignty score",
        "percent",
        "Sum over the objectives of weight x value of the chosen answers / 1000, of each offer that holds data, by the \
         bytes it holds. It only ranks what passed its gates. Published answer values are rounded, so full marks are a \
         little above 100 %.",
        CSF,
    ),
    from(
        "sovereignty.gate_violations",
        "Gates broken",
        COUNT,
        "A gate is a demand on every place that holds data of a class: the least SEAL for one objective, a \
         certificate, a label, residency, laws that must not reach it. Counted by gate and offer that holds such data \
         at the end. A binding criterion that is not answered is not proven, and counts \
         as a violation: gates fail closed and cannot be bought off.",
        CSF,
    ),
    from(
        "sovereignty.seal_by_class",
        "Lowest SEAL by class of data",
        "SEAL from 0 to 4",
        "The same minimum over the offers that hold data of one class.",
        CSF,
    ),
    from(
        "sovereignty.score_by_edition",
        "Sovereignty score by edition of the weights",
        "percent",
        "The sovereignty score with the weights of each published edition of the framework.",
        CSF,
    ),
    own(
        "sovereignty.exposure",
        "Exposure to a law",
        SHARE,
        "Share of the disks, at the end, that are held where a party in this role (operator, owner or technology supplier) \
         is under this law.",
        "",
    ),
    own(
        "sovereignty.violation_days",
        "Days with data where a gate forbids it",
        "days",
        "Days of the horizon on which data of some class was held where a gate of its class forbids it: what a move \
         ends, and what it begins.",
        "",
    ),
    own(
        "availability.mean",
        "Workload time up",
        SHARE,
        "Share of the time that running workloads should have been up and were, every cause together: failures and \
         moves.",
        "1 - hours down / hours of running workloads",
    ),
    own(
        "availability.vm_hours_down",
        "Workload hours down",
        HOURS,
        "Hours for which workloads were down, for whatever cause, summed over workloads.",
        "",
    ),
    own(
        "availability.sla_credits",
        "Service credits",
        MONEY,
        "What sellers pay back for months in which they failed their promise: a positive amount here, a negative one \
         in the cost.",
        "share of the month's fee by the step of the promise that was missed",
    ),
    own(
        "utilisation.cpu_allocated",
        "vCPU allocated",
        "vCPU",
        "Virtual processors that running workloads hold, at the mean over the horizon.",
        "",
    ),
    own(
        "utilisation.cpu_used",
        "vCPU used",
        "vCPU",
        "Virtual processors that worked, at the mean: a workload wants its own times its use, and all on a host get at most its physical cores.",
        "",
    ),
    own(
        "utilisation.cpu_capacity",
        "Cores",
        "cores",
        "Physical cores of hosts and virtual processors of instances, at the mean.",
        "",
    ),
    own(
        "utilisation.memory_allocated",
        "Memory allocated",
        "GiB",
        "Memory that running workloads hold, at the mean.",
        "",
    ),
    own("utilisation.memory_used", "Memory used", "GiB", "Memory in use, at the mean.", ""),
    own(
        "utilisation.contention",
        "Contention",
        SHARE,
        "Share of what was wanted of processors that was not served at once.",
        "",
    ),
    own(
        "utilisation.overloaded_host_hours",
        "Overloaded host hours",
        HOURS,
        "Hours of hosts of which more processors were wanted than they have cores.",
        "",
    ),
];

/// The definition of a figure, by its dotted name or a word: the longest name of a
/// definition that is this one or a group that it is in.
pub fn definition(figure: &str) -> Option<&'static Definition> {
    let within = |definition: &&Definition| {
        figure.strip_prefix(definition.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    DEFINITIONS.iter().filter(within).max_by_key(|definition| definition.name.len())
}

impl Definition {
    /// The anchor of the definition on the page: `def-cost-npv`.
    pub fn anchor(&self) -> String {
        let letters = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        "def-".chars().chain(letters).collect()
    }

    /// Whether it is of a word of the page, and of no figure.
    pub const fn is_word(&self) -> bool {
        self.unit.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;
    use std::collections::BTreeSet;

    #[test]
    fn every_figure_of_a_scorecard_has_a_definition_and_a_unit() {
        let (world, results) = fixture();
        let mut count = 0;
        for strategy in results.strategies.iter() {
            for (name, _) in strategy.path.scorecard.figures(&world) {
                let found = definition(&name).unwrap_or_else(|| panic!("{name} has no definition"));
                assert!(!found.is_word() && found.text.ends_with('.'), "{name}");
                count += 1;
            }
        }
        assert!(count > 90, "the fixture has many figures, not {count}");
    }

    #[test]
    fn the_longest_name_is_the_one_that_is_meant() {
        let name = |figure| definition(figure).map(|definition| definition.name);
        assert_eq!(name("interoperability.recurring_per_year"), Some("interoperability.recurring_per_year"));
        assert_eq!(name("interoperability.recurring"), Some("interoperability.recurring"));
        assert_eq!(name("cost.by_provider.Amazon.com"), Some("cost.by_provider"));
        assert_eq!(name("lock_in.exit_cost_at.2029-01-01"), Some("lock_in.exit_cost_at"));
        assert_eq!((name("cost"), name("cost.nvp"), name("range")), (None, None, Some("range")));
    }

    #[test]
    fn each_definition_has_an_anchor_of_its_own() {
        let anchors: BTreeSet<String> = DEFINITIONS.iter().map(Definition::anchor).collect();
        assert_eq!(anchors.len(), DEFINITIONS.len());
        assert!(anchors.contains("def-lock-in-exit-cost") && anchors.contains("def-beats"));
    }
}
