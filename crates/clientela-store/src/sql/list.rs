//! One page of a list, as one `SELECT`, and how many there are.
//!
//! Where the condition says whose records are asked for, and the column is [listed](super::list_table), the page is merged from
//! the stretches of these owners: a recursive `SELECT` whose queue is in order begins with the first record of each, and puts,
//! for every record it takes out, the next one of the same owner in. The whole condition is then asked of each record as it
//! comes, so that nothing rests on how the owners were found. Where it says nothing of them and leaves most records, the owners are
//! all units. Everywhere else the rows are sorted.

use super::cell::Parameter;
use super::condition::{Condition, end_of_range};
use super::list_table::{List, OWNERS, Part, figure, sort_expression};
use super::plan::Plan;
use super::query::{self, Query, Selected};
use super::table::push_names;
use crate::error::StoreError;
use crate::order::Direction;
use clientela_model::{Column, ColumnType, Entity, Predicate, Summary, Value};
use uuid::Uuid;

/// A place in a list: what a record is sorted by, and its id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) sort: Parameter,
    pub(crate) id: Uuid,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'p> {
    pub(crate) entity: &'static Entity,
    pub(crate) column: &'static Column,
    pub(crate) predicate: &'p Predicate,
    pub(crate) direction: Direction,
    pub(crate) after: Option<&'p Place>,
    pub(crate) limit: u64,
    /// The figure it is sorted by, when that is no column, and of which currency.
    pub(crate) summary: Option<&'static Summary>,
    pub(crate) part: Option<Part>,
}

/// Ids of owners: positions and units.
enum Owners<'p> {
    Named(Vec<Uuid>),
    Below {
        tree: &'static str,
        parent: &'static str,
        roots: &'p [Uuid],
    },
    /// All records of an entity: where nothing is said, every record has a unit.
    All(&'static str),
}

/// Whose records can satisfy a condition.
#[derive(Default)]
struct Drive<'p> {
    owners: Vec<Owners<'p>>,
    /// Single records, and whether these are ids of the record that has the owners.
    single: Vec<Uuid>,
    above: Vec<Uuid>,
}

impl Drive<'_> {
    /// About how many records of a million there are.
    fn cost(&self) -> usize {
        let of = |owners: &Owners<'_>| match owners {
            Owners::Named(ids) => ids.len() * 5_000,
            Owners::All(_) => 1_000_000,
            Owners::Below { tree: "unit", .. } => 200_000,
            Owners::Below { .. } => 50_000,
        };
        self.owners.iter().map(of).sum::<usize>() + self.single.len() + self.above.len() * 5
    }

    /// The ids of the owners, as a `SELECT`; one may come more than once.
    fn owners(&self, out: &mut Condition<'_>, plan: &Plan) -> Result<(), StoreError> {
        for (position, owners) in self.owners.iter().enumerate() {
            out.text(if position == 0 { "SELECT id FROM (" } else { " UNION ALL SELECT id FROM (" });
            match owners {
                Owners::Named(ids) => out.ids(ids.iter().copied()),
                Owners::All(entity) => {
                    let entity = plan.table(entity)?.entity;
                    let id = entity.columns.first().map_or("id", |column| column.name);
                    out.text(&format!("SELECT \"{id}\" AS id FROM \"{}\"", entity.name));
                }
                Owners::Below { tree, parent, roots } => {
                    let tree = plan.table(tree)?.entity;
                    out.walk(tree, super::condition::find(tree, parent)?, roots);
                }
            }
            out.text(")");
        }
        if self.owners.is_empty() {
            out.text("SELECT NULL AS id WHERE FALSE");
        }
        Ok(())
    }
}

/// Whose records can satisfy the condition; none when it does not say. `above` when the condition is on the record that has the
/// owners, and not on the listed one.
fn drive<'p>(predicate: &'p Predicate, list: &List, above: bool) -> Option<Drive<'p>> {
    let owners_here = above || list.owned.is_none();
    let named = |column: &str, ids: Vec<Uuid>| {
        let mut drive = Drive::default();
        if owners_here && OWNERS.contains(&column) {
            drive.owners.push(Owners::Named(ids));
        } else if column == "id" && above {
            drive.above = ids;
        } else if column == "id" {
            drive.single = ids;
        } else {
            return None;
        }
        Some(drive)
    };
    match predicate {
        Predicate::Nothing => Some(Drive::default()),
        Predicate::Equals(column, Value::Id(id)) => named(column, vec![*id]),
        Predicate::OneOf(column, values) => {
            let ids = values.iter().map(|value| if let Value::Id(id) = value { Some(*id) } else { None });
            named(column, ids.collect::<Option<Vec<Uuid>>>()?)
        }
        Predicate::Below { column, entity, parent, roots } if owners_here && OWNERS.contains(&&**column) => {
            let owners = vec![Owners::Below { tree: entity, parent, roots }];
            Some(Drive { owners, ..Drive::default() })
        }
        Predicate::Refers { column, satisfying, .. }
            if !above && list.owned.is_some_and(|(by, _)| by == column) =>
        {
            drive(satisfying, list, true)
        }
        Predicate::All(parts) => {
            parts.iter().filter_map(|part| drive(part, list, above)).min_by_key(Drive::cost)
        }
        Predicate::Any(parts) => {
            let mut all = Drive::default();
            for part in parts {
                let one = drive(part, list, above)?;
                all.owners.extend(one.owners);
                all.single.extend(one.single);
                all.above.extend(one.above);
            }
            Some(all)
        }
        _ => None,
    }
}

/// Whether the condition is likely to leave many records, so that a page is soon full when they are taken in order: what is left
/// out, words of closed lists, and how the column itself starts. Where few are left it is faster to find these and sort them.
fn keeps_most(predicate: &Predicate, entity: &Entity, column: &Column) -> bool {
    let words =
        |name: &str| entity.column(name).is_some_and(|column| matches!(column.ty, ColumnType::Words(_)));
    match predicate {
        Predicate::Everything | Predicate::Empty(_) => true,
        Predicate::Equals(name, _) | Predicate::OneOf(name, _) => words(name),
        Predicate::StartsWith(name, _) => name == column.name,
        Predicate::All(parts) => parts.iter().all(|part| keeps_most(part, entity, column)),
        _ => false,
    }
}

/// The page, with what each record is sorted by in the last cell.
///
/// # Errors
/// `store.unknown_column`, `store.unknown_entity`, `predicate.too_large`.
pub(crate) fn page(plan: &Plan, page: &Page<'_>, columns: &[Selected]) -> Result<Query, StoreError> {
    let list = match page.summary {
        Some(summary) => List::of_summary(summary, &plan.schema),
        None => List::of(page.entity, page.column, &plan.schema),
    };
    let driven = list.and_then(|list| {
        let all = || {
            let units = list.units().filter(|_| keeps_most(page.predicate, page.entity, page.column))?;
            Some(Drive { owners: vec![Owners::All(units)], ..Drive::default() })
        };
        Some((list, drive(page.predicate, &list, false).or_else(all)?))
    });
    match driven {
        Some((list, drive)) => Merge { page, list: &list, name: list.name() }.query(plan, &drive, columns),
        None => sorted(plan, page, columns),
    }
}

/// How many records satisfy a condition: of those whose owners it names, where a list knows which these are, and otherwise of all.
///
/// # Errors
/// As for [`page`].
pub(crate) fn count(
    plan: &Plan,
    entity: &'static Entity,
    predicate: &Predicate,
) -> Result<Query, StoreError> {
    let mut lists = entity.columns.iter().filter_map(|column| List::of(entity, column, &plan.schema));
    let Some((list, drive)) = lists.next().and_then(|list| Some((list, drive(predicate, &list, false)?)))
    else {
        return query::count(plan, entity, predicate);
    };
    let id = entity.columns.first().map_or("id", |column| column.name);
    let mut out = Condition::new(
        plan,
        format!("SELECT COUNT(*) FROM \"{}\" AS t0 WHERE t0.\"{id}\" IN (", entity.name),
    );
    out.text(&format!("SELECT n.\"id\" FROM \"{}\" AS n WHERE n.\"key\" IN (", list.name()));
    drive.owners(&mut out, plan)?;
    out.text(")");
    for (alias, ids) in [("r", &drive.single), (list.owners_alias(), &drive.above)] {
        if !ids.is_empty() {
            out.text(&format!(" UNION ALL SELECT r.\"id\"{} WHERE {alias}.\"id\" IN (", list.from()));
            out.ids(ids.iter().copied());
            out.text(")");
        }
    }
    out.text(") AND ");
    out.predicate(predicate, entity, "t0", 0)?;
    let (sql, parameters) = out.finish()?;
    Ok(Query { sql, parameters })
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => " DESC",
    }
}

fn comparison(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    }
}

/// Merging a page from the stretches of owners.
struct Merge<'p> {
    page: &'p Page<'p>,
    list: &'p List,
    name: String,
}

impl Merge<'_> {
    fn query(&self, plan: &Plan, drive: &Drive<'_>, columns: &[Selected]) -> Result<Query, StoreError> {
        let (entity, down) = (self.page.entity, direction(self.page.direction));
        let id = entity.columns.first().map_or("id", |column| column.name);
        let mut out =
            Condition::new(plan, "WITH RECURSIVE merged(\"key\", \"sort\", \"id\") AS (".to_owned());
        self.first_of_owners(&mut out, drive, plan)?;
        for (alias, ids) in [("r", &drive.single), (self.list.owners_alias(), &drive.above)] {
            if !ids.is_empty() {
                self.single(&mut out, alias, ids);
            }
        }
        out.text(" UNION ALL SELECT m.\"key\", ");
        self.next(&mut out, "sort", Some("m"));
        out.text(", ");
        self.next(&mut out, "id", Some("m"));
        out.text(&format!(
            " FROM merged AS m WHERE m.\"id\" IS NOT NULL AND m.\"key\" IS NOT NULL ORDER BY 2{down}, 3{down} LIMIT {})",
            plan.dialect.unlimited()
        ));
        out.text(" SELECT t0.\"_version\"");
        let mut names = String::new();
        columns.iter().for_each(|selected| push_names(&mut names, "t0.", selected.column));
        out.text(&names);
        // A record is taken out once for each owner it has, one after the other.
        out.text(&format!(
            ", page.\"sort\" FROM (SELECT DISTINCT \"sort\", \"id\" FROM merged WHERE \"id\" IS NOT NULL AND EXISTS (SELECT 1 FROM \"{}\" AS t0 WHERE t0.\"{id}\" = merged.\"id\" AND ",
            entity.name
        ));
        out.predicate(self.page.predicate, entity, "t0", 0)?;
        out.text(") LIMIT ");
        out.bind(Parameter::Integer(i64::try_from(self.page.limit).unwrap_or(i64::MAX)));
        out.text(&format!(
            ") AS page JOIN \"{}\" AS t0 ON t0.\"{id}\" = page.\"id\" ORDER BY page.\"sort\"{down}, page.\"id\"{down}",
            entity.name
        ));
        let (sql, parameters) = out.finish()?;
        Ok(Query { sql, parameters })
    }

    /// The first record of each owner.
    fn first_of_owners(
        &self,
        out: &mut Condition<'_>,
        drive: &Drive<'_>,
        plan: &Plan,
    ) -> Result<(), StoreError> {
        out.text("SELECT k.id, ");
        self.next(out, "sort", None);
        out.text(", ");
        self.next(out, "id", None);
        out.text(" FROM (SELECT DISTINCT id FROM (");
        drive.owners(out, plan)?;
        out.text(")) AS k");
        Ok(())
    }

    /// Single records, each a stretch of its own.
    fn single(&self, out: &mut Condition<'_>, alias: &str, ids: &[Uuid]) {
        let (sort, from) = (self.list.sort(self.page.part), self.list.from());
        out.text(&format!(" UNION ALL SELECT NULL, {sort}, r.\"id\"{from} WHERE {alias}.\"id\" IN ("));
        out.ids(ids.iter().copied());
        out.text(")");
        if self.list.has_parts() {
            out.text(&format!(" AND {sort} IS NOT NULL"));
        }
        self.bounds(out, &sort, "r.\"id\"", None);
    }

    /// The next record of an owner: the first one, or the one after that of the row `after`.
    fn next(&self, out: &mut Condition<'_>, what: &str, after: Option<&str>) {
        let key = after.map_or("k.id".to_owned(), |row| format!("{row}.\"key\""));
        out.text(&format!("(SELECT n.\"{what}\" FROM \"{}\" AS n WHERE n.\"key\" = {key}", self.name));
        if let Some(part) = self.page.part {
            out.text(&format!(" AND n.\"part\" = {}", part.literal()));
        }
        self.bounds(out, "n.\"sort\"", "n.\"id\"", after);
        let down = direction(self.page.direction);
        out.text(&format!(" ORDER BY n.\"sort\"{down}, n.\"id\"{down} LIMIT 1)"));
    }

    /// Where the stretch begins and ends.
    fn bounds(&self, out: &mut Condition<'_>, sort: &str, id: &str, after: Option<&str>) {
        if let Some((low, high)) = start_asked(self.page.predicate, self.page.column) {
            out.text(&format!(" AND {sort} >= "));
            out.bind(Parameter::Text(low));
            if let Some(high) = high {
                out.text(&format!(" AND {sort} < "));
                out.bind(Parameter::Text(high));
            }
        }
        let than = comparison(self.page.direction);
        if let Some(row) = after {
            out.text(&format!(" AND ({sort}, {id}) {than} ({row}.\"sort\", {row}.\"id\")"));
        } else if let Some(place) = self.page.after {
            out.text(&format!(" AND ({sort}, {id}) {than} ("));
            out.bind(place.sort.clone());
            out.text(", ");
            out.bind(Parameter::Blob(place.id.as_bytes().to_vec()));
            out.text(")");
        }
    }
}

/// The range a start asked of the list's column leaves, in small letters.
fn start_asked(predicate: &Predicate, column: &Column) -> Option<(String, Option<String>)> {
    match predicate {
        Predicate::StartsWith(name, start)
            if name == column.name && column.ty == ColumnType::Text && !start.is_empty() =>
        {
            Some((start.to_ascii_lowercase(), end_of_range(start)))
        }
        Predicate::All(parts) => parts.iter().find_map(|part| start_asked(part, column)),
        _ => None,
    }
}

/// All rows that satisfy the condition, sorted by the engine: by an index of the column where it has one.
fn sorted(plan: &Plan, page: &Page<'_>, columns: &[Selected]) -> Result<Query, StoreError> {
    let id = page.entity.columns.first().map_or("id", |column| column.name);
    let own = match page.summary {
        Some(summary) => figure(summary, &format!("t0.\"{id}\""), page.part),
        None => sort_expression(page.column, "t0"),
    };
    // The index of a text is blind to case, and its order is that of the small letters.
    let indexed = page.column.ty == ColumnType::Text && !page.column.nullable;
    let order =
        if indexed { format!("t0.\"{}\"{}", page.column.name, plan.dialect.any_case()) } else { own.clone() };
    let mut list = "SELECT t0.\"_version\"".to_owned();
    columns.iter().for_each(|selected| push_names(&mut list, "t0.", selected.column));
    list.push_str(&format!(", {own} FROM \"{}\" AS t0 WHERE ", page.entity.name));
    let mut out = Condition::new(plan, list);
    out.predicate(page.predicate, page.entity, "t0", 0)?;
    if page.part.is_some() {
        out.text(&format!(" AND {own} IS NOT NULL"));
    }
    let than = comparison(page.direction);
    if let Some(place) = page.after {
        out.text(&format!(" AND {order} {than}= "));
        out.bind(place.sort.clone());
        out.text(&format!(" AND ({order} {than} "));
        out.bind(place.sort.clone());
        out.text(&format!(" OR t0.\"{id}\" {than} "));
        out.bind(Parameter::Blob(place.id.as_bytes().to_vec()));
        out.text(")");
    }
    let down = direction(page.direction);
    out.text(&format!(" ORDER BY {order}{down}, t0.\"{id}\"{down} LIMIT "));
    out.bind(Parameter::Integer(i64::try_from(page.limit).unwrap_or(i64::MAX)));
    let (sql, parameters) = out.finish()?;
    Ok(Query { sql, parameters })
}
