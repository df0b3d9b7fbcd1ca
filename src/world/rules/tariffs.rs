//! What data that leaves costs, and which size of a menu is the cheapest.

use super::demand::Need;
use crate::base::units::Quantity;
use crate::world::{EgressTariff, FigureId, Figures, Sku};

/// What leaves a site in a month, split by the tiers of its tariff: for each tier
/// that is reached, the figure of its price and the gigabytes charged at it.
///
/// The month's first gigabytes are free up to the allowance; a tier's bounds count
/// the month's whole volume, the free part included.
pub fn egress(tariff: &EgressTariff, gb: f64) -> impl Iterator<Item = (FigureId, Quantity)> {
    let free = tariff.free_gb as f64;
    let ends = tariff.tiers.iter().skip(1).map(|tier| tier.from_gb as f64).chain([f64::INFINITY]);
    tariff.tiers.iter().zip(ends).filter_map(move |(tier, end)| {
        let charged = gb.min(end) - (tier.from_gb as f64).max(free);
        (charged > 0.0).then(|| (tier.per_gb, Quantity::from_f64(charged)))
    })
}

/// The place in `skus` of the cheapest size that covers `need`; the first of the
/// menu among equals, none when every size is too small.
///
/// `windows` is the price per vCPU-hour of a licence that comes with the instance,
/// charged for every virtual processor of the size, needed or not.
pub fn cheapest_sku(skus: &[Sku], figures: &Figures, need: Need, windows: Option<FigureId>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (place, sku) in skus.iter().enumerate() {
        if !covers(sku, need) {
            continue;
        }
        let cost = sku_per_hour(sku, figures, windows);
        if best.is_none_or(|(_, least)| cost < least) {
            best = Some((place, cost));
        }
    }
    best.map(|(place, _)| place)
}

/// Whether a size has room for a need.
pub fn covers(sku: &Sku, need: Need) -> bool {
    sku.vcpus >= need.vcpus && sku.memory >= need.memory
}

/// The price of one hour of a size in the reporting currency, for comparisons.
pub fn sku_per_hour(sku: &Sku, figures: &Figures, windows: Option<FigureId>) -> f64 {
    let licence = windows.map_or(0.0, |per_vcpu| figures.in_reporting_currency(per_vcpu));
    figures.in_reporting_currency(sku.per_hour) + licence * f64::from(sku.vcpus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;
    use crate::world::{EgressTier, fixture};

    /// AWS to the internet: .09/.085/.07/.05 from 0/10/50/150 TB, 100 GB free.
    fn aws(fixture: &mut fixture::Builder) -> EgressTariff {
        let tiers = [(0, 0.09), (10_000, 0.085), (50_000, 0.07), (150_000, 0.05)];
        let tiers = tiers.map(|(from_gb, price)| EgressTier {
            from_gb,
            per_gb: fixture.price(&format!("egress.{from_gb}"), "USD/GB", price),
        });
        EgressTariff { free_gb: 100, tiers: tiers.to_vec() }
    }

    #[test]
    fn egress_is_charged_tier_by_tier_after_the_free_allowance() {
        let mut fixture = fixture::Builder::default();
        let tariff = aws(&mut fixture);
        let charged = |gb| egress(&tariff, gb).map(|(_, gb)| gb.as_f64()).collect::<Vec<_>>();
        assert!(charged(100.0).is_empty());
        assert_eq!(charged(100.5), [0.5]);
        assert_eq!(charged(10_000.0), [9_900.0]);
        assert_eq!(charged(60_000.0), [9_900.0, 40_000.0, 10_000.0]);
        assert_eq!(charged(200_000.0), [9_900.0, 40_000.0, 100_000.0, 50_000.0]);
        let prices: Vec<_> = egress(&tariff, 60_000.0).map(|(figure, _)| figure).collect();
        assert_eq!(prices, tariff.tiers[..3].iter().map(|tier| tier.per_gb).collect::<Vec<_>>());
    }

    #[test]
    fn an_allowance_beyond_a_whole_tier_skips_it() {
        let mut fixture = fixture::Builder::default();
        let tariff = EgressTariff { free_gb: 20_000, ..aws(&mut fixture) };
        let charged: Vec<_> = egress(&tariff, 60_000.0).map(|(figure, gb)| (figure, gb.as_f64())).collect();
        assert_eq!(charged, [(tariff.tiers[1].per_gb, 30_000.0), (tariff.tiers[2].per_gb, 10_000.0)]);
    }

    #[test]
    fn the_cheapest_size_covers_both_processors_and_memory() {
        let mut fixture = fixture::Builder::default();
        let mut sku = |name: &str, vcpus, gib, price| Sku {
            name: name.into(),
            vcpus,
            memory: Bytes::from_gib(gib),
            per_hour: fixture.price(name, "EUR/h", price),
        };
        let skus = [
            sku("d4", 4, 16, 0.20),
            sku("e2", 2, 16, 0.15),
            sku("d8", 8, 32, 0.40),
            sku("d4-again", 4, 16, 0.20),
        ];
        let windows = fixture.price("windows", "EUR/vCPU-hour", 0.04);
        let figures = fixture.figures();
        let cheapest = |vcpus, gib, windows| {
            cheapest_sku(&skus, &figures, Need { vcpus, memory: Bytes::from_gib(gib) }, windows)
        };
        assert_eq!(cheapest(1, 12, None), Some(1));
        assert_eq!(cheapest(3, 12, None), Some(0), "the first of two equals");
        assert_eq!(cheapest(2, 17, None), Some(2));
        assert_eq!(cheapest(2, 64, None), None);
        // e2 with Windows is 0.15 + 2 × 0.04 = 0.23, d4 0.20 + 4 × 0.04 = 0.36.
        assert_eq!(cheapest(1, 12, Some(windows)), Some(1));
        assert!((sku_per_hour(&skus[0], &figures, Some(windows)) - 0.36).abs() < 1e-12, "rounding only");
    }
}
