//! The bounds that keep a hostile or careless rule from costing more than it is worth.

/// The longest source, in bytes.
pub const SOURCE_BYTES_MAX: usize = 16 * 1024;
/// The most nodes one rule may have: names, literals, operators, calls.
pub const NODES_MAX: usize = 2_000;
/// The deepest nesting of a rule. A chain of `&&` or `||` counts as one level, however long.
pub const DEPTH_MAX: usize = 32;
/// The deepest nesting of `exists`, `all`, `exists_one`, `filter` and `map` in one another.
pub const LOOP_NESTING_MAX: usize = 3;
/// The most steps one decision takes; a rule that needs more is unknown. A step is a visit of one part of the rule, and what
/// stands in a loop is visited for each entry. The lengths of a record's lists say beforehand how many there can be
/// ([`StepBound`](crate::plan::StepBound)), so every evaluator says the same.
pub const STEPS_MAX: u64 = 5_000_000;
/// The most findings reported about one rule.
pub const ERRORS_MAX: usize = 20;
/// The largest compiled form of one regular expression, in bytes.
pub const PATTERN_BYTES_MAX: usize = 1024 * 1024;
/// The most characters of one value or one condition shown in a reason.
pub const SHOWN_CHARS_MAX: usize = 120;
/// The most digits after the point that `format` writes.
pub const FORMAT_DIGITS_MAX: usize = 100;
