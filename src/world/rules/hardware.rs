//! What owned hardware is still worth.

/// What remains in the books of an asset: what it cost, written off evenly (straight
/// line) over its life to what is got back for it in the end.
///
/// `residual` + (`cost` − `residual`) × `left`, where `left` is the share of its life
/// that is left, from 0 to 1. What was worth less than that from the start keeps its
/// worth. No law of depreciation for servers was found in a source: the straight line
/// is the common one (IAS 16.62, HGB § 253), and the figure stands beside the cost,
/// never in it.
pub fn book_value(cost: f64, residual: f64, left: f64) -> f64 {
    let residual = residual.min(cost);
    residual + (cost - residual) * left.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_written_off_evenly_to_its_residual_value() {
        // 15,000 USD, five years, a tenth got back: 13,500 over 60 months is 225 a month.
        assert_eq!(book_value(15_000.0, 1_500.0, 1.0), 15_000.0);
        assert_eq!(book_value(15_000.0, 1_500.0, 36.0 / 60.0), 15_000.0 - 24.0 * 225.0);
        assert_eq!(book_value(15_000.0, 1_500.0, 0.0), 1_500.0);
        assert_eq!(book_value(15_000.0, 0.0, 0.25), 3_750.0);
    }

    #[test]
    fn what_is_worth_less_than_the_residual_value_keeps_its_worth() {
        assert_eq!(book_value(1_000.0, 1_500.0, 0.5), 1_000.0);
        assert_eq!(book_value(1_000.0, 100.0, -0.5), 100.0, "beyond its life");
    }
}
