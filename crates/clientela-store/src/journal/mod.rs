//! What happened to every record, field by field, in a chain that shows tampering.
//!
//! | file | what |
//! | --- | --- |
//! | `codec` | values as bytes |
//! | `clock` | the hybrid clock that orders commits |
//! | `seal` | the hashes |
//! | `pending` | commits of a command that is not finished |
//! | `entry` | commits and histories as callers see them |
//! | `fold` | a record from its changes |
//! | `past` | reading as of a date |
//! | `anchor` | what the journal was at a moment, to be kept elsewhere |
//! | `verify` | checking the chain and the state against it |

pub(crate) mod anchor;
pub(crate) mod clock;
pub(crate) mod codec;
pub(crate) mod entry;
pub(crate) mod fold;
pub(crate) mod past;
pub(crate) mod pending;
pub(crate) mod seal;
pub(crate) mod verify;
