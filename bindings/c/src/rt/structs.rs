//! Structures that grow: their first field is their size as the caller knows it.
//!
//! The library reads what both sides know. A caller older than the library leaves later fields zero, which is always the
//! default; a caller newer than the library is refused only if it has set a field the library does not know.

use super::fail::{Boundary, Fail};
use std::ffi::c_void;
use std::mem::{MaybeUninit, size_of};

/// The largest structure that is believed, in bytes.
const STRUCT_BYTES_MAX: usize = 4096;
const SIZE_FIELD: usize = size_of::<u32>();

/// A structure of the header whose first field is `uint32_t struct_size`. Implemented by [`c_struct!`] only.
///
/// # Safety
/// The type is `repr(C)`, begins with a `u32` named `struct_size`, has no padding, and every pattern of bits is a value of it.
pub(crate) unsafe trait CStruct: Copy {}

/// Makes a `repr(C)` type of integers, pointers and plain structures a [`CStruct`]; lists all its fields, in order. Does not
/// compile when the first is not the size or when there is padding, which would carry bytes of our stack to the caller.
macro_rules! c_struct {
    ($type:ident { struct_size $(, $field:ident)* $(,)? }) => {
        const _: () = {
            const fn bytes<S, F>(_: fn(&S) -> &F) -> usize {
                size_of::<F>()
            }
            const fn all_fields(value: $type) {
                let $type { struct_size: _, $($field: _),* } = value;
            }
            let _ = all_fields;
            let sum = bytes(|value: &$type| &value.struct_size) $(+ bytes(|value: &$type| &value.$field))*;
            assert!(sum == size_of::<$type>(), "the structure has padding: add a reserved field");
            assert!(std::mem::offset_of!($type, struct_size) == 0);
            assert!(bytes(|value: &$type| &value.struct_size) == 4);
        };
        // SAFETY: checked just above; integers and raw pointers take every pattern of bits.
        unsafe impl $crate::rt::CStruct for $type {}
    };
}
pub(crate) use c_struct;

/// The caller's structure, fields it does not have as zero.
///
/// # Errors
/// `argument.null`, `argument.unaligned`, `struct.size` when the size is not set or not believable, `struct.newer`.
///
/// # Safety
/// `from` is NULL or points to as many readable bytes as its first field says.
pub(crate) unsafe fn copy_struct<T: CStruct>(from: *const T, name: &'static str) -> Result<T, Fail> {
    // SAFETY: the caller's promise is passed on.
    let size = unsafe { struct_size(from.cast(), name) }?;
    // SAFETY: as above.
    unsafe { copy_struct_of(from, size, name) }
}

/// # Safety
/// `from` points to `size` readable bytes.
unsafe fn copy_struct_of<T: CStruct>(from: *const T, size: usize, name: &'static str) -> Result<T, Fail> {
    let known = size.min(size_of::<T>());
    // SAFETY: the caller vouches for `size` bytes.
    let unknown = unsafe { std::slice::from_raw_parts(from.cast::<u8>().add(known), size - known) };
    if unknown.iter().any(|byte| *byte != 0) {
        return Err(Boundary::StructNewer { name }.into());
    }
    let mut copy = MaybeUninit::<T>::zeroed();
    // SAFETY: `known` bytes are readable there and writable here, and a copy on our stack overlaps nothing.
    unsafe { std::ptr::copy_nonoverlapping(from.cast::<u8>(), copy.as_mut_ptr().cast::<u8>(), known) };
    // SAFETY: every pattern of bits is a value of a `CStruct`.
    Ok(unsafe { copy.assume_init() })
}

/// Fills the caller's structure as far as it goes; fields this library does not know become zero. The size stays the caller's.
///
/// # Errors
/// As for [`copy_struct`], but never `struct.newer`.
///
/// # Safety
/// `to` is NULL or points to as many readable and writable bytes as its first field says.
pub(crate) unsafe fn fill_struct<T: CStruct>(to: *mut T, value: &T, name: &'static str) -> Result<(), Fail> {
    // SAFETY: the caller's promise is passed on.
    let size = unsafe { struct_size(to.cast_const().cast(), name) }?;
    let known = size.min(size_of::<T>());
    let (from, to) = (std::ptr::from_ref(value).cast::<u8>(), to.cast::<u8>());
    // SAFETY: `size` bytes are writable and at least as many as the size field; `value` has `known` bytes without padding.
    unsafe {
        std::ptr::copy_nonoverlapping(from.add(SIZE_FIELD), to.add(SIZE_FIELD), known - SIZE_FIELD);
        to.add(known).write_bytes(0, size - known);
    }
    Ok(())
}

/// The caller's array of structures: all have the size of the first.
///
/// # Errors
/// `array.too_many` for more than `most`, and as for [`copy_struct`], with the index.
///
/// # Safety
/// `from` is NULL or points to `count` structures, each of as many readable bytes as the first one's first field says.
pub(crate) unsafe fn slice_of_structs<T: CStruct>(
    from: *const T,
    count: usize,
    most: usize,
    name: &'static str,
) -> Result<Vec<T>, Fail> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if count > most {
        return Err(Boundary::TooMany { name: name.to_owned(), found: count, most }.into());
    }
    // SAFETY: the caller's promise is passed on.
    let stride = unsafe { struct_size(from.cast(), name) }?;
    let mut copies = Vec::with_capacity(count);
    for index in 0..count {
        // SAFETY: the caller vouches for `count` structures of `stride` bytes.
        let one = unsafe { from.cast::<u8>().add(index * stride) }.cast::<T>();
        // SAFETY: as above; the size written there is not believed beyond the stride.
        let copy = unsafe { copy_struct_of(one, stride, name) };
        copies.push(copy.map_err(|fail| fail.of_field(&format!("{name}[{index}]")))?);
    }
    Ok(copies)
}

/// The caller's array of plain values.
///
/// # Errors
/// `argument.null`, `argument.unaligned`, `array.too_many`.
///
/// # Safety
/// `from` is NULL or points to `count` readable values, of which every pattern of bits is one, for the lifetime `'a`.
pub(crate) unsafe fn slice<'a, T: Copy>(
    from: *const T,
    count: usize,
    most: usize,
    name: &'static str,
) -> Result<&'a [T], Fail> {
    if count > most {
        return Err(Boundary::TooMany { name: name.to_owned(), found: count, most }.into());
    }
    if count == 0 {
        return Ok(&[]);
    }
    if from.is_null() {
        return Err(Boundary::Null { name: name.to_owned() }.into());
    }
    if !from.is_aligned() {
        return Err(Boundary::Unaligned { name: name.to_owned() }.into());
    }
    // SAFETY: not NULL, aligned, few, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts(from, count) })
}

/// # Safety
/// `from` is NULL or points to a readable `uint32_t`.
unsafe fn struct_size(from: *const c_void, name: &'static str) -> Result<usize, Fail> {
    if from.is_null() {
        return Err(Boundary::Null { name: name.to_owned() }.into());
    }
    if !from.cast::<usize>().is_aligned() {
        return Err(Boundary::Unaligned { name: name.to_owned() }.into());
    }
    // SAFETY: not NULL, aligned, and the caller vouches for the first four bytes.
    let size = unsafe { from.cast::<u32>().read() };
    match usize::try_from(size) {
        Ok(size) if (SIZE_FIELD..=STRUCT_BYTES_MAX).contains(&size) => Ok(size),
        _ => Err(Boundary::StructSize { name, found: size.try_into().unwrap_or(usize::MAX) }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Debug, Clone, Copy, PartialEq, Default)]
    struct Order {
        struct_size: u32,
        trucks: u32,
        trailers: u64,
    }
    c_struct!(Order { struct_size, trucks, trailers });

    #[repr(C)]
    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Later {
        order: Order,
        buses: u64,
    }

    fn later(struct_size: u32, buses: u64) -> Later {
        Later { order: Order { struct_size, trucks: 2, trailers: 3 }, buses }
    }

    #[test]
    fn both_sides_read_what_both_know() {
        for (struct_size, buses, read) in [
            (0, 0, Err("struct.size")),
            (3, 0, Err("struct.size")),
            (4, 0, Ok((0, 0))),
            (8, 0, Ok((2, 0))),
            (16, 7, Ok((2, 3))),
            (24, 0, Ok((2, 3))),
            (24, 7, Err("struct.newer")),
            (4097, 0, Err("struct.size")),
        ] {
            let given = later(struct_size, buses);
            // SAFETY: at most 24 bytes are read, the others are refused by their size.
            let order = unsafe { copy_struct(std::ptr::from_ref(&given).cast::<Order>(), "order") };
            let told = order.map(|order| (order.trucks, order.trailers)).map_err(|fail| fail.0.code);
            assert_eq!(told, read, "struct_size {struct_size}");
        }
        // SAFETY: NULL is refused before it is read.
        let nothing = unsafe { copy_struct::<Order>(std::ptr::null(), "order") };
        assert_eq!(nothing.unwrap_err().0.code, "argument.null");
    }

    #[test]
    fn a_result_is_filled_as_far_as_the_caller_goes() {
        let result = Order { struct_size: 16, trucks: 5, trailers: 6 };
        for (struct_size, expected) in [(4, (2, 3, 7)), (8, (5, 3, 7)), (16, (5, 6, 7)), (24, (5, 6, 0))] {
            let mut given = later(struct_size, 7);
            // SAFETY: at most 24 bytes are written.
            unsafe { fill_struct(std::ptr::from_mut(&mut given).cast::<Order>(), &result, "order") }.unwrap();
            assert_eq!((given.order.trucks, given.order.trailers, given.buses), expected);
            assert_eq!(given.order.struct_size, struct_size);
        }
    }
}
