//! Values by keys.

use super::Datum;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Values by keys, in the order they were given. Keys are whole numbers, text, yes or no; `1` and `1u` are one key.
#[derive(Debug, Clone, Default)]
pub struct Map {
    entries: Vec<(Datum, Datum)>,
    index: BTreeMap<Key, usize>,
}

/// A key as it is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bool(bool),
    Int(i64),
    /// Beyond the range of [`Key::Int`].
    Uint(u64),
    Text(Arc<str>),
}

/// Why an entry cannot be added to a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// Values of this kind are no keys.
    Kind,
    /// The key is there already.
    Repeated,
}

impl Key {
    /// Where a value is found; a double is found where the whole number of its size is.
    fn of(datum: &Datum) -> Option<Self> {
        Some(match datum {
            Datum::Bool(yes) => Self::Bool(*yes),
            Datum::Int(number) => Self::Int(*number),
            Datum::Uint(number) => i64::try_from(*number).map_or(Self::Uint(*number), Self::Int),
            Datum::Double(number) => {
                let whole = Datum::Double(*number).whole()?;
                i64::try_from(whole).map(Self::Int).or_else(|_| u64::try_from(whole).map(Self::Uint)).ok()?
            }
            Datum::Text(text) => Self::Text(Arc::clone(text)),
            _ => return None,
        })
    }
}

impl Map {
    /// A map of these entries; none if a key is given twice or cannot be a key.
    pub fn of(entries: impl IntoIterator<Item = (Datum, Datum)>) -> Option<Self> {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value).ok()?;
        }
        Some(map)
    }

    pub(crate) fn insert(&mut self, key: Datum, value: Datum) -> Result<(), KeyFault> {
        let found = match &key {
            Datum::Double(_) => None,
            key => Key::of(key),
        };
        let place = found.ok_or(KeyFault::Kind)?;
        if self.index.contains_key(&place) {
            return Err(KeyFault::Repeated);
        }
        self.index.insert(place, self.entries.len());
        self.entries.push((key, value));
        Ok(())
    }

    /// The value of a key. `1`, `1u` and `1.0` find the same.
    #[must_use]
    pub fn get(&self, key: &Datum) -> Option<&Datum> {
        let place = self.index.get(&Key::of(key)?)?;
        self.entries.get(*place).map(|(_, value)| value)
    }

    /// The entries, in the order they were given.
    #[must_use]
    pub fn entries(&self) -> &[(Datum, Datum)] {
        &self.entries
    }

    /// The same map with its keys and values changed.
    pub(super) fn rebuilt<E>(
        &self,
        mut key: impl FnMut(Datum) -> Result<Datum, E>,
        mut value: impl FnMut(Datum) -> Result<Datum, E>,
    ) -> Result<Datum, E> {
        let mut entries = Vec::with_capacity(self.entries.len());
        for (old_key, old_value) in &self.entries {
            entries.push((key(old_key.clone())?, value(old_value.clone())?));
        }
        Ok(Datum::Map(Arc::new(Self { entries, index: self.index.clone() })))
    }
}

/// The order of entries does not matter.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.entries.len() == other.entries.len()
            && self.index.iter().all(|(key, place)| match other.index.get(key) {
                Some(other_place) => self.entries.get(*place) == other.entries.get(*other_place),
                None => false,
            })
    }
}
