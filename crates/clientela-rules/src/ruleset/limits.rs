//! The bounds that keep a hostile or careless document from costing more than it is worth.

/// The longest document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// The deepest nesting of a document.
pub const DOCUMENT_DEPTH_MAX: usize = 40;
/// The most values, keys included, of a document.
pub const DOCUMENT_NODES_MAX: usize = 50_000;
/// The most rows of a rule set, those of nested rules and tables included.
pub const ROWS_MAX: usize = 2_000;
/// The most columns of a table.
pub const COLUMNS_MAX: usize = 20;
/// The most cells of a table.
pub const CELLS_MAX: usize = 10_000;
/// The most variables and columns of a rule set.
pub const VARIABLES_MAX: usize = 200;
/// The longest chain of variables that use one another.
pub const VARIABLE_CHAIN_MAX: usize = 8;
/// The deepest nesting of rules in one another.
pub const NESTED_RULES_MAX: usize = 6;
/// The most test cases of a rule set.
pub const CASES_MAX: usize = 500;
/// The most steps of the search for a gap in a table; beyond, the table is not checked, and that is said.
pub const GAP_STEPS_MAX: usize = 200_000;
/// The most steps one decision of a rule set may take by its estimate; see [`crate::cost`].
pub const COST_MAX: u64 = 5_000_000;
