//! Migration tools that reach the scenario's platforms, and what they share.

use super::figures::Unit;
use super::{Resolver, unknown};
use crate::base::diagnostics::Diagnostic;
use crate::base::ids::IdVec;
use crate::base::settings::Name;
use crate::base::units::{Bandwidth, Bytes, Period};
use crate::input::catalog::{self, Count, Figure, MethodName, Switchover};
use crate::world::{
    Cap, Counted, Cutover, DeltaRule, Installation, InstallationId, Method, PlatformId, PreCopy, Throttle,
    Tool, ToolId, Unconverged, Within,
};

/// Copies in flight where nobody publishes a limit: no more than the largest limit
/// that anybody publishes (Azure Migrate, 500 VMs).
const UNPUBLISHED_CONCURRENCY: u32 = 500;

impl Resolver<'_> {
    /// The tools of the catalogue between platforms that the scenario has, in the
    /// order of the catalogue, and what they are parts of.
    pub(super) fn tools(&mut self) -> (IdVec<ToolId, Tool>, IdVec<InstallationId, Installation>) {
        let catalog = self.catalog;
        let (mut tools, mut installations) = (IdVec::new(), IdVec::new());
        for (name, listed) in catalog.tools.iter() {
            let (from, to) = (self.reached(&listed.from), self.reached(&listed.to));
            if from.is_empty() || to.is_empty() {
                continue;
            }
            let owner = listed.shares.as_ref().unwrap_or(name);
            let known = installations.find(|installation: &Installation| installation.name == owner.text);
            let installation =
                known.unwrap_or_else(|| installations.push(self.installation(owner.as_str(), listed)));
            let tool = self.tool(name, listed, (from, to), installation);
            tools.push(tool);
        }
        self.check_settings(&tools);
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

    /// What is set up must be a tool, with appliances of its own and platforms here.
    fn check_settings(&mut self, tools: &IdVec<ToolId, Tool>) {
        for (name, setting) in self.settings.migration.tools.iter() {
            let Some(listed) = self.catalog.tools.get(name.as_str()) else {
                let known: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
                self.diagnostics.push(unknown(name, "a migration tool of the catalogue", &known));
                continue;
            };
            if let Some(owner) = &listed.shares {
                self.diagnostics.push(
                    Diagnostic::error(name.spot, format!("`{name}` has no appliances of its own"))
                        .note(format!("It works through those of `{owner}`."))
                        .help(format!("Write `{owner}: {{units: {}}}`.", setting.units.value.max(1))),
                );
            } else if setting.units.value == 0 {
                self.diagnostics.push(
                    Diagnostic::error(setting.units.spot, "A tool has at least one appliance")
                        .help("Write `units: 1`, or leave it out."),
                );
            } else if tools.iter().all(|tool| tool.name != name.text) {
                self.diagnostics.push(
                    Diagnostic::warning(name.spot, format!("`{name}` moves nothing here"))
                        .note("It works between platforms that this scenario does not have."),
                );
            }
        }
    }

    /// The limits that tools of one product share: those of the tool of this name.
    fn installation(&self, owner: &str, listed: &catalog::Tool) -> Installation {
        let listed = self.catalog.tools.get(owner).unwrap_or(listed);
        let caps: Vec<Cap> = shared_caps(listed).collect();
        let unpublished =
            Cap { counted: Counted::Workloads, within: Within::Manager, most: UNPUBLISHED_CONCURRENCY };
        let is_limited = caps.iter().any(|cap| cap.counted == Counted::Workloads)
            || own_caps(listed).any(|cap| cap.counted == Counted::Workloads);
        let setting = self.settings.migration.tools.get(owner);
        Installation {
            name: owner.to_owned(),
            units: setting.map_or(1, |setting| setting.units.value.max(1)),
            throughput: rate(&listed.throughput),
            caps: caps.into_iter().chain((!is_limited).then_some(unpublished)).collect(),
        }
    }

    fn tool(
        &mut self,
        name: &Name,
        listed: &catalog::Tool,
        (from, to): (Vec<PlatformId>, Vec<PlatformId>),
        installation: InstallationId,
    ) -> Tool {
        let shared = listed.shares.is_some().then(|| shared_caps(listed));
        let delivers_to = listed.delivers_to.as_ref().map(|names| {
            let named = |provider: &str| names.iter().any(|name| name.as_str() == provider);
            self.providers
                .enumerate()
                .filter(|(_, provider)| named(&provider.name))
                .map(|(id, _)| id)
                .collect()
        });
        let (hours, minutes) = (Unit::HOURS, Unit::MINUTES);
        Tool {
            name: name.text.clone(),
            label: listed.label.clone(),
            methods: listed.methods.iter().map(|method| method_of(*method)).collect(),
            from,
            to,
            delivers_to,
            installation,
            hours_per_vm: listed
                .hours_per_vm
                .as_ref()
                .map(|figure| self.table.listed::<Period>(figure, hours, self.diagnostics)),
            per_copy: rate(&listed.per_copy),
            per_disk: rate(&listed.per_disk),
            per_host: rate(&listed.per_host_throughput),
            caps: shared.into_iter().flatten().chain(own_caps(listed)).collect(),
            streams: count(&listed.streams).unwrap_or(1),
            window: match &listed.window {
                Some(window) => self.table.listed::<Bytes>(window, Unit::above_zero(""), self.diagnostics),
                None => self.table.assumption::<Bytes>("tcp_window", Unit::above_zero(""), self.diagnostics),
            },
            minimum_bandwidth: rate(&listed.minimum_bandwidth),
            most_snapshots: count(&listed.most_snapshots),
            delta: listed.delta_cycle.as_ref().map(|cycle| DeltaRule {
                shortest: cycle.shortest.span(),
                longest: cycle.longest.span(),
                share_of_previous: cycle.share_of_previous.fraction(),
            }),
            precopy: listed.precopy.as_ref().map(precopy),
            capacity: listed.capacity.as_ref().and_then(|capacity| capacity.typical()).copied(),
            cutover_minutes: self.table.listed::<Period>(&listed.cutover, minutes, self.diagnostics),
            cutover: match listed.switchover {
                Switchover::Parallel => Cutover::Parallel,
                Switchover::Serial => Cutover::Serial,
            },
            trip: listed.trip.as_ref().and_then(|trip| trip.typical()).map(|trip| trip.span()),
            longest_rtt: listed.longest_rtt.as_ref().and_then(|rtt| rtt.typical()).map(|rtt| rtt.span()),
            source: self.source_of(listed),
        }
    }

    /// Where most of what is known of a tool is published: of its limits, the first
    /// that cites a source.
    fn source_of(&self, listed: &catalog::Tool) -> String {
        let rates = [&listed.throughput, &listed.per_copy, &listed.per_disk, &listed.minimum_bandwidth];
        let counts = [
            &listed.per_manager_vms,
            &listed.per_unit_vms,
            &listed.per_unit_disks,
            &listed.per_host_vms,
            &listed.per_host_disks,
        ];
        let published = counts
            .into_iter()
            .flatten()
            .map(|figure| &figure.provenance)
            .chain(rates.into_iter().flatten().map(|figure| &figure.provenance))
            .chain(listed.capacity.iter().map(|figure| &figure.provenance))
            .find_map(|provenance| match provenance {
                catalog::Provenance::Published { source, .. } => Some(source),
                _ => None,
            })
            .or(listed.precopy.as_ref().map(|rule| &rule.source))
            .or(listed.delta_cycle.as_ref().map(|cycle| &cycle.source));
        let cited = published.and_then(|source| self.catalog.cited(source.as_str()));
        cited.map_or_else(|| "no limit is published".to_owned(), |(cites, date)| format!("{cites}, {date}"))
    }
}

fn rate(figure: &Option<Figure<Bandwidth>>) -> Option<Bandwidth> {
    figure.as_ref().and_then(|figure| figure.typical()).copied()
}

/// A count of at least one: a limit of none would be no tool.
fn count(figure: &Option<Figure<Count>>) -> Option<u32> {
    Some(figure.as_ref()?.typical()?.0.max(1))
}

/// What a manager and its appliances bear.
fn shared_caps(listed: &catalog::Tool) -> impl Iterator<Item = Cap> {
    [
        (&listed.per_manager_vms, Counted::Workloads, Within::Manager),
        (&listed.per_manager_disks, Counted::Disks, Within::Manager),
        (&listed.per_unit_vms, Counted::Workloads, Within::Unit),
        (&listed.per_unit_disks, Counted::Disks, Within::Unit),
    ]
    .into_iter()
    .filter_map(|(figure, counted, within)| Some(Cap { counted, within, most: count(figure)? }))
}

/// What one source host and one source datastore bear, of which a move may take more
/// than one part.
fn own_caps(listed: &catalog::Tool) -> impl Iterator<Item = Cap> {
    let one = None;
    [
        (&listed.per_host_vms, count(&listed.host_cost), Counted::Workloads, Within::Host),
        (&listed.per_host_disks, one, Counted::Disks, Within::Host),
        (&listed.per_datastore_vms, count(&listed.datastore_cost), Counted::Workloads, Within::Datastore),
        (&listed.per_datastore_disks, one, Counted::Disks, Within::Datastore),
    ]
    .into_iter()
    .filter_map(|(figure, cost, counted, within)| {
        let most = (count(figure)? / cost.unwrap_or(1)).max(1);
        Some(Cap { counted, within, most })
    })
}

fn precopy(rule: &catalog::PreCopy) -> PreCopy {
    PreCopy {
        downtime: rule.downtime.span(),
        most_passes: rule.most_passes,
        most_volume: rule.most_volume.map(|times| times.get()),
        throttle: rule.throttle.as_ref().map(|throttle| Throttle {
            first: throttle.first.fraction(),
            step: throttle.step.fraction(),
            most: throttle.most.fraction(),
        }),
        otherwise: match rule.otherwise {
            catalog::Unconverged::Stop => Unconverged::Stop,
            catalog::Unconverged::Abort => Unconverged::Abort,
        },
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::base::diagnostics::{Color, Diagnostics, Sources};
    use crate::base::units::Span;
    use crate::input::catalog::Catalog;
    use crate::input::resolve::{Inputs, Origin, own_estate, resolve};
    use crate::input::scenario::Scenario;
    use crate::world::World;
    use crate::world::rules::precopy as rules;

    /// A scenario with vSphere, a VMware cloud, Hyper-V, KVM, Xen and Azure, and what it
    /// says of tools; the messages if it is refused.
    fn world(tools: &str) -> Result<World, String> {
        let text = format!(
            "version: 1\nname: tools\ncurrency: EUR\nstart: 2027-01-01\nhorizon: 2 years\n\
             estate: {{synthetic: {{workloads: 20}}}}\n\
             migration: {{tools: {{{tools}}}}}\n\
             sites:\n  paris:\n    provider: own\n    country: FR\n    offers:\n      \
             vsphere: {{platform: vsphere, hosts: {{count: 6, shape: 2x16c-512g}}, licences: []}}\n      \
             hyper-v: {{platform: hyper-v, hosts: {{shape: 2x16c-512g}}}}\n      \
             kvm: {{platform: kvm-openstack, hosts: {{shape: 2x16c-512g}}}}\n      \
             xen: {{platform: xcp-ng, hosts: {{shape: 2x16c-512g}}}}\n      \
             nodes: {{platform: vsphere-cloud, hosts: {{shape: 2x16c-512g}}, licences: []}}\n  \
             azure: {{provider: azure, region: francecentral, offers: [instances]}}\n\
             strategies: {{renew: {{}}}}\n"
        );
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let scenario =
            Scenario::read_text("tools.yaml", &text, Path::new("."), &mut sources, &mut diagnostics);
        let world = scenario.filter(|_| !diagnostics.has_errors()).and_then(|scenario| {
            let catalog = Catalog::for_scenario(&scenario, &mut sources, &mut diagnostics)?;
            let estate = own_estate(&scenario, &mut diagnostics)?;
            let inputs = Inputs {
                scenario: &scenario,
                catalog: &catalog,
                estate: &estate,
                origin: Origin::Scenario,
                sources: &sources,
            };
            resolve(inputs, &mut diagnostics).ok()
        });
        let messages = diagnostics.render(&sources, Color::Never);
        world.filter(|_| messages.is_empty()).ok_or(messages)
    }

    fn tool<'w>(world: &'w World, name: &str) -> &'w Tool {
        world.tools.iter().find(|tool| tool.name == name).unwrap_or_else(|| panic!("no tool {name}"))
    }

    fn cap(counted: Counted, within: Within, most: u32) -> Cap {
        Cap { counted, within, most }
    }

    #[test]
    fn limits_are_those_that_are_published() {
        use Counted::{Disks, Workloads};
        use Within::{Datastore, Host, Manager, Unit};
        let world = world("").expect("nothing is wrong with it");
        let installation = |name| &world.installations[tool(&world, name).installation];
        // A move with its disks takes 4 of a host's 8 and 16 of a datastore's 128.
        assert_eq!(tool(&world, "vmotion").caps, [cap(Workloads, Host, 2), cap(Workloads, Datastore, 8)]);
        assert_eq!(installation("vmotion").caps, []);
        assert_eq!(
            installation("azure-migrate-agentless").caps,
            [cap(Workloads, Manager, 500), cap(Workloads, Unit, 300), cap(Disks, Unit, 52)]
        );
        assert_eq!(
            tool(&world, "azure-migrate-agentless").caps,
            [cap(Disks, Host, 8), cap(Disks, Datastore, 15)]
        );
        assert_eq!(
            installation("zerto").caps,
            [cap(Workloads, Manager, UNPUBLISHED_CONCURRENCY)],
            "of which nobody publishes a limit"
        );
        assert_eq!(tool(&world, "virt-v2v-warm").most_snapshots, Some(28));
        let delta = tool(&world, "azure-migrate-agentless").delta.expect("it has a rule");
        assert_eq!((delta.shortest, delta.longest), (Span::from_hours(1), Span::from_hours(12)));
    }

    #[test]
    fn tools_of_one_product_share_its_appliances() {
        use Counted::Workloads;
        use Within::{Manager, Unit};
        let world = world("hcx-bulk: {units: 2}").expect("nothing is wrong with it");
        let bulk = tool(&world, "hcx-bulk").installation;
        for name in ["hcx-cold", "hcx-vmotion", "hcx-rav", "hcx-osam"] {
            assert_eq!(tool(&world, name).installation, bulk, "{name}");
        }
        let shared = &world.installations[bulk];
        assert_eq!((shared.name.as_str(), shared.units), ("hcx-bulk", 2));
        assert_eq!(shared.throughput, Some(Bandwidth::from_mbit(1_600)));
        assert_eq!(shared.caps, [cap(Workloads, Manager, 300), cap(Workloads, Unit, 200)]);
        assert_eq!(tool(&world, "hcx-vmotion").caps, [cap(Workloads, Manager, 1)], "one after another");
        assert_eq!(tool(&world, "hcx-rav").cutover, Cutover::Serial);
        assert_eq!(world.installations.iter().filter(|shared| shared.name.starts_with("hcx")).count(), 1);
    }

    #[test]
    fn memory_is_copied_by_the_rule_of_the_hypervisor() {
        let world = world("").expect("nothing is wrong with it");
        for (name, rule) in [
            ("vmotion", rules::VMOTION),
            ("hcx-rav", rules::VMOTION),
            ("hyper-v-live-migration", rules::HYPER_V),
            ("kvm-live-migration", rules::KVM),
            ("xen-live-migration", rules::XEN),
        ] {
            assert_eq!(tool(&world, name).precopy, Some(rule), "{name}");
        }
        assert_eq!(tool(&world, "hcx-bulk").precopy, None);
    }

    #[test]
    fn a_tool_set_up_wrongly_is_refused_with_what_to_write() {
        let refused = |tools| world(tools).expect_err("it is wrong");
        let message = refused("hcx-bulck: {units: 2}");
        assert!(message.contains("Did you mean `hcx-bulk`?"), "{message}");
        let message = refused("hcx-rav: {units: 2}");
        assert!(message.contains("Write `hcx-bulk: {units: 2}`."), "{message}");
        let message = refused("zerto: {units: 0}");
        assert!(message.contains("at least one appliance"), "{message}");
        let message = refused("aws-mgn: {units: 2}");
        assert!(message.contains("`aws-mgn` moves nothing here"), "{message}");
    }
}
