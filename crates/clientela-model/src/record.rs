//! The one declaration of a record, from which its table, journal, columns, rights and dictionary entry follow.

use crate::error::{Coded, ErrorKind, ValueError};
use crate::id::EntityId;
use crate::value::Value;

/// The type of a column, in words any store, data frame or rule can take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Yes or no.
    Bool,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal without a currency.
    Decimal,
    /// An exact amount with its currency.
    Money,
    /// A day.
    Date,
    /// A moment in UTC.
    Instant,
    /// Text in UTF-8, NFC.
    Text,
    /// A word of a closed list: all words, in order.
    Words(&'static [&'static str]),
    /// The id of a record of the named entity.
    Id(&'static str),
    /// Bytes.
    Blob,
}

impl ColumnType {
    /// The type's name in the data dictionary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "yes/no",
            Self::Integer => "whole number",
            Self::Decimal => "decimal",
            Self::Money => "amount",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Text => "text",
            Self::Words(_) => "closed list",
            Self::Id(_) => "id",
            Self::Blob => "bytes",
        }
    }
}

/// How two changes of one field, made apart, become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The last writer by clock wins, per field group.
    LastWriter,
    /// Facts are only added, never changed.
    Fact,
    /// Applied in the centre's order if the state it started from still holds.
    Central,
}

/// Who may read a field besides the right to the record itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Everybody who sees the record.
    Standard,
    /// Only profiles that are granted the confidential facet, of the records that grant gives: cost, margin, credit,
    /// private notes.
    Confidential,
    /// Only those whose scope reaches the record's own owner or unit: a figure of the whole, on a record that whoever sees
    /// one part of it sees as well.
    Whole,
}

/// How the right to a record is found. One declaration, read by the check in memory and by the one made into SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reference data of the installation: everybody who has a session reads it; administrators write it.
    Public,
    /// The record names its owner position and its unit in the columns `owner` and `unit`.
    Owned,
    /// The record follows the record its column names: `through(column)`; the column is an id.
    Through(&'static str),
    /// Seen by whoever sees a record of that entity that points here with that column: `via(entity.column)`.
    Via {
        /// The entity that points here.
        entity: &'static str,
        /// Its column.
        column: &'static str,
    },
}

/// A declaration that reads two tables as one: the columns of `join` stand beside those of `base`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The entity whose rows the view has.
    pub base: &'static str,
    /// The entity joined to it.
    pub join: &'static str,
    /// The column of `base` that names the row of `join`.
    pub on: &'static str,
}

/// One column of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Permanent number: names may change, numbers never do and are never used again.
    pub number: u16,
    /// Name in Rust, C, Python and SQL.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it is, from the field's doc comment.
    pub doc: &'static str,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Whether it can tell something about a person: masked in logs, erased on request.
    pub personal: bool,
    /// Which right reads it.
    pub facet: Facet,
    /// How concurrent changes are merged.
    pub merge: Merge,
    /// Fields that are valid only together share a group.
    pub group: Option<&'static str>,
    /// Whether records are looked up by it.
    pub indexed: bool,
    /// Whether lists come in its order: the first page of what somebody's positions or units own is found without reading the rest.
    pub listed: bool,
    /// For a view: the entity the column is read from.
    pub from: Option<&'static str>,
}

/// A figure of a record, made of the records that name it, by which lists of it can be sorted: when somebody spoke with it last, what it
/// brought. It is nothing that is stored with the record and has no history of its own; a list kept by the writer of either side
/// has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// What it is called, and its type: [`ColumnType::Instant`], or [`ColumnType::Integer`] of hundredths.
    pub column: Column,
    /// The entity whose lists come in its order.
    pub listed: &'static str,
    /// The entity whose records it is made of.
    pub from: &'static str,
    /// The column of these that names the record.
    pub by: &'static str,
    /// How it is made.
    pub figure: Figure,
    /// Only of records whose column has one of these words.
    pub only: (&'static str, &'static [&'static str]),
}

/// How a figure is made of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// The latest moment in a column. A record without one is listed too, before all others.
    Latest(&'static str),
    /// The sum of the amounts in a column, of one currency. A record without any is not listed.
    Sum(&'static str),
}

/// What a kind of record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity {
    /// Permanent number, as for columns.
    pub number: u16,
    /// Name in the singular: `offer_item`. Also the name of its table.
    pub name: &'static str,
    /// What it is, from the doc comment.
    pub doc: &'static str,
    /// Its columns; the first is the id.
    pub columns: &'static [Column],
    /// For a part of an aggregate: the entity it belongs to and the column that names it.
    pub part_of: Option<(&'static str, &'static str)>,
    /// How rights are found.
    pub access: Access,
    /// Set for declarations that only read.
    pub view: Option<View>,
    /// The column people name a record by: a number, a code, a login.
    pub key: Option<&'static str>,
}

impl Entity {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The position of the column of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// A record: a plain struct with `#[derive(Record)]`.
///
/// ```
/// use clientela_model::{Record, entity_ids};
/// entity_ids! {
///     /// A truck stop.
///     StopId = "stop";
/// }
/// /// A place where trucks stop.
/// #[derive(Debug, Clone, PartialEq, Record)]
/// #[record(number = 900, name = "stop", access = public)]
/// pub struct Stop {
///     /// Id.
///     #[field(number = 1)]
///     pub id: StopId,
///     /// Name on the sign.
///     #[field(number = 2, label = "Name", indexed)]
///     pub name: String,
///     /// Mobile number of the keeper.
///     #[field(number = 3, label = "Keeper's mobile", personal)]
///     pub mobile: Option<String>,
/// }
/// let entity = <Stop as Record>::ENTITY;
/// assert_eq!(entity.columns[2].label, "Keeper's mobile");
/// assert!(entity.columns[2].nullable && entity.columns[2].personal);
/// ```
pub trait Record: Clone + PartialEq + std::fmt::Debug + Send + Sync + Sized + 'static {
    /// Its typed id.
    type Id: EntityId;
    /// Its declaration.
    const ENTITY: &'static Entity;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its values in the order of the declaration.
    fn to_values(&self) -> Vec<Value>;
    /// The record from values in the order of the declaration; every value passes its checked door again.
    ///
    /// # Errors
    /// The first column whose value its type refuses.
    fn from_values(values: Vec<Value>) -> Result<Self, RecordError>;
}

/// A type that can be a column.
pub trait Field: Sized {
    /// The column's type.
    const TYPE: ColumnType;
    /// Whether nothing is a value of it.
    const NULLABLE: bool = false;
    /// As a value.
    fn to_value(&self) -> Value;
    /// From a value, through the type's checked door.
    ///
    /// # Errors
    /// When the value is of another kind or not acceptable.
    fn from_value(value: Value) -> Result<Self, ValueError>;
}

impl<F: Field> Field for Option<F> {
    const TYPE: ColumnType = F::TYPE;
    const NULLABLE: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Field::to_value)
    }
    fn from_value(value: Value) -> Result<Self, ValueError> {
        if value.is_null() { Ok(None) } else { F::from_value(value).map(Some) }
    }
}

/// A closed list of words: a fieldless enum with `#[derive(ClosedList)]`. Words are the variants in snake case.
pub trait ClosedList: Copy + Eq + 'static {
    /// What the list is called in messages.
    const NAME: &'static str;
    /// All words, in order.
    const WORDS: &'static [&'static str];
    /// All values, in the order of the words.
    const ALL: &'static [Self];
    /// The word of this value.
    fn word(self) -> &'static str;
    /// The value of a word.
    ///
    /// # Errors
    /// `word.unknown`, with the words that exist.
    fn parse(word: &str) -> Result<Self, ValueError> {
        Self::ALL.iter().copied().find(|value| value.word() == word).ok_or_else(|| {
            ValueError::new(
                "word.unknown",
                Self::NAME,
                "is not a word of the list",
                format!("one of {}", Self::WORDS.join(", ")),
            )
        })
    }
}

/// A row that is not the record it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{entity} {id} cannot be read: {source}")]
pub struct RecordError {
    /// The entity.
    pub entity: &'static str,
    /// The record's id as text, or what stood in its place.
    pub id: String,
    /// What is wrong.
    #[source]
    pub source: ValueError,
}

impl Coded for RecordError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Corrupt
    }
    fn code(&self) -> &'static str {
        "record.unreadable"
    }
    fn field(&self) -> Option<String> {
        self.source.field.clone()
    }
    fn hint(&self) -> Option<String> {
        self.source.hint()
    }
}
