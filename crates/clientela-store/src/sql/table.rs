//! Tables, views, indexes and statements of one entity.

use super::dialect::Dialect;
use crate::error::StoreError;
use clientela_model::{Access, Column, ColumnType, Entity};

/// What is appended to a column's name for each of its physical columns.
pub(crate) const fn suffixes(ty: ColumnType) -> &'static [&'static str] {
    match ty {
        ColumnType::Decimal => &["", "_scale"],
        ColumnType::Money => &["", "_scale", "_currency"],
        _ => &[""],
    }
}

/// So many parameters: `?1, ?2`.
pub(crate) fn parameters(dialect: Dialect, count: usize) -> String {
    let mut marks = String::new();
    for number in 1..=count {
        marks.push_str(if number == 1 { "" } else { ", " });
        dialect.parameter(&mut marks, number);
    }
    marks
}

/// One entity with the statements that are used on its rows.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its declaration.
    pub(crate) entity: &'static Entity,
    /// First cell of each column in `select_by_id`, after the version in cell 0.
    pub(crate) offsets: Vec<usize>,
    /// All columns of the row of one id.
    pub(crate) select_by_id: String,
    /// One row, all columns, the version last; nothing happens when the id is there.
    pub(crate) insert: String,
    width: usize,
    dialect: Dialect,
}

impl Table {
    /// Cells of a whole row, the version included.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// The statements of this entity.
    pub(crate) fn new(entity: &'static Entity, dialect: Dialect) -> Self {
        let mut offsets = Vec::with_capacity(entity.columns.len());
        let mut width = 1;
        for column in entity.columns {
            offsets.push(width);
            width += suffixes(column.ty).len();
        }
        let id = entity.columns.first().map_or("id", |column| column.name);
        let mut list = String::new();
        entity.columns.iter().for_each(|column| push_names(&mut list, "", column));
        let mut by_id = String::new();
        dialect.parameter(&mut by_id, 1);
        let name = entity.name;
        let (names, marks) = (&list[2..], parameters(dialect, width));
        Self {
            entity,
            offsets,
            select_by_id: format!("SELECT \"_version\"{list} FROM \"{name}\" WHERE \"{id}\" = {by_id}"),
            insert: format!(
                "INSERT INTO \"{name}\" ({names}, \"_version\") VALUES ({marks}) ON CONFLICT DO NOTHING"
            ),
            width,
            dialect,
        }
    }

    /// Sets the columns at these positions, then the version, of the row of the id given last.
    pub(crate) fn update(&self, positions: &[usize], sql: &mut String) {
        sql.clear();
        sql.push_str("UPDATE \"");
        sql.push_str(self.entity.name);
        sql.push_str("\" SET ");
        let mut number = 1;
        let columns = positions.iter().filter_map(|position| self.entity.columns.get(*position));
        for (name, suffix) in columns.flat_map(|c| suffixes(c.ty).iter().map(move |suffix| (c.name, suffix)))
        {
            sql.push('"');
            sql.push_str(name);
            sql.push_str(suffix);
            sql.push_str("\" = ");
            self.dialect.parameter(sql, number);
            sql.push_str(", ");
            number += 1;
        }
        sql.push_str("\"_version\" = ");
        self.dialect.parameter(sql, number);
        sql.push_str(" WHERE \"");
        sql.push_str(self.entity.columns.first().map_or("id", |column| column.name));
        sql.push_str("\" = ");
        self.dialect.parameter(sql, number + 1);
    }
}

/// Appends `, "name", "name_scale"…` of a column, each after `prefix`.
pub(crate) fn push_names(sql: &mut String, prefix: &str, column: &Column) {
    for suffix in suffixes(column.ty) {
        sql.push_str(", ");
        sql.push_str(prefix);
        sql.push('"');
        sql.push_str(column.name);
        sql.push_str(suffix);
        sql.push('"');
    }
}

/// The names, types and constraints of the physical columns of a column.
pub(crate) fn definitions(column: &Column, dialect: Dialect) -> Vec<(String, String)> {
    let defaults = default_texts(column);
    let columns = suffixes(column.ty).iter().zip(dialect.types(column.ty)).enumerate();
    columns
        .map(|(index, (suffix, ty))| {
            let mut text = (*ty).to_owned();
            if !column.nullable {
                text.push_str(" NOT NULL");
                if let Some(default) = defaults.get(index) {
                    // Rows older than the column read as this; see `cell::default_value`.
                    text.push_str(" DEFAULT ");
                    text.push_str(default);
                }
            }
            (format!("{}{suffix}", column.name), text)
        })
        .collect()
}

fn default_texts(column: &Column) -> Vec<String> {
    match column.ty {
        ColumnType::Bool | ColumnType::Integer => vec!["0".to_owned()],
        ColumnType::Decimal => vec!["0".to_owned(), "0".to_owned()],
        ColumnType::Text => vec!["''".to_owned()],
        // A word of a declaration, quoted all the same.
        ColumnType::Words(words) => {
            words.first().map(|word| format!("'{}'", word.replace('\'', "''"))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// `CREATE TABLE` of an entity that is not a view.
pub(crate) fn create_table(entity: &Entity, dialect: Dialect) -> String {
    let mut sql = format!("CREATE TABLE \"{}\" (", entity.name);
    for (position, column) in entity.columns.iter().enumerate() {
        if position == 0 {
            let (name, text) = (column.name, dialect.types(column.ty).join(""));
            sql.push_str(&format!(
                "\n  \"{name}\" {text} NOT NULL PRIMARY KEY,\n  \"_version\" {} NOT NULL",
                dialect.integer()
            ));
            continue;
        }
        for (name, text) in definitions(column, dialect) {
            sql.push_str(&format!(",\n  \"{name}\" {text}"));
        }
    }
    sql.push_str("\n)");
    sql.push_str(dialect.clustered());
    sql
}

/// `CREATE VIEW` of an entity that reads two tables as one.
pub(crate) fn create_view(
    entity: &Entity,
    on_is_nullable: bool,
    join_id: &str,
    dialect: Dialect,
) -> Result<String, StoreError> {
    let view =
        entity.view.ok_or_else(|| StoreError::Schema { problem: format!("{} is no view", entity.name) })?;
    let version = if on_is_nullable { "COALESCE(j.\"_version\", 0)" } else { "j.\"_version\"" };
    let mut sql = format!(
        "CREATE VIEW \"{}\" AS SELECT {}(b.\"_version\", {version}) AS \"_version\"",
        entity.name,
        dialect.greatest()
    );
    for column in entity.columns {
        let source = if column.from.is_some_and(|from| from != view.base) { "j" } else { "b" };
        for suffix in suffixes(column.ty) {
            let name = column.name;
            sql.push_str(&format!(", {source}.\"{name}{suffix}\" AS \"{name}{suffix}\""));
        }
    }
    let join = if on_is_nullable { "LEFT JOIN" } else { "JOIN" };
    sql.push_str(&format!(
        " FROM \"{}\" AS b {join} \"{}\" AS j ON j.\"{join_id}\" = b.\"{}\"",
        view.base, view.join, view.on
    ));
    Ok(sql)
}

/// The columns of an entity that get an index: those looked up by, the one people name a record by, those that name the record above, the owner or the
/// unit, those by which rights are found, and those by which records of one entity form a tree.
pub(crate) fn indexed(entity: &Entity, all: &[&'static Entity]) -> Vec<&'static str> {
    let through = match entity.access {
        Access::Through(column) => Some(column),
        _ => None,
    };
    let via = |name: &str| {
        all.iter().any(|other| match other.access {
            Access::Via { entity: from, column } => from == entity.name && column == name,
            _ => false,
        })
    };
    let wanted = |column: &Column| {
        column.indexed
            || entity.part_of.is_some_and(|(_, named)| named == column.name)
            || through == Some(column.name)
            || (entity.access == Access::Owned && matches!(column.name, "owner" | "unit"))
            || entity.key == Some(column.name)
            || column.ty == ColumnType::Id(entity.name)
            || via(column.name)
    };
    let columns = entity.columns.iter().skip(1);
    columns
        .filter(|column| suffixes(column.ty).len() == 1 && wanted(column))
        .map(|column| column.name)
        .collect()
}

/// Name of the index on a column.
pub(crate) fn index_name(entity: &str, column: &str) -> String {
    format!("{entity}__by_{column}")
}

/// `CREATE INDEX` on a column. Text is indexed whatever its case, which serves "is" and "starts with" alike. Rows that have nothing
/// there are left out: who asks for them asks for most of a table, and an engine that could find them by the index would, whatever else
/// is asked for beside it.
pub(crate) fn create_index(entity: &Entity, column: &str, dialect: Dialect) -> String {
    let declared = entity.column(column);
    let any_case = match declared.map(|column| column.ty) {
        Some(ColumnType::Text) => dialect.any_case(),
        _ => "",
    };
    let given = if declared.is_some_and(|column| column.nullable) {
        format!(" WHERE \"{column}\" IS NOT NULL")
    } else {
        String::new()
    };
    format!(
        "CREATE INDEX \"{}\" ON \"{}\" (\"{column}\"{any_case}){given}",
        index_name(entity.name, column),
        entity.name
    )
}
