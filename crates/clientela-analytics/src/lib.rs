//! Numerics over slices, without the words of a CRM: what a model needs of mathematics, pure and repeatable.
//!
//! Slices in, numbers out. No records, no money, no clock, no random numbers but those of a seed that is passed in. Who
//! turns customers and offers into slices, and numbers into decisions with their reasons, is the core.
#![forbid(unsafe_code)]
pub mod balance;
pub mod baskets;
pub mod flow;
pub mod foretelling;
pub mod frequencies;

pub mod linkage;
pub mod proportion;
pub mod satisfiability;
pub mod survival;

pub mod geography;
