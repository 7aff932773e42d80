//! Lists: for a column that is declared `listed`, a table of who owns which record, in the column's order.
//!
//! Each record stands there once under its owner and once under its unit, those of the record its rights come from. What
//! somebody's positions or units own is then a few stretches of that table, each in order, and the first page of them is found
//! by merging their beginnings, however many records lie behind. The writer keeps it with every row it writes: it is an index, over what
//! no index of an engine reaches, and holds nothing of its own.

use super::dialect::Dialect;
use super::table::ROWS_AT_ONCE;
use crate::schema::Schema;
use clientela_model::{Access, Column, ColumnType, Entity};

/// What the name of every list's table has in it.
const MARK: &str = "__list_by_";

/// The columns by which a record's owners are found.
pub(crate) const OWNERS: [&str; 2] = ["owner", "unit"];

/// The list of an entity in the order of one of its columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    /// The entity whose records it lists.
    pub(crate) entity: &'static Entity,
    /// Its column.
    pub(crate) column: &'static Column,
    /// The table that has the records' ids.
    rows: &'static Entity,
    /// The table that has the column, and by which column of `rows` it is found; none where it is `rows` itself.
    sorted: Option<(&'static str, &'static Entity)>,
    /// The same for the table that has owner and unit.
    pub(crate) owned: Option<(&'static str, &'static Entity)>,
}

impl List {
    /// The list in the order of that column; none when it is not declared, or its owners lie too far away.
    pub(crate) fn of(entity: &'static Entity, column: &'static Column, schema: &Schema) -> Option<Self> {
        if !column.listed || sort_type(column).is_none() {
            return None;
        }
        let rows = match entity.view {
            Some(view) => schema.entity(view.base)?,
            None => entity,
        };
        let sorted = match (entity.view, column.from) {
            (Some(view), Some(from)) if from != view.base => Some((view.on, schema.entity(view.join)?)),
            _ => None,
        };
        let owned = match entity.access {
            Access::Owned => None,
            Access::Through(by) => match rows.column(by)?.ty {
                ColumnType::Id(above) => Some((by, schema.entity(above)?)),
                _ => return None,
            },
            Access::Public | Access::Via { .. } => return None,
        };
        let list = Self { entity, column, rows, sorted, owned };
        let has_owners = list.owners().access == Access::Owned
            && OWNERS.iter().all(|name| list.owners().column(name).is_some_and(|column| !column.nullable));
        has_owners.then_some(list)
    }

    /// All lists of a schema.
    pub(crate) fn all(schema: Schema) -> impl Iterator<Item = Self> {
        schema.entities.iter().copied().flat_map(move |entity| {
            entity.columns.iter().filter_map(move |column| Self::of(entity, column, &schema))
        })
    }

    /// Name of its table.
    pub(crate) fn name(&self) -> String {
        format!("{}{MARK}{}", self.entity.name, self.column.name)
    }

    fn owners(&self) -> &'static Entity {
        self.owned.map_or(self.rows, |(_, entity)| entity)
    }

    /// The entity a record's unit is of, where every record has one.
    pub(crate) fn units(&self) -> Option<&'static str> {
        match self.owners().column("unit")? {
            Column { ty: ColumnType::Id(entity), nullable: false, .. } => Some(entity),
            _ => None,
        }
    }

    /// The tables it is made of, `r` with the ids, `s` with the column, `k` with the owners.
    fn tables(&self) -> Vec<(&'static str, &'static Entity)> {
        let others = [("s", self.sorted), ("k", self.owned)];
        let others = others.into_iter().filter_map(|(alias, table)| Some((alias, table?.1)));
        std::iter::once(("r", self.rows)).chain(others).collect()
    }

    /// The alias of the table that has the owners.
    pub(crate) fn owners_alias(&self) -> &'static str {
        if self.owned.is_some() { "k" } else { "r" }
    }

    /// What it is sorted by.
    pub(crate) fn sort(&self) -> String {
        let alias = if self.sorted.is_some() { "s" } else { "r" };
        sort_expression(self.column, alias)
    }

    /// The tables it is made of, joined.
    pub(crate) fn from(&self) -> String {
        let mut from = format!(" FROM \"{}\" AS r", self.rows.name);
        for (alias, join) in [("s", self.sorted), ("k", self.owned)] {
            if let Some((by, table)) = join {
                let id = table.columns.first().map_or("id", |column| column.name);
                from.push_str(&format!(
                    " JOIN \"{}\" AS {alias} ON {alias}.\"{id}\" = r.\"{by}\"",
                    table.name
                ));
            }
        }
        from
    }

    /// The rows of the list, as far as a condition holds.
    fn select(&self, condition: &str) -> String {
        let (sort, from, owners) = (self.sort(), self.from(), self.owners_alias());
        let one =
            |name: &str| format!("SELECT {owners}.\"{name}\", {sort}, r.\"{}\"{from}{condition}", self.id());
        OWNERS.map(one).join(" UNION ALL ")
    }

    fn id(&self) -> &'static str {
        self.rows.columns.first().map_or("id", |column| column.name)
    }

    /// The statements that make its table and fill it.
    pub(crate) fn create(&self, dialect: Dialect) -> Vec<String> {
        let name = self.name();
        let ty = match sort_type(self.column) {
            Some(SortType::Text) | None => "TEXT",
            Some(SortType::Integer) => dialect.integer(),
        };
        let bytes = dialect.bytes();
        vec![
            format!(
                "CREATE TABLE \"{name}\" (\n  \"key\" {bytes} NOT NULL,\n  \"sort\" {ty} NOT NULL,\n  \"id\" {bytes} NOT NULL,\n  PRIMARY KEY (\"key\", \"sort\", \"id\")\n){}",
                dialect.clustered()
            ),
            format!("INSERT INTO \"{name}\" {} ORDER BY 1, 2, 3", self.select("")),
        ]
    }

    /// What keeps it: of each table it is made of, the columns it goes by and the statements for one row of that table.
    pub(crate) fn keepers(&self, dialect: Dialect) -> Vec<(&'static str, Keeper)> {
        let (name, insert) = (self.name(), dialect.insert_all());
        let mut id_given = String::new();
        dialect.parameter(&mut id_given, 1);
        let mut ids_given = id_given.clone();
        for number in 2..=ROWS_AT_ONCE {
            ids_given.push_str(", ");
            dialect.parameter(&mut ids_given, number);
        }
        let keeper = |(alias, table): (&'static str, &'static Entity)| {
            let id = table.columns.first().map_or("id", |column| column.name);
            let rows = self.select(&format!(" WHERE {alias}.\"{id}\" = {id_given}"));
            let of_many = self.select(&format!(" WHERE {alias}.\"{id}\" IN ({ids_given})"));
            let mut columns: Vec<&'static str> = Vec::new();
            if alias == "r" {
                columns.extend([self.sorted, self.owned].into_iter().flatten().map(|(by, _)| by));
            }
            if alias == if self.sorted.is_some() { "s" } else { "r" } {
                columns.push(self.column.name);
            }
            if alias == self.owners_alias() {
                columns.extend(OWNERS);
            }
            let keeper = Keeper {
                columns,
                add: format!("{insert} \"{name}\" {rows}"),
                // In the order of the list, so that neighbours are written together.
                add_many: format!("{insert} \"{name}\" {of_many} ORDER BY 1, 2, 3"),
                drop: format!("DELETE FROM \"{name}\" WHERE (\"key\", \"sort\", \"id\") IN ({rows})"),
            };
            (table.name, keeper)
        };
        self.tables().into_iter().map(keeper).collect()
    }

    /// One row: how many rows it lacks, and how many it has too many, were it made anew.
    pub(crate) fn difference(&self) -> String {
        let (name, rows) = (self.name(), self.select(""));
        format!(
            "WITH wanted(\"key\", \"sort\", \"id\") AS ({rows}) SELECT (SELECT COUNT(*) FROM wanted WHERE NOT EXISTS \
             (SELECT 1 FROM \"{name}\" AS l WHERE l.\"key\" = wanted.\"key\" AND l.\"sort\" = wanted.\"sort\" AND l.\"id\" = wanted.\"id\")), \
             (SELECT COUNT(*) FROM \"{name}\") - (SELECT COUNT(*) FROM wanted)"
        )
    }
}

/// How a list follows the rows of one of its tables. The statements take the id of the row.
#[derive(Debug)]
pub(crate) struct Keeper {
    /// The columns of that table it goes by.
    pub(crate) columns: Vec<&'static str>,
    /// Adds what the row stands for, once it is written.
    pub(crate) add: String,
    /// The same for [`ROWS_AT_ONCE`] rows.
    pub(crate) add_many: String,
    /// Takes away what the row stands for, before it changes.
    pub(crate) drop: String,
}

/// Whether a table of the file is a list's.
pub(crate) fn is_list(name: &str) -> bool {
    name.contains(MARK)
}

/// What a list is sorted by: text or whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortType {
    /// Text, letter case of ASCII aside; days as they are written.
    Text,
    /// Whole numbers; instants as microseconds.
    Integer,
}

/// What a column is sorted by; none for what has no order of one cell.
pub(crate) fn sort_type(column: &Column) -> Option<SortType> {
    match column.ty {
        ColumnType::Text | ColumnType::Words(_) | ColumnType::Date => Some(SortType::Text),
        ColumnType::Integer | ColumnType::Instant | ColumnType::Bool => Some(SortType::Integer),
        ColumnType::Decimal | ColumnType::Money | ColumnType::Id(_) | ColumnType::Blob => None,
    }
}

/// The column as a list is sorted by it: never empty, so that a place in the list is one value and one id. What is empty comes
/// before all.
pub(crate) fn sort_expression(column: &Column, alias: &str) -> String {
    let own = format!("{alias}.\"{}\"", column.name);
    let own = if column.ty == ColumnType::Text { format!("lower({own})") } else { own };
    match (column.nullable, sort_type(column)) {
        (false, _) | (_, None) => own,
        (true, Some(SortType::Text)) => format!("COALESCE({own}, '')"),
        (true, Some(SortType::Integer)) => format!("COALESCE({own}, {})", i64::MIN),
    }
}
