//! From a dossier of the quoting tool to the content of an offer.
//!
//! The tool's figures are kept as it states them; ours are computed beside them and compared.

use crate::error::Result;
use chrono::NaiveDate;
use clientela_core::catalogue::ProductKind;
use clientela_core::sales::waterfall::{
    ItemInput, OfferInput, OptionInput, SettlementInput, SettlementKind, StatedLine, StatedTotals,
    StepChange, StepInput,
};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_exchange::quoting::{
    Adjustment, AdjustmentBasis, AdjustmentKind, Dossier, Item, OfferReturn, Totals,
};
use clientela_model::identifier::Currency;
use clientela_model::{ClosedList, Money};
use rust_decimal::Decimal;

/// A dossier as an offer, with the figures the tool states.
pub(super) struct Mapped {
    pub(super) input: OfferInput,
    pub(super) stated: StatedTotals,
}

pub(super) fn dossier(message: &OfferReturn, dossier: &Dossier, price_date: NaiveDate) -> Result<Mapped> {
    let currency = Currency::parse(message.currency.as_str()).map_err(|error| error.at("currency"))?;
    let money = |number: clientela_exchange::quoting::ExactDecimal| Money::new(number.get(), currency);
    let all: Vec<&Item> = dossier.items.as_slice().iter().collect();
    let mut items = Vec::new();
    let mut lines = Vec::new();
    for item in all.iter().filter(|item| !inside(item)) {
        let mut input = plain(item, currency);
        for option in all
            .iter()
            .filter(|option| inside(option) && option.parent_item_id.as_ref() == Some(&item.item_id))
        {
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

/// Whether the price of an item is inside that of the item it belongs to.
fn inside(item: &Item) -> bool {
    item.parent_item_id.is_some() && item.included_in_parent_price == Some(true)
}

fn plain(item: &Item, currency: Currency) -> ItemInput {
    let tax = (item.vat.category.word(), item.vat.rate.get());
    let list = Money::new(item.unit_list.get(), currency);
    let code = item.product_code.as_str();
    let mut input = ItemInput::new(item.item_id.as_str(), kind(item), code, item.quantity.get(), list, tax);
    input.parent_line = item.parent_item_id.as_ref().map(ToString::to_string);
    input.label = item.label.as_ref().map(|label| label.as_str().to_owned());
    input.term_months = item.term_months.and_then(|months| u16::try_from(months.get()).ok());
    input
}

fn inside_price(option: &Item, item: &Item, currency: Currency) -> OptionInput {
    let list = Money::new(option.unit_list.get(), currency);
    let mut input = OptionInput::new(option.item_id.as_str(), option.product_code.as_str(), list);
    input.kind = kind(option);
    input.label = option.label.as_ref().map(|label| label.as_str().to_owned());
    // The tool counts options over all vehicles of the line; we count them in one.
    let each = option.quantity.get().checked_div(item.quantity.get());
    input.quantity = each.filter(|each| !each.is_zero()).unwrap_or(Decimal::ONE);
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
    StepInput {
        kind,
        code: adjustment.code.to_string(),
        change,
        authority: authority.unwrap_or(Authority::None),
        label: adjustment.label.as_ref().map(ToString::to_string),
    }
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
