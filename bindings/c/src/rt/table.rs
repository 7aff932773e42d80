//! The table that stands between a caller's handles and the objects behind them.
//!
//! A handle is not an address but a slot and that slot's generation, so a handle that was freed, invented or taken from
//! another type is recognised instead of followed. Freed slots wait in a queue before they are used again, which puts
//! a repeat of one and the same handle value as far away as possible.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

/// What a slot holds.
pub(crate) type Object = Arc<dyn Any + Send + Sync>;

/// Half of an address is the slot, half its generation.
const SLOT_BITS: u32 = usize::BITS / 2;
const HALF_MASK: usize = (1 << SLOT_BITS) - 1;
/// Freed slots that wait before the oldest of them is used again.
const WAITING_MIN: usize = 1024;
/// Handles that can live at once. A host that needs more has forgotten to free.
const HANDLES_MAX: usize = if HALF_MASK > 1 << 20 { 1 << 20 } else { HALF_MASK - RESERVE };
/// Slots beyond that for error objects, so that "the table is full" can still be said.
const RESERVE: usize = 1024;

/// Why a handle has no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Freed, or never given out.
    Unknown,
    /// Alive, but of another type.
    Kind,
}

/// There is no room for one more handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// Who may take the slots kept for bad times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Everything that is not an error.
    Ordinary,
    /// Errors.
    Reserve,
}

/// All handles of the process.
#[derive(Debug)]
pub(crate) struct Table {
    slots: RwLock<Slots>,
}

#[derive(Debug)]
struct Slots {
    slots: Vec<Slot>,
    waiting: VecDeque<usize>,
    live: usize,
}

#[derive(Debug)]
struct Slot {
    generation: usize,
    content: Option<(TypeId, Object)>,
}

impl Table {
    /// An empty table.
    pub(crate) const fn new() -> Self {
        Self { slots: RwLock::new(Slots { slots: Vec::new(), waiting: VecDeque::new(), live: 0 }) }
    }

    /// Takes the object in and gives the value of its handle, never 0.
    pub(crate) fn insert(&self, kind: TypeId, object: Object, room: Room) -> Result<usize, Full> {
        let mut table = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let table = &mut *table;
        let most = if room == Room::Reserve { HANDLES_MAX + RESERVE } else { HANDLES_MAX };
        if table.live >= most {
            return Err(Full);
        }
        let enough_waiting = table.waiting.len() > WAITING_MIN || table.slots.len() > HANDLES_MAX;
        let reused = if enough_waiting { table.waiting.pop_front() } else { None };
        let position = reused.unwrap_or(table.slots.len());
        if position == table.slots.len() {
            table.slots.push(Slot { generation: 1, content: None });
        }
        let Some(slot) = table.slots.get_mut(position) else { return Err(Full) };
        slot.content = Some((kind, object));
        table.live += 1;
        Ok(slot.generation << SLOT_BITS | position)
    }

    /// The object of the handle, which stays alive as long as the caller of this function keeps it.
    pub(crate) fn get(&self, kind: TypeId, handle: usize) -> Result<Object, Miss> {
        let table = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let slot = table.slots.get(handle & HALF_MASK).ok_or(Miss::Unknown)?;
        slot.content_of(kind, handle).cloned()
    }

    /// Takes the object out; the handle is worth nothing from now on. The object is dropped by the caller of this function,
    /// after the table's lock is gone, because its end may take long or free other handles.
    pub(crate) fn remove(&self, kind: TypeId, handle: usize) -> Result<Object, Miss> {
        let mut table = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let position = handle & HALF_MASK;
        let slot = table.slots.get_mut(position).ok_or(Miss::Unknown)?;
        slot.content_of(kind, handle)?;
        let (_, object) = slot.content.take().ok_or(Miss::Unknown)?;
        slot.generation = next_generation(slot.generation);
        table.waiting.push_back(position);
        table.live -= 1;
        Ok(object)
    }

    /// Handles that were given out and not freed.
    pub(crate) fn live(&self) -> usize {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).live
    }
}

impl Slot {
    fn content_of(&self, kind: TypeId, handle: usize) -> Result<&Object, Miss> {
        if self.generation != handle >> SLOT_BITS {
            return Err(Miss::Unknown);
        }
        match &self.content {
            None => Err(Miss::Unknown),
            Some((found, _)) if *found != kind => Err(Miss::Kind),
            Some((_, object)) => Ok(object),
        }
    }
}

/// Generation 0 is left out: with slot 0 it would be NULL.
const fn next_generation(generation: usize) -> usize {
    match (generation + 1) & HALF_MASK {
        0 => 1,
        next => next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    struct Truck;
    struct Trailer;

    fn kind(trailer: bool) -> TypeId {
        if trailer { TypeId::of::<Trailer>() } else { TypeId::of::<Truck>() }
    }

    #[test]
    fn a_slot_waits_before_it_is_used_again() {
        let table = Table::new();
        let first = table.insert(kind(false), Arc::new(1_u32), Room::Ordinary).unwrap();
        table.remove(kind(false), first).unwrap();
        for _ in 0..WAITING_MIN {
            let next = table.insert(kind(false), Arc::new(1_u32), Room::Ordinary).unwrap();
            assert_ne!(next & HALF_MASK, first & HALF_MASK);
            table.remove(kind(false), next).unwrap();
        }
        let again = table.insert(kind(false), Arc::new(1_u32), Room::Ordinary).unwrap();
        assert_eq!(again & HALF_MASK, first & HALF_MASK, "the oldest slot is used first");
        assert_ne!(again, first, "under a new generation");
        assert_eq!(table.get(kind(false), first).unwrap_err(), Miss::Unknown);
    }

    #[test]
    fn a_full_table_still_has_room_for_errors() {
        let table = Table::new();
        let object: Object = Arc::new(());
        for _ in 0..HANDLES_MAX {
            table.insert(kind(false), Arc::clone(&object), Room::Ordinary).unwrap();
        }
        assert_eq!(table.insert(kind(false), Arc::clone(&object), Room::Ordinary), Err(Full));
        let error = table.insert(kind(true), object, Room::Reserve).unwrap();
        assert!(table.get(kind(true), error).is_ok());
    }

    #[test]
    fn the_generation_never_becomes_zero() {
        assert_eq!(next_generation(HALF_MASK), 1);
        assert_eq!(next_generation(1), 2);
    }

    proptest! {
        /// Whatever is inserted, freed and asked for: a handle answers exactly while it lives, and only to its own type.
        #[test]
        fn a_handle_answers_exactly_while_it_lives(steps in prop::collection::vec((0_u8..3, any::<bool>(), any::<prop::sample::Index>()), 1..200)) {
            let table = Table::new();
            let mut alive: HashMap<usize, (bool, usize)> = HashMap::new();
            let mut given: Vec<(usize, bool)> = Vec::new();
            for (number, (what, trailer, which)) in steps.into_iter().enumerate() {
                if what == 0 || given.is_empty() {
                    let handle = table.insert(kind(trailer), Arc::new(number), Room::Ordinary).unwrap();
                    prop_assert!(handle != 0 && alive.insert(handle, (trailer, number)).is_none());
                    given.push((handle, trailer));
                    continue;
                }
                let (handle, _) = given[which.index(given.len())];
                let expected = match alive.get(&handle) {
                    None => Err(Miss::Unknown),
                    Some((found, _)) if *found != trailer => Err(Miss::Kind),
                    Some((_, number)) => Ok(*number),
                };
                let answer = if what == 1 { table.get(kind(trailer), handle) } else { table.remove(kind(trailer), handle) };
                prop_assert_eq!(answer.map(|object| *object.downcast::<usize>().unwrap()), expected);
                if what == 2 && expected.is_ok() {
                    alive.remove(&handle);
                }
                prop_assert_eq!(table.live(), alive.len());
            }
        }

        #[test]
        fn an_invented_handle_has_no_object(handle in any::<usize>()) {
            let table = Table::new();
            let real = table.insert(kind(false), Arc::new(()), Room::Ordinary).unwrap();
            prop_assume!(handle != real);
            prop_assert_eq!(table.get(kind(false), handle).unwrap_err(), Miss::Unknown);
        }
    }
}
