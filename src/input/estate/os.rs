//! What the wording of an operating system says: family, role, edition, support.

/// The family of an operating system, which decides licences and drivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OsFamily {
    /// Microsoft Windows.
    Windows,
    /// Any Linux.
    Linux,
    /// Named, and neither of the two.
    Other,
    /// The inventory does not say.
    #[default]
    Unknown,
}

/// What the wording says beyond the family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OsEdition {
    /// What the system is for.
    pub role: OsRole,
    /// Whether its maker still mends it.
    pub life: OsLife,
    /// The edition of a Windows Server, where it is named.
    pub windows: Option<WindowsEdition>,
}

/// What an operating system is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OsRole {
    /// A server, or unknown.
    #[default]
    Server,
    /// A client system, hence a virtual desktop.
    Desktop,
    /// A vendor's sealed system.
    Appliance,
}

/// Whether the maker of an operating system still mends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OsLife {
    /// Supported, or unknown.
    #[default]
    Current,
    /// Past the end of the maker's general support, extended security updates left out.
    Ended,
    /// A system that other hypervisors and public clouds do not list as a guest.
    NoGuestSupport,
}

/// The edition of a Windows Server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowsEdition {
    /// Standard.
    Standard,
    /// Datacenter.
    Datacenter,
}

/// Systems whose support by their maker had ended by November 2026 (makers' life-cycle
/// pages; general knowledge, unchecked). Extended paid programmes do not count.
const ENDED: &[&str] = &[
    "windows server 2003",
    "windows server 2008",
    "windows server 2012",
    "windows 2000",
    "windows xp",
    "windows vista",
    "windows 7",
    "windows 8",
    "windows 10",
    "centos",
    "red hat enterprise linux 3",
    "red hat enterprise linux 4",
    "red hat enterprise linux 5",
    "red hat enterprise linux 6",
    "red hat enterprise linux 7",
    "suse linux enterprise 8",
    "suse linux enterprise 9",
    "suse linux enterprise 10",
    "suse linux enterprise 11",
    "suse linux enterprise server 11",
    "debian gnu/linux 4",
    "debian gnu/linux 5",
    "debian gnu/linux 6",
    "debian gnu/linux 7",
    "debian gnu/linux 8",
    "debian gnu/linux 9",
    "debian gnu/linux 10",
    "amazon linux 2",
];

/// Systems that KVM, Hyper-V and the public clouds do not list as guests.
const NO_GUEST_SUPPORT: &[&str] = &[
    "solaris",
    "netware",
    "os/2",
    "ms-dos",
    "sco ",
    "openserver",
    "unixware",
    "mac os",
    "macos",
    "darwin",
    "esxi",
];

/// Sealed systems of vendors.
const APPLIANCES: &[&str] = &["photon", "esxi", "crx"];

/// Family, role, edition and support of the operating system that `text` words.
pub fn classify(text: &str) -> (OsFamily, OsEdition) {
    let os = text.trim().to_lowercase();
    let has_any = |words: &[&str]| words.iter().any(|word| named(&os, word));
    let family = if os.is_empty() {
        OsFamily::Unknown
    } else if os.contains("windows") {
        OsFamily::Windows
    } else if LINUXES.iter().any(|word| os.contains(word)) {
        OsFamily::Linux
    } else {
        OsFamily::Other
    };
    let role = if family == OsFamily::Windows && !os.contains("server") && has_any(DESKTOPS) {
        OsRole::Desktop
    } else if has_any(APPLIANCES) {
        OsRole::Appliance
    } else {
        OsRole::Server
    };
    let life = if has_any(NO_GUEST_SUPPORT) {
        OsLife::NoGuestSupport
    } else if has_any(ENDED) && !os.contains("or later") {
        OsLife::Ended
    } else {
        OsLife::Current
    };
    let windows = match family {
        OsFamily::Windows if os.contains("datacenter") => Some(WindowsEdition::Datacenter),
        OsFamily::Windows if os.contains("standard") => Some(WindowsEdition::Standard),
        _ => None,
    };
    (family, OsEdition { role, life, windows })
}

const DESKTOPS: &[&str] =
    &["windows xp", "windows vista", "windows 7", "windows 8", "windows 10", "windows 11"];

const LINUXES: &[&str] = &[
    "linux",
    "ubuntu",
    "debian",
    "centos",
    "red hat",
    "rhel",
    "suse",
    "sles",
    "fedora",
    "photon",
    "coreos",
    "alma",
    "rocky",
    "oracle linux",
    "flatcar",
];

/// Whether `os` names `word`, not as the front of a longer number: `windows 1` is not
/// in `windows 10`, nor `linux 1` in `linux 10`.
fn named(os: &str, word: &str) -> bool {
    os.match_indices(word).any(|(at, _)| {
        let next = os[at + word.len()..].chars().next();
        !(word.ends_with(|c: char| c.is_ascii_digit()) && next.is_some_and(|c| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vsphere_and_azure_wordings_give_the_same_family() {
        for text in ["Microsoft Windows Server 2019 (64-bit)", "Microsoft Windows Server 2019 Datacenter"] {
            assert_eq!(classify(text).0, OsFamily::Windows);
        }
        for text in ["Other 3.x or later Linux (64-bit)", "Ubuntu Linux (64-bit)", "Red Hat Fedora (32-bit)"]
        {
            assert_eq!(classify(text).0, OsFamily::Linux, "{text}");
        }
        assert_eq!(classify("Oracle Solaris 11 (64-bit)").0, OsFamily::Other);
        assert_eq!(classify("").0, OsFamily::Unknown);
    }

    #[test]
    fn support_is_told_by_the_whole_version_number() {
        assert_eq!(classify("Microsoft Windows Server 2008 R2 (64-bit)").1.life, OsLife::Ended);
        assert_eq!(classify("Microsoft Windows Server 2016 or later (64-bit)").1.life, OsLife::Current);
        assert_eq!(classify("Debian GNU/Linux 12 (64-bit)").1.life, OsLife::Current);
        assert_eq!(classify("Amazon Linux 2 (64-bit)").1.life, OsLife::Ended);
        assert_eq!(classify("Oracle Solaris 11 (64-bit)").1.life, OsLife::NoGuestSupport);
    }

    #[test]
    fn a_client_windows_is_a_desktop_and_names_its_edition() {
        assert_eq!(classify("Microsoft Windows 11 (64-bit)").1.role, OsRole::Desktop);
        assert_eq!(classify("Microsoft Windows Server 2019 (64-bit)").1.role, OsRole::Server);
        let (_, edition) = classify("Microsoft Windows Server 2019 Datacenter");
        assert_eq!(edition.windows, Some(WindowsEdition::Datacenter));
    }
}
