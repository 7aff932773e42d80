//! The document for people: one page of HTML that needs nothing from elsewhere and prints on A4.

use super::money::{amount, day, number};
use super::svg::waterfall_svg;
use super::words::DocumentLanguage;
use super::xml::escaped;
use super::{CommercialDocument, DocumentParty};
use clientela_model::{ClosedList, Money};
use rust_decimal::Decimal;

/// Whose eyes it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Audience {
    /// The customer's: prices and options, no costs, no margins, no pictures of how the price came to be.
    Customer,
    /// The seller's: everything, marked as internal.
    Seller,
}

const STYLE: &str = "@page{size:A4;margin:18mm}body{font:10pt/1.4 sans-serif;color:#222;max-width:180mm;margin:auto}\
h1{font-size:18pt}table{width:100%;border-collapse:collapse;margin:1em 0}th,td{padding:3px 6px;text-align:left;vertical-align:top}\
th{border-bottom:1.5px solid #222}td{border-bottom:.5px solid #ccc}.n{text-align:right;white-space:nowrap}.parties{display:flex;gap:2em}\
.parties>div{flex:1}.small{font-size:8.5pt;color:#555}.total td{font-weight:bold;border-top:1.5px solid #222}tr{break-inside:avoid}\
.internal,.draft{border:1.5px solid #a00;color:#a00;padding:4px 8px}.draft{font-size:14pt;font-weight:bold}.waterfall{width:100%;font-size:11px}.waterfall .up{fill:#4a7fb5}\
.waterfall .down{fill:#c0563f}.waterfall .net{fill:#3d7a4e}.sign{margin-top:3em;border-top:1px solid #222;width:60%}";

/// The document in a language, for an audience.
#[must_use]
pub fn html(document: &CommercialDocument, language: DocumentLanguage, audience: Audience) -> String {
    let say = |key: &'static str| escaped(language.say(key));
    let kind = say(if document.is_order { "order" } else { "offer" });
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{kind} {}</title><style>{STYLE}</style></head>\n<body>\n",
        language.tag(),
        escaped(&document.number)
    );
    if audience == Audience::Seller {
        out.push_str(&format!("<p class=\"internal\">{}</p>\n", say("internal")));
    }
    if document.is_draft {
        out.push_str(&format!("<p class=\"draft\">{}</p>\n", say("draft")));
    }
    out.push_str(&format!("<h1>{kind} {}</h1>\n", escaped(&document.number)));
    if let Some(title) = &document.title {
        out.push_str(&format!("<p>{}</p>\n", escaped(title)));
    }
    out.push_str(&format!(
        "<p>{}: {} · {}: {}",
        say("date"),
        escaped(&day(document.issued_on, language)),
        say("version"),
        document.version
    ));
    if let Some(last) = document.valid_until {
        out.push_str(&format!(" · {}: {}", say("valid_until"), escaped(&day(last, language))));
    }
    if let Some(seal) = &document.seal {
        out.push_str(&format!(" · {}: {}", say("seal"), escaped(seal)));
    }
    out.push_str("</p>\n<div class=\"parties\">\n");
    party(&mut out, language, "seller", &document.seller);
    party(&mut out, language, "buyer", &document.buyer);
    out.push_str("</div>\n");
    lines(&mut out, document, language);
    totals(&mut out, document, language);
    if audience == Audience::Seller {
        inside(&mut out, document, language);
    } else if !document.is_draft {
        out.push_str(&format!("<p class=\"sign\">{}</p>\n", say("signature")));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn party(out: &mut String, language: DocumentLanguage, role: &'static str, party: &DocumentParty) {
    out.push_str(&format!(
        "<div><strong>{}</strong><br>{}",
        escaped(language.say(role)),
        escaped(&party.name)
    ));
    if let Some(street) = &party.street {
        out.push_str(&format!("<br>{}", escaped(street)));
    }
    let town: Vec<&str> =
        [&party.country, &party.postal_code, &party.city].into_iter().flatten().map(String::as_str).collect();
    if !town.is_empty() {
        out.push_str(&format!("<br>{}", escaped(&town.join(" "))));
    }
    if let Some(number) = &party.vat_number {
        out.push_str(&format!("<br>{} {}", escaped(language.say("vat_number")), escaped(number)));
    }
    out.push_str("</div>\n");
}

fn lines(out: &mut String, document: &CommercialDocument, language: DocumentLanguage) {
    let say = |key: &'static str| escaped(language.say(key));
    out.push_str(&format!(
        "<table>\n<thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th></tr></thead>\n<tbody>\n",
        say("line"),
        say("description"),
        say("quantity"),
        say("unit_net"),
        say("amount")
    ));
    for line in &document.lines {
        let mut description = escaped(&line.label);
        if line.steps.iter().any(|step| step.kind == "trade_in") {
            description = format!("{}: {description}", say("step.trade_in"));
        }
        let term = line.term_months.map(|months| format!("{months} {}", say("months")));
        let mileage = line.mileage.map(|mileage| {
            format!("{} {}", escaped(&number(Decimal::from(mileage), language)), say("kilometres_a_year"))
        });
        let terms: Vec<String> = term.into_iter().chain(mileage).collect();
        if !terms.is_empty() {
            description.push_str(&format!(" ({})", terms.join(", ")));
        }
        if !line.options.is_empty() {
            let names: Vec<String> = line.options.iter().map(|(_, name, _)| escaped(name)).collect();
            description.push_str(&format!(
                "<br><span class=\"small\">{}: {}</span>",
                say("options"),
                names.join(", ")
            ));
        }
        let (quantity, unit) = if line.is_adjustment {
            (String::new(), String::new())
        } else {
            (number(line.quantity.normalize(), language), amount(line.unit_net, language))
        };
        out.push_str(&format!(
            "<tr><td>{}</td><td>{description}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
            escaped(&line.line),
            escaped(&quantity),
            escaped(&unit),
            escaped(&amount(line.line_net, language))
        ));
    }
    out.push_str("</tbody></table>\n");
}

fn totals(out: &mut String, document: &CommercialDocument, language: DocumentLanguage) {
    let mut rows: Vec<(&str, String, Money)> = vec![("", language.say("net").to_owned(), document.net)];
    for tax in &document.taxes {
        let on = amount(tax.taxable, language);
        let percent = number(tax.percent.normalize(), language);
        let label = format!(
            "{} {percent}\u{a0}% ({}) {} {on}",
            language.say("tax"),
            tax.category,
            language.say("on")
        );
        rows.push(("", label, tax.tax));
    }
    rows.push((" class=\"total\"", language.say("gross").to_owned(), document.gross));
    for (name, value) in &document.settlements {
        let label = format!("{}: {name}", language.say("settlement"));
        rows.push(("", label, Money::new(Decimal::ZERO - value.amount(), value.currency())));
    }
    if document.payable != document.gross {
        rows.push((" class=\"total\"", language.say("payable").to_owned(), document.payable));
    }
    if let Some((payment, months)) = document.financing {
        rows.push((
            "",
            format!("{} ({months} {})", language.say("monthly"), language.say("months")),
            payment,
        ));
    }
    out.push_str("<table class=\"totals\">\n");
    for (class, label, value) in rows {
        let value = escaped(&amount(value, language));
        out.push_str(&format!("<tr{class}><td>{}</td><td class=\"n\">{value}</td></tr>\n", escaped(&label)));
    }
    out.push_str("</table>\n");
    if let Some(reason) = &document.exemption_reason {
        out.push_str(&format!(
            "<p class=\"small\">{}: {}</p>\n",
            escaped(language.say("exemption")),
            escaped(reason)
        ));
    }
}

/// What only the seller sees: pictures of the prices, costs and margins.
fn inside(out: &mut String, document: &CommercialDocument, language: DocumentLanguage) {
    out.push_str(&format!("<h2>{}</h2>\n", escaped(language.say("waterfall"))));
    for line in document.lines.iter().filter(|line| line.steps.len() > 1) {
        out.push_str(&format!("<h3>{} {}</h3>\n", escaped(&line.line), escaped(&line.label)));
        out.push_str(&waterfall_svg(line, language));
        let left = line.unit_cost.and_then(|cost| Some((cost, line.unit_net.checked_sub(cost).ok()?)));
        margin(out, left, language);
    }
    if document.margin.is_some() {
        out.push_str(&format!("<h3>{}</h3>\n", escaped(language.say("net"))));
        margin(out, document.margin, language);
    }
}

/// What it costs and what is left.
fn margin(out: &mut String, told: Option<(Money, Money)>, language: DocumentLanguage) {
    let Some((cost, left)) = told else { return };
    out.push_str(&format!(
        "<p class=\"small\">{}: {} · {}: {}</p>\n",
        escaped(language.say("cost")),
        escaped(&amount(cost, language)),
        escaped(language.say("margin")),
        escaped(&amount(left, language))
    ));
}
