//! Rules over columns: the same answers as one record at a time, at the speed of reading.
//!
//! | to do | use |
//! | --- | --- |
//! | lay records out | [`Records`], [`Column`], [`Children`] sorted by their parents, with offsets |
//! | fill columns row by row | [`WholeBuilder`], [`TextBuilder`] and their like |
//! | say what rules call a record | [`Population`] |
//! | ask rules | [`Query::answers`] |
//! | see how many each condition removes | [`Query::funnel`] |
//! | see why for one record | [`Query::explain`] |
//!
//! # How it is fast
//! Every comparison of a column is made once for all rules and kept as bits. Columns are as narrow as their numbers, words
//! are compared by code. What is asked of children is asked of all of them in a row and brought to their parents by
//! offsets: no hashing, no grouping, no join. What columns cannot say is run record by record by the evaluator of one
//! record, on the same columns, and only for the records that still matter.
//!
//! # What is promised
//! For every rule and record the answer is that of one record at a time. Sums and products that do not fit 64 bits are
//! found out and asked again in decimals.
#![forbid(unsafe_code)]

pub mod arrow;
mod assemble;
mod bits;
mod build;
mod column;
mod error;
mod kernels;
mod limit;
mod outcome;
mod program;
mod query;
mod records;
mod rows;
mod run;
mod segments;

pub use bits::Bits;
pub use build::{DecimalBuilder, FlagBuilder, IdBuilder, TextBuilder, WholeBuilder};
pub use column::{Codes, Column, Numbers, Texts, Values};
pub use error::ColumnsError;
pub use query::{Answer, Funnel, FunnelStep, Query, Running};
pub use records::{Children, Population, Records};
