//! An anchor: what the journal was at a moment, to be kept elsewhere.
//!
//! A chain alone does not show that its end was cut off, or that all of it was made anew: whoever holds the file can do both.
//! An anchor kept by somebody else (in a mail, with the centre, on paper) shows it.

use crate::error::StoreError;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What a journal was at a moment: which store, how many commits, and the hash of the last.
///
/// As text it is `origin:commit:hash`, of letters that survive any channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The store.
    pub origin: Uuid,
    /// Its last commit; 0 when there is none.
    pub seq: i64,
    /// Hash of that commit; zeros when there is none.
    pub hash: [u8; 32],
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.origin, self.seq)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Anchor {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let read = || -> Option<Self> {
            let mut parts = text.trim().split(':');
            let (origin, seq, hex) = (parts.next()?, parts.next()?, parts.next()?);
            let digits = (hex.len() == 64 && hex.is_ascii() && parts.next().is_none()).then_some(hex)?;
            let mut hash = [0; 32];
            for (place, byte) in hash.iter_mut().enumerate() {
                *byte = u8::from_str_radix(digits.get(place * 2..place * 2 + 2)?, 16).ok()?;
            }
            let seq = seq.parse().ok().filter(|seq: &i64| *seq >= 0)?;
            Some(Self { origin: origin.parse().ok()?, seq, hash })
        };
        read().ok_or(StoreError::Anchor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_is_written() {
        let anchor = Anchor { origin: Uuid::from_u128(7), seq: 42, hash: [0xa5; 32] };
        assert_eq!(anchor.to_string().parse::<Anchor>().unwrap(), anchor);
        for text in
            ["", "::", "x:1:00", &anchor.to_string()[1..], &format!("{anchor}0"), &format!("{anchor}:")]
        {
            assert!(text.parse::<Anchor>().is_err(), "{text}");
        }
    }
}
