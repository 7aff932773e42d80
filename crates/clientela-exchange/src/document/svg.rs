//! The waterfall of a price as a picture: bars from the list price down to the net price.

use super::money::amount;
use super::words::DocumentLanguage;
use super::xml::escaped;
use super::{DocumentLine, DocumentStep};
use rust_decimal::Decimal;

const WIDTH: i64 = 640;
const ROW: i64 = 26;
const LABEL: i64 = 190;
const FIGURE: i64 = 130;

/// The steps of a line as an SVG to stand inside a page: one bar a step, what adds to the right, what takes away to the left. Whole
/// units of the picture are computed with decimals, so the same price gives the same picture.
#[must_use]
pub fn waterfall_svg(line: &DocumentLine, language: DocumentLanguage) -> String {
    let rows = line.steps.len() + 1;
    let height = ROW * i64::try_from(rows).unwrap_or(1) + 8;
    let most = line
        .steps
        .iter()
        .map(|step| step.running.amount().abs())
        .max()
        .unwrap_or(Decimal::ONE)
        .max(Decimal::ONE);
    let scale = |value: Decimal| -> i64 {
        let room = Decimal::from(WIDTH - LABEL - FIGURE);
        let place = value.checked_mul(room).and_then(|place| place.checked_div(most)).unwrap_or_default();
        i64::try_from(place.max(Decimal::ZERO).round()).unwrap_or(0)
    };
    let title = format!("{}: {}", language.say("waterfall"), line.label);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" class=\"waterfall\"><title>{}</title>\n",
        escaped(&title)
    );
    let mut before = Decimal::ZERO;
    for (index, step) in line.steps.iter().enumerate() {
        let (low, high) = (before.min(step.running.amount()), before.max(step.running.amount()));
        let class = if step.amount.is_negative() { "down" } else { "up" };
        bar(
            &mut out,
            index,
            &named(step, language),
            (scale(low), scale(high)),
            class,
            &amount(step.amount, language),
        );
        before = step.running.amount();
    }
    let net = (0, scale(line.unit_net.amount()));
    bar(&mut out, line.steps.len(), language.say("unit_net"), net, "net", &amount(line.unit_net, language));
    out.push_str("</svg>\n");
    out
}

fn named(step: &DocumentStep, language: DocumentLanguage) -> String {
    let kind = language.find(&format!("step.{}", step.kind)).unwrap_or(&step.kind);
    match step.percent {
        Some(percent) => format!("{kind} {}\u{a0}%", super::money::number(percent.normalize(), language)),
        None => kind.to_owned(),
    }
}

fn bar(out: &mut String, row: usize, label: &str, (low, high): (i64, i64), class: &str, figure: &str) {
    let top = ROW * i64::try_from(row).unwrap_or(0) + 4;
    let base = top + 16;
    let (left, width) = (LABEL + low, (high - low).max(1));
    out.push_str(&format!(
        "<text x=\"0\" y=\"{base}\">{}</text><rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"20\"/>\
         <text x=\"{WIDTH}\" y=\"{base}\" text-anchor=\"end\">{}</text>\n",
        escaped(label),
        escaped(figure)
    ));
}
