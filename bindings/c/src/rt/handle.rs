//! Typed handles over the process's one table.

use super::fail::{Boundary, Fail};
use super::table::{Miss, Room, Table};
use std::any::{Any, TypeId};
use std::sync::Arc;

static HANDLES: Table = Table::new();

/// Handles that were given out and not freed, errors included.
pub(crate) fn live_handles() -> usize {
    HANDLES.live()
}

/// The C type of a handle: never made, never pointed to; only its name and its type matter.
pub(crate) trait Handle: Sized + 'static {
    /// What a handle of this type stands for.
    type Object: Any + Send + Sync;
    /// The C name, for messages.
    const NAME: &'static str;
    /// Which part of the table its objects may fill.
    const ROOM: Room = Room::Ordinary;

    /// Keeps the object until the handle is freed.
    ///
    /// # Errors
    /// `handle.table_full`.
    fn keep(object: Self::Object) -> Result<*mut Self, Fail> {
        HANDLES
            .insert(TypeId::of::<Self>(), Arc::new(object), Self::ROOM)
            .map(std::ptr::without_provenance_mut)
            .map_err(|_| Fail::from(Boundary::TableFull))
    }

    /// The object behind the handle; it lives on while the result is kept, even if another thread frees the handle.
    ///
    /// # Errors
    /// `handle.null`, `handle.unknown` or `handle.kind`.
    fn object(handle: *const Self) -> Result<Arc<Self::Object>, Fail> {
        if handle.is_null() {
            return Err(Boundary::HandleNull { kind: Self::NAME }.into());
        }
        let object =
            HANDLES.get(TypeId::of::<Self>(), handle.addr()).map_err(|miss| miss_of::<Self>(miss))?;
        object.downcast().map_err(|_| miss_of::<Self>(Miss::Kind))
    }

    /// Frees the handle. Nothing happens with NULL or with a handle that is not one.
    fn free(handle: *const Self) {
        // The object ends here, outside the table's lock.
        drop(HANDLES.remove(TypeId::of::<Self>(), handle.addr()));
    }
}

fn miss_of<H: Handle>(miss: Miss) -> Fail {
    match miss {
        Miss::Unknown => Boundary::HandleUnknown { kind: H::NAME }.into(),
        Miss::Kind => Boundary::HandleKind { kind: H::NAME }.into(),
    }
}

/// Says what a handle type stands for: `handle_type!(clientela_offer => Offer)`. The C type itself is written out where
/// this is used, because the header's generator does not see what macros make.
macro_rules! handle_type {
    ($name:ident => $object:ty) => {
        impl $crate::rt::Handle for $name {
            type Object = $object;
            const NAME: &'static str = stringify!($name);
        }
    };
}
pub(crate) use handle_type;
