//! Bars of plain elements: they grow with the page, and need neither pictures nor scripts.

use super::facts::{Light, QuotaFigure};
use super::html::Markup;
use rust_decimal::Decimal;

/// A part of the whole in percent, to a tenth, never outside 0 to 100.
fn share(part: Decimal, whole: Decimal) -> String {
    if whole <= Decimal::ZERO {
        return "0".to_owned();
    }
    let percent = part * Decimal::ONE_HUNDRED / whole;
    percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED).round_dp(1).normalize().to_string()
}

/// One bar, in a cell of its own.
pub(super) fn bar(markup: &mut Markup, part: Decimal, whole: Decimal, class: &str, tip: &str) {
    let width = format!("width:{}%", share(part, whole));
    markup.open("div", &[("class", "track"), ("title", tip)]);
    markup.open("i", &[("class", class), ("style", &width)]).close().close();
}

/// What was reached against the target, with a mark where it should be by now. `most` is the longest of all.
pub(super) fn quota(markup: &mut Markup, figure: &QuotaFigure, most: Decimal) {
    let tip = format!("{} of {}, expected by now {}", figure.reached, figure.target, figure.expected);
    let (target, reached) = (share(figure.target, most), share(figure.reached, most));
    let mark = format!("left:{}%", share(figure.expected, most));
    markup.open("div", &[("class", "track bare"), ("title", &tip)]);
    markup.open("i", &[("class", "target"), ("style", &format!("width:{target}%"))]).close();
    markup
        .open("i", &[("class", light_class(figure.light)), ("style", &format!("width:{reached}%"))])
        .close();
    markup.open("u", &[("style", &mark)]).close().close();
}

/// The class that gives the colour.
pub(super) const fn light_class(light: Light) -> &'static str {
    match light {
        Light::Green => "good",
        Light::Amber => "fair",
        Light::Red => "poor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_never_leaves_its_track() {
        for (part, whole, percent) in
            [(1, 3, "33.3"), (0, 0, "0"), (5, 4, "100"), (-1, 4, "0"), (4, 4, "100"), (1, 2, "50")]
        {
            assert_eq!(share(part.into(), whole.into()), percent, "{part} of {whole}");
        }
    }
}
