//! Loops over plain slices: what takes the time. Written so that the compiler can do many rows at once.

pub(crate) mod arithmetic;
pub(crate) mod compare;
pub(crate) mod compress;
pub(crate) mod fold;
pub(crate) mod text;
