//! Commands that make two customers one, and take them apart again.

use super::parts::{ever_above, memberships};
use super::{Key, Outcome};
use crate::door::Door;
use crate::error::{CrmError, Result};
use crate::merging::{Pair, Sides, allow_own};
use clientela_core::claims::{Claim, brought_together};
use clientela_core::custom::CustomValue;
use clientela_core::ids::{CustomerId, CustomerMergeId, PartyId};
use clientela_core::organisation::{MERGED_INTO, Verb};
use clientela_core::party::merging::{
    self, ADDED, CustomerMerge, MergeError, Pointer, Reason, Restored, Side, before_merge, choose_added,
    goes_along, left_behind, outweighed, pointers,
};
use clientela_core::party::{Consent, Party, Relationship, stands_above};
use clientela_core::privacy::Erasure;
use clientela_core::{ENTITIES, entity};
use clientela_model::{Entity, EntityId, Predicate, Record, Value, Why};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Makes two customers one. Ask `customer.merge_preview` first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeCustomers {
    /// The customer that stays.
    pub survivor: Key,
    /// The customer that becomes it.
    pub merged: Key,
    /// Which content a field keeps, by its name (`custom.` and the name for an added field); where nothing is chosen that of the survivor, or that of the merged one
    /// where the survivor has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Side>,
}

/// Takes two merged customers apart again: every field and every relation as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnmergeCustomers {
    /// The customer that was merged into another, by its number or id, or the id of the merge.
    pub merged: Key,
    /// Whether what was changed after the merge is kept; else such a change stands against it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_later: bool,
}

pub(super) fn merge(door: &mut Door<'_, '_>, command: &MergeCustomers) -> Result<Outcome> {
    let survivor = door.to_change::<Relationship>(&command.survivor)?.record;
    let merged = door.to_change::<Relationship>(&command.merged)?.record;
    let pair = Pair::of(&door.view(), survivor, merged)?;
    pair.allow(&door.view())?;
    pair.check(&command.fields)?;
    refuse_erased(door, &pair)?;
    if let Some(parties) = &pair.parties {
        refuse_circle(door, parties.survivor.id, parties.merged.id)?;
    }
    let confidential = |field: &String| {
        let column = Relationship::ENTITY.column(field);
        column.is_some_and(|column| column.facet != clientela_model::Facet::Standard)
    };
    if command.fields.keys().any(confidential) {
        door.allow_confidential(&pair.survivor)?;
        door.allow_confidential(&pair.merged)?;
    }
    let record = CustomerMerge {
        id: door.new_id(),
        survivor: pair.survivor.id,
        merged: pair.merged.id,
        survivor_party: pair.survivor.party,
        merged_party: pair.merged.party,
        at: door.now(),
        undone_at: None,
    };
    door.create_derived(&record)?;
    let mut why = Why::new("customer.merged");
    if let Some(sides) = pair.relationships() {
        why = become_one(door, &sides, &command.fields, why)?;
    }
    if let Some(parties) = &pair.parties {
        let spared = pair.same_dealer.then_some(pair.merged.id.uuid());
        why = become_one_party(door, parties, spared, &command.fields, why)?;
    }
    let number = pair.survivor.number.as_deref();
    Ok(Outcome::of(&pair.survivor, number, why)
        .and(&record, None)
        .and(&pair.merged, pair.merged.number.as_deref()))
}

/// The fields, then everything that points at the merged one, then the merged one itself.
fn become_one(
    door: &mut Door<'_, '_>,
    sides: &Sides<'_, Relationship>,
    fields: &BTreeMap<String, Side>,
    why: Why,
) -> Result<Why> {
    let (survivor, merged) = (sides.survivor.id.uuid(), sides.merged.id.uuid());
    let mut why = keep_fields(door, sides, fields, why)?;
    let (added, reasons) = put_added_aside(door, sides, fields)?;
    why = reasons.into_iter().fold(why, Why::because);
    let grants = put_aside(door, sides.survivor.id, sides.merged.id)?;
    let aside: HashSet<Uuid> = grants.union(&added).copied().collect();
    for pointer in pointers(Relationship::ENTITY.name, ENTITIES) {
        why = point_at(door, pointer, merged, survivor, &|id| aside.contains(&id), why)?;
    }
    if !grants.is_empty() {
        why = why.because(Why::new("merge.withdrawal_wins").fact("grants", grants.len()));
    }
    Ok(why)
}

fn become_one_party(
    door: &mut Door<'_, '_>,
    parties: &Sides<'_, Party>,
    spared: Option<Uuid>,
    fields: &BTreeMap<String, Side>,
    why: Why,
) -> Result<Why> {
    let (survivor, merged) = (parties.survivor.id.uuid(), parties.merged.id.uuid());
    let mut why = keep_fields(door, parties, fields, why)?;
    for pointer in pointers(Party::ENTITY.name, ENTITIES) {
        let spared = |id| Some(id) == spared && pointer.entity.number == Relationship::ENTITY.number;
        why = point_at(door, pointer, merged, survivor, &spared, why)?;
    }
    let of_survivor = Predicate::equals("party", Value::Id(survivor));
    for contested in brought_together(&door.whole::<Claim>(&of_survivor)?, door.now()) {
        door.update_values_derived(Claim::ENTITY, &contested.to_values())?;
    }
    Ok(why)
}

/// The survivor with the content chosen, and the merged record with the name of the survivor.
fn keep_fields<R: Record>(
    door: &mut Door<'_, '_>,
    sides: &Sides<'_, R>,
    fields: &BTreeMap<String, Side>,
    mut why: Why,
) -> Result<Why> {
    let declared = R::ENTITY;
    let (before, mut gone) = (sides.survivor.to_values(), sides.merged.to_values());
    let chosen = merging::choose(declared, &before, &gone, fields)?;
    // A key names one record: when the survivor takes the other's, the merged one is found by that of the survivor.
    if let Some(at) = declared.key.and_then(|key| declared.position(key))
        && chosen.values[at] != before[at]
    {
        gone[at].clone_from(&before[at]);
    }
    for line in sides.read(&door.view(), chosen.lines).iter().filter(|line| line.changes()) {
        let kept = Why::new("merge.field_from_merged").fact("column", line.column.name);
        why = why.because(kept.fact("reason", line.reason));
    }
    if chosen.values != before {
        door.update_values_derived(declared, &chosen.values)?;
    }
    if let Some(at) = declared.position(MERGED_INTO) {
        gone[at] = Value::Id(sides.survivor.id().uuid());
    }
    door.update_values_derived(declared, &gone)?;
    Ok(why)
}

/// Points the records of a column that name one record at another, whoever may see them, and tells of those that can be seen.
/// Those the survivor has already stay behind.
fn point_at(
    door: &mut Door<'_, '_>,
    pointer: Pointer,
    from: Uuid,
    to: Uuid,
    spared: &dyn Fn(Uuid) -> bool,
    why: Why,
) -> Result<Why> {
    let named = |id: Uuid| Predicate::equals(pointer.column, Value::Id(id));
    let theirs = door.select_whole(pointer.entity, &named(from))?;
    if theirs.is_empty() {
        return Ok(why);
    }
    let ours = door.select_whole(pointer.entity, &named(to))?;
    let behind: HashSet<Uuid> = left_behind(pointer, &ours, &theirs).into_iter().collect();
    let (mut moved, mut stayed) = (0_u64, 0_u64);
    for mut values in theirs {
        let Some(Value::Id(id)) = values.first().cloned() else { continue };
        // A party is not above itself.
        let seen = u64::from(door.view().may(Verb::Read, pointer.entity, &values));
        if spared(id) || behind.contains(&id) || id == to {
            stayed += seen;
            continue;
        }
        moved += seen;
        if let Some(place) = values.get_mut(pointer.at) {
            *place = Value::Id(to);
        }
        door.update_values_derived(pointer.entity, &values)?;
    }
    if moved + stayed == 0 {
        return Ok(why);
    }
    let line = Why::new("merge.moved").fact("entity", pointer.entity.name).fact("column", pointer.column);
    let line = line.fact("records", moved);
    Ok(why.because(if stayed > 0 { line.fact("stayed", stayed) } else { line }))
}

/// Values of added fields for which that of the merged customer is taken go to it, so that its own can come. Gives their ids and
/// what is told of them.
fn put_added_aside(
    door: &mut Door<'_, '_>,
    sides: &Sides<'_, Relationship>,
    fields: &BTreeMap<String, Side>,
) -> Result<(HashSet<Uuid>, Vec<Why>)> {
    let of = |customer: CustomerId| Predicate::equals("customer", Value::Id(customer.uuid()));
    let ours = door.whole::<CustomValue>(&of(sides.survivor.id))?;
    let theirs = door.whole::<CustomValue>(&of(sides.merged.id))?;
    let both =
        door.view().reads_confidential(&*sides.survivor) && door.view().reads_confidential(&*sides.merged);
    let (mut aside, mut reasons) = (HashSet::new(), Vec::new());
    for line in choose_added(&ours, &theirs, fields)? {
        if line.reason == Reason::Chosen && line.is_confidential() {
            door.allow_confidential(&*sides.survivor)?;
            door.allow_confidential(&*sides.merged)?;
        }
        if line.taken == Side::Survivor {
            continue;
        }
        if both || !line.is_confidential() {
            let kept =
                Why::new("merge.field_from_merged").fact("column", format_args!("{ADDED}{}", line.name));
            reasons.push(kept.fact("reason", line.reason));
        }
        if let Some(value) = line.survivor {
            let gone = CustomValue { customer: sides.merged.id, ..value.clone() };
            door.update_values_derived(CustomValue::ENTITY, &gone.to_values())?;
            aside.insert(gone.id.uuid());
        }
    }
    Ok((aside, reasons))
}

/// Grants that a no of the other customer outweighs: those of the merged one stay with it, those of the survivor go to it. Gives
/// the former.
fn put_aside(door: &mut Door<'_, '_>, survivor: CustomerId, merged: CustomerId) -> Result<HashSet<Uuid>> {
    let said = |door: &Door<'_, '_>, customer: CustomerId| {
        door.whole::<Consent>(&Predicate::equals("customer", Value::Id(customer.uuid())))
    };
    let (ours, theirs) = (said(door, survivor)?, said(door, merged)?);
    let mut aside: HashSet<Uuid> =
        outweighed(&theirs, &ours).into_iter().map(|said| said.id.uuid()).collect();
    for grant in outweighed(&ours, &theirs) {
        let gone = Consent { customer: merged, ..grant.clone() };
        door.update_values_derived(Consent::ENTITY, &gone.to_values())?;
        aside.insert(gone.id.uuid());
    }
    Ok(aside)
}

fn refuse_erased(door: &Door<'_, '_>, pair: &Pair) -> Result<()> {
    for party in [pair.survivor.party, pair.merged.party] {
        if is_erased(door, party)? {
            return Err(MergeError::Erased.into());
        }
    }
    Ok(())
}

fn is_erased(door: &Door<'_, '_>, party: PartyId) -> Result<bool> {
    let whole = Predicate::equals("party", Value::Id(party.uuid())).and(Predicate::Empty("contact".into()));
    door.exists_whole(Erasure::ENTITY, &whole)
}

/// Refuses to make one of two parties of which one stands above the other on any day.
fn refuse_circle(door: &Door<'_, '_>, survivor: PartyId, merged: PartyId) -> Result<()> {
    let memberships = memberships(door)?;
    for (start, other) in [(survivor, merged), (merged, survivor)] {
        if stands_above(other, start, (None, None), |id| ever_above(door, id, &memberships)) {
            return Err(MergeError::Group.into());
        }
    }
    Ok(())
}

pub(super) fn unmerge(door: &mut Door<'_, '_>, command: &UnmergeCustomers) -> Result<Outcome> {
    let merge = find_merge(door, &command.merged)?;
    let survivor = door.to_change::<Relationship>(&merge.survivor.to_string())?.record;
    if survivor.id != merge.survivor {
        // What stayed became another since.
        return Err(
            MergeError::MovedSince { entity: Relationship::ENTITY.name, id: merge.survivor.uuid() }.into()
        );
    }
    for party in [merge.survivor_party, merge.merged_party] {
        if is_erased(door, party)? {
            return Err(MergeError::Erased.into());
        }
    }
    allow_own(&door.view(), &survivor)?;
    let changes = changes_of(door, &merge)?;
    let restored = restore(door, &changes, command.keep_later).and_then(|mut restored| {
        allow_restored(door, &merge, &restored)?;
        take_along(door, &merge, &changes, &mut restored)?;
        Ok(restored)
    });
    let restored = restored.map_err(|error| told_of_seen(door, error))?;
    let mut seen = 0_u64;
    let mut why = Why::new("customer.unmerged");
    for (declared, record) in &restored {
        if door.view().may(Verb::Read, declared, &record.values) {
            seen += 1;
            let sights = door.view().sights(declared);
            let read = |name: &&&str| {
                let column = declared.column(name);
                column
                    .is_some_and(|column| door.view().sees(sights.of(column.facet), declared, &record.values))
            };
            let kept =
                |column| Why::new("merge.later_kept").fact("entity", declared.name).fact("column", column);
            why = record.kept.iter().filter(read).fold(why, |why, column| why.because(kept(column)));
        }
        door.update_values_derived(declared, &record.values)?;
    }
    let why = why.fact("records", seen);
    let undone = CustomerMerge { undone_at: Some(door.now()), ..merge };
    door.update_values_derived(CustomerMerge::ENTITY, &undone.to_values())?;
    let merged = door.get_whole::<Relationship>(undone.merged)?.record;
    Ok(Outcome::of(&merged, merged.number.as_deref(), why)
        .and(&survivor, survivor.number.as_deref())
        .and(&undone, None))
}

/// The merge somebody names, by its id or by the customer that was merged.
fn find_merge(door: &Door<'_, '_>, key: &str) -> Result<CustomerMerge> {
    let standing = Predicate::Empty("undone_at".into());
    if let Ok(id) = Uuid::try_parse(key) {
        let by_id = door.found::<CustomerMerge>(CustomerMergeId::from_uuid(id));
        let by_merged = || {
            let named = Predicate::equals("merged", Value::Id(id)).and(standing.clone());
            Ok::<_, crate::Error>(door.whole::<CustomerMerge>(&named)?.pop())
        };
        let found = match by_id.filter(|merge| merge.undone_at.is_none()) {
            Some(merge) => Some(merge),
            None => by_merged()?,
        };
        return found.ok_or_else(|| MergeError::NotMerged.into());
    }
    let numbered = Predicate::equals("number", Value::Text(Cow::Owned(key.to_owned())));
    let mut found = Vec::new();
    for record in door.whole::<Relationship>(&numbered)? {
        let named = Predicate::equals("merged", Value::Id(record.id.uuid())).and(standing.clone());
        // The last one is the first to be undone. Each dealer numbers by himself: his own are meant.
        let last = door.whole::<CustomerMerge>(&named)?.pop();
        found.extend(last.filter(|merge| door.get::<Relationship>(merge.survivor).is_ok()));
    }
    match (found.pop(), found.is_empty()) {
        (Some(merge), true) => Ok(merge),
        (Some(_), false) => Err(CrmError::Ambiguous { entity: "customer", key: key.to_owned() }.into()),
        (None, _) => Err(MergeError::NotMerged.into()),
    }
}

/// A record a merge changed: as it was before and as it was after.
struct Changed {
    declared: &'static Entity,
    id: Uuid,
    before: Vec<Value>,
    after: Vec<Value>,
}

/// What a merge changed, by its commits in the journal.
fn changes_of(door: &Door<'_, '_>, merge: &CustomerMerge) -> Result<Vec<Changed>> {
    let past = door.past();
    let unknown = || CrmError::Internal { what: "a merge has its command in the journal" };
    let made =
        past.history(CustomerMerge::ENTITY, merge.id.uuid())?.into_iter().next().ok_or_else(unknown)?;
    let (first, last) =
        past.command(made.command)?.and_then(|command| command.commits).ok_or_else(unknown)?;
    let many = usize::try_from(last - first + 1).unwrap_or(0);
    let mut seen: HashSet<(u16, Uuid)> = HashSet::new();
    let mut changes = Vec::new();
    for (number, id) in past.commits(first - 1, many)?.into_iter().flat_map(|commit| commit.touched) {
        let declared = ENTITIES.iter().copied().find(|declared| declared.number == number);
        let Some(declared) = declared.filter(|_| seen.insert((number, id))) else { continue };
        let (before, after) = (past.values_at(declared, id, first - 1)?, past.values_at(declared, id, last)?);
        // What the merge made is the merge itself.
        if let (Some((before, _)), Some((after, _))) = (before, after) {
            changes.push(Changed { declared, id, before, after });
        }
    }
    Ok(changes)
}

type RestoredRecords = Vec<(&'static Entity, Restored)>;

fn restore(door: &Door<'_, '_>, changes: &[Changed], keep_later: bool) -> Result<RestoredRecords> {
    let mut restored = Vec::new();
    for changed in changes {
        let now = door.select_whole(changed.declared, &Predicate::equals("id", Value::Id(changed.id)))?;
        let Some(now) = now.into_iter().next() else { continue };
        let record = before_merge(changed.declared, &changed.before, &changed.after, &now, keep_later)?;
        restored.extend(record.map(|record| (changed.declared, record)));
    }
    Ok(restored)
}

/// Whoever takes apart must be one who may change the customer and the party that come back. What other dealers have of the
/// party follows, as it did when it became one.
fn allow_restored(door: &Door<'_, '_>, merge: &CustomerMerge, restored: &RestoredRecords) -> Result<()> {
    for (declared, record) in restored {
        let values = || record.values.clone();
        if record.values.first() == Some(&Value::Id(merge.merged.uuid())) {
            allow_own(&door.view(), &Relationship::from_values(values())?)?;
        } else if declared.number == Party::ENTITY.number
            && record.values.first() == Some(&Value::Id(merge.merged_party.uuid()))
        {
            allow_own(&door.view(), &Party::from_values(values())?)?;
        }
    }
    Ok(())
}

/// The error, without what it tells of a record the actor does not see.
fn told_of_seen(door: &Door<'_, '_>, error: crate::Error) -> crate::Error {
    let Some(id) = error.entity() else { return error };
    let of = |declared: &&&'static Entity| declared.view.is_none();
    let seen = ENTITIES.iter().filter(of).any(|declared| {
        let found = door.select_whole(declared, &Predicate::equals("id", Value::Id(id)));
        found.is_ok_and(|found| found.iter().any(|values| door.view().may(Verb::Read, declared, values)))
    });
    if seen { error } else { MergeError::UnseenSince.into() }
}

/// Records made after the merge that refer to what goes back go with it; one that also refers to what stays stands against it.
fn take_along(
    door: &Door<'_, '_>,
    merge: &CustomerMerge,
    changes: &[Changed],
    restored: &mut RestoredRecords,
) -> Result<()> {
    let of = |survivor: Uuid, merged: Uuid, target: &'static str| {
        pointers(target, ENTITIES).into_iter().map(move |pointer| (pointer, survivor, merged))
    };
    let customers = of(merge.survivor.uuid(), merge.merged.uuid(), Relationship::ENTITY.name);
    let parties = of(merge.survivor_party.uuid(), merge.merged_party.uuid(), Party::ENTITY.name);
    let all: Vec<(Pointer, Uuid, Uuid)> =
        customers.chain(parties).filter(|(_, survivor, merged)| survivor != merged).collect();
    // Whose customer or group somebody is says nothing on which of the two a record is of.
    let persons = [Relationship::ENTITY.name, Party::ENTITY.name];
    let parts = all.iter().map(|(pointer, ..)| pointer.entity.name);
    let parts: HashSet<&'static str> = parts.filter(|name| !persons.contains(name)).collect();
    let mut going: HashMap<&'static str, HashSet<Uuid>> = HashMap::new();
    let moved = |changed: &&Changed| {
        all.iter().any(|(pointer, survivor, merged)| {
            pointer.entity.number == changed.declared.number
                && changed.before.get(pointer.at) == Some(&Value::Id(*merged))
                && changed.after.get(pointer.at) == Some(&Value::Id(*survivor))
        })
    };
    for changed in changes.iter().filter(moved) {
        going.entry(changed.declared.name).or_default().insert(changed.id);
    }
    let known: HashSet<(u16, Uuid)> =
        changes.iter().map(|changed| (changed.declared.number, changed.id)).collect();
    loop {
        let mut more = Vec::new();
        for (pointer, survivor, merged) in &all {
            for (values, id) in referring(door, *pointer, *survivor, &going)? {
                let gone = going.get(pointer.entity.name).is_some_and(|ids| ids.contains(&id));
                if gone
                    || known.contains(&(pointer.entity.number, id))
                    || !goes_along(*pointer, &values, &going, &parts)?
                {
                    continue;
                }
                let mut values = values;
                values[pointer.at] = Value::Id(*merged);
                more.push((pointer.entity, id, values));
            }
        }
        if more.is_empty() {
            return Ok(());
        }
        for (declared, id, values) in more {
            if going.entry(declared.name).or_default().insert(id) {
                restored.push((declared, Restored { values, kept: Vec::new() }));
            }
        }
    }
}

/// The survivor's records of a column that refer to something that goes.
fn referring(
    door: &Door<'_, '_>,
    pointer: Pointer,
    survivor: Uuid,
    going: &HashMap<&'static str, HashSet<Uuid>>,
) -> Result<Vec<(Vec<Value>, Uuid)>> {
    let others = pointer.entity.columns.iter().enumerate().skip(1).filter(|(at, _)| *at != pointer.at);
    let any = others.fold(Predicate::Nothing, |any, (_, column)| match column.ty {
        clientela_model::ColumnType::Id(target) if entity(target).is_some() => match going.get(target) {
            Some(ids) if !ids.is_empty() => {
                let ids = ids.iter().copied().map(Value::Id).collect();
                any.or(Predicate::OneOf(Cow::Borrowed(column.name), ids))
            }
            _ => any,
        },
        _ => any,
    });
    if any == Predicate::Nothing {
        return Ok(Vec::new());
    }
    let theirs = Predicate::equals(pointer.column, Value::Id(survivor)).and(any);
    let found = door.select_whole(pointer.entity, &theirs)?;
    Ok(found
        .into_iter()
        .filter_map(|values| match values.first() {
            Some(Value::Id(id)) => {
                let id = *id;
                Some((values, id))
            }
            _ => None,
        })
        .collect())
}
