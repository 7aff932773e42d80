//! A dossier's figures, computed again.
//!
//! The tool's numbers are kept as it sent them; these are only compared with them. The steps are those of the price
//! waterfall: list price with options, less the adjustments in their order, is the unit's net; quantity times that is the
//! line's; tax falls on the sum per category and rate (EN 16931, BG-23); what the customer gives in payment and the deposit
//! come off the gross. Rounding is half away from zero, under the policy the message names.

use super::dossier::Dossier;
use super::item::{AdjustmentBasis, AdjustmentKind, Item, VatCategory};
use super::{ExactDecimal, FreeText, Warning};
use clientela_model::{ClosedList, Rounding, RoundingPolicy, Why};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};

/// How much a line may differ: what validators of EN 16931 tolerate (Peppol rule R120).
pub const LINE_TOLERANCE: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
/// How much the tax and the taxable amount of a group may differ (rules BR-S-08, BR-S-09, BR-CO-17).
pub const GROUP_TOLERANCE: Decimal = Decimal::ONE;
/// Digits a line keeps beyond the currency's under the policy `document`.
const EXTRA_DIGITS: u32 = 2;
/// The attribute of an item that states its list price with the options inside.
const ADJUSTED_BASE: &str = "adjusted_base";

/// What a comparison came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Verdict {
    /// Every figure is the one computed.
    Exact,
    /// Some differ within tolerance.
    Tolerable,
    /// Some differ by more, or cannot be computed.
    Mismatch,
}

/// A figure that is not the one computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// JSON pointer within the dossier.
    pub path: String,
    /// What the tool states; none when it states nothing that can be compared.
    pub stated: Option<Decimal>,
    /// What was computed; none when that is impossible.
    pub computed: Option<Decimal>,
    /// How bad it is: [`Verdict::Tolerable`] or [`Verdict::Mismatch`].
    pub verdict: Verdict,
}

impl Finding {
    /// The finding as a warning of an answer; `base` is the pointer of the dossier.
    #[must_use]
    pub fn warning(&self, base: &str) -> Warning {
        let figure =
            |value: Option<Decimal>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
        let text = format!("stated {}, computed {}", figure(self.stated), figure(self.computed));
        let mut warning = Warning::new(FreeText::from("TOTALS_DIFFER"), FreeText::from(text.as_str()));
        warning.path = Some(FreeText::from(format!("{base}{}", self.path).as_str()));
        warning
    }
}

/// Tax of one category and rate, computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Category.
    pub category: VatCategory,
    /// Rate, percent, without trailing zeros.
    pub rate: Decimal,
    /// Amount the tax is of.
    pub taxable: Decimal,
    /// The tax.
    pub tax: Decimal,
}

/// The totals, computed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Net of each line, in the order of the items.
    pub lines: Vec<Decimal>,
    /// Tax by category and rate.
    pub groups: Vec<Group>,
    /// Sum of the lines.
    pub net: Decimal,
    /// Sum of the taxes.
    pub vat: Decimal,
    /// Net and tax.
    pub gross: Decimal,
    /// What the vehicles given in payment bring.
    pub trade_in: Decimal,
    /// What is left to pay.
    pub payable: Decimal,
}

/// The comparison of a dossier's figures with the computed ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalsCheck {
    /// The computed figures; none when they cannot be computed.
    pub figures: Option<Figures>,
    /// What differs, items first, in their order.
    pub findings: Vec<Finding>,
}

impl TotalsCheck {
    /// A check that found nothing, for a dossier whose figures are vouched for otherwise.
    #[must_use]
    pub const fn vouched() -> Self {
        Self { figures: None, findings: Vec::new() }
    }

    /// The worst of the findings.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Exact)
    }

    /// The findings as reasons.
    #[must_use]
    pub fn why(&self) -> Why {
        let why = Why::new("quoting.totals").fact("verdict", self.verdict());
        self.findings.iter().fold(why, |why, finding| {
            let mut because = Why::new("quoting.totals.differs").fact("path", &finding.path);
            if let Some(stated) = finding.stated {
                because = because.fact("stated", stated);
            }
            if let Some(computed) = finding.computed {
                because = because.fact("computed", computed);
            }
            why.because(because)
        })
    }
}

/// Computes a dossier's figures again and compares them.
///
/// `minor_units` is the number of decimals of the currency ([`OfferReturn::minor_units`](super::OfferReturn::minor_units)).
/// A percentage beside an adjustment's amount is only compared; the amount is what counts.
#[must_use]
pub fn recompute(dossier: &Dossier, minor_units: u32, policy: RoundingPolicy) -> TotalsCheck {
    let mut check = Comparison { minor_units, policy, findings: Vec::new() };
    let figures = check.dossier(dossier);
    if figures.is_none() {
        check.impossible("/totals".to_owned());
    }
    TotalsCheck { figures, findings: check.findings }
}

struct Comparison {
    minor_units: u32,
    policy: RoundingPolicy,
    findings: Vec<Finding>,
}

/// The base price of each item per unit, options inside; none where the parents go round in a circle.
struct Bases(Vec<Option<Decimal>>);

impl Comparison {
    fn round(&self, number: Decimal, extra: u32) -> Decimal {
        Rounding::HalfAwayFromZero.apply(number, self.minor_units + extra)
    }

    const fn line_digits(&self) -> u32 {
        match self.policy {
            RoundingPolicy::Line => 0,
            RoundingPolicy::Document => EXTRA_DIGITS,
        }
    }

    fn impossible(&mut self, path: String) {
        self.findings.push(Finding { path, stated: None, computed: None, verdict: Verdict::Mismatch });
    }

    /// Notes a difference; a figure that is not stated is compared as nothing.
    fn compare(&mut self, path: String, stated: Option<ExactDecimal>, computed: Decimal, tolerance: Decimal) {
        let stated = stated.map(ExactDecimal::get);
        let difference = stated.unwrap_or_default().checked_sub(computed).map(|difference| difference.abs());
        let verdict = match difference {
            Some(difference) if difference.is_zero() => return,
            Some(difference) if difference <= tolerance => Verdict::Tolerable,
            _ => Verdict::Mismatch,
        };
        self.findings.push(Finding { path, stated, computed: Some(computed), verdict });
    }

    fn dossier(&mut self, dossier: &Dossier) -> Option<Figures> {
        let items = dossier.items.as_slice();
        let bases = self.bases(items);
        let mut figures = Figures::default();
        let mut groups: BTreeMap<(VatCategory, Decimal), Decimal> = BTreeMap::new();
        for (index, (item, base)) in items.iter().zip(bases.0).enumerate() {
            let line = self.item(index, item, base?)?;
            let group = groups.entry((item.vat.category, item.vat.rate.get().normalize())).or_default();
            *group = group.checked_add(line)?;
            figures.net = figures.net.checked_add(line)?;
            figures.lines.push(line);
        }
        figures.net = self.round(figures.net, 0);
        for ((category, rate), taxable) in groups {
            let tax = match category {
                VatCategory::OutOfScope => Decimal::ZERO,
                _ => self.round(taxable.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)?, 0),
            };
            figures.vat = figures.vat.checked_add(tax)?;
            figures.groups.push(Group { category, rate, taxable: self.round(taxable, 0), tax });
        }
        figures.gross = figures.net.checked_add(figures.vat)?;
        for trade_in in dossier.trade_ins.iter().flatten() {
            figures.trade_in = figures.trade_in.checked_add(trade_in.offered.get())?;
        }
        let deposit = dossier.totals.deposit.map_or(Decimal::ZERO, ExactDecimal::get);
        figures.payable = figures.gross.checked_sub(figures.trade_in)?.checked_sub(deposit)?;
        self.totals(dossier, &figures)?;
        Some(figures)
    }

    fn totals(&mut self, dossier: &Dossier, figures: &Figures) -> Option<()> {
        let totals = &dossier.totals;
        let net = LINE_TOLERANCE.checked_mul(Decimal::from(figures.lines.len()))?;
        let vat = GROUP_TOLERANCE.checked_mul(Decimal::from(figures.groups.len()))?;
        let gross = net.checked_add(vat)?;
        if let Some(stated) = &totals.vat_breakdown {
            self.breakdown(stated, &figures.groups);
        }
        self.compare("/totals/net".to_owned(), Some(totals.net), figures.net, net);
        self.compare("/totals/vat".to_owned(), Some(totals.vat), figures.vat, vat);
        self.compare("/totals/gross".to_owned(), Some(totals.gross), figures.gross, gross);
        self.compare("/totals/trade_in".to_owned(), totals.trade_in, figures.trade_in, LINE_TOLERANCE);
        self.compare("/totals/payable".to_owned(), Some(totals.payable), figures.payable, gross);
        Some(())
    }

    fn breakdown(&mut self, stated: &[super::VatGroup], computed: &[Group]) {
        let path = |index: usize, member: &str| format!("/totals/vat_breakdown/{index}/{member}");
        let mut seen = vec![false; computed.len()];
        for (index, group) in stated.iter().enumerate() {
            let rate = group.rate.get();
            let found = computed.iter().position(|computed| {
                computed.category.word() == group.category.as_str() && computed.rate == rate
            });
            let known = found.and_then(|found| computed.get(found).zip(seen.get_mut(found)));
            let (taxable, tax) = match known {
                Some((computed, seen)) if !*seen => {
                    *seen = true;
                    (computed.taxable, computed.tax)
                }
                // A group that no line has, or the same group twice, can only be right if it is nothing.
                _ => (Decimal::ZERO, Decimal::ZERO),
            };
            self.compare(path(index, "taxable"), Some(group.taxable), taxable, GROUP_TOLERANCE);
            self.compare(path(index, "tax"), Some(group.tax), tax, GROUP_TOLERANCE);
        }
        for (group, seen) in computed.iter().zip(seen) {
            if !seen {
                self.compare("/totals/vat_breakdown".to_owned(), None, group.taxable, GROUP_TOLERANCE);
            }
        }
    }

    /// Net of a line, after its unit's net was compared.
    fn item(&mut self, index: usize, item: &Item, base: Decimal) -> Option<Decimal> {
        let unit = if item.included_in_parent_price == Some(true) {
            Decimal::ZERO
        } else {
            let unit = self.adjusted(index, item, base)?;
            // EN 16931 lets a net price have more decimals than its currency; what the tool shows is what it multiplied.
            let digits = item.unit_net.get().scale().max(self.minor_units + self.line_digits());
            Rounding::HalfAwayFromZero.apply(unit, digits)
        };
        let line = self.round(item.quantity.get().checked_mul(unit)?, self.line_digits());
        self.compare(format!("/items/{index}/unit_net"), Some(item.unit_net), unit, LINE_TOLERANCE);
        self.compare(format!("/items/{index}/line_net"), Some(item.line_net), line, LINE_TOLERANCE);
        Some(line)
    }

    /// The base price less the adjustments in their order; percentages are compared on the way.
    fn adjusted(&mut self, index: usize, item: &Item, base: Decimal) -> Option<Decimal> {
        let mut steps: Vec<_> = item.adjustments.iter().flatten().enumerate().collect();
        steps.sort_by_key(|(_, step)| step.order);
        let mut running = base;
        for (place, step) in steps {
            if let (Some(percent), Some(basis)) = (step.percent, step.basis) {
                let of = match basis {
                    AdjustmentBasis::List => base,
                    AdjustmentBasis::Running => running,
                };
                let amount = of.checked_mul(percent.get())?.checked_div(Decimal::ONE_HUNDRED)?;
                let amount = self.round(amount, 0);
                if step.amount.get().checked_sub(amount)?.abs() > LINE_TOLERANCE {
                    self.findings.push(Finding {
                        path: format!("/items/{index}/adjustments/{place}/amount"),
                        stated: Some(step.amount.get()),
                        computed: Some(amount),
                        verdict: Verdict::Tolerable,
                    });
                }
            }
            running = match step.kind {
                AdjustmentKind::Surcharge => running.checked_add(step.amount.get())?,
                _ => running.checked_sub(step.amount.get())?,
            };
        }
        Some(running)
    }

    /// List price of each item with the parts that are inside its price, from the leaves upwards.
    fn bases(&mut self, items: &[Item]) -> Bases {
        let mut index_of: HashMap<&str, usize> = HashMap::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if index_of.insert(item.item_id.as_str(), index).is_some() {
                self.impossible(format!("/items/{index}/item_id"));
            }
        }
        let parent = |item: &Item| match &item.parent_item_id {
            Some(parent) if item.included_in_parent_price == Some(true) => {
                Some(index_of.get(parent.as_str()).copied())
            }
            _ => None,
        };
        let mut inside: Vec<Option<Decimal>> = vec![Some(Decimal::ZERO); items.len()];
        let mut waiting = vec![0_usize; items.len()];
        for (index, item) in items.iter().enumerate() {
            match parent(item) {
                Some(Some(above)) => {
                    if let Some(count) = waiting.get_mut(above) {
                        *count += 1;
                    }
                }
                // The price is said to be inside something that is not there.
                Some(None) => self.impossible(format!("/items/{index}/parent_item_id")),
                None => {}
            }
        }
        let has_parts: Vec<bool> = waiting.iter().map(|count| *count > 0).collect();
        let mut bases = vec![None; items.len()];
        let mut ready: Vec<usize> =
            (0..items.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
        while let Some(index) = ready.pop() {
            let (Some(item), Some(parts)) = (items.get(index), inside.get(index).copied()) else { continue };
            let listed = parts.and_then(|parts| item.unit_list.get().checked_add(parts));
            let base = self.stated_base(index, item, listed, has_parts.get(index) == Some(&true));
            if let Some(slot) = bases.get_mut(index) {
                *slot = base;
            }
            let Some(Some(above)) = parent(item) else { continue };
            let share = items.get(above).and_then(|above| {
                let price = self.adjusted(index, item, base?)?;
                price.checked_mul(item.quantity.get())?.checked_div(above.quantity.get())
            });
            if let (Some(sum), Some(count)) = (inside.get_mut(above), waiting.get_mut(above)) {
                *sum = (*sum).and_then(|sum| sum.checked_add(share?));
                *count -= 1;
                if *count == 0 {
                    ready.push(above);
                }
            }
        }
        Bases(bases)
    }

    /// The base the item states, compared with the sum of its parts when these are listed; else that sum.
    fn stated_base(
        &mut self,
        index: usize,
        item: &Item,
        listed: Option<Decimal>,
        parts: bool,
    ) -> Option<Decimal> {
        let Some(text) = item.attributes.as_ref().and_then(|attributes| attributes.get(ADJUSTED_BASE)) else {
            return listed;
        };
        let path = format!("/items/{index}/attributes/{ADJUSTED_BASE}");
        let Ok(stated) = ExactDecimal::parse(text.as_str()) else {
            self.findings.push(Finding { path, stated: None, computed: listed, verdict: Verdict::Tolerable });
            return listed;
        };
        if parts {
            self.compare(path, Some(stated), listed?, LINE_TOLERANCE);
        }
        Some(stated.get())
    }
}
