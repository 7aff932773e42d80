//! The types of records: what a rule may ask of a customer.

use super::Type;
use clientela_model::{Column, Entity, Facet};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// The type of a record: its fields, in the order of their slots in a [`Row`](crate::Row).
#[derive(Debug, Clone, PartialEq)]
pub struct RecordType {
    name: Cow<'static, str>,
    fields: Vec<FieldType>,
    /// The name behind which any field may stand.
    open_behind: Option<Cow<'static, str>>,
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
        Self { name: name.into(), fields: Vec::new(), open_behind: None }
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
            open_behind: None,
        }
    }

    /// The same record, where any field may stand behind this name, such as `custom.credit_line` behind `custom`: which there
    /// are is not known yet, so their types are only known when the rule runs, and each may be personal and confidential.
    #[must_use]
    pub fn open_behind(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.open_behind = Some(name.into());
        self
    }

    /// Whether any field may stand behind a name.
    pub(crate) fn is_open_behind(&self, name: &str) -> bool {
        self.open_behind.as_ref().is_some_and(|open| open == name)
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
