//! The page.

use super::bars;
use super::facts::{CampaignFigure, Facts, JournalLine, Light, QuotaFigure, grouped, short_amount};
use super::html::Markup;
use super::style::SHEET;
use clientela::FunnelStage;
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
    headline(&mut markup, facts);
    markup.open("div", &[("class", "tiles")]);
    for (what, figure) in &facts.tiles {
        markup.open("div", &[("class", "tile")]).element("b", &[], figure).element("span", &[], what).close();
    }
    markup.close();
    markup.open("div", &[("class", "grid")]);
    quotas(&mut markup, &facts.plan, &facts.quotas);
    for of_method in facts.funnel.chunk_by(|left, right| left.method == right.method) {
        funnel(&mut markup, of_method);
    }
    campaign(&mut markup, &facts.campaign);
    journal(&mut markup, &facts.journal);
    markup.finish()
}

/// The one sentence to take away.
fn headline(markup: &mut Markup, facts: &Facts) {
    let Some(whole) = facts.quotas.first() else { return };
    let class = format!("headline {}", bars::light_class(whole.light));
    markup.open("p", &[("class", &class)]);
    markup.element("b", &[], &format!("{}: {}.", facts.plan, standing(whole.light)));
    let projection = whole.projection.map_or_else(String::new, |figure| {
        format!(" At this pace {} at the end.", grouped(&figure.to_string()))
    });
    markup.text(&format!(
        " {} of {} reached; {} were expected by now.{projection}",
        grouped(&whole.reached.to_string()),
        grouped(&whole.target.to_string()),
        grouped(&whole.expected.to_string()),
    ));
    let behind: Vec<&str> = facts
        .quotas
        .iter()
        .filter(|figure| figure.light == Light::Red)
        .map(|figure| figure.name.as_str())
        .collect();
    if !behind.is_empty() {
        markup.text(&format!(" To be helped first: {}.", behind.join(", ")));
    }
    markup.close();
}

const fn standing(light: Light) -> &'static str {
    match light {
        Light::Green => "on course",
        Light::Amber => "slightly behind",
        Light::Red => "behind",
    }
}

fn card(markup: &mut Markup, wide: bool, title: &str) {
    let class = if wide { "card wide" } else { "card" };
    markup.open("section", &[("class", class)]).element("h2", &[], title);
}

fn funnel(markup: &mut Markup, stages: &[FunnelStage]) {
    let method = stages.first().map_or("", |stage| stage.method_name.as_str());
    card(markup, false, &format!("Funnel: {method}"));
    let most = stages.iter().map(|stage| stage.count).max().unwrap_or(0);
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    header(markup, &["Stage", "", "Open", "Expected", "Chance"], 2);
    for stage in stages {
        markup.open("tr", &[]).element("td", &[], &stage.stage_name).open("td", &[("class", "w")]);
        let tip = format!("{}: {}", stage.stage_name, stage.count);
        bars::bar(markup, stage.count.into(), most.into(), "plain", &tip);
        let amounts: Vec<String> = stage.amounts.iter().map(|sum| short_amount(*sum)).collect();
        markup.close();
        for figure in
            [grouped(&stage.count.to_string()), amounts.join(", "), format!("{} %", stage.probability)]
        {
            markup.element("td", &[("class", "n")], &figure);
        }
        markup.close();
    }
    markup.close().close().close();
}

fn quotas(markup: &mut Markup, plan: &str, figures: &[QuotaFigure]) {
    card(markup, true, &format!("Quotas: {plan}"));
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    header(markup, &["Unit", "", "Reached", "Target", "%", "By now", "Projection", "Place"], 2);
    let number = |number: Option<Decimal>| {
        number.map_or_else(|| "–".to_owned(), |number| grouped(&number.to_string()))
    };
    for figure in figures {
        // Each level is drawn to its own longest, or the parts vanish beside the whole.
        let beside = figures.iter().filter(|other| other.depth == figure.depth);
        let most = beside.map(|other| other.target.max(other.reached)).max().unwrap_or_default();
        markup.open("tr", &[("class", if figure.depth == 0 { "top" } else { "" })]);
        let indent = format!("padding-left:{}px", 8 + 18 * figure.depth);
        markup.open("td", &[("style", &indent)]);
        markup.open("i", &[("class", &format!("light {}", bars::light_class(figure.light)))]).close();
        markup.text(&figure.name).close();
        markup.open("td", &[("class", "w"), ("title", standing(figure.light))]);
        bars::quota(markup, figure, most);
        markup.close();
        let rank = figure.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
        for text in [
            number(Some(figure.reached)),
            number(Some(figure.target)),
            number(figure.percent.map(|percent| percent.round_dp(1))),
            number(Some(figure.expected)),
            number(figure.projection),
            rank,
        ] {
            markup.element("td", &[("class", "n")], &text);
        }
        markup.close();
    }
    markup.close().close();
    let note = "Bar: reached; pale: target; line: expected by now. Green from 100 % of what is expected by now, amber from \
        85 %, else red. Places are among the units beside it.";
    markup.element("p", &[("class", "note")], note).close();
}

fn campaign(markup: &mut Markup, campaign: &CampaignFigure) {
    card(markup, true, &format!("Campaign: {}", campaign.name));
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    let whole = campaign.looked_at;
    for (what, count, class) in [
        ("customers looked at", whole, "plain"),
        ("fit the rule", campaign.fitting, "plain"),
        ("may be contacted: the target", campaign.size, "good"),
    ] {
        step(markup, what, count, whole, class);
    }
    markup.close().close();
    markup.element("h3", &[], "Why the others are not in");
    markup.open("div", &[("class", "scroll")]).open("table", &[]);
    let others = campaign.reasons.iter().filter(|(reason, _)| reason != "campaign.selected");
    for (reason, count) in others {
        step(markup, words(reason), *count, whole, "quiet");
    }
    markup.close().close();
    markup.element("h3", &[], "The rule").element("pre", &[], &campaign.rule);
    for (side, why) in &campaign.examples {
        markup.open("details", &[]);
        markup.element("summary", &[], &format!("Why one customer is {side}"));
        markup.element("pre", &[], &why.to_string()).close();
    }
    markup.close();
}

fn step(markup: &mut Markup, what: &str, count: usize, whole: usize, class: &str) {
    let percent = (Decimal::from(count) * Decimal::ONE_HUNDRED / Decimal::from(whole.max(1))).round_dp(1);
    markup.open("tr", &[]).element("td", &[("class", "what")], what).open("td", &[("class", "w")]);
    bars::bar(markup, count.into(), whole.into(), class, what);
    markup.close().element("td", &[("class", "n")], &grouped(&count.to_string()));
    markup.element("td", &[("class", "n")], &format!("{percent} %")).close();
}

/// A reason in words; its code where there are none.
fn words(reason: &str) -> &str {
    match reason {
        "campaign.rule_fails" => "the rule does not hold",
        "campaign.rule_unknown" => "what the rule asks is not known",
        "consent.missing" => "no consent on record",
        "consent.withdrawn" => "consent withdrawn",
        "consent.denied" => "consent refused",
        "consent.do_not_contact" => "not to be contacted",
        other => other,
    }
}

fn journal(markup: &mut Markup, lines: &[JournalLine]) {
    card(markup, true, "Latest in the journal");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::CampaignFigure;
    use clientela::Why;

    #[test]
    fn a_page_needs_nothing_from_outside_and_escapes_what_it_is_told() {
        let facts = Facts {
            day: "2026-06-30".parse().unwrap(),
            reader: "titolare.d-to".into(),
            tiles: vec![("customers", grouped("12345"))],
            funnel: vec![FunnelStage {
                method: "classic".into(),
                method_name: "Classica".into(),
                stage: "offer".into(),
                stage_name: "Offerta <b>".into(),
                sequence: 1,
                probability: 50,
                count: 3,
                amounts: Vec::new(),
            }],
            plan: "Veicoli 2026".into(),
            quotas: vec![QuotaFigure {
                name: "Orsa & Figli".into(),
                depth: 0,
                target: 10.into(),
                reached: 3.into(),
                percent: Some(30.into()),
                expected: 5.into(),
                projection: None,
                rank: None,
                light: Light::Red,
            }],
            campaign: CampaignFigure {
                name: "Rinnovo & usato".into(),
                rule: "a < b && c".into(),
                looked_at: 2,
                fitting: 2,
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
        assert!(page.contains("To be helped first: Orsa &amp; Figli."));
        assert!(page.ends_with("</html>"));
        for element in ["div", "section", "table", "tr", "td", "i", "u", "p", "details", "main"] {
            let opened =
                page.matches(&format!("<{element} ")).count() + page.matches(&format!("<{element}>")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
