//! Countries and the areas whose law they share.

/// Member states of the European Union by their ISO 3166 codes (Article 52 of the Treaty
/// on European Union, 27 since 2020-02-01; Greece is GR).
const EU: [&str; 27] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT",
    "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
];
/// States of the European Economic Area beside those of the Union.
const EFTA_IN_EEA: [&str; 3] = ["IS", "LI", "NO"];

/// Whether `country` lies in the European Union. `EU` itself, where no member is named,
/// does.
pub fn in_eu(country: &str) -> bool {
    country == "EU" || EU.contains(&country)
}

/// Whether `country` lies in the European Economic Area.
pub fn in_eea(country: &str) -> bool {
    in_eu(country) || EFTA_IN_EEA.contains(&country)
}

/// Whether `country` lies in an area: `EU`, `EEA`, or a country by its code.
pub fn within(country: &str, area: &str) -> bool {
    match area {
        "EU" => in_eu(country),
        "EEA" => in_eea(country),
        other => country == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_has_27_members_and_the_area_30() {
        let mut all: Vec<&str> = EU.iter().chain(&EFTA_IN_EEA).copied().collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 30);
        assert!(within("FR", "EU") && within("EU", "EU") && within("FR", "FR"));
        assert!(!within("NO", "EU") && within("NO", "EEA"));
        for outside in ["CH", "GB", "US", "CN"] {
            assert!(!within(outside, "EEA"), "{outside}");
        }
    }
}
