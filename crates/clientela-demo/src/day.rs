//! A day's work: from a customer on the telephone to the quota, the campaign, and what the journal says of it.

use crate::catalogue::{WITHOUT_CONFIGURATOR, euro};
use crate::error::{DemoError, Result};
use crate::history::{CAMPAIGN, quota_plan};
use clientela::command::{
    AcceptOffer, Command, CreateOffer, DecideOffer, DiscountOffer, EndOpportunity, ItemLine, MoveOpportunity,
    OpenOpportunity,
};
use clientela::core::organisation::{Unit, User};
use clientela::core::party::Customer;
use clientela::model::{EntityId, Money};
use clientela::{
    Attainment, Crm, CustomerSearch, HistoryEntry, Predicate, Session, TableQuery, TargetPlan, Why,
};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Login of the seller whose day it is.
pub const SELLER: &str = "vendite1.d-to";
/// Login of the head of that seller's dealer.
pub const MANAGER: &str = "titolare.d-to";
/// Login of the head of the national branch.
pub const BRANCH: &str = crate::world::staff::BRANCH_LOGIN;

/// Works through the day; says each step.
///
/// # Errors
/// What the library refuses.
pub fn live(crm: &Crm, say: &mut dyn FnMut(&str)) -> Result<()> {
    let seller = crm.session(SELLER, None)?;
    let customer = find_customer(&seller, say)?;
    let opportunity = sell(&seller, &customer, say)?;
    quota(crm, say)?;
    campaign(crm, say)?;
    history(crm, &opportunity, say)?;
    tables(crm, say)
}

/// What an analyst takes away: tables of what the head of the branch may see, as data frames read them.
fn tables(crm: &Crm, say: &mut dyn FnMut(&str)) -> Result<()> {
    let session = crm.session(BRANCH, None)?;
    for entity in ["customer", "vehicle", "opportunity", "credit"] {
        let table = session.table(&TableQuery::new(entity))?;
        let columns = table.schema().fields().len();
        say(&format!(
            "table of {entity}: {} rows, {columns} columns, as Arrow for data frames",
            table.rows()
        ));
    }
    Ok(())
}

/// The first customer of the seller's whose name begins so, found as one on the telephone gives it.
fn find_customer(seller: &Session, say: &mut dyn FnMut(&str)) -> Result<Customer> {
    let search = CustomerSearch { name: Some("autotrasporti".to_owned()), ..CustomerSearch::default() };
    let found = seller.find_customers(&search, 20)?;
    let customer = found
        .into_iter()
        .map(|stored| stored.record)
        .find(|customer| customer.vat_number.is_some() && customer.number.is_some())
        .ok_or_else(|| DemoError::Missing("the seller has no haulier with a VAT number".to_owned()))?;
    let key = customer.number.clone().unwrap_or_default();
    let snapshot = seller.customer(&key)?;
    say(&format!(
        "customer {key} {}: {} vehicles, {} contacts, status {}",
        customer.name,
        snapshot.fleet.len(),
        snapshot.contacts.len(),
        customer.status
    ));
    Ok(customer)
}

/// Opportunity, offer, discount, issue, accept, win; gives the number of the opportunity.
fn sell(seller: &Session, customer: &Customer, say: &mut dyn FnMut(&str)) -> Result<String> {
    let opened = seller.run(&Command::OpportunityOpen(OpenOpportunity {
        customer: customer.id.to_string(),
        title: "Due trattori per la linea Torino–Lione".to_owned(),
        method: WITHOUT_CONFIGURATOR.to_owned(),
        currency: euro()?,
        owner: None,
        amount: Some(Money::new(Decimal::new(20_000_000, 2), euro()?)),
        vehicles: Some(2),
        expected_close: None,
        campaign: None,
        number: None,
    }))?;
    let opportunity = opened.key().unwrap_or_default().to_owned();
    let item = |product: &str, options: &[&str]| ItemLine {
        product: product.to_owned(),
        quantity: Decimal::TWO,
        label: None,
        unit_list: None,
        options: options.iter().map(|code| (*code).to_owned()).collect(),
        steps: Vec::new(),
        tax_percent: None,
        term_months: None,
        mileage: None,
        option_quantities: BTreeMap::new(),
        tax_included: None,
        further_taxes: Vec::new(),
    };
    let advance = |note: &str| {
        let note = Some(note.to_owned());
        seller.run(&Command::OpportunityAdvance(MoveOpportunity {
            opportunity: opportunity.clone(),
            to: None,
            note,
        }))
    };
    say(&format!("opportunity {opportunity}: {}", opened.why.value("stage").unwrap_or_default()));
    let moved = advance("rileva percorrenze e carichi")?;
    say(&format!("advanced to {}, {} %", value(&moved.why, "to"), value(&moved.why, "probability")));
    let made = seller.run(&Command::OfferCreate(CreateOffer {
        opportunity: opportunity.clone(),
        items: vec![item("T480-4X2", &["OPT-RETARDER", "OPT-SLEEPER-XL"]), item("SRV-MC36", &[])],
        settlements: Vec::new(),
        dossier: None,
        follows: None,
        files: Vec::new(),
        rounding: None,
        price_date: None,
        valid_until: None,
        title: Some("Due Orsa 18 T con manutenzione".to_owned()),
        note: None,
    }))?;
    let offer = made.key().unwrap_or_default().to_owned();
    tell_price(seller, &offer, say)?;
    seller.run(&Command::OfferDiscount(DiscountOffer {
        offer: offer.clone(),
        line: Some("1".to_owned()),
        percent: Some(Decimal::new(35, 1)),
        amount: None,
        reason: "due veicoli e contratto di manutenzione".to_owned(),
    }))?;
    tell_price(seller, &offer, say)?;
    advance("offerta discussa con il titolare")?;
    let decide = || DecideOffer { offer: offer.clone() };
    seller.run(&Command::OfferIssue(decide()))?;
    say(&format!("offer {offer} issued"));
    seller.run(&Command::OfferAccept(AcceptOffer { offer: offer.clone(), beside: false }))?;
    say(&format!("offer {offer} accepted by the customer"));
    let end =
        EndOpportunity { opportunity: opportunity.clone(), reason: None, competitor: None, until: None };
    let won = seller.run(&Command::OpportunityWin(end))?;
    say(&format!("opportunity {opportunity} won"));
    for line in won.why.to_string().lines().skip(1) {
        say(&format!("  {}", line.trim()));
    }
    Ok(opportunity)
}

fn tell_price(seller: &Session, number: &str, say: &mut dyn FnMut(&str)) -> Result<()> {
    let offer = seller.offer(number)?;
    let record = &offer.offer;
    say(&format!(
        "offer {number} version {}: net {}, tax {}, gross {}",
        record.revision, record.net, record.tax, record.gross
    ));
    Ok(())
}

fn value<'a>(why: &'a Why, name: &str) -> &'a str {
    why.value(name).unwrap_or_default()
}

/// What the dealers have reached, as the head of the branch sees it, and as a dealer's head does.
fn quota(crm: &Crm, say: &mut dyn FnMut(&str)) -> Result<()> {
    for login in [MANAGER, BRANCH] {
        let session = crm.session(login, None)?;
        let plan = quota_plan(session.today());
        let units: HashMap<_, _> = session
            .list::<Unit>(&Predicate::Everything, 1_000, 0)?
            .into_iter()
            .map(|u| (u.record.id, u.record.name))
            .collect();
        let reached = session.attainment(&plan, None)?;
        say(&format!("{plan} as {login} sees it: {} lines", reached.len()));
        for line in reached.iter().filter(|line| line.owner.is_none()) {
            let name = units.get(&line.unit).map_or("", String::as_str);
            say(&format!("  {}", attainment_line(name, line)));
        }
    }
    Ok(())
}

fn attainment_line(name: &str, line: &Attainment) -> String {
    let percent = line.percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
    let rank = line.rank.map_or_else(String::new, |rank| format!(", place {rank}"));
    format!(
        "{name}: {} of {} ({percent}), expected by now {}{rank}",
        line.reached, line.target, line.expected_by_now
    )
}

/// Whom the campaign reaches, and why one customer is in and another is not.
fn campaign(crm: &Crm, say: &mut dyn FnMut(&str)) -> Result<()> {
    let session = crm.session(BRANCH, None)?;
    let target = session.target(CAMPAIGN)?;
    say(&format!("campaign {CAMPAIGN}: {} of {} customers", target.size(), target.lines().len()));
    for (reason, count) in target.reasons() {
        say(&format!("  {count:5} × {reason}"));
    }
    for (side, why) in examples(&target)? {
        say(&format!("  why {side}:"));
        why.to_string().lines().take(12).for_each(|line| say(&format!("    {line}")));
    }
    Ok(())
}

/// One customer who is in and one who is left out for lack of consent, each with the reason.
pub(crate) fn examples(target: &TargetPlan) -> Result<Vec<(&'static str, Why)>> {
    let selected = target.lines().iter().find(|line| line.consent.is_some());
    let without =
        target.lines().iter().find(|line| line.consent.is_none() && line.reason.starts_with("consent."));
    let left_out = without.or_else(|| target.lines().iter().find(|line| line.consent.is_none()));
    let mut found = Vec::new();
    for (side, line) in [("in", selected), ("out", left_out)] {
        if let Some(line) = line {
            found.push((side, target.explain(&line.customer.to_string())?));
        }
    }
    Ok(found)
}

/// Who changed what of the opportunity, when, from what to what and why.
fn history(crm: &Crm, opportunity: &str, say: &mut dyn FnMut(&str)) -> Result<()> {
    let session = crm.session(MANAGER, None)?;
    let id = session.find::<clientela::core::sales::Opportunity>(opportunity)?.record.id;
    say(&format!("journal of opportunity {opportunity}:"));
    for entry in session.history("opportunity", id.uuid())? {
        say(&format!("  {}", history_line(&session, &entry)?));
    }
    Ok(())
}

fn history_line(session: &Session, entry: &HistoryEntry) -> Result<String> {
    let who = user_name(session, entry.actor)?;
    let when = entry.time.format("%Y-%m-%d %H:%M:%S");
    if entry.created {
        return Ok(format!("{when} {who}: {} with {} fields", entry.kind, entry.changes.len()));
    }
    let changes = entry
        .changes
        .iter()
        .map(|change| format!("{} {} → {}", change.column.name, short(&change.before), short(&change.after)));
    let reason = if entry.reason.is_empty() { String::new() } else { format!(" – {}", entry.reason) };
    Ok(format!("{when} {who}: {} ({}){reason}", entry.kind, changes.collect::<Vec<_>>().join(", ")))
}

pub(crate) fn user_name(session: &Session, actor: Uuid) -> Result<String> {
    let found = session.get::<User>(EntityId::from_uuid(actor));
    match found {
        Ok(user) => Ok(user.record.name),
        Err(error) if error.kind() == clientela::ErrorKind::NotFound => Ok("the installation".to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// A value in few letters; of an id its last ones.
pub(crate) fn short(value: &clientela::model::Value) -> String {
    let text = value.to_plain_text();
    match value {
        clientela::model::Value::Null => "–".to_owned(),
        clientela::model::Value::Instant(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        clientela::model::Value::Id(_) => format!("…{}", text.get(28..).unwrap_or(&text)),
        _ => text,
    }
}
