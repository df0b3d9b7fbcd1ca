//! Behaviour of the whole program, one file a behaviour.

mod bad_scenarios;
mod scenarios;
