//! World → plan: where workloads go, as plain data.
