//! From a dossier of the quoting tool to the content of an offer.
//!
//! The tool's figures are kept as it states them; ours are computed beside them and compared.

use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::ProductKind;
use clientela_core::sales::waterfall::{
    ItemInput, MOST_DECIMALS, OfferInput, OptionInput, SettlementInput, SettlementKind, StatedLine,
    StatedTotals, StepChange, StepInput,
};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_exchange::quoting::{
    Adjustment, AdjustmentBasis, AdjustmentKind, Dossier, ExchangeId, Item, OfferReturn, ProblemCode,
    QuotingProblem, Totals,
};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money, Rounding};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A dossier as an offer, with the figures the tool states.
pub(super) struct Mapped {
    pub(super) input: OfferInput,
    pub(super) stated: StatedTotals,
}

/// Reads a dossier; `path` is its JSON pointer in the message.
///
/// # Errors
/// `quoting.schema_invalid` when the price of an item is said to be inside that of one that is not there; what amounts in
/// one currency can be wrong with.
pub(super) fn dossier(
    message: &OfferReturn,
    dossier: &Dossier,
    price_date: NaiveDate,
    path: &str,
) -> Result<Mapped> {
    let currency = Currency::parse(message.currency.as_str()).map_err(|error| error.at("currency"))?;
    let money = |number: clientela_exchange::quoting::ExactDecimal| Money::new(number.get(), currency);
    let all = dossier.items.as_slice();
    let mut carriers = Carriers::of(all);
    let mut inside: HashMap<&ExchangeId, Vec<&Item>> = HashMap::new();
    for (index, option) in all.iter().enumerate().filter(|(_, item)| included(item)) {
        let carrier = carriers.find(option).ok_or_else(|| {
            let text = "price of the item is said to be inside that of an item that is not in the dossier";
            QuotingProblem::new(ProblemCode::SchemaInvalid, text).at(format!("{path}/items/{index}"))
        })?;
        inside.entry(&carrier.item_id).or_default().push(option);
    }
    let mut items = Vec::new();
    let mut lines = Vec::new();
    for item in all.iter().filter(|item| !included(item)) {
        let mut input = plain(item, currency);
        if let Some(parent) = &item.parent_item_id {
            // What goes with something inside the price of an item goes with that item.
            input.parent_line =
                Some(carriers.named(parent).map_or(parent, |carrier| &carrier.item_id).as_str().into());
        }
        for option in inside.remove(&item.item_id).into_iter().flatten() {
            input.options.push(inside_price(option, item, currency));
        }
        let mut adjustments: Vec<&Adjustment> = item.adjustments.iter().flatten().collect();
        adjustments.sort_by_key(|adjustment| adjustment.order.get());
        input.steps = adjustments.into_iter().map(|adjustment| step(adjustment, currency)).collect();
        lines.push(StatedLine {
            line: item.item_id.to_string(),
            unit_net: money(item.unit_net),
            line_net: money(item.line_net),
        });
        items.push(input);
    }
    let settlements = settlements(dossier, &dossier.totals, currency);
    let settled =
        settlements.iter().try_fold(Money::zero(currency), |sum, one| sum.checked_add(one.amount))?;
    let totals = &dossier.totals;
    Ok(Mapped {
        input: OfferInput {
            currency,
            rounding: message.rounding,
            price_date: dossier.price_date.map_or(price_date, |day| day.get()),
            items,
            settlements,
        },
        stated: StatedTotals {
            net: money(totals.net),
            tax: money(totals.vat),
            gross: money(totals.gross),
            settled: Some(settled),
            payable: money(totals.payable),
            lines,
        },
    })
}

/// Whether the price of an item is inside that of another.
fn included(item: &Item) -> bool {
    item.included_in_parent_price == Some(true)
}

/// Finds the item that carries the price of another: itself, or the first above it whose price is its own.
struct Carriers<'a> {
    items: HashMap<&'a ExchangeId, &'a Item>,
    /// What was found before, so that long chains are walked once.
    found: HashMap<&'a ExchangeId, &'a Item>,
}

impl<'a> Carriers<'a> {
    fn of(items: &'a [Item]) -> Self {
        Self { items: items.iter().map(|item| (&item.item_id, item)).collect(), found: HashMap::new() }
    }

    fn named(&mut self, id: &ExchangeId) -> Option<&'a Item> {
        let item = self.items.get(id).copied()?;
        self.find(item)
    }

    /// None when an item on the way is missing, or the way goes round in a circle.
    fn find(&mut self, item: &'a Item) -> Option<&'a Item> {
        let mut passed = Vec::new();
        let mut at = item;
        let carrier = loop {
            if !included(at) {
                break at;
            }
            if let Some(known) = self.found.get(&at.item_id).copied() {
                break known;
            }
            if passed.len() > self.items.len() {
                return None;
            }
            passed.push(&at.item_id);
            at = self.items.get(at.parent_item_id.as_ref()?).copied()?;
        };
        self.found.extend(passed.into_iter().map(|id| (id, carrier)));
        Some(carrier)
    }
}

fn plain(item: &Item, currency: Currency) -> ItemInput {
    let tax = (item.vat.category.word(), item.vat.rate.get());
    let list = Money::new(item.unit_list.get(), currency);
    let code = item.product_code.as_str();
    let mut input = ItemInput::new(item.item_id.as_str(), kind(item), code, item.quantity.get(), list, tax);
    input.label = item.label.as_ref().map(|label| label.as_str().into());
    input.term_months = item.term_months.and_then(|months| u16::try_from(months.get()).ok());
    input
}

fn inside_price(option: &Item, item: &Item, currency: Currency) -> OptionInput {
    let list = Money::new(option.unit_list.get(), currency);
    let mut input = OptionInput::new(option.item_id.as_str(), option.product_code.as_str(), list);
    input.kind = kind(option);
    input.label = option.label.as_ref().map(|label| label.as_str().into());
    // The tool counts options over all vehicles of the line; we count them in one, as finely as an offer can.
    let each = option.quantity.get().checked_div(item.quantity.get());
    let each = each.map(|each| Rounding::HalfAwayFromZero.apply(each, MOST_DECIMALS).normalize());
    input.quantity = each.unwrap_or(Decimal::ONE);
    input
}

/// The two lists have the same words; a test keeps it so.
fn kind(item: &Item) -> ProductKind {
    ProductKind::parse(item.kind.word()).unwrap_or(ProductKind::Other)
}

fn step(adjustment: &Adjustment, currency: Currency) -> StepInput {
    let kind = match adjustment.kind {
        AdjustmentKind::Campaign => PriceStepKind::Campaign,
        AdjustmentKind::Volume => PriceStepKind::Volume,
        AdjustmentKind::Contract => PriceStepKind::Contract,
        AdjustmentKind::Manual => PriceStepKind::Manual,
        AdjustmentKind::Fleet => PriceStepKind::Fleet,
        AdjustmentKind::DealerMargin => PriceStepKind::DealerMargin,
        AdjustmentKind::Surcharge => PriceStepKind::Surcharge,
    };
    // The contract writes what is taken away as a positive number, we as a negative one.
    let sign =
        if adjustment.kind == AdjustmentKind::Surcharge { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    let change = match adjustment.percent {
        Some(percent) => StepChange::Percent {
            percent: percent.get() * sign,
            basis: match adjustment.basis {
                Some(AdjustmentBasis::List) => Basis::List,
                Some(AdjustmentBasis::Running) | None => Basis::Running,
            },
        },
        None => StepChange::Amount(Money::new(adjustment.amount.get() * sign, currency)),
    };
    let authority = adjustment.authority.and_then(|authority| Authority::parse(authority.word()).ok());
    let step = StepInput {
        kind,
        code: adjustment.code.to_string().into(),
        change,
        authority: authority.unwrap_or(Authority::None),
        label: adjustment.label.as_ref().map(|label| label.to_string().into()),
    };
    // The tool speaks for the manufacturer whose campaigns it has. What it gives nobody's name to is still somebody's money.
    step.by_hand(true)
}

fn settlements(dossier: &Dossier, totals: &Totals, currency: Currency) -> Vec<SettlementInput> {
    let mut settlements = Vec::new();
    for trade_in in dossier.trade_ins.iter().flatten() {
        let offered = Money::new(trade_in.offered.get(), currency);
        let mut one = SettlementInput::new(SettlementKind::TradeIn, trade_in.r#ref.as_str(), offered);
        one.appraised = Some(Money::new(trade_in.appraised.get(), currency));
        let words =
            [trade_in.make.as_ref(), trade_in.model.as_ref()].into_iter().flatten().map(ToString::to_string);
        one.label = Some(words.collect::<Vec<_>>().join(" ")).filter(|label| !label.is_empty());
        settlements.push(one);
    }
    if let Some(deposit) = totals.deposit.filter(|deposit| !deposit.get().is_zero()) {
        settlements.push(SettlementInput::new(
            SettlementKind::Deposit,
            "deposit",
            Money::new(deposit.get(), currency),
        ));
    }
    settlements
}
