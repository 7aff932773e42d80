//! The types of the rule language.

use clientela_model::{Column, ColumnType, Entity, Facet};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// The type of a value in a rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// The literal `null` alone.
    Null,
    /// Yes or no.
    Bool,
    /// A whole number of 64 bits. Where a decimal is wanted it becomes one, exactly.
    Int,
    /// An exact decimal of at most 28 digits. Literals with a decimal point are decimals, never floats.
    Decimal,
    /// Text.
    Text,
    /// A day.
    Date,
    /// A moment in UTC.
    Timestamp,
    /// So many years, months and days: what is added to a date.
    Period,
    /// So many seconds: what is added to a moment.
    Duration,
    /// A word of a closed list; compared with a word that is not in it, the rule is refused.
    Words(Arc<[Cow<'static, str>]>),
    /// The id of a record of this entity; empty for an id written in the rule.
    Id(Cow<'static, str>),
    /// Several values of one type.
    List(Box<Type>),
    /// A record.
    Record(Arc<RecordType>),
    /// The same, or nothing.
    Nullable(Box<Type>),
}

/// The type of a record: its fields, in the order of their slots in a [`Row`](crate::Row).
#[derive(Debug, Clone, PartialEq)]
pub struct RecordType {
    name: Cow<'static, str>,
    fields: Vec<FieldType>,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldType {
    /// Name in rules.
    pub name: Cow<'static, str>,
    /// Its type; [`Type::Nullable`] if it may be empty.
    pub ty: Type,
    /// What it is.
    pub doc: Cow<'static, str>,
    /// Whether it can tell something about a person: reasons do not show it unless asked to.
    pub personal: bool,
    /// Whether only profiles with the confidential facet may see it: reasons do not show it unless asked to.
    pub confidential: bool,
}

impl Type {
    /// The type without "or nothing".
    #[must_use]
    pub fn base(&self) -> &Self {
        if let Self::Nullable(inner) = self { inner.base() } else { self }
    }

    /// Whether nothing is a value of it.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_) | Self::Null)
    }

    /// The same, or nothing.
    #[must_use]
    pub fn or_null(self) -> Self {
        if self.is_nullable() { self } else { Self::Nullable(Box::new(self)) }
    }

    /// A list of this.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// A closed list of words.
    #[must_use]
    pub fn words(words: &[&'static str]) -> Self {
        Self::Words(words.iter().map(|word| Cow::Borrowed(*word)).collect())
    }

    /// The type of a column; none for bytes, which no rule can ask about.
    #[must_use]
    pub fn of_column(column: ColumnType) -> Option<Self> {
        Some(match column {
            ColumnType::Bool => Self::Bool,
            ColumnType::Integer => Self::Int,
            ColumnType::Decimal => Self::Decimal,
            ColumnType::Money => Self::Record(RecordType::money()),
            ColumnType::Date => Self::Date,
            ColumnType::Instant => Self::Timestamp,
            ColumnType::Text => Self::Text,
            ColumnType::Words(words) => Self::words(words),
            ColumnType::Id(entity) => Self::Id(Cow::Borrowed(entity)),
            ColumnType::Blob => return None,
        })
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.base(), Self::Int | Self::Decimal)
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.base(), Self::Text | Self::Words(_))
    }

    /// The type that holds values of both, if there is one.
    pub(crate) fn unify(&self, other: &Self) -> Option<Self> {
        let base = match (self.base(), other.base()) {
            (one, two) if one == two => one.clone(),
            (Self::Null, known) | (known, Self::Null) => known.clone(),
            (Self::Int, Self::Decimal) | (Self::Decimal, Self::Int) => Self::Decimal,
            (Self::Words(_) | Self::Text, Self::Words(_) | Self::Text) => Self::Text,
            (Self::Id(one), Self::Id(two)) if one.is_empty() || two.is_empty() => {
                Self::Id(if one.is_empty() { two.clone() } else { one.clone() })
            }
            (Self::List(one), Self::List(two)) => one.unify(two)?.list(),
            _ => return None,
        };
        Some(if self.is_nullable() || other.is_nullable() { base.or_null() } else { base })
    }

    /// Whether values of both can be equal.
    pub(crate) fn comparable(&self, other: &Self) -> bool {
        match (self.base(), other.base()) {
            (Self::Words(one), Self::Words(two)) => one.iter().any(|word| two.contains(word)),
            (Self::Record(_), _) | (_, Self::Record(_)) => false,
            (Self::List(one), Self::List(two)) => one.comparable(two),
            (one, two) => one.unify(two).is_some(),
        }
    }

    /// Whether values of this type have an order that rules may use.
    pub(crate) fn is_ordered(&self) -> bool {
        matches!(
            self.base(),
            Self::Int | Self::Decimal | Self::Text | Self::Date | Self::Timestamp | Self::Duration
        )
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool => f.write_str("yes or no"),
            Self::Int => f.write_str("a whole number"),
            Self::Decimal => f.write_str("a decimal"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("a date"),
            Self::Timestamp => f.write_str("an instant"),
            Self::Period => f.write_str("a period of days, months or years"),
            Self::Duration => f.write_str("a duration"),
            Self::Words(_) => f.write_str("a word of a closed list"),
            Self::Id(entity) if entity.is_empty() => f.write_str("an id"),
            Self::Id(entity) => write!(f, "the id of a record of {entity}"),
            Self::List(element) => write!(f, "a list of {}", Plural(element)),
            Self::Record(record) => write!(f, "a record of {}", record.name),
            Self::Nullable(inner) => inner.fmt(f),
        }
    }
}

/// The type in "a list of …".
struct Plural<'t>(&'t Type);

impl fmt::Display for Plural<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.base() {
            Type::Null => f.write_str("anything"),
            Type::Bool => f.write_str("yes or no"),
            Type::Int => f.write_str("whole numbers"),
            Type::Decimal => f.write_str("decimals"),
            Type::Text => f.write_str("texts"),
            Type::Date => f.write_str("dates"),
            Type::Timestamp => f.write_str("instants"),
            Type::Period => f.write_str("periods"),
            Type::Duration => f.write_str("durations"),
            Type::Words(_) => f.write_str("words"),
            Type::Id(_) => f.write_str("ids"),
            Type::List(element) => write!(f, "lists of {}", Plural(element)),
            Type::Record(record) => write!(f, "records of {}", record.name),
            Type::Nullable(inner) => Plural(inner).fmt(f),
        }
    }
}

impl FieldType {
    /// A field without documentation that everybody may see.
    pub fn new(name: impl Into<Cow<'static, str>>, ty: Type) -> Self {
        Self { name: name.into(), ty, doc: Cow::Borrowed(""), personal: false, confidential: false }
    }

    /// The same field with documentation.
    #[must_use]
    pub fn doc(mut self, doc: impl Into<Cow<'static, str>>) -> Self {
        self.doc = doc.into();
        self
    }

    /// The same field, marked as personal data.
    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// The same field, marked as confidential.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    fn of_column(column: &Column) -> Option<Self> {
        let ty = Type::of_column(column.ty)?;
        Some(Self {
            name: Cow::Borrowed(column.name),
            ty: if column.nullable { ty.or_null() } else { ty },
            doc: Cow::Borrowed(column.doc),
            personal: column.personal,
            confidential: column.facet != Facet::Standard,
        })
    }
}

impl RecordType {
    /// A record without fields.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), fields: Vec::new() }
    }

    /// The columns of an entity, in their order, without columns of bytes.
    ///
    /// An amount becomes a record with `amount` (decimal) and `currency` (text), so that a rule says which of the two it
    /// compares.
    #[must_use]
    pub fn from_entity(entity: &'static Entity) -> Self {
        Self {
            name: Cow::Borrowed(entity.name),
            fields: entity.columns.iter().filter_map(FieldType::of_column).collect(),
        }
    }

    /// What an amount of money is in a rule.
    #[must_use]
    pub fn money() -> Arc<Self> {
        static MONEY: LazyLock<Arc<RecordType>> = LazyLock::new(|| {
            let amount = FieldType::new("amount", Type::Decimal).doc("The number.");
            let currency = FieldType::new("currency", Type::Text).doc("ISO 4217 code.");
            Arc::new(RecordType::new("money").with(amount).with(currency))
        });
        Arc::clone(&MONEY)
    }

    /// The same record with one more field; a field of that name is replaced.
    #[must_use]
    pub fn with(mut self, field: FieldType) -> Self {
        match self.fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => self.fields.push(field),
        }
        self
    }

    /// The same record with the records that belong to it: `fleet`, `contacts`, `consents`.
    #[must_use]
    pub fn with_list(self, name: impl Into<Cow<'static, str>>, element: Arc<Self>) -> Self {
        self.with(FieldType::new(name, Type::Record(element).list()))
    }

    /// The same record with a record it refers to, or nothing.
    #[must_use]
    pub fn with_record(self, name: impl Into<Cow<'static, str>>, record: Arc<Self>) -> Self {
        self.with(FieldType::new(name, Type::Record(record).or_null()))
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its fields, in the order of the slots.
    #[must_use]
    pub fn fields(&self) -> &[FieldType] {
        &self.fields
    }

    /// The slot and the declaration of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &FieldType)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }
}
