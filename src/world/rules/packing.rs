//! How many hosts it takes to hold workloads.

use super::demand::Need;
use crate::base::units::Bytes;
use crate::world::HostShape;

/// Hosts of `shape` that hold `needs`, and `spare` ones kept free for the failure of
/// others. None are needed for nothing, spare ones neither.
///
/// The largest are placed first (by memory, then processors), each on the host with the
/// fewest free processors that takes it, ties to the first, as the simulation does when
/// it settles an estate in; so the simulation needs no host more. That is at most 11/9 of the least number, and one,
/// when one resource decides (Johnson 1973). A need larger than a host counts as one
/// host of its own.
pub fn hosts_needed(shape: &HostShape, needs: impl IntoIterator<Item = Need>, spare: u32) -> u32 {
    let mut needs: Vec<(u64, u32)> = needs
        .into_iter()
        .filter(|need| *need != Need::NOTHING)
        .map(|need| (mib(need.memory), need.vcpus))
        .collect();
    needs.sort_unstable_by(|a, b| b.cmp(a));
    let mut free: Vec<(u32, u64)> = Vec::new();
    for (memory, vcpus) in needs {
        let tightest =
            free.iter_mut().filter(|host| host.0 >= vcpus && host.1 >= memory).min_by_key(|host| host.0);
        match tightest {
            Some(host) => *host = (host.0 - vcpus, host.1 - memory),
            None => {
                free.push((shape.vcpus.saturating_sub(vcpus), shape.memory.as_mib().saturating_sub(memory)));
            }
        }
    }
    match u32::try_from(free.len()).unwrap_or(u32::MAX) {
        0 => 0,
        hosts => hosts.saturating_add(spare),
    }
}

fn mib(memory: Bytes) -> u64 {
    memory.get().div_ceil(Bytes::from_mib(1).get())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: HostShape = HostShape { sockets: 2, cores: 32, vcpus: 128, memory: Bytes::from_gib(512) };

    fn need(vcpus: u32, gib: u64) -> Need {
        Need { vcpus, memory: Bytes::from_gib(gib) }
    }

    #[test]
    fn large_ones_are_placed_first_and_small_ones_fill_what_they_leave() {
        // In the order given, 200 + 200 would close a host and 300 + 300 take two more.
        let needs = [need(4, 200), need(4, 200), need(4, 300), need(4, 300)];
        assert_eq!(hosts_needed(&SHAPE, needs, 0), 2);
        assert_eq!(hosts_needed(&SHAPE, needs, 1), 3);
    }

    #[test]
    fn either_resource_can_decide() {
        assert_eq!(hosts_needed(&SHAPE, [need(64, 1), need(64, 1), need(1, 1)], 0), 2);
        assert_eq!(hosts_needed(&SHAPE, [need(1, 512), need(1, 1)], 0), 2);
    }

    #[test]
    fn nothing_needs_no_host_and_a_giant_needs_one() {
        assert_eq!(hosts_needed(&SHAPE, [Need::NOTHING], 2), 0);
        assert_eq!(hosts_needed(&SHAPE, [need(500, 2_048), need(1, 1)], 0), 2);
    }
}
