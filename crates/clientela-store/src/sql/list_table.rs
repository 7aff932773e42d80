//! Lists: for a column that is declared `listed`, a table of who owns which record, in the column's order.
//!
//! Each record stands there once under its owner and once under its unit, those of the record its rights come from. What
//! somebody's positions or units own is then a few stretches of that table, each in order, and the first page of them is found
//! by merging their beginnings, however many records lie behind. The writer keeps it with every row it writes: it is an index, over what
//! no index of an engine reaches, and holds nothing of its own.
//!
//! A list can be sorted by a [figure](Summary) of the records that name it too. Then its rows follow the rows of both tables: before a
//! row of theirs changes, what stands for the record it names, and will name, is taken away, and added again after it.

use super::dialect::Dialect;
use super::table::parameters;
use crate::schema::Schema;
use clientela_model::{Access, Column, ColumnType, Entity, Figure, Summary};

/// What the name of every list's table has in it.
const MARK: &str = "__list_by_";

/// Records of which one statement reads what they stand for in a list, where many are written.
pub(crate) const ROWS_AT_ONCE: usize = 64;

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
    /// What it is sorted by when that is a figure and no column.
    pub(crate) summary: Option<&'static Summary>,
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
        let list = Self { entity, column, rows, sorted, owned, summary: None };
        list.has_owners().then_some(list)
    }

    fn has_owners(&self) -> bool {
        self.owners().access == Access::Owned
            && OWNERS.iter().all(|name| self.owners().column(name).is_some_and(|column| !column.nullable))
    }

    /// The list in the order of a figure; none when the figure cannot be made, or the records have no owners of their own.
    pub(crate) fn of_summary(summary: &'static Summary, schema: &Schema) -> Option<Self> {
        let entity = schema.entity(summary.listed)?;
        let rows = entity.view.map_or(Some(entity), |view| schema.entity(view.base))?;
        let from = schema.entity(summary.from).filter(|from| from.view.is_none())?;
        let of = |name: &str| from.column(name).map(|column| column.ty);
        let (figure, ty) = match summary.figure {
            Figure::Latest(name) => (of(name)? == ColumnType::Instant, ColumnType::Instant),
            Figure::Sum(name) => (of(name)? == ColumnType::Money, ColumnType::Integer),
        };
        let names = matches!(of(summary.by)?, ColumnType::Id(_));
        let words = matches!(of(summary.only.0)?, ColumnType::Words(words) if summary.only.1.iter().all(|word| words.contains(word)));
        let list =
            Self { entity, column: &summary.column, rows, sorted: None, owned: None, summary: Some(summary) };
        (figure && names && words && summary.column.ty == ty && list.has_owners()).then_some(list)
    }

    /// All lists of a schema.
    pub(crate) fn all(schema: Schema) -> impl Iterator<Item = Self> {
        let columns = schema.entities.iter().copied().flat_map(move |entity| {
            entity.columns.iter().filter_map(move |column| Self::of(entity, column, &schema))
        });
        columns.chain(schema.summaries.iter().filter_map(move |summary| Self::of_summary(summary, &schema)))
    }

    /// Whether a record may stand in it several times, once for each currency, or not at all.
    pub(crate) fn has_parts(&self) -> bool {
        self.summary.is_some_and(|summary| matches!(summary.figure, Figure::Sum(_)))
    }

    /// The columns of its table: its key.
    fn columns(&self) -> &'static [&'static str] {
        if self.has_parts() { &["key", "part", "sort", "id"] } else { &["key", "sort", "id"] }
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

    /// What it is sorted by, of the row `r`; of one currency where it has parts.
    pub(crate) fn sort(&self, part: Option<Part>) -> String {
        if let Some(summary) = self.summary {
            return figure(summary, &format!("r.\"{}\"", self.id()), part);
        }
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
        let owners = self.owners_alias();
        OWNERS.map(|name| self.select_with(&format!("{owners}.\"{name}\""), condition)).join(" UNION ALL ")
    }

    /// The records of the list, with these keys before what they are sorted by.
    fn select_with(&self, keys: &str, condition: &str) -> String {
        let (from, id) = (self.from(), self.id());
        if let Some((summary, Figure::Sum(name))) = self.summary.map(|summary| (summary, summary.figure)) {
            let (by, from_table, only) = (summary.by, summary.from, only(summary));
            let sum = sum_of(name);
            return format!(
                "SELECT {keys}, x.\"{name}_currency\" AS part, {sum} AS sort, r.\"{id}\" AS id{from} JOIN \"{from_table}\" AS x ON x.\"{by}\" = r.\"{id}\" \
                 AND {only} AND x.\"{name}\" IS NOT NULL{condition} GROUP BY r.\"{id}\", x.\"{name}_currency\""
            );
        }
        let sort = self.sort(None);
        format!("SELECT {keys}, {sort} AS sort, r.\"{id}\" AS id{from}{condition}")
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
        let part = if self.has_parts() { "  \"part\" TEXT NOT NULL,\n" } else { "" };
        vec![
            format!(
                "CREATE TABLE \"{name}\" (\n  \"key\" {bytes} NOT NULL,\n{part}  \"sort\" {ty} NOT NULL,\n  \"id\" {bytes} NOT NULL,\n  PRIMARY KEY ({})\n){}",
                quoted(self.columns()),
                dialect.clustered()
            ),
            format!("INSERT INTO \"{name}\" {} ORDER BY {}", self.select(""), self.order()),
        ]
    }

    /// Its own order, as places of the columns of its rows.
    fn order(&self) -> String {
        let places: Vec<String> = (1..=self.columns().len()).map(|at| at.to_string()).collect();
        places.join(", ")
    }

    /// What keeps it: of each table it is made of, the columns it goes by and the statements for one row of that table.
    pub(crate) fn keepers(&self, dialect: Dialect) -> Vec<(&'static str, Keeper)> {
        let name = self.name();
        let mut id_given = String::new();
        dialect.parameter(&mut id_given, 1);
        let (key, ids_given) = (quoted(self.columns()), parameters(dialect, ROWS_AT_ONCE));
        let owners = self.owners_alias();
        let both = OWNERS.map(|name| format!("{owners}.\"{name}\"")).join(", ");
        let cells = self.columns().len();
        let row_given = parameters(dialect, cells);
        let keeper = |(alias, table): (&'static str, &'static Entity)| {
            let id = table.columns.first().map_or("id", |column| column.name);
            let rows = self.select(&format!(" WHERE {alias}.\"{id}\" = {id_given}"));
            let of_many = self.select_with(&both, &format!(" WHERE {alias}.\"{id}\" IN ({ids_given})"));
            let mut columns: Vec<&'static str> = Vec::new();
            if alias == "r" {
                columns.extend([self.sorted, self.owned].into_iter().flatten().map(|(by, _)| by));
            }
            if alias == if self.sorted.is_some() { "s" } else { "r" } && self.summary.is_none() {
                columns.push(self.column.name);
            }
            if alias == self.owners_alias() {
                columns.extend(OWNERS);
            }
            let keeper = Keeper {
                columns,
                whole: None,
                add: format!("INSERT INTO \"{name}\" {rows}"),
                of_many,
                insert: format!("INSERT INTO \"{name}\" ({key}) VALUES ({row_given})"),
                cells,
                drop: format!("DELETE FROM \"{name}\" WHERE ({key}) IN ({rows})"),
            };
            (table.name, keeper)
        };
        let mut keepers: Vec<(&'static str, Keeper)> = self.tables().into_iter().map(keeper).collect();
        // What the figure is made of is followed by the record it is a figure of, with the same statements.
        if let (Some(summary), Some((_, own))) = (self.summary, keepers.first()) {
            let (Figure::Latest(figure) | Figure::Sum(figure)) = summary.figure;
            let columns = vec![summary.by, figure, summary.only.0];
            let part = Keeper { columns, whole: Some(summary.by), ..own.clone() };
            keepers.push((summary.from, part));
        }
        keepers
    }

    /// One row: how many rows it lacks, and how many it has too many, were it made anew.
    pub(crate) fn difference(&self) -> String {
        let (name, rows, key) = (self.name(), self.select(""), quoted(self.columns()));
        let same: Vec<String> =
            self.columns().iter().map(|column| format!("l.\"{column}\" = wanted.\"{column}\"")).collect();
        let same = same.join(" AND ");
        format!(
            "WITH wanted({key}) AS ({rows}) SELECT (SELECT COUNT(*) FROM wanted WHERE NOT EXISTS \
             (SELECT 1 FROM \"{name}\" AS l WHERE {same})), \
             (SELECT COUNT(*) FROM \"{name}\") - (SELECT COUNT(*) FROM wanted)"
        )
    }
}

/// How a list follows the rows of one of its tables. The statements take the id of the row, or of the record it names.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    /// The columns of that table it goes by.
    pub(crate) columns: Vec<&'static str>,
    /// For what a figure is made of: the column that names the record.
    pub(crate) whole: Option<&'static str>,
    /// Adds what the row stands for, once it is written.
    pub(crate) add: String,
    /// What [`ROWS_AT_ONCE`] rows stand for: each record once, with its [`OWNERS`] before what follows the key of its rows.
    pub(crate) of_many: String,
    /// Adds one row of the list as it is.
    pub(crate) insert: String,
    /// Cells of a row of the list.
    pub(crate) cells: usize,
    /// Takes away what the row stands for, before it changes.
    pub(crate) drop: String,
}

/// A currency, as a part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part([u8; 3]);

impl Part {
    /// Three capital letters; none for anything else.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// As it is written in a statement: letters only.
    pub(crate) fn literal(self) -> String {
        let letters: String = self.0.iter().map(|letter| char::from(*letter)).collect();
        format!("'{letters}'")
    }
}

/// Names as they stand in a statement.
fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// Which records a figure is made of; words of closed lists, so letters and `_` only.
fn only(summary: &Summary) -> String {
    let words: Vec<String> = summary.only.1.iter().map(|word| format!("'{word}'")).collect();
    format!("x.\"{}\" IN ({})", summary.only.0, words.join(", "))
}

/// The greatest amount that is added up as it is: larger ones, of which there are none, count as this one. So no sum is too large
/// for its cell.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// The sum of amounts in hundredths; what is finer is cut off each.
fn sum_of(column: &str) -> String {
    let (amount, scale) = (format!("x.\"{column}\""), format!("x.\"{column}_scale\""));
    let bounded = format!("MAX(-{AMOUNT_MAX}, MIN({AMOUNT_MAX}, {amount}))");
    let mut by_scale =
        format!("CASE {scale} WHEN 0 THEN {bounded} * 100 WHEN 1 THEN {bounded} * 10 WHEN 2 THEN {amount}");
    let mut factor: i64 = 1;
    for scale in 3..=18 {
        factor *= 10;
        by_scale.push_str(&format!(" WHEN {scale} THEN {amount} / {factor}"));
    }
    let hundredths = format!("({by_scale} ELSE 0 END)");
    format!("SUM(MAX(-{AMOUNT_MAX}, MIN({AMOUNT_MAX}, {hundredths})))")
}

/// A figure of the record with this id.
pub(crate) fn figure(summary: &Summary, id: &str, part: Option<Part>) -> String {
    let (from, by, only) = (summary.from, summary.by, only(summary));
    match summary.figure {
        Figure::Latest(name) => format!(
            "COALESCE((SELECT MAX(x.\"{name}\") FROM \"{from}\" AS x WHERE x.\"{by}\" = {id} AND {only}), {})",
            i64::MIN
        ),
        Figure::Sum(name) => format!(
            "(SELECT {} FROM \"{from}\" AS x WHERE x.\"{by}\" = {id} AND {only} AND x.\"{name}_currency\" = {})",
            sum_of(name),
            part.map_or_else(|| "''".to_owned(), Part::literal)
        ),
    }
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
