//! SQLite, bundled.
//!
//! | file | what |
//! | --- | --- |
//! | `place` | where the file may be, and what stands there |
//! | `lock` | the sidecar files: one writer, an unclean stop noticed |
//! | `session` | a connection with its settings |
//! | `failure` | the engine's errors as ours |
//! | `lease` | transactions on leased connections |
//! | `engine` | the backend: one writer, a pool of readers |

pub(crate) mod engine;
mod failure;
mod lease;
mod lock;
pub(crate) mod place;
mod session;
