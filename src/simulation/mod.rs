//! The model on the kernel.

pub mod journal;
