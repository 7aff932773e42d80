//! Which records are of one thing: found without anybody saying which pairs belong together.
//!
//! 1. A [`Table`] holds the records, each value once.
//! 2. [`Blocks`] say which pairs are worth comparing.
//! 3. A [`Comparison`] of [`Field`]s gives each pair a pattern of levels.
//! 4. [`Chance`] is how often any two records agree.
//! 5. A [`Model`] learns what agreement is worth and weighs pairs, with the reasons.
//! 6. [`connected`] and [`coherent`] make clusters of pairs.
//!
//! ```
//! use clientela_analytics::linkage::{Blocks, Cell, Comparison, Field, Level, Model, Pass, Table, Test, probability};
//! let mut table = Table::new(2);
//! table.push(&[Cell::Text("rossi"), Cell::Text("torino")]);
//! table.push(&[Cell::Text("rosi"), Cell::Text("torino")]);
//! let level = |column, test| Level { column, test };
//! let name = Field::new(vec![level(0, Test::Exact), level(0, Test::Edits(1))]);
//! let town = Field::new(vec![level(1, Test::Exact)]);
//! let comparison = Comparison::new(vec![name, town]).ok_or("too many levels")?;
//! let model = Model::of_shares(
//!     comparison,
//!     0.01,
//!     vec![vec![0.8, 0.15, 0.05], vec![0.9, 0.1]],
//!     vec![vec![0.001, 0.002, 0.997], vec![0.05, 0.95]],
//! ).ok_or("shares by field and level")?;
//! let blocks = Blocks::new(&table, &[Pass(vec![1])], 100);
//! let mut found = Vec::new();
//! blocks.candidates(&table, 1, |other| found.push((other, probability(model.weight(&table, other, 1)))));
//! assert_eq!(found.len(), 1);
//! assert!(found[0].1 > 0.9);
//! # Ok::<(), &'static str>(())
//! ```

mod blocking;
mod chance;
mod cluster;
mod compare;
mod field;
mod model;
mod table;
pub mod text;

pub use blocking::{Blocks, Pass, Task, TooLarge};
pub use chance::Chance;
pub use cluster::{coherent, connected, one_to_one};
pub use compare::{Candidate, Candidates, Comparison};
pub use field::{Assumed, Field, LEVELS_MAX, Level, Test};
pub use model::{Evidence, Learning, Match, Model, probability, weight_of};
pub use table::{Cell, Table};
