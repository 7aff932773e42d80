//! Which column of a table goes into which column of a record: guessed, shown, changed by a person, kept, checked.

use super::reader::Row;
use super::synonyms::{self, plain};
use clientela_model::{ClosedList, Coded, ColumnType, Entity, ErrorKind, Issue};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A column that can be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Whether rows without it cannot be taken.
    pub required: bool,
    /// Further words it is known by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

impl Target {
    /// A column of this name, not required.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), label: name.to_owned(), required: false, words: Vec::new() }
    }

    /// The same, required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, also known by this word.
    #[must_use]
    pub fn known_as(mut self, word: &str) -> Self {
        self.words.push(word.to_owned());
        self
    }

    /// The columns of a declared record that a table can fill: all but its own id, views' columns and bytes. Required are
    /// those that may not be empty and whose content only the table can know: text, numbers, amounts and days.
    #[must_use]
    pub fn of_entity(entity: &Entity) -> Vec<Self> {
        let fillable = entity
            .columns
            .iter()
            .skip(1)
            .filter(|column| column.from.is_none() && column.ty != ColumnType::Blob);
        fillable
            .map(|column| Self {
                name: column.name.to_owned(),
                label: column.label.to_owned(),
                required: !column.nullable
                    && matches!(
                        column.ty,
                        ColumnType::Text | ColumnType::Decimal | ColumnType::Money | ColumnType::Date
                    ),
                words: Vec::new(),
            })
            .collect()
    }

    /// How well a header fits.
    fn fits(&self, header: &str) -> Option<Confidence> {
        let header = plain(header);
        if header.is_empty() {
            return None;
        }
        if header == plain(&self.name) || header == plain(&self.label) {
            return Some(Confidence::Exact);
        }
        let given = self.words.iter().map(|word| plain(word));
        let words: Vec<String> = given.chain(synonyms::of(&self.name).map(plain)).collect();
        if words.contains(&header) {
            return Some(Confidence::Synonym);
        }
        let own = [plain(&self.name), plain(&self.label)];
        let similar = words.iter().chain(&own).any(|word| close(&header, word) || within(&header, word));
        similar.then_some(Confidence::Similar)
    }
}

/// Shortest word that is compared by resemblance; shorter ones resemble too much.
const SHORTEST: usize = 5;

/// Whether one letter more, less or other makes one the other.
fn close(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let (short, long) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    if short.len() < SHORTEST || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long.iter()).take_while(|(left, right)| left == right).count();
    let rest = |letters: &[char], from: usize| letters.get(from..).unwrap_or_default().to_vec();
    rest(short, same + usize::from(short.len() == long.len())) == rest(long, same + 1) || short == long
}

/// Whether the word stands in the header among other words: `Telefono ufficio`.
fn within(header: &str, word: &str) -> bool {
    word.len() >= SHORTEST && format!(" {header} ").contains(&format!(" {word} "))
}

/// Why a column was given its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Confidence {
    /// What stands in the column has the form of it.
    Content,
    /// The header resembles a word for it, or holds one.
    Similar,
    /// The header is another word for it.
    Synonym,
    /// The header is its name.
    Exact,
    /// A person said so.
    Chosen,
}

/// One column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// Its header.
    pub header: String,
    /// Where it goes; none when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why it goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

/// Which column of a table goes where. Kept as JSON and used again for the next table of the same kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The columns, in the table's order.
    pub columns: Vec<MappedColumn>,
}

impl Mapping {
    /// The mapping the headers suggest: each target at most once, better reasons before worse, left before right.
    #[must_use]
    pub fn guess(headers: &[String], targets: &[Target]) -> Self {
        let mut columns: Vec<MappedColumn> = headers
            .iter()
            .map(|header| MappedColumn { header: header.clone(), target: None, confidence: None })
            .collect();
        let mut candidates: Vec<(Confidence, usize, &Target)> = headers
            .iter()
            .enumerate()
            .flat_map(|(index, header)| {
                targets.iter().filter_map(move |target| Some((target.fits(header)?, index, target)))
            })
            .collect();
        candidates.sort_by_key(|(confidence, index, _)| (std::cmp::Reverse(*confidence), *index));
        let mut taken = HashSet::new();
        for (confidence, index, target) in candidates {
            if let Some(column) = columns.get_mut(index)
                && column.target.is_none()
                && taken.insert(target.name.as_str())
            {
                column.target = Some(target.name.clone());
                column.confidence = Some(confidence);
            }
        }
        Self { columns }
    }

    /// Sends a column to a target, or nowhere; a column that went there before goes nowhere.
    ///
    /// # Errors
    /// `mapping.no_header` when the table has no column of that header.
    pub fn assign(&mut self, header: &str, target: Option<&str>) -> Result<(), MappingError> {
        let position = self.columns.iter().position(|column| column.header == header);
        let Some(position) = position else {
            return Err(MappingError { faults: vec![MappingFault::NoHeader { header: header.to_owned() }] });
        };
        for (index, column) in self.columns.iter_mut().enumerate() {
            if index == position {
                column.target = target.map(str::to_owned);
                column.confidence = target.map(|_| Confidence::Chosen);
            } else if target.is_some() && column.target.as_deref() == target {
                column.target = None;
                column.confidence = None;
            }
        }
        Ok(())
    }

    /// Checks the mapping against a table and what can be filled; all faults at once.
    ///
    /// # Errors
    /// The table has other headers, a target does not exist or is filled twice, a required one is not filled.
    pub fn check(&self, headers: &[String], targets: &[Target]) -> Result<(), MappingError> {
        let mut faults = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            if headers.get(index) != Some(&column.header) {
                faults.push(MappingFault::NoHeader { header: column.header.clone() });
            }
        }
        if headers.len() > self.columns.len() {
            faults.push(MappingFault::MoreColumns { expected: self.columns.len(), found: headers.len() });
        }
        let mut filled = HashSet::new();
        for target in self.columns.iter().filter_map(|column| column.target.as_deref()) {
            if !targets.iter().any(|known| known.name == target) {
                faults.push(MappingFault::NoTarget { target: target.to_owned() });
            } else if !filled.insert(target) {
                faults.push(MappingFault::Twice { target: target.to_owned() });
            }
        }
        for target in
            targets.iter().filter(|target| target.required && !filled.contains(target.name.as_str()))
        {
            faults.push(MappingFault::Required { target: target.name.clone() });
        }
        if faults.is_empty() { Ok(()) } else { Err(MappingError { faults }) }
    }

    /// The cells of a row that go somewhere, with their targets.
    pub fn apply<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.columns.iter().zip(&row.cells);
        pairs.filter_map(|(column, cell)| Some((column.target.as_deref()?, cell.as_str())))
    }
}

/// One fault of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// The table has no such column at that place.
    #[error("table has no column \"{header}\" at its place; expected the headers the mapping was made for")]
    NoHeader {
        /// The header.
        header: String,
    },
    /// The table has more columns than the mapping.
    #[error("table has {found} columns; expected the {expected} of the mapping")]
    MoreColumns {
        /// Columns of the mapping.
        expected: usize,
        /// Columns of the table.
        found: usize,
    },
    /// There is nothing of that name to fill.
    #[error("{target} is nothing that can be filled; expected the name of a column")]
    NoTarget {
        /// The name.
        target: String,
    },
    /// Two columns go to the same target.
    #[error("{target} is filled by two columns; expected one")]
    Twice {
        /// The target.
        target: String,
    },
    /// A required column is not filled.
    #[error("{target} is required and not filled; expected a column for it")]
    Required {
        /// The target.
        target: String,
    },
}

impl MappingFault {
    /// The stable word of the fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoHeader { .. } => "mapping.no_header",
            Self::MoreColumns { .. } => "mapping.more_columns",
            Self::NoTarget { .. } => "mapping.no_target",
            Self::Twice { .. } => "mapping.twice",
            Self::Required { .. } => "mapping.required",
        }
    }

    /// The header or target concerned.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::NoHeader { header } => header,
            Self::NoTarget { target } | Self::Twice { target } | Self::Required { target } => target,
            Self::MoreColumns { .. } => "",
        }
    }
}

/// A mapping that does not fit; all its faults.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("mapping does not fit: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct MappingError {
    /// The faults, columns first, then targets.
    pub faults: Vec<MappingFault>,
}

impl Coded for MappingError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        self.faults.first().map_or("mapping", MappingFault::code)
    }
    fn field(&self) -> Option<String> {
        self.faults.first().map(|fault| fault.field().to_owned()).filter(|field| !field.is_empty())
    }
    fn issues(&self) -> Vec<Issue> {
        let issue = |fault: &MappingFault| Issue {
            code: fault.code().to_owned(),
            field: fault.field().to_owned(),
            message: fault.to_string(),
        };
        self.faults.iter().map(issue).collect()
    }
}
