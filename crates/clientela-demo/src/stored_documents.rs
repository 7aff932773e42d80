//! Invoices and orders of the outside world as stored offers: lines and totals that are read back are those the document prints.

use crate::documents::{Replayed, cases, day};
use crate::error::{DemoError, Result};
use chrono::NaiveTime;
use clientela::command::{
    Command, CreateCustomer, CreateOffer, DefineProduct, DefineSalesMethod, ItemLine, OpenOpportunity,
    Receipt, StageLine,
};
use clientela::core::party::entry::NewCustomer;
use clientela::core::sales::replay::{self, Document, collection};
use clientela::core::sales::waterfall::{ItemInput, OfferInput};
use clientela::core::sales::{ForecastCategory, Offer, OfferItem};
use clientela::model::identifier::{Country, Currency};
use clientela::model::{Field, Money, Predicate};
use clientela::{Crm, CrmOptions, FixedClock, Founding, SeededRandom, Session};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

const LOGIN: &str = "clerk";
const CUSTOMER: &str = "BUYER";
const METHOD: &str = "documents";

/// Stores every document of a collection that needs no more than an offer by hand has, reads it back, and compares the net of each line,
/// the tax and the totals it prints; what it prints of each tax by itself is compared by [`crate::documents::replay`]. The store is
/// made at `path`.
///
/// # Errors
/// When the file cannot be read or is no collection of documents, and what the library refuses of a document it should take.
pub fn store(collection: &Path, path: &Path) -> Result<Replayed> {
    let cases = cases(collection)?;
    let clock = Arc::new(FixedClock::new(day().and_time(NaiveTime::MIN).and_utc()));
    let random = Arc::new(SeededRandom::new(1));
    let crm = Crm::open_with(CrmOptions::new(path).create().clock(clock).random(random))?;
    crm.found(&Founding {
        unit_code: "SELLER".to_owned(),
        unit_name: "Documents of others".to_owned(),
        country: Some(Country::parse("DE")?),
        login: LOGIN.to_owned(),
        user_name: "Clerk".to_owned(),
    })?;
    let mut clerk = Clerk::begin(crm.session(LOGIN, None)?)?;
    let mut stored = Replayed::default();
    for case in &cases {
        match clerk.take(case)? {
            Taken::Needs(what) => *stored.needs.entry(what).or_default() += 1,
            Taken::Same => stored.exact += 1,
            Taken::Other => stored.different.push(case["case"].as_str().unwrap_or_default().to_owned()),
        }
    }
    drop(clerk);
    crm.close()?;
    Ok(stored)
}

/// What came of one document.
enum Taken {
    /// Every printed figure is read back.
    Same,
    /// One is not.
    Other,
    /// It is no offer by hand: it has something that none has.
    Needs(String),
}

/// Enters documents: one opportunity for each currency, one product for each kind and category of tax.
struct Clerk {
    session: Session,
    opportunities: BTreeMap<String, String>,
    products: BTreeSet<String>,
}

impl Clerk {
    fn begin(session: Session) -> Result<Self> {
        let customer = NewCustomer {
            number: Some(CUSTOMER.to_owned()),
            kind: Some("company".to_owned()),
            name: Some("Buyer of the documents".to_owned()),
            country: Some("DE".to_owned()),
            ..NewCustomer::default()
        };
        session.run(&Command::CustomerCreate(CreateCustomer { customer, owner: None }))?;
        session.run(&Command::SalesMethodDefine(DefineSalesMethod {
            code: METHOD.to_owned(),
            name: "Documents".to_owned(),
            with_configurator: false,
            stages: vec![StageLine {
                code: "offer".to_owned(),
                name: "Offer".to_owned(),
                probability: 50,
                expected_days: None,
                forecast: Some(ForecastCategory::Pipeline),
                entry_rule: None,
                exit_rule: None,
                phase: None,
                actions: Vec::new(),
            }],
            replaces: None,
            assessment: Vec::new(),
        }))?;
        Ok(Self { session, opportunities: BTreeMap::new(), products: BTreeSet::new() })
    }

    fn take(&mut self, case: &Value) -> Result<Taken> {
        let document = match collection::document(case, day()) {
            Ok(document) => document,
            Err(reason) => return Ok(Taken::Needs(reason.to_string())),
        };
        let input = match replay::to_input(&document) {
            Ok(input) => input,
            Err(reason) => return Ok(Taken::Needs(reason.to_string())),
        };
        if let Some(what) = beyond_an_offer(&document, &input) {
            return Ok(Taken::Needs(what.to_owned()));
        }
        let opportunity = self.opportunity(document.currency)?;
        let items = input.items.iter().map(|item| self.line(item)).collect::<Result<Vec<_>>>()?;
        let receipt = self.session.run(&Command::OfferCreate(CreateOffer {
            opportunity,
            items,
            settlements: input.settlements.clone(),
            rounding: Some(document.rounding),
            price_date: Some(document.day),
            valid_until: None,
            title: case["number"].as_str().map(str::to_owned),
            note: None,
            dossier: None,
            follows: None,
            files: Vec::new(),
        }))?;
        self.read_back(case, &input, &made(&receipt, "offer")?)
    }

    fn opportunity(&mut self, currency: Currency) -> Result<String> {
        let code = currency.code().to_owned();
        if let Some(known) = self.opportunities.get(&code) {
            return Ok(known.clone());
        }
        let receipt = self.session.run(&Command::OpportunityOpen(OpenOpportunity {
            customer: CUSTOMER.to_owned(),
            title: format!("Documents in {code}"),
            method: METHOD.to_owned(),
            currency,
            owner: None,
            amount: None,
            vehicles: None,
            expected_close: None,
            campaign: None,
            number: None,
        }))?;
        let id = made(&receipt, "opportunity")?;
        self.opportunities.insert(code, id.clone());
        Ok(id)
    }

    fn line(&mut self, item: &ItemInput) -> Result<ItemLine> {
        let product = format!("{}-{}", item.code, item.tax_category);
        if self.products.insert(product.clone()) {
            self.session.run(&Command::ProductDefine(DefineProduct {
                code: product.clone(),
                name: item.code.to_string(),
                kind: item.kind,
                line: None,
                tax_category: item.tax_category.to_string(),
                valid_from: None,
                valid_to: None,
            }))?;
        }
        Ok(ItemLine {
            product,
            quantity: item.quantity,
            label: item.label.as_ref().map(ToString::to_string),
            unit_list: Some(item.unit_list),
            options: Vec::new(),
            option_quantities: BTreeMap::new(),
            steps: item.steps.clone(),
            tax_percent: Some(item.tax_percent),
            term_months: None,
            mileage: None,
            tax_included: None,
            further_taxes: Vec::new(),
        })
    }

    fn read_back(&self, case: &Value, input: &OfferInput, offer: &str) -> Result<Taken> {
        let offer = self.session.find::<Offer>(offer)?.record;
        let of_offer = Predicate::equals("offer", offer.id.to_value());
        let mut items = self.session.list::<OfferItem>(&of_offer, input.items.len() + 1, 0)?;
        items.sort_by_key(|item| item.record.line.parse::<u32>().unwrap_or(u32::MAX));
        let totals = &case["totals"];
        let mut same = [
            (&totals["net"], offer.net),
            (&totals["gross"], offer.gross),
            (&totals["payable"], offer.payable),
            (&case["vat_total"], offer.tax),
        ]
        .into_iter()
        .all(|(printed, found)| prints(printed, found));
        let mut printed = case["lines"].as_array().into_iter().flatten();
        let mut of_line: Option<(&Value, Money)> = None;
        for (item, stored) in input.items.iter().zip(&items) {
            let net = stored.record.line_net;
            if item.code == "line" {
                same &= of_line.take().is_none_or(|(line, sum)| prints(&line["net"], sum));
                of_line = printed.next().map(|line| (line, net));
            } else if item.parent_line.is_some()
                && let Some((_, sum)) = &mut of_line
            {
                *sum = sum.checked_add(net).map_err(|error| DemoError::Missing(error.to_string()))?;
            }
        }
        same &= of_line.is_none_or(|(line, sum)| prints(&line["net"], sum));
        same &= items.len() == input.items.len() && printed.next().is_none();
        Ok(if same { Taken::Same } else { Taken::Other })
    }
}

/// The id of what a command made.
fn made(receipt: &Receipt, entity: &str) -> Result<String> {
    let id = receipt.id_of(entity).ok_or_else(|| DemoError::Missing(format!("no {entity} was made")))?;
    Ok(id.to_string())
}

/// What a document has that an offer by hand has not.
fn beyond_an_offer(document: &Document, input: &OfferInput) -> Option<&'static str> {
    if document.stated_tax.is_some() {
        return Some("a tax total that is not computed from its lines");
    }
    if input
        .items
        .iter()
        .any(|item| item.base_quantity.is_some_and(|base| base != rust_decimal::Decimal::ONE))
    {
        return Some("a price for more than one piece");
    }
    None
}

/// Whether a printed figure, where there is one, is this amount.
fn prints(printed: &Value, found: Money) -> bool {
    let Some(text) = printed.as_str() else { return true };
    clientela::model::money::parse_decimal(text.trim_start_matches('+'))
        .is_ok_and(|amount| Money::new(amount, found.currency()).rounded() == found.rounded())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_documents_are_read_back_as_they_are_printed() {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/documents.json");
        let path = std::env::temp_dir().join(format!("clientela-documents-{}.clientela", std::process::id()));
        let stored = store(Path::new(own), &path);
        let _ = std::fs::remove_file(&path);
        let stored = stored.unwrap();
        assert_eq!((stored.exact, stored.different.as_slice()), (2, [].as_slice()), "{:?}", stored.needs);
        assert_eq!(stored.needs, BTreeMap::from([("a price for more than one piece".to_owned(), 1)]));
    }
}
