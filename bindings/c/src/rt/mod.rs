//! What every export is made of. An export's body is one call of [`guard`] or [`guard_val`]; inside it, arguments come in
//! through the helpers of this module, which check all that can be checked, and results leave through them.
//!
//! | to | use |
//! | --- | --- |
//! | stop panics and report failures | [`guard`], [`guard_val`], [`Fail`] |
//! | keep an object for the caller | [`handle_type!`], [`Handle`], [`Draft`] |
//! | read a text, bytes or a structure | [`cstr`], [`blob`], [`copy_struct`], `clientela_str::get` |
//! | give a value, a handle, a text or a structure | [`out_value`], [`out_ptr`], [`fill_struct`], [`CText`], [`write_text`] |

mod buffer;
mod draft;
mod error_slot;
mod fail;
mod guard;
mod handle;
mod out;
mod structs;
mod table;
mod text;

pub(crate) use buffer::write_text;
pub(crate) use draft::Draft;
pub(crate) use error_slot::{ErrorSlot, Told, free_and_clear, issue};
pub(crate) use fail::{Boundary, Fail, OrFail};
pub(crate) use guard::{OK, PANIC, Step, guard, guard_val};
pub(crate) use handle::{Handle, handle_type, live_handles};
pub(crate) use out::{out_ptr, out_value, read_value};
pub(crate) use structs::{CStruct, c_struct, copy_struct, fill_struct, slice, slice_of_structs};
pub(crate) use table::Room;
pub(crate) use text::{CText, NUL_TERMINATED, blob, cstr, cstr_opt, text_of};
