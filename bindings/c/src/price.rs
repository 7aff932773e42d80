//! Prices: totals, lines and steps, of drafts and of offers alike.

use crate::decimal::clientela_decimal;
use crate::list::entry;
use crate::money::clientela_money;
use crate::record::{address, optional};
use crate::rt::{CText, Fail, c_struct, fill_struct};
use clientela::Money;
use clientela::core::sales::{Authority, OfferItem, PriceStep};
use clientela::model::ClosedList;
use rust_decimal::Decimal;
use std::ffi::c_char;

/// The totals of an offer or a draft.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_totals {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Number of lines, options inside a price included.
    pub lines: u32,
    /// Net total.
    pub net: clientela_money,
    /// Tax.
    pub tax: clientela_money,
    /// Net and tax.
    pub gross: clientela_money,
    /// What is settled otherwise, such as a trade-in.
    pub settled: clientela_money,
    /// What is to be paid.
    pub payable: clientela_money,
}
c_struct!(clientela_totals { struct_size, lines, net, tax, gross, settled, payable });

impl clientela_totals {
    fn new(lines: usize, [net, tax, gross, settled, payable]: [Money; 5]) -> Result<Self, Fail> {
        Ok(Self {
            struct_size: 0,
            lines: u32::try_from(lines).unwrap_or(u32::MAX),
            net: clientela_money::new(net, "net")?,
            tax: clientela_money::new(tax, "tax")?,
            gross: clientela_money::new(gross, "gross")?,
            settled: clientela_money::new(settled, "settled")?,
            payable: clientela_money::new(payable, "payable")?,
        })
    }
}

/// A line of an offer. Texts are owned by the handle it was read from; NULL when empty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_line {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// 1 for an option whose price is inside that of the line it belongs to.
    pub included: u32,
    /// Place on the offer, such as "1" or "1.2".
    pub line: *const c_char,
    /// Place of the line it belongs to.
    pub parent_line: *const c_char,
    /// "vehicle", "option", "service_contract", "transport"…
    pub kind: *const c_char,
    /// Product code.
    pub code: *const c_char,
    /// What stands on the offer.
    pub label: *const c_char,
    /// Tax category, as UNCL 5305.
    pub tax_category: *const c_char,
    /// How many.
    pub quantity: clientela_decimal,
    /// List price of one, without options.
    pub unit_list: clientela_money,
    /// Net price of one after all steps, options included.
    pub unit_net: clientela_money,
    /// Net amount of the line.
    pub line_net: clientela_money,
    /// Tax rate in percent.
    pub tax_percent: clientela_decimal,
    /// Term in months, for contracts; 0 for none.
    pub term_months: u32,
    /// Zero.
    pub reserved: u32,
}
c_struct!(clientela_line {
    struct_size,
    included,
    line,
    parent_line,
    kind,
    code,
    label,
    tax_category,
    quantity,
    unit_list,
    unit_net,
    line_net,
    tax_percent,
    term_months,
    reserved
});

/// One step of a price: what, of what, how much, by whom and why. Texts are owned by the handle it was read from; NULL when empty.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct clientela_price_step {
    /// Set by CLIENTELA_INIT.
    pub struct_size: u32,
    /// Place in the sequence of the line's steps, from 1.
    pub sequence: u32,
    /// Place of the line it belongs to; NULL for the whole offer.
    pub line: *const c_char,
    /// "list", "options", "campaign", "volume", "contract", "fleet", "dealer_margin", "manual", "surcharge", "rounding", "tax" or
    /// "settlement".
    pub kind: *const c_char,
    /// Code, such as that of the campaign.
    pub code: *const c_char,
    /// What the percentage is of: "list" or "running".
    pub basis: *const c_char,
    /// Who is responsible: "salesperson", "dealer_manager", "manufacturer"; NULL when a rule is.
    pub authority: *const c_char,
    /// Why, for people.
    pub label: *const c_char,
    /// Percent, when `has_percent` is 1; below zero takes away.
    pub percent: clientela_decimal,
    /// What it adds, per unit on lines; below zero takes away.
    pub amount: clientela_money,
    /// The price after it.
    pub running: clientela_money,
    /// 1 when it is a percentage.
    pub has_percent: u32,
    /// Zero.
    pub reserved: u32,
}
c_struct!(clientela_price_step {
    struct_size,
    sequence,
    line,
    kind,
    code,
    basis,
    authority,
    label,
    percent,
    amount,
    running,
    has_percent,
    reserved
});

/// What an offer or a draft comes to: totals, lines and steps.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    sums: Option<[Money; 5]>,
    lines: Vec<Line>,
    steps: Vec<Step>,
}

impl Sheet {
    /// With net, tax, gross, settled and payable.
    pub(crate) fn new(sums: [Money; 5], items: Vec<OfferItem>, steps: Vec<PriceStep>) -> Self {
        let (lines, steps) = (items.into_iter().map(Line::new), steps.into_iter().map(Step::new));
        Self { sums: Some(sums), lines: lines.collect(), steps: steps.collect() }
    }

    pub(crate) const fn line_count(&self) -> usize {
        self.lines.len()
    }

    pub(crate) const fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Gives the totals; nothing is given before there are any.
    ///
    /// # Safety
    /// `to` as `fill_struct` asks.
    pub(crate) unsafe fn totals(&self, to: *mut clientela_totals) -> Result<(), Fail> {
        let Some(sums) = self.sums else { return Ok(()) };
        let told = clientela_totals::new(self.lines.len(), sums)?;
        // SAFETY: the caller's promise is passed on.
        unsafe { fill_struct(to, &told, "totals") }
    }

    /// Gives a line; its texts live as long as this.
    ///
    /// # Safety
    /// `to` as `fill_struct` asks.
    pub(crate) unsafe fn line(&self, index: usize, to: *mut clientela_line) -> Result<(), Fail> {
        let told = entry(&self.lines, index)?.told()?;
        // SAFETY: the caller's promise is passed on.
        unsafe { fill_struct(to, &told, "line") }
    }

    /// Gives a step; its texts live as long as this.
    ///
    /// # Safety
    /// `to` as `fill_struct` asks.
    pub(crate) unsafe fn step(&self, index: usize, to: *mut clientela_price_step) -> Result<(), Fail> {
        let told = entry(&self.steps, index)?.told()?;
        // SAFETY: the caller's promise is passed on.
        unsafe { fill_struct(to, &told, "step") }
    }
}

/// A line with its texts in the order of the structure.
#[derive(Debug)]
struct Line {
    item: OfferItem,
    texts: [Option<CText>; 6],
}

impl Line {
    fn new(item: OfferItem) -> Self {
        let texts = [
            optional(Some(&item.line)),
            optional(item.parent_line.as_deref()),
            optional(Some(item.kind.word())),
            optional(Some(&item.code)),
            optional(item.label.as_deref()),
            optional(Some(&item.tax_category)),
        ];
        Self { item, texts }
    }

    fn told(&self) -> Result<clientela_line, Fail> {
        let [line, parent_line, kind, code, label, tax_category] =
            self.texts.each_ref().map(|text| address(text.as_ref()));
        let item = &self.item;
        Ok(clientela_line {
            struct_size: 0,
            included: u32::from(item.included),
            line,
            parent_line,
            kind,
            code,
            label,
            tax_category,
            quantity: clientela_decimal::new(item.quantity, "quantity")?,
            unit_list: clientela_money::new(item.unit_list, "unit_list")?,
            unit_net: clientela_money::new(item.unit_net, "unit_net")?,
            line_net: clientela_money::new(item.line_net, "line_net")?,
            tax_percent: clientela_decimal::new(item.tax_percent, "tax_percent")?,
            term_months: item.term_months.map_or(0, u32::from),
            reserved: 0,
        })
    }
}

/// A step with its texts in the order of the structure.
#[derive(Debug)]
struct Step {
    step: PriceStep,
    texts: [Option<CText>; 6],
}

impl Step {
    fn new(step: PriceStep) -> Self {
        let authority = (step.authority != Authority::None).then(|| step.authority.word());
        let texts = [
            optional(step.line.as_deref()),
            optional(Some(step.kind.word())),
            optional(Some(&step.code)),
            optional(step.basis.map(ClosedList::word)),
            optional(authority),
            optional(step.label.as_deref()),
        ];
        Self { step, texts }
    }

    fn told(&self) -> Result<clientela_price_step, Fail> {
        let [line, kind, code, basis, authority, label] =
            self.texts.each_ref().map(|text| address(text.as_ref()));
        let step = &self.step;
        Ok(clientela_price_step {
            struct_size: 0,
            sequence: u32::from(step.sequence),
            line,
            kind,
            code,
            basis,
            authority,
            label,
            percent: clientela_decimal::new(step.percent.unwrap_or(Decimal::ZERO), "percent")?,
            amount: clientela_money::new(step.amount, "amount")?,
            running: clientela_money::new(step.running, "running")?,
            has_percent: u32::from(step.percent.is_some()),
            reserved: 0,
        })
    }
}
