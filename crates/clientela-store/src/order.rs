//! In which order rows come.

use std::borrow::Cow;

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Smallest first; empty before all.
    #[default]
    Ascending,
    /// Greatest first; empty after all.
    Descending,
}

/// The columns rows are ordered by; rows that agree in all of them come by id.
///
/// Text is ordered by its bytes, numbers and amounts by their exact value, closed lists by their words' letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order(pub(crate) Vec<(Cow<'static, str>, Direction)>);

impl Order {
    /// By id alone.
    #[must_use]
    pub const fn by_id() -> Self {
        Self(Vec::new())
    }

    /// By this column, smallest first.
    pub fn by(column: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![(column.into(), Direction::Ascending)])
    }

    /// By this column, greatest first.
    pub fn by_descending(column: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![(column.into(), Direction::Descending)])
    }

    /// Then by this column.
    #[must_use]
    pub fn then(mut self, column: impl Into<Cow<'static, str>>, direction: Direction) -> Self {
        self.0.push((column.into(), direction));
        self
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[(Cow<'static, str>, Direction)] {
        &self.0
    }
}
