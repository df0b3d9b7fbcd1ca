//! Names that fit their room: cut in the middle, and never two of them cut to the same.

/// Where a name is cut, as the share of what is kept that comes before the cut. The
/// middle is the best; the others are for names that would become the same there.
const CUTS: [f64; 5] = [0.5, 0.35, 0.65, 0.2, 0.8];

/// The least number of characters of a cut name.
const LEAST: usize = 5;

/// Each of `names` as it is where it fits, else cut in its middle until it does:
/// `azure.franc…type1.price`. Both ends of a dotted name tell more than its middle. The
/// names stay different from each other where any cut allows it.
pub(crate) fn shortened(names: &[&str], fits: impl Fn(&str) -> bool) -> Vec<String> {
    let cut_at = |share: f64| -> Vec<String> { names.iter().map(|name| cut(name, share, &fits)).collect() };
    let is_clear = |cut: &[String]| {
        (0..cut.len()).all(|one| (0..one).all(|other| cut[one] != cut[other] || names[one] == names[other]))
    };
    let mut ways = CUTS.iter().map(|share| cut_at(*share));
    ways.find(|cut| is_clear(cut)).unwrap_or_else(|| cut_at(CUTS[0]))
}

fn cut(name: &str, share: f64, fits: &impl Fn(&str) -> bool) -> String {
    if fits(name) {
        return name.to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let of = |kept: usize| {
        let before = ((kept as f64 * share) as usize).clamp(1, kept - 1);
        let (start, end) = (&letters[..before], &letters[letters.len() - (kept - before)..]);
        let (start, end): (String, String) = (start.iter().collect(), end.iter().collect());
        format!("{}…{}", start.trim_end(), end.trim_start())
    };
    let longest = letters.len().saturating_sub(1).max(LEAST.min(letters.len()));
    if longest < LEAST {
        return name.to_owned();
    }
    (LEAST..=longest).rev().map(of).find(|text| fits(text)).unwrap_or_else(|| of(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_in_its_middle_and_only_where_it_must_be() {
        let names = ["renew", "azure.francecentral.dsv5-type1.price"];
        let cut = shortened(&names, |text| text.chars().count() <= 21);
        assert_eq!(cut, ["renew", "azure.fran…ype1.price"]);
    }

    #[test]
    fn names_that_differ_in_their_middle_stay_different() {
        let names = ["azure.francecentral.dsv5-type1.price", "azure.germanywest.dsv5-type1.price"];
        let cut = shortened(&names, |text| text.chars().count() <= 11);
        assert_ne!(cut[0], cut[1]);
        assert!(cut.iter().all(|text| text.chars().count() <= 11), "{cut:?}");
    }

    #[test]
    fn a_room_too_small_for_anything_still_gives_a_text() {
        assert_eq!(shortened(&["sovereign-first"], |_| false), ["so…rst"]);
    }
}
