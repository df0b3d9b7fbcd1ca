//! Max-min by plain progressive filling in floats, all flows solved at every change: what
//! is written by hand where no solver is at hand, and the yardstick of the solver.

use crate::{Demand, Network, Outcome, Work};

/// Flows over several links, all solved again whenever one starts or ends.
pub struct Flows {
    shape: Network,
    capacities: Vec<f64>,
    flows: Vec<Demand>,
    left: Vec<f64>,
    rates: Vec<f64>,
    free: Vec<f64>,
    crossing: Vec<Vec<u32>>,
    open: Vec<u32>,
    now: f64,
    completed: u64,
}

impl Flows {
    /// The flows of a network.
    pub fn new(mut shape: Network) -> Self {
        let capacities: Vec<f64> =
            shape.capacities_mbit.iter().map(|mbit| *mbit as f64 * 125_000.0).collect();
        let flows = shape.first();
        let mut crossing = vec![Vec::new(); capacities.len()];
        for (flow, demand) in flows.iter().enumerate() {
            cross(&mut crossing, demand.route, |flows| flows.push(flow as u32));
        }
        let mut flows = Self {
            left: flows.iter().map(|demand| demand.volume as f64).collect(),
            rates: vec![0.0; flows.len()],
            free: vec![0.0; capacities.len()],
            open: vec![0; capacities.len()],
            shape,
            capacities,
            flows,
            crossing,
            now: 0.0,
            completed: 0,
        };
        flows.solve();
        flows
    }

    /// Starts the flow that follows one that has ended.
    fn replace(&mut self, ended: usize) {
        let next = self.shape.next_in(self.flows[ended].part);
        let before = std::mem::replace(&mut self.flows[ended], next);
        cross(&mut self.crossing, before.route, |flows| flows.retain(|flow| *flow as usize != ended));
        cross(&mut self.crossing, next.route, |flows| flows.push(ended as u32));
        self.left[ended] = next.volume as f64;
    }

    /// The link with the least share for those without a rate fills up first; its flows
    /// get that share, and so on with what is left.
    fn solve(&mut self) {
        self.free.copy_from_slice(&self.capacities);
        for (open, crossing) in self.open.iter_mut().zip(&self.crossing) {
            *open = crossing.len() as u32;
        }
        self.rates.fill(-1.0);
        loop {
            let mut least = (f64::INFINITY, usize::MAX);
            for (link, (free, open)) in self.free.iter().zip(&self.open).enumerate() {
                if *open > 0 && free / f64::from(*open) < least.0 {
                    least = (free / f64::from(*open), link);
                }
            }
            let (share, full) = least;
            if full == usize::MAX {
                break;
            }
            for flow in &self.crossing[full] {
                let rate = &mut self.rates[*flow as usize];
                if *rate >= 0.0 {
                    continue;
                }
                *rate = share;
                let [first, second] = self.flows[*flow as usize].route;
                self.free[first as usize] -= share;
                self.open[first as usize] -= 1;
                if second != first {
                    self.free[second as usize] -= share;
                    self.open[second as usize] -= 1;
                }
            }
        }
    }
}

/// Does something to the flows of each link of a route.
fn cross(crossing: &mut [Vec<u32>], route: [u32; 2], mut act: impl FnMut(&mut Vec<u32>)) {
    let [first, second] = route;
    act(&mut crossing[first as usize]);
    if second != first {
        act(&mut crossing[second as usize]);
    }
}

impl Work for Flows {
    fn advance(&mut self, amount: u64) -> u64 {
        for _ in 0..amount {
            let mut next = (f64::INFINITY, 0);
            for (flow, (left, rate)) in self.left.iter().zip(&self.rates).enumerate() {
                if left / rate < next.0 {
                    next = (left / rate, flow);
                }
            }
            let (span, ended) = next;
            self.now += span;
            for (left, rate) in self.left.iter_mut().zip(&self.rates) {
                *left -= rate * span;
            }
            self.replace(ended);
            self.solve();
        }
        self.completed += amount;
        amount
    }

    fn outcome(&self) -> Outcome {
        Outcome { events: self.completed, mean: self.now / self.completed as f64 }
    }
}
