//! Many records of one kind in columns, with the records that belong to each.

use crate::bits::Bits;
use crate::column::Column;
use crate::error::ColumnsError;
use crate::segments::last_children;
use std::sync::Arc;

/// Many records of one kind: a column for each field, children beside their parents.
#[derive(Debug, Clone, Default)]
pub struct Records {
    rows: usize,
    columns: Vec<(String, Arc<Column>)>,
    children: Vec<(String, Arc<Children>)>,
}

/// Records that belong to others, in the order of their parents.
#[derive(Debug, Clone)]
pub struct Children {
    /// Where the children of each parent begin; one more at the end.
    offsets: Arc<[u32]>,
    /// The last child of each parent that has any.
    last_children: Arc<Bits>,
    records: Records,
    /// The children that may be seen; none if all may.
    visible: Option<Bits>,
    /// The parents that have a list, be it empty; none if all have.
    given: Option<Bits>,
    /// How many children a parent has at most.
    longest: usize,
}

impl Records {
    /// So many records without fields.
    #[must_use]
    pub const fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new(), children: Vec::new() }
    }

    /// The same with one more column. Fields of a record within the record are named with a dot, as in rules; the values
    /// of a list of plain values have no name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, column: impl Into<Arc<Column>>) -> Self {
        let name = name.into();
        self.columns.retain(|(known, _)| *known != name);
        self.columns.push((name, column.into()));
        self
    }

    /// The same with records that belong to them.
    #[must_use]
    pub fn with_children(mut self, name: impl Into<String>, children: impl Into<Arc<Children>>) -> Self {
        let name = name.into();
        self.children.retain(|(known, _)| *known != name);
        self.children.push((name, children.into()));
        self
    }

    /// How many there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The names and columns.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Arc<Column>)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// The children of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Arc<Children>> {
        self.children.iter().find(|(known, _)| known == name).map(|(_, children)| children)
    }

    /// The names and children.
    pub fn children(&self) -> impl Iterator<Item = (&str, &Arc<Children>)> {
        self.children.iter().map(|(name, children)| (name.as_str(), children))
    }

    /// The bytes all of it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let columns: usize = self.columns.iter().map(|(_, column)| column.memory()).sum();
        let children: usize = self.children.iter().map(|(_, children)| children.memory()).sum();
        columns + children
    }
}

impl Children {
    /// Children in the order of their parents; `offsets` says where those of each parent begin, with one more at the end.
    ///
    /// # Errors
    /// `columns.offsets` when the offsets go back or do not end with the number of children.
    pub fn new(offsets: impl Into<Arc<[u32]>>, records: Records) -> Result<Self, ColumnsError> {
        let offsets = offsets.into();
        let ends = offsets.last().map(|end| *end as usize) == Some(records.rows);
        let starts = offsets.first() == Some(&0);
        if !starts || !ends || !offsets.is_sorted() {
            return Err(ColumnsError::Offsets { children: records.rows });
        }
        let last_children = Arc::new(last_children(&offsets));
        let longest = offsets.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0) as usize;
        Ok(Self { offsets, last_children, records, visible: None, given: None, longest })
    }

    /// The same, of which only these may be seen.
    ///
    /// # Errors
    /// `columns.offsets` when there are not as many as children.
    pub fn seen(mut self, visible: Option<Bits>) -> Result<Self, ColumnsError> {
        if visible.as_ref().is_some_and(|visible| visible.len() != self.records.rows) {
            return Err(ColumnsError::Offsets { children: self.records.rows });
        }
        self.visible = visible;
        Ok(self)
    }

    /// The same, where only these parents have a list, be it empty: of the others it is missing, and what is asked of it
    /// unknown.
    ///
    /// # Errors
    /// `columns.offsets` when there are not as many as parents.
    pub fn given(mut self, given: Option<Bits>) -> Result<Self, ColumnsError> {
        if given.as_ref().is_some_and(|given| given.len() != self.parents()) {
            return Err(ColumnsError::Offsets { children: self.records.rows });
        }
        self.given = given;
        Ok(self)
    }

    /// How many parents there are.
    #[must_use]
    pub fn parents(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The rows of the children of a parent.
    #[must_use]
    pub fn of(&self, parent: usize) -> std::ops::Range<usize> {
        let at = |number: usize| self.offsets.get(number).map_or(0, |offset| *offset as usize);
        at(parent)..at(parent + 1)
    }

    /// Where the children of each parent begin.
    #[must_use]
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    pub(crate) fn last_children(&self) -> &Bits {
        &self.last_children
    }

    /// The children.
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// The parents that have a list; none if all have.
    pub(crate) const fn having(&self) -> Option<&Bits> {
        self.given.as_ref()
    }

    /// Whether a parent has a list, be it empty.
    #[must_use]
    pub fn is_given(&self, parent: usize) -> bool {
        self.given.as_ref().is_none_or(|given| given.get(parent))
    }

    /// How many children a parent has at most.
    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }

    /// The children of a parent that may be seen.
    pub(crate) fn seen_of(&self, parent: usize) -> impl Iterator<Item = usize> + '_ {
        self.of(parent).filter(|row| self.visible.as_ref().is_none_or(|visible| visible.get(*row)))
    }

    /// Those that may be seen; none if all may.
    #[must_use]
    pub const fn visible(&self) -> Option<&Bits> {
        self.visible.as_ref()
    }

    fn memory(&self) -> usize {
        self.offsets.len() * 4
            + self.last_children.memory()
            + self.records.memory()
            + [&self.visible, &self.given].into_iter().flatten().map(Bits::memory).sum::<usize>()
    }
}

/// What rules are asked about: the records, and the name rules have for one of them.
#[derive(Debug, Clone)]
pub struct Population {
    /// The variable that stands for a record; none if each field is a variable of its own.
    variable: Option<String>,
    records: Arc<Records>,
}

impl Population {
    /// Records that rules call by this name, such as `customer`.
    pub fn named(variable: impl Into<String>, records: impl Into<Arc<Records>>) -> Self {
        Self { variable: Some(variable.into()), records: records.into() }
    }

    /// Records whose fields rules call by their own names.
    pub fn of_columns(records: impl Into<Arc<Records>>) -> Self {
        Self { variable: None, records: records.into() }
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &Arc<Records> {
        &self.records
    }

    /// The variable that stands for a record.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }
}
