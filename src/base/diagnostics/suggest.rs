//! "Did you mean": the known word nearest to a mistyped one.

/// The candidate that a person who wrote `word` probably meant, if one is near:
/// equal but for case, hyphens, underscores and spaces; or within a third of its
/// letters by insertions, deletions, replacements and swaps of neighbours
/// (Damerau–Levenshtein); or the only one that begins with it. Ties go to the
/// first candidate.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = bare(word);
    let length = wanted.chars().count();
    if length == 0 {
        return None;
    }
    let (mut nearest, mut begins, mut begin_count) = (None, None, 0);
    for candidate in candidates {
        let known = bare(candidate);
        let distance = strsim::damerau_levenshtein(&wanted, &known);
        let allowed = (length.max(known.chars().count()) / 3).max(1);
        if distance <= allowed && distance < length && nearest.is_none_or(|(least, _)| distance < least) {
            nearest = Some((distance, candidate));
        }
        if length >= 3 && (known.starts_with(&wanted) || wanted.starts_with(&known)) {
            begins = Some(candidate);
            begin_count += 1;
        }
    }
    nearest.map(|(_, candidate)| candidate).or(begins.filter(|_| begin_count == 1))
}

/// A list for a sentence: `` `a`, `b` or `c` ``.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

fn bare(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let keys = ["horizon", "hosts", "country", "hyper-v"];
        assert_eq!(did_you_mean("horzion", keys), Some("horizon"));
        assert_eq!(did_you_mean("HyperV", keys), Some("hyper-v"));
        assert_eq!(did_you_mean("host", keys), Some("hosts"));
        assert_eq!(did_you_mean("coun", keys), Some("country"));
        assert_eq!(did_you_mean("strategies", keys), None);
        assert_eq!(did_you_mean("", keys), None);
    }

    #[test]
    fn a_list_reads_as_a_sentence() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(["a"]), "`a`");
    }
}
