//! Migration tools that reach the scenario's platforms.

use super::Resolver;
use super::figures::Unit;
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::base::units::{Bandwidth, Period};
use crate::input::catalog::{self, Figure, MethodName, Switchover};
use crate::world::{Cutover, Method, PlatformId, Tool, ToolId};

/// Copies in flight where nobody publishes a limit: no more than the largest limit
/// that anybody publishes (Azure Migrate, 500 VMs).
const UNPUBLISHED_CONCURRENCY: u32 = 500;

impl Resolver<'_> {
    /// The tools of the catalogue between platforms that the scenario has, in the
    /// order of the catalogue.
    pub(super) fn tools(&mut self) -> IdVec<ToolId, Tool> {
        let catalog = self.catalog;
        let mut tools = IdVec::new();
        for (name, listed) in catalog.tools.iter() {
            let (from, to) = (self.reached(&listed.from), self.reached(&listed.to));
            if !from.is_empty() && !to.is_empty() {
                let tool = self.tool(name, listed, from, to);
                tools.push(tool);
            }
        }
        tools
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
        from: Vec<PlatformId>,
        to: Vec<PlatformId>,
    ) -> Tool {
        let rate =
            |figure: &Option<Figure<Bandwidth>>| figure.as_ref().and_then(|figure| figure.typical()).copied();
        let concurrency =
            listed.concurrent_vms.as_ref().and_then(|count| count.typical()).map(|count| count.0);
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
            throughput: rate(&listed.throughput),
            hours_per_vm: listed
                .hours_per_vm
                .as_ref()
                .map(|hours| self.table.listed::<Period>(hours, Unit::HOURS, self.diagnostics)),
            // A VM is copied disk by disk at worst: the slower limit is the safe one.
            per_copy: [rate(&listed.per_copy), rate(&listed.per_disk)].into_iter().flatten().min(),
            concurrency: concurrency.unwrap_or(UNPUBLISHED_CONCURRENCY),
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
