//! What a month's volume costs by its tariff, what a support plan asks of a month's
//! spend, and which size of a menu is the cheapest.

use super::demand::Need;
use crate::base::units::Quantity;
use crate::world::{
    FigureId, Figures, GuestWindows, Offer, OsFamily, Sku, SoftwareTerms, SpendTier, Tariff, Workload,
};

/// A month's volume, split by the tiers of its tariff: for each tier that is reached,
/// the figure of its price and the units charged at it.
///
/// The month's first units are free up to the allowance; a tier's bounds count the
/// month's whole volume, the free part included. Data that leaves and data that is
/// stored are charged by it alike.
pub fn charged(tariff: &Tariff, volume: f64) -> impl Iterator<Item = (FigureId, Quantity)> {
    let free = tariff.free as f64;
    let ends = tariff.tiers.iter().skip(1).map(|tier| tier.from as f64).chain([f64::INFINITY]);
    tariff.tiers.iter().zip(ends).filter_map(move |(tier, end)| {
        let charged = volume.min(end) - (tier.from as f64).max(free);
        (charged > 0.0).then(|| (tier.price, Quantity::from_f64(charged)))
    })
}

/// What a support plan asks of a month in which its provider was paid `spend`: for each
/// tier that is reached, the figure of its share and the part of the spend at it.
/// Nothing when it comes to less than `minimum`, which is then asked instead. Amounts
/// are in the currency of the plan.
pub fn support_shares(
    tiers: &[SpendTier],
    figures: &Figures,
    spend: f64,
    minimum: f64,
) -> Option<Vec<(FigureId, f64)>> {
    let ends = tiers.iter().skip(1).map(|tier| tier.from).chain([f64::INFINITY]);
    let parts: Vec<(FigureId, f64)> = tiers
        .iter()
        .zip(ends)
        .map(|(tier, end)| (tier.share, spend.min(end) - tier.from))
        .filter(|(_, part)| *part > 0.0)
        .collect();
    let asked: f64 = parts.iter().map(|(share, part)| figures.value(*share) * part).sum();
    (asked > minimum).then_some(parts)
}

/// The prices per vCPU-hour of the licences of a workload that an offer holds in its own
/// price: Windows, and other software of the guest.
pub fn included_licences(workload: &Workload, offer: &Offer) -> Vec<FigureId> {
    let windows = match offer.windows {
        GuestWindows::Included(figure) if workload.os == OsFamily::Windows => Some(figure),
        _ => None,
    };
    let software = workload.software.iter().filter_map(|licence| match offer.software_terms(*licence) {
        Some(SoftwareTerms::Included(figure)) => Some(*figure),
        _ => None,
    });
    windows.into_iter().chain(software).collect()
}

/// The place in `skus` of the cheapest size that covers `need`; the first of the
/// menu among equals, none when every size is too small.
///
/// `included` are the prices per vCPU-hour of licences that come with the instance,
/// charged for every virtual processor of the size, needed or not.
pub fn cheapest_sku(skus: &[Sku], figures: &Figures, need: Need, included: &[FigureId]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (place, sku) in skus.iter().enumerate() {
        if !covers(sku, need) {
            continue;
        }
        let cost = sku_per_hour(sku, figures, included);
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
pub fn sku_per_hour(sku: &Sku, figures: &Figures, included: &[FigureId]) -> f64 {
    let licences: f64 = included.iter().map(|per_vcpu| figures.in_reporting_currency(*per_vcpu)).sum();
    figures.in_reporting_currency(sku.per_hour) + licences * f64::from(sku.vcpus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Bytes;
    use crate::world::{Tier, fixture};

    fn tariff(fixture: &mut fixture::Builder, unit: &str, free: u64, tiers: &[(u64, f64)]) -> Tariff {
        let tiers = tiers.iter().map(|(from, price)| Tier {
            from: *from,
            price: fixture.price(&format!("{unit}.{from}"), unit, *price),
        });
        Tariff { free, tiers: tiers.collect() }
    }

    /// AWS to the internet: .09/.085/.07/.05 from 0/10/50/150 TB, 100 GB free.
    fn aws(fixture: &mut fixture::Builder) -> Tariff {
        tariff(fixture, "USD/GB", 100, &[(0, 0.09), (10_000, 0.085), (50_000, 0.07), (150_000, 0.05)])
    }

    /// What a volume costs, in the currency of the tariff.
    fn amount(tariff: &Tariff, figures: &Figures, volume: f64) -> f64 {
        charged(tariff, volume).map(|(price, units)| figures.value(price) * units.as_f64()).sum()
    }

    #[test]
    fn a_volume_is_charged_tier_by_tier_after_the_free_allowance() {
        let mut fixture = fixture::Builder::default();
        let tariff = aws(&mut fixture);
        let units = |gb| charged(&tariff, gb).map(|(_, gb)| gb.as_f64()).collect::<Vec<_>>();
        assert!(units(100.0).is_empty());
        assert_eq!(units(100.5), [0.5]);
        assert_eq!(units(10_000.0), [9_900.0]);
        assert_eq!(units(60_000.0), [9_900.0, 40_000.0, 10_000.0]);
        assert_eq!(units(200_000.0), [9_900.0, 40_000.0, 100_000.0, 50_000.0]);
        let prices: Vec<_> = charged(&tariff, 60_000.0).map(|(figure, _)| figure).collect();
        assert_eq!(prices, tariff.prices().take(3).collect::<Vec<_>>());
    }

    #[test]
    fn an_allowance_beyond_a_whole_tier_skips_it() {
        let mut fixture = fixture::Builder::default();
        let tariff = Tariff { free: 20_000, ..aws(&mut fixture) };
        let found: Vec<_> = charged(&tariff, 60_000.0).map(|(figure, gb)| (figure, gb.as_f64())).collect();
        assert_eq!(found, [(tariff.tiers[1].price, 30_000.0), (tariff.tiers[2].price, 10_000.0)]);
    }

    #[test]
    fn the_egress_of_200_tb_from_aws_is_what_its_price_page_computes_to() {
        // aws.amazon.com/ec2/pricing/on-demand, data transfer, as two files of 2024-08
        // and 2024-09 repeat it: 9,900 × .09 + 40,000 × .085 + 100,000 × .07 + 50,000 × .05.
        let mut fixture = fixture::Builder::default();
        let tariff = aws(&mut fixture);
        let cost = amount(&tariff, &fixture.figures(), 200_000.0);
        println!("egress of 200 TB from AWS: {cost:.2} USD");
        // A sum of four products of doubles.
        assert!((cost - 13_791.0).abs() < 1e-9, "{cost}");
    }

    #[test]
    fn the_egress_of_every_published_region_is_charged_by_its_own_tiers() {
        let file = "../shared/facts/internet_egress_tiers_usd_per_gb_2024-08.csv";
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let Ok(text) = std::fs::read_to_string(&file) else {
            eprintln!("skipped: {} is not there", file.display());
            return;
        };
        // Azure's rows come twice: as they were with 5 GB free, and with 100 since.
        let tiers_of = |provider: &str, region: &str, free: u64| -> Vec<(u64, f64)> {
            let rows = text.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
            rows.filter(|row| row[0] == provider && row[1] == region)
                .map(|row| (row[2].parse::<u64>().expect("GB"), row[3].parse().expect("USD")))
                .filter(|(from, _)| free == 0 || from % 1_000 == free)
                .map(|(from, price)| (if from == free { 0 } else { from }, price))
                .collect()
        };
        let cost = |provider: &str, region: &str, free: u64, gb: f64| {
            let mut fixture = fixture::Builder::default();
            let tiers = tiers_of(provider, region, free);
            let tariff = tariff(&mut fixture, "USD/GB", free, &tiers);
            amount(&tariff, &fixture.figures(), gb)
        };
        // coroot, cloud-pricing, 2024-08; the file has AWS without its 100 GB free.
        let paris = 10_240.0 * 0.09 + 40_960.0 * 0.085 + 102_400.0 * 0.07 + 46_400.0 * 0.05;
        let azure = 10_000.0 * 0.08 + 40_000.0 * 0.065 + 100_000.0 * 0.06 + 49_900.0 * 0.04;
        let google = 10_240.0 * 0.085 + 143_360.0 * 0.065 + 46_400.0 * 0.045;
        for (provider, region, free, gb, expected) in [
            ("aws", "eu-west-3", 0, 200_000.0, paris),
            ("aws", "af-south-1", 0, 10_241.0, 10_240.0 * 0.154 + 0.147),
            ("azure", "francecentral", 100, 200_000.0, azure),
            ("azure", "francecentral", 100, 100.0, 0.0),
            ("gcp", "europe-west9", 0, 200_000.0, google),
        ] {
            let found = cost(provider, region, free, gb);
            println!("egress of {gb} GB from {provider} {region}: {found:.2} USD");
            // Sums of products of doubles.
            assert!((found - expected).abs() < 1e-6, "{provider} {region}: {found} and not {expected}");
        }
    }

    #[test]
    fn blob_storage_is_cheaper_from_50_and_550_tib_on() {
        // infracost golden outputs, 2024-07: .0208, .01997 from 51,200 GB, .01914 from
        // 563,200 GB. 600,000 GiB: 51,200 × .0208 + 512,000 × .01997 + 36,800 × .01914.
        let mut fixture = fixture::Builder::default();
        let tiers = [(0, 0.0208), (51_200, 0.01997), (563_200, 0.01914)];
        let tariff = tariff(&mut fixture, "USD/GiB-month", 0, &tiers);
        let cost = amount(&tariff, &fixture.figures(), 600_000.0);
        println!("600,000 GiB of Blob LRS hot for a month: {cost:.2} USD");
        assert!((cost - 11_993.952).abs() < 1e-6, "{cost}");
        assert_eq!(Tariff::flat(tariff.tiers[0].price).single(), Some(tariff.tiers[0].price));
        assert_eq!(tariff.single(), None);
    }

    #[test]
    fn a_support_plan_asks_shares_of_the_spend_and_at_least_its_minimum() {
        // 10 % of the first 10,000, 7 % of what is above, at least 100 a month: made-up
        // shares, since no plan's price is published in our sources.
        let mut fixture = fixture::Builder::default();
        let shares = [(0.0, 0.10), (10_000.0, 0.07)];
        let tiers =
            shares.map(|(from, share)| SpendTier { from, share: fixture.number("share", "share", share) });
        let figures = fixture.figures();
        let asked = |spend| support_shares(&tiers, &figures, spend, 100.0);
        assert_eq!(asked(0.0), None);
        assert_eq!(asked(999.0), None, "99.90 is less than the minimum");
        assert_eq!(asked(5_000.0), Some(vec![(tiers[0].share, 5_000.0)]));
        assert_eq!(asked(25_000.0), Some(vec![(tiers[0].share, 10_000.0), (tiers[1].share, 15_000.0)]));
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
        let cheapest = |vcpus, gib, windows: Option<FigureId>| {
            let need = Need { vcpus, memory: Bytes::from_gib(gib) };
            cheapest_sku(&skus, &figures, need, windows.as_slice())
        };
        assert_eq!(cheapest(1, 12, None), Some(1));
        assert_eq!(cheapest(3, 12, None), Some(0), "the first of two equals");
        assert_eq!(cheapest(2, 17, None), Some(2));
        assert_eq!(cheapest(2, 64, None), None);
        // e2 with Windows is 0.15 + 2 × 0.04 = 0.23, d4 0.20 + 4 × 0.04 = 0.36.
        assert_eq!(cheapest(1, 12, Some(windows)), Some(1));
        assert!((sku_per_hour(&skus[0], &figures, &[windows]) - 0.36).abs() < 1e-12, "rounding only");
    }
}
