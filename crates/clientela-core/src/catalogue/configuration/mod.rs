//! Configuration: which options of a product go together, what follows from a choice, and how a clash is mended.
//!
//! A [`ConfigurableProduct`] is data: groups, options, rules. [`Compiled::new`] reads it and names everything that is wrong with
//! it; then [`Compiled::configure`] says after each choice what is forced, ruled out or open, [`Compiled::complete`] chooses the
//! rest, [`Compiled::check`] judges a finished configuration, and [`Compiled::explain`] says why one option stands as it does.
//! Each names the rules it rests on. A conflict names rules and choices of which none can be left out, and the fewest choices to
//! take back; where several sets are equally small, first those that keep the latest choices.

mod availability;
mod check;
mod compile;
mod complete;
mod configure;
mod conflict;
mod definition;
mod settle;
#[cfg(test)]
mod tests;

pub use availability::{Availability, MarketFacts, availability_environment};
pub use check::Check;
pub use compile::Compiled;
pub use complete::{Completion, Objective};
pub use configure::{Choices, Configuration, OptionState, Standing};
pub use conflict::{Conflict, Repair, RuleSaid};
pub use definition::{
    ConfigurableProduct, ConfigurationRule, ConfigurationRuleKind, CustomValue, OptionGroup, ProductOption,
};
