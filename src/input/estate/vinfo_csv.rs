//! An estate in the layout of RVTools' vInfo, for tools that read nothing else.

use super::machine::{Estate, Firmware, Machine, PowerState};
use super::portolan_csv::quoted;
use crate::base::units::Bytes;

const COLUMNS: &str = "VM,Powerstate,Template,SRM Placeholder,CPUs,Memory,Active Memory,NICs,Disks,\
Total disk capacity MiB,Network #1,Network #2,Network #3,Network #4,Folder,Provisioned MiB,In Use MiB,EFI Secure boot,\
Firmware,HW version,Datacenter,Cluster,Host,OS according to the configuration file,OS according to the VMware Tools,VM ID";

/// The machines as a vInfo tab in CSV. Sizes are rounded down to whole MiB; custom
/// attributes, further networks and what other tabs hold are left out.
pub fn to_vinfo_csv(estate: &Estate) -> String {
    let mut text = String::from(COLUMNS);
    text.push('\n');
    for (index, machine) in estate.machines.iter().enumerate() {
        for (column, cell) in cells(machine, index).iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            text.push_str(&quoted(cell));
        }
        text.push('\n');
    }
    text
}

fn cells(machine: &Machine, index: usize) -> [String; 26] {
    let mib = |amount: Option<Bytes>| amount.map(|amount| amount.as_mib().to_string()).unwrap_or_default();
    let network = |index: usize| machine.networks.get(index).cloned().unwrap_or_default();
    let active = machine.memory_utilisation.map(|used| machine.memory.scaled(used.share));
    let (firmware, secure) = match machine.firmware {
        Firmware::EfiSecureBoot => ("efi", "True"),
        other => (other.as_str(), "False"),
    };
    let power = match machine.power {
        PowerState::On => "poweredOn",
        PowerState::Off => "poweredOff",
        PowerState::Suspended => "suspended",
    };
    // The guest reports its system only while it runs.
    let guest_os = if machine.runs() { machine.os.clone() } else { String::new() };
    [
        machine.name.clone(),
        power.to_owned(),
        "False".to_owned(),
        "False".to_owned(),
        machine.cpus.to_string(),
        machine.memory.as_mib().to_string(),
        mib(active),
        machine.nics.to_string(),
        machine.disks.len().to_string(),
        mib(machine.storage.total_disk),
        network(0),
        network(1),
        network(2),
        network(3),
        machine.folder.clone(),
        mib(machine.storage.provisioned),
        mib(machine.storage.in_use),
        secure.to_owned(),
        firmware.to_owned(),
        machine.hardware_version.map(|version| version.to_string()).unwrap_or_default(),
        machine.datacenter.clone(),
        machine.cluster.clone(),
        machine.host.clone(),
        machine.os.clone(),
        guest_os,
        format!("vm-{}", index + 1),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_vinfo_holds_reads_back_the_same() {
        let text = "VM,Powerstate,CPUs,Memory,Provisioned MiB,In Use MiB,Datacenter,Folder,Network #1,Firmware\n\
                    \"a, b\",poweredOff,2,1024,100,40,X,/apps,VLAN10,efi\n";
        let first = super::super::read("f", text.as_bytes().to_vec()).unwrap();
        let again = super::super::read("f", super::to_vinfo_csv(&first).into_bytes()).unwrap();
        let (mut a, mut b) = (first.machines[0].clone(), again.machines[0].clone());
        // The first had no VM ID, so its key is its name.
        (a.key, b.key) = (String::new(), String::new());
        assert_eq!(a, b);
    }
}
