//! What must not be broken, and the framework that sovereignty is judged by.

use jiff::civil::Date;

use crate::base::settings::{Entries, Located};
use crate::base::units::{Amount, Period};

crate::record! {
    /// What must not be broken. A broken limit is reported; it never stops a run.
    pub struct Limits as "the limits" {
        /// The most that the horizon may cost: net present value.
        pub budget: Option<Located<Amount>>,
        /// The day by which the last move must be finished.
        pub finish_by: Option<Located<Date>>,
        /// The most time that workloads may be down for moves, summed over workloads.
        pub downtime: Option<Period>,
        /// For a class of data, the least assurance level (SEAL, 0 to 4) of each objective (`SOV-1` to `SOV-8`) of any place that holds it.
        pub gates: Entries<Entries<Located<u32>>>,
    }

    /// How sovereignty is judged.
    pub struct Sovereignty as "the sovereignty framework" {
        /// The edition of the framework whose weights are used.
        pub edition: Edition = "\"2026\"",
    }
}

crate::choices! {
    /// An edition of the European Commission's Cloud Sovereignty Framework.
    pub enum Edition as "an edition of the framework" {
        /// The weights of 2026.
        Of2026 = "2026",
        /// The weights of version 1.2.1.
        V1_2_1 = "1.2.1",
    }
}
