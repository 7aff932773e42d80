//! Quantity schedules and exchange rates: what is looked up by number and day.

use crate::ids::{DiscountScheduleId, ExchangeRateId, ProductId, ScheduleTierId};
use crate::sales::exact;
use crate::sales::waterfall::{PricingError, Tier, range_percent};
use chrono::{Months, NaiveDate};
use clientela_model::identifier::Currency;
use clientela_model::money::{Rate, RateTable};
use clientela_model::{ClosedList, Money, Record};
use rust_decimal::Decimal;

/// How the tiers of a schedule are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ScheduleKind {
    /// The whole quantity at the percent of its tier.
    Range,
    /// Each unit at the percent of the tier it falls in.
    Slab,
    /// The price of one falls with a power of the quantity: list ÷ quantity^(rate ÷ 100).
    Compound,
}

/// Which quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum ScheduleScope {
    /// That of the line.
    Line,
    /// That of all lines of the same product line.
    Group,
    /// That of all lines of the same kind in the document.
    Document,
    /// The document's, and what the customer has ordered before.
    PastOrders,
}

/// A quantity schedule: the more, the lower the price.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 178, name = "discount_schedule", access = public, key = code)]
pub struct DiscountSchedule {
    /// Id.
    #[field(number = 1)]
    pub id: DiscountScheduleId,
    /// Code.
    #[field(number = 2, indexed)]
    pub code: String,
    /// Name.
    #[field(number = 3)]
    pub name: String,
    /// How its tiers are read.
    #[field(number = 4)]
    pub kind: ScheduleKind,
    /// Which quantity counts.
    #[field(number = 5)]
    pub scope: ScheduleScope,
    /// Rate in percent, for compound schedules; they have no tiers.
    #[field(number = 6, label = "Rate (%)")]
    pub rate_percent: Option<Decimal>,
    /// How many months before the offer's day past orders count; all of them when empty.
    #[field(number = 7)]
    pub past_months: Option<u16>,
    /// Last day, empty while it lasts.
    #[field(number = 8)]
    pub valid_to: Option<NaiveDate>,
}

impl DiscountSchedule {
    /// Whether it takes anything on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether an order of `ordered` counts for an offer of `day`: not one after it, nor one before the months it looks back.
    #[must_use]
    pub fn looks_back_to(&self, ordered: NaiveDate, day: NaiveDate) -> bool {
        let since = self.past_months.and_then(|months| day.checked_sub_months(Months::new(months.into())));
        ordered <= day && since.is_none_or(|since| since <= ordered)
    }
}

/// Units a customer ordered before, as schedules count them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastUnits {
    /// The product.
    pub product: ProductId,
    /// Its product line.
    pub line: Option<String>,
    /// The day of the order.
    pub day: NaiveDate,
    /// How many.
    pub quantity: Decimal,
}

/// The units a schedule counts beside those of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Those before the line: of past orders and of lines above it.
    pub before: Decimal,
    /// All of them, those of the line and of lines below it included.
    pub all: Decimal,
}

impl Counted {
    /// Of a line by itself.
    #[must_use]
    pub const fn alone(quantity: Decimal) -> Self {
        Self { before: Decimal::ZERO, all: quantity }
    }
}

/// A tier of a schedule.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 179, name = "schedule_tier", access = through(schedule), part_of(discount_schedule, schedule))]
pub struct ScheduleTier {
    /// Id.
    #[field(number = 1)]
    pub id: ScheduleTierId,
    /// The schedule.
    #[field(number = 2)]
    pub schedule: DiscountScheduleId,
    /// From this quantity on, it included.
    #[field(number = 3)]
    pub from_quantity: Decimal,
    /// Percent taken away.
    #[field(number = 4, label = "Percent (%)")]
    pub percent: Decimal,
}

/// A dated exchange rate.
#[derive(Debug, Clone, PartialEq, Record)]
#[record(number = 180, name = "exchange_rate", access = public)]
pub struct ExchangeRate {
    /// Id.
    #[field(number = 1)]
    pub id: ExchangeRateId,
    /// From this currency.
    #[field(number = 2, indexed)]
    pub from: Currency,
    /// To this one.
    #[field(number = 3)]
    pub to: Currency,
    /// Units of the second for one of the first.
    #[field(number = 4)]
    pub rate: Decimal,
    /// Valid from this day until a newer one.
    #[field(number = 5)]
    pub since: NaiveDate,
}

impl ExchangeRate {
    /// The rates that are stored, to convert by.
    pub fn table(rates: impl IntoIterator<Item = Self>) -> RateTable {
        let rate = |one: Self| Rate { from: one.from, to: one.to, since: one.since, rate: one.rate };
        RateTable::new(rates.into_iter().map(rate).collect())
    }
}

/// What a schedule takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleDiscount {
    /// So many percent of the price of one.
    Percent(Decimal),
    /// So much off the whole line.
    Line(Money),
}

/// Decimals kept of the percent of a compound schedule.
const COMPOUND_DIGITS: u32 = 8;

/// What a schedule takes from a line of `quantity` at `unit_list`, where `counted` are the units its scope counts; none when it takes
/// nothing. Ranges and compound schedules go by all units, whichever line they are on.
///
/// Slabs go on where the units before the line end: with 15 before and 10 on the line, its units are the 16th to the 25th. So the
/// lines of a group share the tiers out as one line with all of their units would.
///
/// # Errors
/// `offer.tiers` for tiers out of order, `offer.overflow`.
pub fn scheduled(
    schedule: &DiscountSchedule,
    tiers: &[Tier],
    quantity: Decimal,
    counted: Counted,
    unit_list: Money,
) -> Result<Option<ScheduleDiscount>, PricingError> {
    let overflow = || PricingError::Overflow { place: crate::sales::waterfall::Place::Request("quantity") };
    let percent = range_percent(tiers, counted.all)?;
    Ok(match schedule.kind {
        ScheduleKind::Range => percent.filter(|percent| !percent.is_zero()).map(ScheduleDiscount::Percent),
        ScheduleKind::Slab => {
            let last = counted.before.checked_add(quantity).ok_or_else(overflow)?;
            let upper = |index: usize| tiers.get(index + 1).map(|tier| tier.from);
            let mut hundredfold = Decimal::ZERO;
            for (index, tier) in tiers.iter().enumerate() {
                // Units are counted from 1: a tier from 10 on holds the 10th.
                let from = (tier.from - Decimal::ONE).max(counted.before);
                let to = upper(index).map_or(last, |next| (next - Decimal::ONE).min(last));
                let units = (to - from).max(Decimal::ZERO);
                let part = units.checked_mul(tier.percent).ok_or_else(overflow)?;
                hundredfold = hundredfold.checked_add(part).ok_or_else(overflow)?;
            }
            let amount = unit_list.percent(hundredfold).map_err(|_| overflow())?.rounded();
            (!amount.is_zero()).then_some(ScheduleDiscount::Line(amount))
        }
        ScheduleKind::Compound => {
            let rate = schedule.rate_percent.unwrap_or_default();
            if counted.all <= Decimal::ONE || rate <= Decimal::ZERO {
                return Ok(None);
            }
            let exponent = -rate.checked_div(Decimal::ONE_HUNDRED).ok_or_else(overflow)?;
            let factor = exact::real_power(counted.all, exponent).ok_or_else(overflow)?;
            let percent = (Decimal::ONE - factor) * Decimal::ONE_HUNDRED;
            Some(ScheduleDiscount::Percent(percent.round_dp(COMPOUND_DIGITS)))
        }
    })
}
