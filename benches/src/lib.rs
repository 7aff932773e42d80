//! What the programs that measure have in common.
//!
//! Each program in `src/bin` does the same work twice, through the library and through a named peer, in turns, on the same
//! data and settings, and prints medians and ratios. None of them fails for being slow.
#![forbid(unsafe_code)]

pub mod arguments;
pub mod bandwidth;
pub mod bare;
pub mod linkage;
pub mod market;
pub mod measure;
pub mod network;
pub mod random;
pub mod sample;

/// What can go wrong in a program that measures.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// The result of every step.
pub type Result<T, E = Failure> = std::result::Result<T, E>;
