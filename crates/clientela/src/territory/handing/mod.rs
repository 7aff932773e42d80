//! Handing customers over: planned before the write lock is taken, written in pieces.
//!
//! Deciding for a million customers takes seconds, and writing what was decided takes longer; nobody else could write meanwhile
//! if either were done in one transaction.
//!
//! | file | what |
//! | --- | --- |
//! | `plan` | what was decided on one state of the store, and the last commit it saw |
//! | `watching` | what has changed since, read from the journal |
//! | `write` | one piece: who is as he was is handed over, who is not is passed over |
//! | `run` | piece after piece, and planned again when something was passed over |
//!
//! | changed meanwhile | what happens |
//! | --- | --- |
//! | a customer of the plan, or what its rules read | it is passed over, and decided with the next plan |
//! | customers that came to a position otherwise | they take room: nobody is handed more than he has room for |
//! | units, positions, skills, models, anything everybody sees | what is left is planned again |

mod plan;
mod run;
mod watching;
mod write;

pub(crate) use run::Handing;
