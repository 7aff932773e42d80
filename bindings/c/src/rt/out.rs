//! Places where the caller wants a result.

use super::fail::{Boundary, Fail};
use super::handle::Handle;
use std::ptr::NonNull;

/// Where a plain value goes. Written only when the call succeeds.
#[derive(Debug)]
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// Gives the value.
    pub(crate) fn set(self, value: T) {
        // SAFETY: `out_value` checked what can be checked, and its caller vouched for the rest of this call.
        unsafe { self.0.write(value) };
    }
}

/// Where a new handle goes. NULL until then, so that a failed call leaves nothing to free.
#[derive(Debug)]
pub(crate) struct OutHandle<H: Handle>(NonNull<*mut H>);

impl<H: Handle> OutHandle<H> {
    /// Keeps the object and gives its handle.
    ///
    /// # Errors
    /// `handle.table_full`.
    pub(crate) fn keep(self, object: H::Object) -> Result<(), Fail> {
        let handle = H::keep(object)?;
        // SAFETY: `out_ptr` checked what can be checked, and its caller vouched for the rest of this call.
        unsafe { self.0.write(handle) };
        Ok(())
    }
}

/// The place for a plain value.
///
/// # Errors
/// `argument.null`, `argument.unaligned`.
///
/// # Safety
/// `out` is NULL or may be written to until the end of the export's call.
pub(crate) unsafe fn out_value<T>(out: *mut T, name: &'static str) -> Result<Out<T>, Fail> {
    place(out, name).map(Out)
}

/// The place for a new handle, set to NULL at once.
///
/// # Errors
/// `argument.null`, `argument.unaligned`.
///
/// # Safety
/// As for [`out_value`].
pub(crate) unsafe fn out_ptr<H: Handle>(out: *mut *mut H, name: &'static str) -> Result<OutHandle<H>, Fail> {
    let place = place(out, name)?;
    // SAFETY: not NULL and aligned by `place`; the caller vouches for the rest.
    unsafe { place.write(std::ptr::null_mut()) };
    Ok(OutHandle(place))
}

fn place<T>(out: *mut T, name: &'static str) -> Result<NonNull<T>, Fail> {
    let place = NonNull::new(out).ok_or_else(|| Boundary::Null { name: name.to_owned() })?;
    if place.is_aligned() { Ok(place) } else { Err(Boundary::Unaligned { name: name.to_owned() }.into()) }
}

/// The plain value a caller points to.
///
/// # Errors
/// `argument.null`, `argument.unaligned`.
///
/// # Safety
/// `from` is NULL or can be read, and every pattern of bits there is a value of `T`.
pub(crate) unsafe fn read_value<T: Copy>(from: *const T, name: &'static str) -> Result<T, Fail> {
    let from = place(from.cast_mut(), name)?;
    // SAFETY: not NULL, aligned, and the caller vouches for the rest.
    Ok(unsafe { from.read() })
}
