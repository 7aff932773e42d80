//! The page.

use super::facts::{CampaignFigure, DealerFigure, Facts, JournalLine, Light};
use super::funnel;
use super::html::Markup;
use super::style::SHEET;
use rust_decimal::Decimal;

/// Writes the figures as one self-contained page.
#[must_use]
pub fn page(facts: &Facts) -> String {
    let mut markup = Markup::default();
    markup.own("<!DOCTYPE html>\n").open("html", &[("lang", "en")]).open("head", &[]);
    markup.empty("meta", &[("charset", "utf-8")]);
    markup.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    markup.element("title", &[], "The network today").open("style", &[]).own(SHEET).close().close();
    markup.open("body", &[]).open("main", &[]);
    markup.element("h1", &[], "The network today");
    let sub = format!(
        "{}, as {} may see it. A drawn network: names and numbers belong to nobody.",
        facts.day, facts.reader
    );
    markup.element("p", &[("class", "sub")], &sub);
    markup.open("div", &[("class", "tiles")]);
    for (what, count) in &facts.counts {
        markup
            .open("div", &[("class", "tile")])
            .element("b", &[], &grouped(*count))
            .element("span", &[], what)
            .close();
    }
    markup.close();
    markup.open("div", &[("class", "grid")]);
    funnels(&mut markup, facts);
    quotas(&mut markup, &facts.plan, &facts.dealers);
    campaign(&mut markup, &facts.campaign);
    journal(&mut markup, &facts.journal);
    markup.finish()
}

fn card(markup: &mut Markup, wide: bool, title: &str) {
    let class = if wide { "card wide" } else { "card" };
    markup.open("section", &[("class", class)]).element("h2", &[], title);
}

fn funnels(markup: &mut Markup, facts: &Facts) {
    for of_method in facts.funnel.chunk_by(|left, right| left.method == right.method) {
        let method = of_method.first().map_or("", |figure| figure.method.as_str());
        card(markup, false, &format!("Funnel: {method}"));
        funnel::stages(markup, of_method);
        markup.element(
            "p",
            &[("class", "note")],
            "Open opportunities and what they are expected to bring, net.",
        );
        markup.close();
    }
}

fn quotas(markup: &mut Markup, plan: &str, dealers: &[DealerFigure]) {
    card(markup, true, &format!("Quotas: {plan}"));
    funnel::quotas(markup, dealers);
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    header(
        markup,
        &["Dealer", "", "Target", "Reached", "Reached %", "Expected by now", "Projection", "Place"],
        2,
    );
    for dealer in dealers {
        let word = match dealer.light {
            Light::Green => "on course",
            Light::Amber => "slightly behind",
            Light::Red => "behind",
        };
        let number =
            |number: Option<Decimal>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
        let rank = dealer.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        markup.open("tr", &[]).element("td", &[], &dealer.name).element("td", &[], word);
        for figure in [
            number(Some(dealer.target)),
            number(Some(dealer.reached)),
            number(dealer.percent),
            number(Some(dealer.expected)),
            number(dealer.projection),
            rank,
        ] {
            markup.element("td", &[("class", "n")], &figure);
        }
        markup.close();
    }
    markup.close().close();
    let note = "Bar: reached; grey: target; mark: expected by now. Green from 100 % of what is expected by now, amber from 85 %. \
        Places are among the dealers of one zone.";
    markup.element("p", &[("class", "note")], note).close();
}

fn campaign(markup: &mut Markup, campaign: &CampaignFigure) {
    card(markup, true, &format!("Campaign: {}", campaign.name));
    let size = format!("{} of {} customers are reached.", campaign.size, campaign.looked_at);
    markup.element("p", &[("class", "note")], &size).element("pre", &[], &campaign.rule);
    funnel::reasons(markup, campaign);
    for (side, why) in &campaign.examples {
        markup.element("p", &[("class", "note")], &format!("Why one customer is {side}:"));
        markup.element("pre", &[], &why.to_string());
    }
    markup.close();
}

fn journal(markup: &mut Markup, lines: &[JournalLine]) {
    card(markup, true, "Journal");
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    header(markup, &["When (UTC)", "Who", "Command", "Record", "What changed"], usize::MAX);
    for line in lines {
        markup.open("tr", &[]);
        markup.element("td", &[("class", "t")], &line.at.format("%Y-%m-%d %H:%M").to_string());
        markup.element("td", &[("class", "t")], &line.who).element("td", &[("class", "t")], &line.command);
        markup.element("td", &[("class", "t")], &line.record).element("td", &[], &line.changes).close();
    }
    markup.close().close().close();
}

/// The headers of a table; from this place on they stand over numbers.
fn header(markup: &mut Markup, names: &[&str], numbers_from: usize) {
    markup.open("tr", &[]);
    for (place, name) in names.iter().enumerate() {
        let class: &[(&str, &str)] = if place >= numbers_from { &[("class", "n")] } else { &[] };
        markup.element("th", class, name);
    }
    markup.close();
}

/// A count with thin blanks between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{CampaignFigure, StageFigure};
    use clientela::Why;

    #[test]
    fn a_page_needs_nothing_from_outside_and_escapes_what_it_is_told() {
        let facts = Facts {
            day: "2026-06-30".parse().unwrap(),
            reader: "titolare.d-to".into(),
            counts: vec![("customers", 12_345)],
            funnel: vec![StageFigure {
                method: "Classica".into(),
                stage: "Offerta <b>".into(),
                probability: 50,
                count: 3,
                amount: None,
            }],
            plan: "Veicoli 2026".into(),
            dealers: Vec::new(),
            campaign: CampaignFigure {
                name: "Rinnovo & usato".into(),
                rule: "a < b && c".into(),
                looked_at: 2,
                size: 1,
                reasons: vec![("consent.missing".into(), 1)],
                examples: vec![("in", Why::new("campaign.selected"))],
            },
            journal: Vec::new(),
        };
        let page = page(&facts);
        for outside in ["http://", "https://", "src=", "href=", "url(", "<script", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(
            page.contains("Offerta &lt;b&gt;")
                && page.contains("a &lt; b &amp;&amp; c")
                && page.contains("12\u{202f}345")
        );
        assert!(page.ends_with("</html>"));
        for element in ["div", "section", "svg", "table", "tr", "td", "text", "rect", "main"] {
            let opened =
                page.matches(&format!("<{element} ")).count() + page.matches(&format!("<{element}>")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
