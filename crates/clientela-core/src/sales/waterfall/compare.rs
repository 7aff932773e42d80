//! Our figures against those of the program that made the offer.

use super::{OfferInput, Priced};
use clientela_model::{ClosedList, Money, Why};
use rust_decimal::Decimal;

/// Minor units a line may differ by (0.02 for the euro), as the validators of EN 16931 tolerate.
const LINE_TOLERANCE: i64 = 2;
/// Minor units the tax of a group may differ by (1.00 for the euro).
const TAX_TOLERANCE: i64 = 100;

/// Totals as another program states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedTotals {
    /// Net total.
    pub net: Money,
    /// Tax total.
    pub tax: Money,
    /// Gross total.
    pub gross: Money,
    /// What is settled, when stated.
    pub settled: Option<Money>,
    /// What is to be paid.
    pub payable: Money,
    /// Its lines, in any order; those not stated are not compared.
    pub lines: Vec<StatedLine>,
}

/// A line as another program states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedLine {
    /// Place on the offer.
    pub line: String,
    /// Net price of one.
    pub unit_net: Money,
    /// Net amount of the line.
    pub line_net: Money,
}

/// How far two computations of one offer agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ClosedList)]
pub enum Verdict {
    /// Every figure is the same.
    Equal,
    /// Some differ within the tolerance: to be mentioned.
    Tolerated,
    /// Some differ by more: not to be presented.
    Disputed,
}

/// One figure that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which: `net`, `tax`, `gross`, `settled`, `payable`, `unit_net`, `line_net` or `line`, when one side lacks it.
    pub figure: &'static str,
    /// On which line; none for a total.
    pub line: Option<String>,
    /// As we compute it; none when we have no such line.
    pub ours: Option<Money>,
    /// As stated.
    pub stated: Money,
    /// Whether it lies within the tolerance.
    pub tolerated: bool,
}

/// All figures that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The worst of all.
    pub verdict: Verdict,
    /// The differences: lines first, then totals.
    pub differences: Vec<Difference>,
}

/// Compares what was computed with what is stated.
///
/// A line may differ by two minor units, the tax by a hundred per tax group, a total by what its parts may.
#[must_use]
pub fn compare(input: &OfferInput, priced: &Priced, stated: &StatedTotals) -> Comparison {
    let mut differences = Vec::new();
    let mut check = |figure, line: Option<&str>, ours: Option<Money>, stated: Money, units: i64| {
        let tolerance = Money::from_minor(units, input.currency).amount();
        let distance =
            ours.and_then(|ours| ours.checked_sub(stated).ok()).map(|difference| difference.amount().abs());
        if distance != Some(Decimal::ZERO) {
            let tolerated = distance.is_some_and(|distance| distance <= tolerance);
            differences.push(Difference { figure, line: line.map(str::to_owned), ours, stated, tolerated });
        }
    };
    for stated in &stated.lines {
        let index = input.items.iter().position(|item| item.line == stated.line);
        let line = Some(stated.line.as_str());
        match index.and_then(|index| priced.items.get(index)) {
            Some(ours) => {
                check("unit_net", line, Some(ours.unit_net), stated.unit_net, LINE_TOLERANCE);
                check("line_net", line, Some(ours.line_net), stated.line_net, LINE_TOLERANCE);
            }
            // Options priced inside their item are stated with nothing and are not among the items.
            None if stated.line_net.is_zero() => {}
            None => check("line", line, None, stated.line_net, 0),
        }
    }
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let net = count(input.items.len()).saturating_mul(LINE_TOLERANCE);
    let tax = count(priced.tax_groups.len()).saturating_mul(TAX_TOLERANCE);
    let gross = net.saturating_add(tax);
    check("net", None, Some(priced.net), stated.net, net);
    check("tax", None, Some(priced.tax), stated.tax, tax);
    check("gross", None, Some(priced.gross), stated.gross, gross);
    if let Some(settled) = stated.settled {
        check("settled", None, Some(priced.settled), settled, 0);
    }
    check("payable", None, Some(priced.payable), stated.payable, gross);
    let verdict = differences.iter().fold(Verdict::Equal, |worst, difference| {
        worst.max(if difference.tolerated { Verdict::Tolerated } else { Verdict::Disputed })
    });
    Comparison { verdict, differences }
}

impl Comparison {
    /// The differences as reasons.
    #[must_use]
    pub fn why(&self) -> Why {
        let mut why = Why::new("offer.totals_compared").fact("verdict", self.verdict);
        for difference in &self.differences {
            let mut because = Why::new("offer.totals_differ").fact("figure", difference.figure);
            if let Some(line) = &difference.line {
                because = because.fact("line", line);
            }
            if let Some(ours) = difference.ours {
                because = because.fact("ours", ours);
            }
            why = why.because(because.fact("stated", difference.stated));
        }
        why
    }
}
