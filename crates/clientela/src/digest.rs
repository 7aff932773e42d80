//! Digests as records keep them, and the ids made of them.

use std::fmt::Write;
use uuid::Uuid;

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A SHA-256 from its 64 hexadecimal digits.
pub(crate) fn of_hex(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    // A sign would be read as a part of a number.
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The id made of the beginning of a digest: the same for the same content.
pub(crate) fn id_of(digest: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_they_are_written_and_nothing_else_is() {
        let digest: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7).unwrap_or(0));
        assert_eq!(of_hex(&hex(&digest)), Some(digest));
        for wrong in ["", "00", &"+f".repeat(32), &"g0".repeat(32), &"é".repeat(32), &"0".repeat(63)] {
            assert_eq!(of_hex(wrong), None, "{wrong}");
        }
    }
}
