//! What a choice needs beside the pool.

/// What a policy needs beside the pool: policies remember nothing.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Turn {
    /// The host that took the last workload; 0 at the start.
    pub last: u32,
    /// A uniform number in [0, 1), fresh for each choice.
    pub uniform: f64,
}
