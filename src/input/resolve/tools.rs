//! Migration tools that reach the scenario's platforms.

use super::Resolver;
use super::figures::Unit;
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::base::units::{Bandwidth, Bytes, Period};
use crate::input::catalog::{self, Count, Figure, MethodName, Switchover};
use crate::world::{
    Cap, Counted, Cutover, DeltaRule, Installation, InstallationId, Method, PlatformId, Tool, ToolId, Within,
};

/// Copies in flight where nobody publishes a limit: no more than the largest limit
/// that anybody publishes (Azure Migrate, 500 VMs).
const UNPUBLISHED_CONCURRENCY: u32 = 500;

impl Resolver<'_> {
    /// The tools of the catalogue between platforms that the scenario has, in the
    /// order of the catalogue.
    pub(super) fn tools(&mut self) -> (IdVec<ToolId, Tool>, IdVec<InstallationId, Installation>) {
        let catalog = self.catalog;
        let (mut tools, mut installations) = (IdVec::new(), IdVec::new());
        for (name, listed) in catalog.tools.iter() {
            let (from, to) = (self.reached(&listed.from), self.reached(&listed.to));
            if !from.is_empty() && !to.is_empty() {
                let installation = installations.push(installation(name, listed));
                let tool = self.tool(name, listed, (from, to), installation);
                tools.push(tool);
            }
        }
        (tools, installations)
    }

    fn reached(&self, names: &[Name]) -> Vec<PlatformId> {
        let all = names.iter().any(|name| name.as_str() == "all");
        let named = |platform: &str| names.iter().any(|name| name.as_str() == platform);
        self.platforms
            .enumerate()
            .filter(|(_, platform)| all || named(&platform.name))
            .map(|(id, _)| id)
            .collect()
    }

    fn tool(
        &mut self,
        name: &Name,
        listed: &catalog::Tool,
        (from, to): (Vec<PlatformId>, Vec<PlatformId>),
        installation: InstallationId,
    ) -> Tool {
        let sources = [
            listed.throughput.as_ref().map(|figure| &figure.provenance),
            listed.per_copy.as_ref().or(listed.per_disk.as_ref()).map(|figure| &figure.provenance),
            listed.concurrent_vms.as_ref().map(|figure| &figure.provenance),
        ];
        let source = sources.into_iter().flatten().find_map(|provenance| match provenance {
            catalog::Provenance::Published { source, .. } => self.catalog.cited(source.as_str()),
            _ => None,
        });
        Tool {
            name: name.text.clone(),
            label: listed.label.clone(),
            methods: listed.methods.iter().map(|method| method_of(*method)).collect(),
            from,
            to,
            installation,
            hours_per_vm: listed
                .hours_per_vm
                .as_ref()
                .map(|hours| self.table.listed::<Period>(hours, Unit::HOURS, self.diagnostics)),
            per_copy: rate(&listed.per_copy),
            per_disk: rate(&listed.per_disk),
            per_host: rate(&listed.per_host_throughput),
            caps: [
                cap(&listed.per_host_vms, Counted::Workloads, Within::Host),
                cap(&listed.per_host_disks, Counted::Disks, Within::Host),
            ]
            .into_iter()
            .flatten()
            .collect(),
            streams: listed
                .streams
                .as_ref()
                .and_then(|streams| streams.typical())
                .map_or(1, |count| count.0.max(1)),
            window: match &listed.window {
                Some(window) => self.table.listed::<Bytes>(window, Unit::above_zero(""), self.diagnostics),
                None => self.table.assumption::<Bytes>("tcp_window", Unit::above_zero(""), self.diagnostics),
            },
            minimum_bandwidth: rate(&listed.minimum_bandwidth),
            most_snapshots: None,
            delta: listed.delta_cycle.as_ref().map(|cycle| DeltaRule {
                shortest: cycle.shortest.span(),
                longest: cycle.longest.span(),
                share_of_previous: cycle.share_of_previous.fraction(),
            }),
            precopy: None,
            capacity: listed.capacity.as_ref().and_then(|capacity| capacity.typical()).copied(),
            cutover_minutes: self.table.listed::<Period>(&listed.cutover, Unit::MINUTES, self.diagnostics),
            cutover: match listed.switchover {
                Switchover::Parallel => Cutover::Parallel,
                Switchover::Serial => Cutover::Serial,
            },
            trip: listed.trip.as_ref().and_then(|trip| trip.typical()).map(|trip| trip.span()),
            longest_rtt: listed.longest_rtt.as_ref().and_then(|rtt| rtt.typical()).map(|rtt| rtt.span()),
            source: source.map_or_else(
                || "no limit is published".to_owned(),
                |(cites, date)| format!("{cites}, {date}"),
            ),
        }
    }
}

fn rate(figure: &Option<Figure<Bandwidth>>) -> Option<Bandwidth> {
    figure.as_ref().and_then(|figure| figure.typical()).copied()
}

fn cap(count: &Option<Figure<Count>>, counted: Counted, within: Within) -> Option<Cap> {
    let most = count.as_ref().and_then(|count| count.typical())?.0;
    Some(Cap { counted, within, most: most.max(1) })
}

/// The limits that a tool shares with those of its product.
fn installation(name: &Name, listed: &catalog::Tool) -> Installation {
    let workloads = cap(&listed.concurrent_vms, Counted::Workloads, Within::Unit);
    let unpublished =
        Cap { counted: Counted::Workloads, within: Within::Unit, most: UNPUBLISHED_CONCURRENCY };
    let disks = cap(&listed.concurrent_disks, Counted::Disks, Within::Unit);
    Installation {
        name: name.text.clone(),
        units: 1,
        throughput: rate(&listed.throughput),
        caps: std::iter::once(workloads.unwrap_or(unpublished)).chain(disks).collect(),
    }
}

fn method_of(method: MethodName) -> Method {
    match method {
        MethodName::Live => Method::Live,
        MethodName::Replicated => Method::Replicated,
        MethodName::Conversion => Method::Conversion,
        MethodName::Cold => Method::Cold,
        MethodName::Offline => Method::Offline,
        MethodName::Rebuild => Method::Rebuild,
    }
}
