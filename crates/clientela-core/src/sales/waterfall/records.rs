//! From a priced offer to what is stored, and back.

use super::{
    FurtherTax, FurtherTaxKind, ItemInput, OfferInput, OptionInput, PriceOrigin, Priced, SettlementInput,
    SettlementKind, StatedTotals, StepChange, StepInput,
};
use crate::ids::{OfferId, UserId};
use crate::sales::offer::fingerprint;
use crate::sales::{Authority, Offer, OfferItem, OfferRevision, PriceStep, PriceStepKind};
use chrono::{DateTime, Utc};
use clientela_model::{ClosedList, Coded, EntityId, ErrorKind, Money, Rounding};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use uuid::Uuid;

/// What a version is called, and who makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionHead<'a> {
    /// The offer.
    pub offer: OfferId,
    /// Its number, from 1.
    pub revision: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub user: UserId,
    /// Title.
    pub title: Option<String>,
    /// What changed and why.
    pub note: Option<String>,
    /// Figures of the program that made the offer; they are kept in place of ours.
    pub stated: Option<&'a StatedTotals>,
}

/// The records of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionRecords {
    /// The version.
    pub revision: OfferRevision,
    /// Its items; options inside the price of an item follow it, with nothing as their net price.
    pub items: Vec<OfferItem>,
    /// The steps of each item in their order; then, without a line, taxes and settlements from net to payable.
    pub steps: Vec<PriceStep>,
}

/// Stored records that are no offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("offer version {revision} cannot be read: {problem}; check the store and restore a copy")]
pub struct UnreadableOffer {
    /// The version.
    pub revision: u32,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Coded for UnreadableOffer {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Corrupt
    }
    fn code(&self) -> &'static str {
        "offer.unreadable"
    }
}

/// The records of a version; `priced` is the price of `input`, `ids` gives a fresh id with every call.
#[must_use]
pub fn to_records(
    input: &OfferInput,
    priced: &Priced,
    head: RevisionHead<'_>,
    ids: &mut dyn FnMut() -> Uuid,
) -> RevisionRecords {
    let stated = head.stated;
    let revision = OfferRevision {
        id: EntityId::from_uuid(ids()),
        offer: head.offer,
        revision: head.revision,
        at: head.at,
        user: head.user,
        fingerprint: fingerprint(input),
        title: head.title,
        price_date: input.price_date,
        net: stated.map_or(priced.net, |stated| stated.net),
        tax: stated.map_or(priced.tax, |stated| stated.tax),
        gross: stated.map_or(priced.gross, |stated| stated.gross),
        settled: stated.and_then(|stated| stated.settled).unwrap_or(priced.settled),
        payable: stated.map_or(priced.payable, |stated| stated.payable),
        note: head.note,
    };
    let options = input.items.iter().map(|item| item.options.len()).sum::<usize>();
    let mut items = Vec::with_capacity(input.items.len() + options);
    let mut writer = StepWriter {
        offer: head.offer,
        revision: head.revision,
        ids,
        kept: Vec::with_capacity(priced.step_count() + priced.tax_groups.len() + input.settlements.len()),
    };
    for (index, (item, price)) in input.items.iter().zip(&priced.items).enumerate() {
        let stated = stated.and_then(|stated| stated.lines.iter().find(|line| line.line == item.line));
        items.push(OfferItem {
            id: EntityId::from_uuid((writer.ids)()),
            offer: head.offer,
            revision: head.revision,
            line: item.line.clone().into(),
            parent_line: item.parent_line.clone().map(Into::into),
            kind: item.kind,
            product: item.product,
            code: item.code.clone().into(),
            label: item.label.clone().map(Into::into),
            quantity: item.quantity,
            unit_list: item.unit_list,
            unit_net: stated.map_or(price.unit_net, |stated| stated.unit_net),
            line_net: stated.map_or(price.line_net, |stated| stated.line_net),
            included: false,
            tax_category: item.tax_category.clone().into(),
            tax_percent: item.tax_percent,
            term_months: item.term_months,
            unit_cost: item.unit_cost,
            base_quantity: item.base_quantity,
            tax_included: item.tax_included.then_some(true),
            further_taxes: written_taxes(&item.further_taxes),
            price_list: item.origin.price_list,
            catalogue: item.origin.catalogue,
            mileage: item.mileage,
            exemption_reason: item.exemption_reason.clone().map(Into::into),
        });
        for option in &item.options {
            items.push(option_record(item, option, &head.offer, head.revision, (writer.ids)()));
        }
        writer.item(input, index, priced);
    }
    writer.whole(input, priced);
    RevisionRecords { revision, items, steps: writer.kept }
}

fn option_record(
    item: &ItemInput,
    option: &OptionInput,
    offer: &OfferId,
    revision: u32,
    id: Uuid,
) -> OfferItem {
    let nothing = Money::zero(option.unit_list.currency());
    OfferItem {
        id: EntityId::from_uuid(id),
        offer: *offer,
        revision,
        line: option.line.clone().into(),
        parent_line: Some(item.line.clone().into()),
        kind: option.kind,
        product: option.product,
        code: option.code.clone().into(),
        label: option.label.clone().map(Into::into),
        // The price computation has multiplied the same two numbers.
        quantity: item.quantity.checked_mul(option.quantity).unwrap_or(option.quantity).normalize(),
        unit_list: option.unit_list,
        unit_net: nothing,
        line_net: nothing,
        included: true,
        tax_category: item.tax_category.clone().into(),
        tax_percent: item.tax_percent,
        term_months: None,
        unit_cost: option.unit_cost,
        base_quantity: None,
        tax_included: item.tax_included.then_some(true),
        further_taxes: None,
        price_list: option.origin.price_list,
        catalogue: option.origin.catalogue,
        mileage: None,
        exemption_reason: None,
    }
}

fn written_taxes(taxes: &[FurtherTax]) -> Option<String> {
    let each =
        taxes.iter().map(|tax| format!("{}:{}:{}", tax.kind.word(), tax.code, tax.percent.normalize()));
    (!taxes.is_empty()).then(|| each.collect::<Vec<_>>().join(","))
}

fn read_taxes(text: Option<&str>) -> Option<Vec<FurtherTax>> {
    let read = |tax: &str| {
        let (kind, rest) = tax.split_once(':')?;
        // The code may have colons of its own.
        let (code, percent) = rest.rsplit_once(':')?;
        let percent = clientela_model::money::parse_decimal(percent).ok()?;
        Some(FurtherTax { kind: FurtherTaxKind::parse(kind).ok()?, code: code.to_owned(), percent })
    };
    text.map_or_else(|| Some(Vec::new()), |text| text.split(',').map(read).collect())
}

struct StepWriter<'a> {
    offer: OfferId,
    revision: u32,
    ids: &'a mut dyn FnMut() -> Uuid,
    kept: Vec<PriceStep>,
}

impl StepWriter<'_> {
    fn keep(
        &mut self,
        line: Option<&str>,
        sequence: usize,
        kind: PriceStepKind,
        amount: Money,
        running: Money,
    ) -> &mut PriceStep {
        self.kept.push(PriceStep {
            id: EntityId::from_uuid((self.ids)()),
            offer: self.offer,
            revision: self.revision,
            line: line.map(str::to_owned),
            sequence: u16::try_from(sequence).unwrap_or(u16::MAX),
            kind,
            code: String::new(),
            basis: None,
            percent: None,
            amount,
            running,
            authority: Authority::None,
            label: None,
            appraised: None,
        });
        let last = self.kept.len() - 1;
        &mut self.kept[last]
    }

    fn item(&mut self, input: &OfferInput, index: usize, priced: &Priced) {
        let line = input.items.get(index).map(|item| item.line.as_str());
        for (position, step) in priced.steps_of(index).enumerate() {
            let (code, authority, label) = step.named(input, index);
            let kept = self.keep(line, position + 1, step.kind, step.amount, step.running);
            code.clone_into(&mut kept.code);
            kept.basis = step.basis;
            kept.percent = step.percent;
            kept.authority = authority;
            kept.label = label.map(str::to_owned);
        }
    }

    /// From net by taxes to gross, by settlements to payable.
    fn whole(&mut self, input: &OfferInput, priced: &Priced) {
        let currency = input.currency;
        let mut running = priced.net.amount();
        let mut sequence = 0;
        for group in &priced.tax_groups {
            running += group.tax.amount();
            sequence += 1;
            let running = Money::new(running, currency);
            let kept = self.keep(None, sequence, PriceStepKind::Tax, group.tax, running);
            kept.code.clone_from(&group.category);
            kept.percent = Some(group.percent);
        }
        for further in &priced.further_taxes {
            let sign = if further.tax.kind == FurtherTaxKind::Withholding {
                Decimal::NEGATIVE_ONE
            } else {
                Decimal::ONE
            };
            let amount = sign * further.amount.amount();
            running += amount;
            sequence += 1;
            let amount = Money::new(amount, currency);
            let kept = self.keep(None, sequence, PriceStepKind::Tax, amount, Money::new(running, currency));
            kept.code.clone_from(&further.tax.code);
            kept.percent = Some(sign * further.tax.percent);
        }
        // Under the policy of the document the totals are rounded and not the groups.
        let rounding = priced.gross.amount() - priced.withheld.amount() - running;
        if !rounding.is_zero() {
            running += rounding;
            sequence += 1;
            let (amount, running) = (Money::new(rounding, currency), Money::new(running, currency));
            self.keep(None, sequence, PriceStepKind::Rounding, amount, running).code = "rounding".to_owned();
        }
        for settlement in &input.settlements {
            running -= settlement.amount.amount();
            sequence += 1;
            let amount = Money::new(-settlement.amount.amount(), currency);
            let kept =
                self.keep(None, sequence, PriceStepKind::Settlement, amount, Money::new(running, currency));
            kept.code = format!("{}:{}", settlement.kind.word(), settlement.code);
            kept.label.clone_from(&settlement.label);
            kept.appraised = settlement.appraised;
        }
    }
}

/// The content of a stored version, to be changed and priced again.
///
/// `items` and `steps` may stand in any order and hold other versions as well: those of `revision` are taken, items by line
/// (1, 2, 10; 1.1 after 1), steps by sequence.
///
/// # Errors
/// [`UnreadableOffer`] when the records do not fit together.
pub fn from_records(
    offer: &Offer,
    revision: &OfferRevision,
    items: &[OfferItem],
    steps: &[PriceStep],
) -> Result<OfferInput, UnreadableOffer> {
    let unreadable = |problem| UnreadableOffer { revision: revision.revision, problem };
    let mut items: Vec<&OfferItem> =
        items.iter().filter(|item| item.offer == offer.id && item.revision == revision.revision).collect();
    items.sort_by(|left, right| line_order(&left.line, &right.line));
    let mut steps: Vec<&PriceStep> =
        steps.iter().filter(|step| step.offer == offer.id && step.revision == revision.revision).collect();
    steps.sort_by_key(|step| step.sequence);
    let mut input = OfferInput {
        currency: offer.currency,
        rounding: offer.rounding,
        price_date: revision.price_date,
        items: Vec::new(),
        settlements: Vec::new(),
    };
    for item in items.iter().filter(|item| !item.included) {
        let of_line = steps.iter().filter(|step| step.line.as_deref() == Some(item.line.as_str()));
        input.items.push(ItemInput {
            line: item.line.as_str().into(),
            parent_line: item.parent_line.as_ref().map(Into::into),
            kind: item.kind,
            product: item.product,
            code: item.code.as_str().into(),
            label: item.label.as_ref().map(Into::into),
            quantity: item.quantity,
            base_quantity: item.base_quantity,
            unit_list: item.unit_list,
            options: Vec::new(),
            steps: of_line.filter(|step| step.kind.is_given()).map(|step| given(step)).collect(),
            tax_category: item.tax_category.as_str().into(),
            tax_percent: item.tax_percent,
            term_months: item.term_months,
            exemption_reason: item.exemption_reason.as_ref().map(Into::into),
            mileage: item.mileage,
            unit_cost: item.unit_cost,
            origin: origin(item),
            tax_included: item.tax_included.unwrap_or_default(),
            further_taxes: read_taxes(item.further_taxes.as_deref())
                .ok_or_else(|| unreadable("a further tax cannot be read"))?,
        });
    }
    for option in items.iter().filter(|item| item.included) {
        let parent = input
            .items
            .iter_mut()
            .find(|item| option.parent_line.as_deref() == Some(item.line.as_str()))
            .ok_or_else(|| unreadable("an option has no item"))?;
        let quantity = if option.quantity == parent.quantity {
            Decimal::ONE
        } else {
            let each = option.quantity.checked_div(parent.quantity);
            let each = each.ok_or_else(|| unreadable("an option belongs to no units"))?;
            Rounding::HalfAwayFromZero.apply(each, super::MOST_DECIMALS).normalize()
        };
        parent.options.push(OptionInput {
            line: option.line.as_str().into(),
            kind: option.kind,
            product: option.product,
            code: option.code.as_str().into(),
            label: option.label.as_ref().map(Into::into),
            quantity,
            unit_list: option.unit_list,
            unit_cost: option.unit_cost,
            origin: origin(option),
        });
    }
    for step in steps.iter().filter(|step| step.kind == PriceStepKind::Settlement) {
        let (word, code) = step.code.split_once(':').unwrap_or((&step.code, ""));
        let kind = SettlementKind::parse(word).map_err(|_| unreadable("a settlement is of no known kind"))?;
        let amount = Money::new(-step.amount.amount(), step.amount.currency());
        let settlement = SettlementInput::new(kind, code, amount);
        let (label, appraised) = (step.label.clone(), step.appraised);
        input.settlements.push(SettlementInput { label, appraised, ..settlement });
    }
    Ok(input)
}

fn origin(item: &OfferItem) -> PriceOrigin {
    PriceOrigin { price_list: item.price_list, catalogue: item.catalogue }
}

/// The order lines are printed in: part by part, numbers as numbers.
pub(crate) fn line_order(left: &str, right: &str) -> Ordering {
    let mut parts = (left.split('.'), right.split('.'));
    loop {
        let order = match (parts.0.next(), parts.1.next()) {
            // Lines that differ only in how a number is written still have one order.
            (None, None) => return left.cmp(right),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.cmp(right),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn given(step: &PriceStep) -> StepInput {
    let change = match (step.percent, step.basis) {
        (Some(percent), Some(basis)) => StepChange::Percent { percent, basis },
        _ => StepChange::Amount(step.amount),
    };
    StepInput {
        kind: step.kind,
        code: step.code.as_str().into(),
        change,
        authority: step.authority,
        label: step.label.as_ref().map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_as_they_are_printed() {
        let mut lines = ["10", "1.10", "2", "1.2", "1", "/1", "1.2.1", "01"];
        lines.sort_by(|left, right| line_order(left, right));
        assert_eq!(lines, ["/1", "01", "1", "1.2", "1.2.1", "1.10", "2", "10"]);
    }
}
