//! The dialects in which exports name their columns, brought to one.
//!
//! RVTools 3.x says MB where 4.x says MiB (the numbers are MiB in both), case and
//! spacing drift, and a third set of names (`vInfoVMName`) comes from exports that
//! expose the program's internal names; that set is documented by RVToolsMerge.

/// The normalised name of a column: trimmed, spaces collapsed, lower case, `MB` as
/// `mib` and `KB` as `kib`, and every known alias replaced by the name of RVTools 4.7.
pub fn normalise(header: &str) -> String {
    let mut name = String::with_capacity(header.len());
    for word in header.trim_start_matches('\u{feff}').split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        match word.to_lowercase().as_str() {
            "mb" => name.push_str("mib"),
            "kb" => name.push_str("kib"),
            lower => name.push_str(lower),
        }
    }
    match ALIASES.binary_search_by(|(alias, _)| (*alias).cmp(name.as_str())) {
        Ok(index) => ALIASES[index].1.to_owned(),
        Err(_) => name,
    }
}

/// Alias and the normalised name of RVTools 4.7, sorted by alias.
const ALIASES: &[(&str, &str)] = &[
    ("disk.enableuuid", "enableuuid"),
    ("vcenter uuid", "vi sdk uuid"),
    ("vcpucpus", "cpus"),
    ("vcpuvmname", "vm"),
    ("vdiskcapacitymib", "capacity mib"),
    ("vdiskvmname", "vm"),
    ("vhostcluster", "cluster"),
    ("vhostcorespercpu", "cores per cpu"),
    ("vhostcpumhz", "speed"),
    ("vhostcpumodel", "cpu model"),
    ("vhostdatacenter", "datacenter"),
    ("vhostmemorysize", "# memory"),
    ("vhostname", "host"),
    ("vhostnumcpu", "# cpu"),
    ("vhostnumcpucores", "# cores"),
    ("vhostoverallcpuusage", "cpu usage %"),
    ("vhostoverallmemoryusage", "memory usage %"),
    ("vhostvcpus", "# vcpus"),
    ("vhostvcpuspercore", "vcpus per core"),
    ("vhostvsanfaultdomainname", "vsan fault domain name"),
    ("vinfocluster", "cluster"),
    ("vinfocpus", "cpus"),
    ("vinfodatacenter", "datacenter"),
    ("vinfofolder", "folder"),
    ("vinfoguesthostname", "dns name"),
    ("vinfohost", "host"),
    ("vinfoinuse", "in use mib"),
    ("vinfomemory", "memory"),
    ("vinfonetwork1", "network #1"),
    ("vinfonetwork2", "network #2"),
    ("vinfonetwork3", "network #3"),
    ("vinfonetwork4", "network #4"),
    ("vinfonetwork5", "network #5"),
    ("vinfonetwork6", "network #6"),
    ("vinfonetwork7", "network #7"),
    ("vinfonetwork8", "network #8"),
    ("vinfonics", "nics"),
    ("vinfonumvirtualdisks", "disks"),
    ("vinfoos", "os according to the configuration file"),
    ("vinfoostools", "os according to the vmware tools"),
    ("vinfopowerstate", "powerstate"),
    ("vinfoprimaryipaddress", "primary ip address"),
    ("vinfoprovisioned", "provisioned mib"),
    ("vinforesourcepool", "resource pool"),
    ("vinfosrmplaceholder", "srm placeholder"),
    ("vinfotemplate", "template"),
    ("vinfouuid", "vm uuid"),
    ("vinfovmname", "vm"),
    ("vmemoryreservation", "reservation"),
    ("vmemorysizemib", "size mib"),
    ("vmemoryvmname", "vm"),
    ("vpartitioncapacitymib", "capacity mib"),
    ("vpartitionconsumedmib", "consumed mib"),
    ("vpartitiondisk", "disk"),
    ("vpartitionvmname", "vm"),
];

/// The normalised names of vInfo's own columns, all versions. A column that is not
/// among them is a custom attribute. Sorted.
const VINFO: &[&str] = &[
    "active memory",
    "annotation",
    "boot bios setup",
    "boot delay",
    "boot required",
    "boot retry delay",
    "boot retry enabled",
    "cbt",
    "change version",
    "cluster",
    "cluster rule name(s)",
    "cluster rule(s)",
    "clusterinvariantvmmid",
    "config status",
    "connection state",
    "consolidation needed",
    "cpu usage %",
    "cpus",
    "creation date",
    "customization info",
    "das protection",
    "datacenter",
    "disks",
    "dns name",
    "efi secure boot",
    "enableuuid",
    "firmware",
    "fixed passthru hotplug",
    "folder",
    "folder id",
    "ft bandwidth",
    "ft latency",
    "ft role",
    "ft sec. latency",
    "ft state",
    "guest detailed data",
    "guest state",
    "ha isolation response",
    "ha restart priority",
    "ha vm monitoring",
    "heartbeat",
    "host",
    "hw target",
    "hw upgrade policy",
    "hw upgrade status",
    "hw version",
    "in use mib",
    "latency sensitivity",
    "log directory",
    "memory",
    "memory usage %",
    "min required evc mode key",
    "nics",
    "num monitors",
    "op notification timeout",
    "os",
    "os according to the configuration file",
    "os according to the vmware tools",
    "overall cpu readiness",
    "path",
    "poweron",
    "powerstate",
    "primary ip address",
    "provisioned mib",
    "reboot poweroff",
    "resource pool",
    "smbios uuid",
    "snapshot directory",
    "srm placeholder",
    "suspend directory",
    "suspend interval",
    "suspend time",
    "suspended to memory",
    "template",
    "total disk capacity mib",
    "unshared mib",
    "vapp",
    "vi sdk api version",
    "vi sdk server",
    "vi sdk server type",
    "vi sdk uuid",
    "video ram kib",
    "vm",
    "vm failover in progress",
    "vm id",
    "vm uuid",
];

/// Whether a normalised name is one of vInfo's own columns.
pub fn is_vinfo(name: &str) -> bool {
    VINFO.binary_search(&name).is_ok()
        || name.strip_prefix("network #").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_of_one_column_normalise_to_one_name() {
        for header in ["In Use MiB", "In use MB", " in  USE mb ", "vInfoInUse", "\u{feff}In Use MiB"] {
            assert_eq!(normalise(header), "in use mib", "{header:?}");
        }
        assert_eq!(normalise("Free % "), "free %");
        assert_eq!(normalise("vCenter UUID"), "vi sdk uuid");
        assert_eq!(normalise("Cost centre"), "cost centre");
    }

    #[test]
    fn both_tables_are_sorted_as_binary_search_needs() {
        assert!(ALIASES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(VINFO.is_sorted_by(|a, b| a < b));
        assert!(
            ALIASES.iter().filter(|(alias, _)| alias.starts_with("vinfo")).all(|(_, name)| is_vinfo(name))
        );
    }

    #[test]
    fn custom_attributes_are_not_taken_for_columns_of_the_export() {
        assert!(is_vinfo("network #8") && !is_vinfo("network zone") && !is_vinfo("last backup"));
    }
}
