//! The data files of the catalogue, inside the program.

/// Name and text of every embedded file, in the order in which they are merged.
pub(super) const FILES: &[(&str, &str)] = &[
    ("<catalogue>/sources.yaml", include_str!("data/sources.yaml")),
    ("<catalogue>/parties.yaml", include_str!("data/parties.yaml")),
    ("<catalogue>/facets.yaml", include_str!("data/facets.yaml")),
    ("<catalogue>/facilities.yaml", include_str!("data/facilities.yaml")),
    ("<catalogue>/platforms.yaml", include_str!("data/platforms.yaml")),
    ("<catalogue>/licences.yaml", include_str!("data/licences.yaml")),
    ("<catalogue>/tools.yaml", include_str!("data/tools.yaml")),
    ("<catalogue>/assumptions.yaml", include_str!("data/assumptions.yaml")),
    ("<catalogue>/sovereignty/profiles.yaml", include_str!("data/sovereignty/profiles.yaml")),
    ("<catalogue>/providers/own.yaml", include_str!("data/providers/own.yaml")),
    ("<catalogue>/providers/aws.yaml", include_str!("data/providers/aws.yaml")),
    ("<catalogue>/providers/azure.yaml", include_str!("data/providers/azure.yaml")),
    ("<catalogue>/providers/google.yaml", include_str!("data/providers/google.yaml")),
    ("<catalogue>/providers/ovhcloud.yaml", include_str!("data/providers/ovhcloud.yaml")),
    ("<catalogue>/providers/outscale.yaml", include_str!("data/providers/outscale.yaml")),
    ("<catalogue>/providers/cloud-temple.yaml", include_str!("data/providers/cloud-temple.yaml")),
    ("<catalogue>/providers/s3ns.yaml", include_str!("data/providers/s3ns.yaml")),
    ("<catalogue>/providers/huawei.yaml", include_str!("data/providers/huawei.yaml")),
    ("<catalogue>/providers/orange.yaml", include_str!("data/providers/orange.yaml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_file_is_forgotten() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/input/catalog/data");
        let mut on_disk = Vec::new();
        let mut folders = vec![data.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the data folder is there") {
                let path = entry.expect("it can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "yaml") {
                    let name = path.strip_prefix(&data).expect("it is below").to_string_lossy().into_owned();
                    on_disk.push(format!("<catalogue>/{name}"));
                }
            }
        }
        let mut embedded: Vec<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        on_disk.sort();
        embedded.sort();
        assert_eq!(on_disk, embedded);
    }
}
