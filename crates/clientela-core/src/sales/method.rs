//! Sales methods: named sequences of stages, with and without the configurator.

use crate::ids::{SalesMethodId, StageId};
use clientela_model::{ClosedList, Record};

/// A sales method.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 20, name = "sales_method", access = public, key = code)]
pub struct SalesMethod {
    /// Id.
    #[field(number = 1)]
    pub id: SalesMethodId,
    /// Code, such as "with-configurator".
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// Whether offers come from the configurator.
    #[field(number = 4)]
    pub with_configurator: bool,
    /// Whether new opportunities may use it.
    #[field(number = 5)]
    pub active: bool,
}

/// What an open opportunity in a stage counts as in a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ForecastCategory {
    /// Not counted.
    Omitted,
    /// Pipeline.
    Pipeline,
    /// Best case.
    BestCase,
    /// Commit.
    Commit,
}

/// A stage of a sales method.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 21, name = "stage", access = public, part_of(sales_method, method))]
pub struct Stage {
    /// Id.
    #[field(number = 1)]
    pub id: StageId,
    /// The method.
    #[field(number = 2)]
    pub method: SalesMethodId,
    /// Place in the sequence, from 1.
    #[field(number = 3)]
    pub sequence: u16,
    /// Code, such as "offer".
    #[field(number = 4)]
    pub code: String,
    /// Name.
    #[field(number = 5)]
    pub name: String,
    /// Probability of winning from here, in percent.
    #[field(number = 6, label = "Probability (%)")]
    pub probability: u16,
    /// Days an opportunity usually stays.
    #[field(number = 7)]
    pub expected_days: Option<u16>,
    /// What it counts as in a forecast.
    #[field(number = 8)]
    pub forecast: ForecastCategory,
    /// Condition to come in, a rule over `opportunity` and `customer`.
    #[field(number = 9)]
    pub entry_rule: Option<String>,
}
