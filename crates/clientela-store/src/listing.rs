//! Lists in pages, by a place and not by a number of rows: what is entered meanwhile moves nothing.

use crate::error::StoreError;
use crate::order::Direction;
use crate::reader::Reader;
use crate::row::RowView;
use crate::sql::cell::{Cell, Parameter};
use crate::sql::condition::find;
use crate::sql::list::{self, Page, Place};
use crate::sql::list_table::{Part, SortType, sort_type};
use crate::sql::query::selection;
use clientela_model::{Entity, Figure, Predicate, Value};
use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;
use uuid::Uuid;

/// A page of a list that is asked for.
#[derive(Debug, Clone)]
pub struct Listing<'q> {
    /// Whose records.
    pub entity: &'static Entity,
    /// What they satisfy. What it says of owners and units is used to find the page without looking at the other records.
    pub condition: &'q Predicate,
    /// The column they come in the order of, then by id: text, letter case of ASCII aside, a word, a day, an instant, a number; or a
    /// figure of the schema.
    pub column: &'q str,
    /// The currency of a figure that is a sum of amounts; only records with an amount in it are listed.
    pub currency: Option<&'q str>,
    /// Up, what is empty first, or down, what is empty last.
    pub direction: Direction,
    /// Only what comes after this place.
    pub after: Option<&'q Mark>,
    /// How many at most.
    pub limit: usize,
}

/// A record of a list, and its place there.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its values, in the order of the declaration.
    pub values: Vec<Value>,
    /// Its place.
    pub mark: Mark,
}

/// A place in a list: what stands there is sorted by, and its id. As text it can be kept by whoever pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark(pub(crate) Place);

/// A text that is no place of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place of a list; give back what came with the page before")]
pub struct NoMark;

impl Mark {
    /// What the record is sorted by, when that is a number or an instant in microseconds; none when it is empty.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self.0.sort {
            Parameter::Integer(number) if number != i64::MIN => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.id.simple();
        match &self.0.sort {
            Parameter::Integer(number) => write!(f, "n{id}{number}"),
            Parameter::Text(text) => write!(f, "t{id}{text}"),
            Parameter::Blob(_) => Ok(()),
        }
    }
}

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let (kind, rest) = text.split_at_checked(1).ok_or(NoMark)?;
        let (id, sort) = rest.split_at_checked(32).ok_or(NoMark)?;
        let sort = match kind {
            "n" => Parameter::Integer(sort.parse().map_err(|_| NoMark)?),
            "t" => Parameter::Text(sort.to_owned()),
            _ => return Err(NoMark),
        };
        Ok(Self(Place { sort, id: Uuid::try_parse(id).map_err(|_| NoMark)? }))
    }
}

/// Whether lists can come in the order of a column.
#[must_use]
pub fn is_sortable(column: &clientela_model::Column) -> bool {
    sort_type(column).is_some()
}

impl Reader<'_> {
    /// One page of a list.
    ///
    /// # Errors
    /// `store.unknown_entity`, `store.unknown_column` for a column without an order too, or a place of another list,
    /// `predicate.too_large` and what the store says.
    pub fn listed(&self, asked: &Listing<'_>) -> Result<Vec<Listed>, StoreError> {
        self.known(asked.entity)?;
        let unknown =
            || StoreError::UnknownColumn { entity: asked.entity.name, column: asked.column.to_owned() };
        let summary = self.plan.schema.summary(asked.entity.name, asked.column);
        let column =
            summary.map_or_else(|| find(asked.entity, asked.column), |summary| Ok(&summary.column))?;
        let in_parts = summary.is_some_and(|summary| matches!(summary.figure, Figure::Sum(_)));
        let part = asked.currency.map(|currency| Part::new(currency).ok_or_else(unknown)).transpose()?;
        if in_parts != part.is_some() {
            return Err(unknown());
        }
        let kind = sort_type(column).ok_or_else(unknown)?;
        let after = asked.after.map(|mark| &mark.0);
        if let Some(place) = after {
            let fits = matches!(
                (kind, &place.sort),
                (SortType::Text, Parameter::Text(_)) | (SortType::Integer, Parameter::Integer(_))
            );
            if !fits {
                return Err(unknown());
            }
        }
        let page = Page {
            entity: asked.entity,
            column,
            predicate: asked.condition,
            direction: asked.direction,
            after,
            limit: asked.limit as u64,
            summary,
            part,
        };
        let columns = selection(asked.entity.columns);
        let query = list::page(self.plan, &page, &columns)?;
        let sort_at =
            columns.last().map_or(1, |last| last.at + crate::sql::table::suffixes(last.column.ty).len());
        let id_at = columns.first().map_or(1, |first| first.at);
        let mut found = Vec::new();
        self.run(&query, &mut |row| {
            let mut values = Vec::with_capacity(columns.len());
            RowView::new(row, &columns).values(&mut values)?;
            let sort = match row.cell(sort_at)? {
                Cell::Integer(number) => Parameter::Integer(number),
                Cell::Text(text) => Parameter::Text(text.to_owned()),
                _ => return Err(StoreError::damaged("a list is sorted by something of another type")),
            };
            let id = crate::sql::cell::read_id(row.blob(id_at)?)?;
            found.push(Listed { values, mark: Mark(Place { sort, id }) });
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}
