//! When exits are rehearsed.

use jiff::civil::Date;

use crate::base::settings::Located;

crate::record! {
    /// When exits are rehearsed beside the end of the horizon.
    pub struct Exits as "when exits are rehearsed" {
        /// The days on which everybody who stands behind something in use is left once.
        pub at: Vec<Located<Date>> = "[]",
    }
}
