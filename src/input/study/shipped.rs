//! The studies that come with the program.

/// The studies that come with the program: name and text.
pub const STUDIES: &[(&str, &str)] = &[
    ("compare", include_str!("../../../scenarios/studies/compare.yaml")),
    ("select", include_str!("../../../scenarios/studies/select.yaml")),
    ("sensitivity", include_str!("../../../scenarios/studies/sensitivity.yaml")),
    ("discover", include_str!("../../../scenarios/studies/discover.yaml")),
    ("robust", include_str!("../../../scenarios/studies/robust.yaml")),
    ("pareto", include_str!("../../../scenarios/studies/pareto.yaml")),
    ("thresholds", include_str!("../../../scenarios/studies/thresholds.yaml")),
    ("all", include_str!("../../../scenarios/studies/all.yaml")),
    ("speed", include_str!("../../../scenarios/studies/speed.yaml")),
];

/// The study called `name`, also with the ending of its file.
pub fn shipped(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    STUDIES.iter().copied().find(|(known, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_study_of_the_folder_comes_with_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/studies");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of studies")
            .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
            .collect();
        names.sort();
        let mut known: Vec<&str> = STUDIES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
