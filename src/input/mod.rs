//! Everything that becomes a World: what the user wrote and what the user has.

pub mod estate;
