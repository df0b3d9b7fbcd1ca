//! What the world has in store goes on in a fork.

use super::super::event::Event;
use super::super::journal::Receiver;
use super::super::placement::HostState;
use super::super::{Scheduler, Simulation};
use crate::base::units::SimTime;
use crate::world::{Change, Fault, OfferId};

impl<R: Receiver> Simulation<'_, R> {
    /// Puts what the world has in store back into the future.
    pub(super) fn resume_world(&mut self, scheduler: &mut Scheduler<Event>) {
        self.resume_timeline(scheduler);
        self.resume_alliances(scheduler);
        for offer in self.world.offers.ids() {
            self.resume_hosts(offer, scheduler);
        }
    }

    /// Dated changes that are to come, and faults that have begun and are not over.
    fn resume_timeline(&mut self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for (index, event) in self.world.timeline.iter().enumerate() {
            if event.at >= now {
                scheduler.schedule_at(event.at, Event::TimelineReached(index as u32));
                continue;
            }
            let Change::Fault { fault, lasts } = event.change else { continue };
            // What ends now ended in the run that was forked, or does at this instant.
            if event.at + lasts < now {
                continue;
            }
            match fault {
                Fault::Link(link) => self.copying.transport.link_lost(now, link),
                Fault::Site(site) => {
                    for (link, described) in self.world.links.enumerate() {
                        if described.between.contains(&site) {
                            self.copying.transport.link_lost(now, link);
                        }
                    }
                }
                Fault::Host(..) => {}
            }
            scheduler.schedule_at(event.at + lasts, Event::FaultEnds(index as u32));
        }
    }

    /// Alliances that begin or end later.
    fn resume_alliances(&self, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        for (id, alliance) in self.world.alliances.enumerate() {
            if alliance.from >= now {
                scheduler.schedule_at(alliance.from, Event::AllianceBegins(id));
            }
            if let Some(until) = alliance.until.filter(|until| *until >= now) {
                scheduler.schedule_at(until, Event::AllianceEnds(id));
            }
        }
    }

    /// Hosts that are being installed, are down, or must be replaced some day.
    fn resume_hosts(&mut self, offer: OfferId, scheduler: &mut Scheduler<Event>) {
        let now = scheduler.now();
        let Some(pool) = &self.pools[offer] else { return };
        let mut aged: Vec<SimTime> = Vec::new();
        for (host, described) in pool.hosts() {
            match described.state {
                HostState::Installing(until) => {
                    scheduler.schedule_at(until.max(now), Event::HostInstalled(offer, host));
                }
                HostState::Failed => {
                    let back = self.dated_repair(offer, host, now);
                    scheduler.schedule_at(back, Event::HostRepaired(offer, host));
                }
                HostState::Up | HostState::Gone => {}
            }
            let at = described.replace_at;
            if at >= now && at < SimTime::NEVER && !aged.contains(&at) {
                aged.push(at);
                scheduler.schedule_at(at, Event::HardwareAges(offer));
            }
        }
    }

    /// When a host that is down is back: when the dated fault is over that has it down,
    /// else at once, since chance is not rehearsed.
    fn dated_repair(&self, offer: OfferId, host: u32, now: SimTime) -> SimTime {
        let site = self.world.offers[offer].site;
        let under_way = self.world.timeline.iter().filter(|event| event.at < now);
        let ends = under_way.filter_map(|event| match event.change {
            Change::Fault { fault: Fault::Host(of, number), lasts } if (of, number) == (offer, host) => {
                Some(event.at + lasts)
            }
            Change::Fault { fault: Fault::Site(of), lasts } if of == site => Some(event.at + lasts),
            _ => None,
        });
        ends.fold(now, SimTime::max)
    }
}
