//! Disks that travel: several workloads share an appliance of a stated capacity.

use super::copy::Stage;
use super::{Signal, Timer, Transport};
use crate::base::units::Bytes;
use crate::world::ToolId;

/// An appliance: it is filled, travels, and is read in.
#[derive(Clone, Debug)]
pub(super) struct Appliance {
    tool: ToolId,
    /// What it holds, and what is being copied to it.
    loaded: Bytes,
    room: Bytes,
    /// The copies on it.
    aboard: Vec<u32>,
    /// Copies to it that are under way.
    loading: u32,
    /// It has left; nothing more is put on it.
    left: bool,
}

impl Transport {
    /// Puts a copy on an appliance that is being filled and has room, or on one more.
    /// What is larger than one travels on as many as it takes, together.
    pub(super) fn load(&mut self, copy: u32) {
        let state = &mut self.copies[copy as usize];
        let tool = state.tool;
        let volume: Bytes = state.disks.iter().copied().sum();
        state.stage = Stage::Loading;
        state.snapshot = self.now;
        let has_room = |appliance: &Appliance| {
            appliance.tool == tool && !appliance.left && appliance.loaded + volume <= appliance.room
        };
        let index = self.appliances.iter().position(has_room).unwrap_or_else(|| {
            let one = self.limits[tool].capacity.map_or(u64::MAX, Bytes::get).max(1);
            let room = Bytes::new(one.saturating_mul(volume.get().div_ceil(one).max(1)));
            let fresh =
                Appliance { tool, loaded: Bytes::ZERO, room, aboard: Vec::new(), loading: 0, left: false };
            let idle = |appliance: &Appliance| appliance.left && appliance.aboard.is_empty();
            match self.appliances.iter().position(idle) {
                Some(index) => {
                    self.appliances[index] = fresh;
                    index
                }
                None => {
                    self.appliances.push(fresh);
                    self.appliances.len() - 1
                }
            }
        });
        let appliance = &mut self.appliances[index];
        appliance.loaded += volume;
        appliance.aboard.push(copy);
        appliance.loading += 1;
        self.copies[copy as usize].appliance = Some(index as u32);
        self.carry(copy, volume);
    }

    /// A copy is on its appliance, which leaves with the last that was being made.
    pub(super) fn loaded(&mut self, copy: u32) {
        self.copies[copy as usize].stage = Stage::Travelling;
        if let Some(appliance) = self.copies[copy as usize].appliance {
            self.appliances[appliance as usize].loading -= 1;
            self.depart(appliance);
        }
    }

    fn depart(&mut self, index: u32) {
        let appliance = &mut self.appliances[index as usize];
        if appliance.loading == 0 && !appliance.left {
            appliance.left = true;
            let back = self.now + self.limits[appliance.tool].trip;
            self.timers.insert((back, Timer::Appliance(index)));
        }
    }

    /// An appliance has been read in at the destination.
    pub(super) fn appliance_returned(&mut self, index: u32) {
        for copy in std::mem::take(&mut self.appliances[index as usize].aboard) {
            let state = &mut self.copies[copy as usize];
            state.appliance = None;
            state.seeded = true;
            state.stage = Stage::Waiting;
            self.signals.push_back(Signal::Seeded { workload: state.workload });
        }
    }

    /// A copy is given up while it is loaded or travels.
    pub(super) fn leave_appliance(&mut self, copy: u32) {
        let Some(index) = self.copies[copy as usize].appliance.take() else { return };
        let loading = self.copies[copy as usize].stage == Stage::Loading;
        let appliance = &mut self.appliances[index as usize];
        appliance.aboard.retain(|other| *other != copy);
        if loading {
            appliance.loading -= 1;
            self.depart(index);
        }
    }
}
