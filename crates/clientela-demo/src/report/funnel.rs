//! Pictures as inline SVG, in whole units.

use super::facts::{CampaignFigure, DealerFigure, Light, StageFigure};
use super::html::Markup;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Width of every picture.
const WIDTH: u64 = 560;
/// Where bars begin.
const LEFT: u64 = 190;
/// Longest bar.
const LONGEST: u64 = 270;
const ROW: u64 = 30;

fn picture(markup: &mut Markup, rows: u64, title: &str) {
    let view = format!("0 0 {WIDTH} {}", rows * ROW + 6);
    markup.open("svg", &[("viewBox", &view), ("role", "img"), ("aria-label", title)]);
}

fn text(markup: &mut Markup, x: u64, y: u64, class: &str, anchor: &str, words: &str) {
    let (x, y) = (x.to_string(), y.to_string());
    markup.element("text", &[("x", &x), ("y", &y), ("class", class), ("text-anchor", anchor)], words);
}

fn bar(markup: &mut Markup, y: u64, length: u64, class: &str, tip: &str) {
    let (x, y, length) = (LEFT.to_string(), y.to_string(), length.to_string());
    let attributes =
        [("x", x.as_str()), ("y", &y), ("width", &length), ("height", "18"), ("rx", "3"), ("class", class)];
    markup.open("rect", &attributes).element("title", &[], tip).close();
}

/// A part of the longest bar, at least a sliver when there is anything.
fn length(part: u64, most: u64) -> u64 {
    if part == 0 { 0 } else { (part * LONGEST / most.max(1)).max(2) }
}

/// Open opportunities by stage.
pub(super) fn stages(markup: &mut Markup, figures: &[StageFigure]) {
    let most = figures.iter().map(|figure| figure.count).max().unwrap_or(0);
    picture(markup, figures.len() as u64, "Open opportunities by stage");
    for (row, figure) in (0_u64..).zip(figures) {
        let y = row * ROW + 4;
        text(markup, LEFT - 10, y + 14, "", "end", &figure.stage);
        let class = if figure.probability >= 50 { "bar" } else { "bar2" };
        let tip = format!("{}, {} %", figure.stage, figure.probability);
        bar(markup, y, length(figure.count, most), class, &tip);
        let amount =
            figure.amount.map_or_else(String::new, |amount| format!(" · {}", thousands(amount.amount())));
        text(
            markup,
            LEFT + length(figure.count, most) + 8,
            y + 14,
            "soft",
            "start",
            &format!("{}{amount}", figure.count),
        );
    }
    markup.close();
}

/// Quotas of dealers: the bar is what was reached, the mark what was expected by now.
pub(super) fn quotas(markup: &mut Markup, figures: &[DealerFigure]) {
    let whole = |number: Decimal| number.max(Decimal::ZERO).trunc().to_u64().unwrap_or(0);
    let most =
        figures.iter().map(|figure| whole(figure.target).max(whole(figure.reached))).max().unwrap_or(0);
    picture(markup, figures.len() as u64, "Quota attainment by dealer");
    for (row, figure) in (0_u64..).zip(figures) {
        let y = row * ROW + 4;
        let class = light_class(figure.light);
        let (x, centre) = ("14".to_owned(), (y + 9).to_string());
        markup.empty("circle", &[("cx", &x), ("cy", &centre), ("r", "8"), ("class", class)]);
        text(markup, LEFT - 10, y + 14, "", "end", &figure.name);
        bar(markup, y, length(whole(figure.target), most), "track", &format!("target {}", figure.target));
        bar(markup, y, length(whole(figure.reached), most), class, &format!("reached {}", figure.reached));
        let mark = (LEFT + length(whole(figure.expected), most)).to_string();
        let (top, bottom) = (y.saturating_sub(2).to_string(), (y + 20).to_string());
        markup
            .empty("line", &[("x1", &mark), ("x2", &mark), ("y1", &top), ("y2", &bottom), ("class", "mark")]);
        let percent = figure.percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
        text(markup, WIDTH - 4, y + 14, "soft", "end", &percent);
    }
    markup.close();
}

/// Customers of a campaign by the reason that decided.
pub(super) fn reasons(markup: &mut Markup, campaign: &CampaignFigure) {
    let most = campaign.reasons.iter().map(|(_, count)| *count as u64).max().unwrap_or(0);
    picture(markup, campaign.reasons.len() as u64, "Customers by reason");
    for (row, (reason, count)) in (0_u64..).zip(&campaign.reasons) {
        let (y, count) = (row * ROW + 4, *count as u64);
        text(markup, LEFT - 10, y + 14, "", "end", reason);
        let class = if reason == "campaign.selected" { "good" } else { "bar2" };
        bar(markup, y, length(count, most), class, reason);
        text(markup, LEFT + length(count, most) + 8, y + 14, "soft", "start", &count.to_string());
    }
    markup.close();
}

pub(super) const fn light_class(light: Light) -> &'static str {
    match light {
        Light::Green => "good",
        Light::Amber => "fair",
        Light::Red => "poor",
    }
}

/// An amount in thousands, for labels.
fn thousands(amount: Decimal) -> String {
    format!("{} k€", (amount / Decimal::ONE_THOUSAND).round())
}
