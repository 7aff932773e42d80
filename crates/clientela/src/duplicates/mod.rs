//! Customers that may be one: a table of what is compared, kept beside the store for whoever enters a customer, and made anew
//! for whoever looks for all.
//!
//! | file | what |
//! | --- | --- |
//! | `index` | all parties, kept up to date from the journal; the candidates for one customer |
//! | `clusters` | all customers one actor sees, and which of them are one |

mod clusters;
mod index;

pub(crate) use clusters::{Clustered, Seen, clustered};
pub(crate) use index::DuplicateIndex;
use index::model_of;
