//! Offers and orders as documents.

use super::offers::{language, revision_of};
use crate::command::{self, Key};
use crate::error::Result;
use crate::session::Session;
use crate::view::View;
use clientela_core::catalogue::{TaxExemption, exemption_on};
use clientela_core::organisation::Unit;
use clientela_core::party::{Party, Relationship};
use clientela_core::sales::kept_financing::{OfferFinancing, standing};
use clientela_core::sales::offer::seal;
use clientela_core::sales::order::{Order, ordered_item};
use clientela_core::sales::waterfall::{OfferInput, Priced, StepSource, price};
use clientela_core::sales::{Authority, Offer};
use clientela_exchange::document::{
    Audience, CommercialDocument, DocumentLanguage, DocumentLine, DocumentParty, DocumentStep, DocumentTax,
    UblDocument, html, ubl as written_ubl,
};
use clientela_model::{ClosedList, EntityId, Money, Predicate, Value};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An offer as a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentOf {
    /// The offer.
    pub offer: Key,
    /// Language: en, it, fr, de, ru; the customer's when not given, English where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whose eyes it is for; the customer's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
}

/// A document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentText {
    /// Its language.
    pub language: String,
    /// A file name for it.
    pub file_name: String,
    /// The page.
    pub html: String,
}

/// An offer or an order as UBL; one of the two is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UblOf {
    /// The offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Key>,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Key>,
}

/// A UBL document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UblText {
    /// A file name for it.
    pub file_name: String,
    /// The document.
    pub xml: String,
}

pub(super) fn document(session: &Session, question: &DocumentOf) -> Result<DocumentText> {
    let audience = question.audience.unwrap_or(Audience::Customer);
    session.look(|view| {
        let offer = view.resolve::<Offer>(&question.offer)?.record;
        let (content, own) = of_offer(&view, session, &offer)?;
        let language = match (&question.language, own) {
            (Some(tag), _) => language(Some(tag))?,
            (None, own) => own.unwrap_or(DocumentLanguage::English),
        };
        Ok(DocumentText {
            language: language.tag().to_owned(),
            file_name: format!("{}-{}.html", content.number, language.tag()),
            html: html(&content, language, audience),
        })
    })
}

pub(super) fn ubl(session: &Session, question: &UblOf) -> Result<UblText> {
    session.look(|view| {
        let (content, kind) = match (&question.offer, &question.order) {
            (Some(key), None) => {
                let offer = view.resolve::<Offer>(key)?.record;
                (of_offer(&view, session, &offer)?.0, UblDocument::Quotation)
            }
            (None, Some(key)) => {
                let order = view.resolve::<Order>(key)?.record;
                (of_order(&view, session, &order)?, UblDocument::Order)
            }
            _ => {
                return Err(crate::error::CrmError::Argument {
                    field: "offer",
                    problem: "and order are both given, or neither".to_owned(),
                    hint: "give one of the two",
                }
                .into());
            }
        };
        Ok(UblText { file_name: format!("{}.xml", content.number), xml: written_ubl(&content, kind) })
    })
}

fn of_offer(
    view: &View<'_>,
    session: &Session,
    offer: &Offer,
) -> Result<(CommercialDocument, Option<DocumentLanguage>)> {
    let revision = revision_of(view, offer, offer.revision)?;
    let input = command::offer_content(view, offer, &revision)?;
    let priced = price(&input)?;
    let party = buyer(view, offer)?;
    let language = party.language.and_then(|language| DocumentLanguage::of_tag(&language.to_string()));
    let number = offer.issue_number.clone();
    let issued_on = offer.issued_at.map_or(revision.price_date, |at| session.day_of(at));
    let document = CommercialDocument {
        is_order: false,
        is_draft: !offer.is_presentable(),
        seal: number.as_ref().map(|number| seal(number, &revision.fingerprint, revision.payable)),
        number: number.unwrap_or_else(|| offer.number.clone()),
        version: revision.revision,
        issued_on,
        valid_until: Some(offer.valid_until),
        title: revision.title.clone(),
        currency: offer.currency,
        seller: seller(view, offer)?,
        buyer: as_party(&party),
        lines: lines(&input, &priced),
        taxes: taxes(&priced),
        // As the version was kept: the figures of the program that made it, where one did.
        net: revision.net,
        tax: revision.tax,
        gross: revision.gross,
        settlements: settlements(&input, &priced),
        payable: revision.payable,
        financing: financing(view, offer)?,
        offer_number: None,
        exemption_reason: exemption(view, offer, &input)?,
        margin: priced.margin.map(|margin| (margin.cost, margin.amount)),
    };
    Ok((document, language))
}

fn of_order(view: &View<'_>, session: &Session, order: &Order) -> Result<CommercialDocument> {
    let offer = view.get::<Offer>(order.offer)?.record;
    let revision = revision_of(view, &offer, order.offer_revision)?;
    let offered = command::offer_content(view, &offer, &revision)?;
    let mut input =
        OfferInput { items: Vec::new(), settlements: offered.settlements.clone(), ..offered.clone() };
    if order.settled.is_zero() {
        input.settlements.clear();
    }
    for line in command::order_lines(view, order.id)? {
        if let Some(item) = offered.items.iter().find(|item| item.line == line.line) {
            let part = (item, offered.rounding);
            input.items.push(ordered_item(part, line.quantity, line.unit_net, Some(line.line_net)));
        }
    }
    let priced = price(&input)?;
    let (mut document, _) = of_offer(view, session, &offer)?;
    document.is_order = true;
    document.is_draft = false;
    // The plan was made for the whole offer.
    document.financing = None;
    document.offer_number = Some(document.number.clone());
    document.number = order.number.clone();
    document.seal = None;
    document.valid_until = None;
    document.issued_on = order.ordered_on;
    document.lines = lines(&input, &priced);
    document.taxes = taxes(&priced);
    document.margin = priced.margin.map(|margin| (margin.cost, margin.amount));
    document.settlements = settlements(&input, &priced);
    (document.net, document.tax) = (order.net, order.tax);
    (document.gross, document.payable) = (order.gross, order.payable);
    Ok(document)
}

fn buyer(view: &View<'_>, offer: &Offer) -> Result<Party> {
    let relationship = view.get::<Relationship>(offer.customer)?.record;
    Ok(view.get::<Party>(relationship.party)?.record)
}

fn as_party(party: &Party) -> DocumentParty {
    DocumentParty {
        name: party.name.clone(),
        street: party.street.clone(),
        postal_code: party.postal_code.clone(),
        city: party.locality.clone(),
        country: Some(party.country.to_string()),
        vat_number: party.vat_number.as_ref().map(ToString::to_string),
    }
}

/// The unit as it stands on documents. What an outlet does not say of itself is its dealer's.
fn seller(view: &View<'_>, offer: &Offer) -> Result<DocumentParty> {
    let unit = view.get::<Unit>(offer.unit)?.record;
    let dealer = view.get::<Unit>(view.dealer_of(unit.id))?.record;
    let addressed = if unit.street.is_some() || unit.locality.is_some() { &unit } else { &dealer };
    Ok(DocumentParty {
        street: addressed.street.clone(),
        postal_code: addressed.postal_code.clone(),
        city: addressed.locality.clone(),
        country: unit.country.or(dealer.country).map(|country| country.to_string()),
        vat_number: unit.vat_number.or(dealer.vat_number).as_ref().map(ToString::to_string),
        name: unit.name,
    })
}

/// Why no tax is due, as it was kept with the lines. Versions that kept nothing are told the customer's exemption of their day, where
/// a line has its category.
fn exemption(view: &View<'_>, offer: &Offer, input: &OfferInput) -> Result<Option<String>> {
    let mut kept: Vec<&str> =
        input.items.iter().filter_map(|item| item.exemption_reason.as_deref()).collect();
    kept.dedup();
    if !kept.is_empty() {
        return Ok(Some(kept.join("; ")));
    }
    let of_customer = Predicate::equals("customer", Value::Id(offer.customer.uuid()));
    let exemptions = view.records::<TaxExemption>(&of_customer)?;
    let exemption = exemption_on(&exemptions, input.price_date);
    let meant = exemption.filter(|exemption| {
        input.items.iter().any(|item| *item.tax_category == *exemption.category && item.tax_percent.is_zero())
    });
    Ok(meant.map(|exemption| exemption.reason.clone()))
}

/// The plan the customer chose, on the price as it stands: what is paid a month, and for how many.
fn financing(view: &View<'_>, offer: &Offer) -> Result<Option<(Money, u16)>> {
    let plans = view.records::<OfferFinancing>(&command::of_offer(offer.id))?;
    let chosen = plans.iter().find(|plan| plan.chosen == Some(true) && plan.dropped != Some(true));
    // Terms the price has made impossible are none to be printed.
    Ok(chosen.and_then(|plan| Some((standing(plan, offer).ok()?.payment, plan.months))))
}

fn settlements(input: &OfferInput, priced: &Priced) -> Vec<(String, Money)> {
    let given = input.settlements.iter().map(|settlement| {
        (settlement.label.clone().unwrap_or_else(|| settlement.code.clone()), settlement.amount)
    });
    let withheld = priced
        .further_taxes
        .iter()
        .filter(|further| further.tax.kind == clientela_core::sales::waterfall::FurtherTaxKind::Withholding);
    given.chain(withheld.map(|further| (further.tax.code.clone(), further.amount))).collect()
}

fn taxes(priced: &Priced) -> Vec<DocumentTax> {
    let groups = priced.tax_groups.iter().map(|group| DocumentTax {
        category: group.category.clone(),
        percent: group.percent,
        taxable: group.taxable,
        tax: group.tax,
    });
    let surcharges = priced
        .further_taxes
        .iter()
        .filter(|further| further.tax.kind == clientela_core::sales::waterfall::FurtherTaxKind::Surcharge);
    let surcharges = surcharges.map(|further| DocumentTax {
        category: "S".to_owned(),
        percent: further.tax.percent,
        taxable: further.taxable,
        tax: further.amount,
    });
    groups.chain(surcharges).collect()
}

fn lines(input: &OfferInput, priced: &Priced) -> Vec<DocumentLine> {
    let all = input.items.iter().zip(&priced.items).enumerate();
    all.map(|(index, (item, price))| {
        let steps = priced.steps_of(index).map(|step| {
            let given = match step.source {
                StepSource::Step(at) => item.steps.get(at as usize),
                _ => None,
            };
            let authority =
                given.map(|step| step.authority).filter(|authority| *authority != Authority::None);
            DocumentStep {
                kind: step.kind.word().to_owned(),
                label: given
                    .map_or_else(String::new, |step| step.label.as_ref().unwrap_or(&step.code).into()),
                percent: step.percent,
                amount: step.amount,
                running: step.running,
                authority: authority.map(|authority| authority.word().to_owned()),
            }
        });
        let options = item.options.iter().map(|option| {
            let name: String = option.label.as_ref().unwrap_or(&option.code).into();
            let name = if option.quantity == Decimal::ONE {
                name
            } else {
                format!("{} × {name}", option.quantity.normalize())
            };
            (option.code.clone().into(), name, option.unit_list)
        });
        let is_adjustment =
            item.unit_list.is_zero() && item.product.is_none() && item.quantity == Decimal::ONE
                || item.product.is_none()
                    && item.kind == clientela_core::catalogue::ProductKind::Other
                    && item.steps.is_empty();
        DocumentLine {
            line: item.line.clone().into(),
            is_adjustment,
            code: item.code.clone().into(),
            label: item.label.as_ref().unwrap_or(&item.code).into(),
            quantity: item.quantity,
            base_quantity: item.base_quantity,
            unit_list: price.unit_list,
            unit_net: price.unit_net,
            line_net: price.line_net.rounded(),
            tax_category: item.tax_category.clone().into(),
            tax_percent: item.tax_percent,
            term_months: item.term_months,
            mileage: item.mileage,
            options: options.collect(),
            steps: steps.collect(),
            unit_cost: item.cost_of_one().filter(|_| !is_adjustment),
        }
    })
    .collect()
}
