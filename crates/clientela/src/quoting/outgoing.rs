//! Messages from the CRM to the tool.

use super::exchange_key;
use crate::command::of_opportunity;
use crate::door::Door;
use crate::error::Result;
use crate::view::View;
use chrono::NaiveDate;
use clientela_core::ids::PartyId;
use clientela_core::marketing::Campaign;
use clientela_core::organisation::{Unit, Verb};
use clientela_core::party::{
    Contact, Customer, Party, PartyKind, QuotingCustomer, Relationship, TransferState, Vehicle,
};
use clientela_core::sales::opportunity::{OpportunityError, OpportunityEvent};
use clientela_core::sales::{Affair, Opportunity, OpportunityState};
use clientela_exchange::quoting::{
    self, Address, AddressLines, AddressType, AffairCreate, BoundedText, Channel, ChannelType, CountryCode,
    CurrencyCode, CustomerKind, CustomerRef, CustomerTransfer, IndustryCode, IsoDate, MessageId, NonEmpty,
    Revision, TaxId, TaxIdCheck, TaxIdScheme, WholeNumber, Wish,
};
use clientela_model::{ClosedList, EntityId, Predicate, Record, Value, Why};
use clientela_store::{Order, Stored};

/// The customer as the tool is to know it on a day, without the persons who have left.
pub(super) fn customer_transfer(view: &View<'_>, key: &str, day: NaiveDate) -> Result<CustomerTransfer> {
    let customer = view.resolve::<Customer>(key)?;
    let contacts =
        view.all_of::<Contact>(&Predicate::equals("customer", Value::Id(customer.record.id.uuid())))?;
    let fleet = Fleet::of(view, customer.record.party)?;
    let revision = revision(view, &customer.record, &contacts, &fleet)?;
    let known = &customer.record;

    let mut seat = Address::new(AddressType::Legal, CountryCode::parse(known.country.code())?);
    seat.lines = known.street.as_deref().map(lines).transpose()?;
    seat.locality = known.locality.as_deref().map(Into::into);
    seat.postal_code = known.postal_code.as_deref().map(Into::into);
    seat.region = known.region.as_deref().map(Into::into);
    let mut sent = quoting::Customer::new(
        exchange_key(known.number.as_deref(), known.id)?,
        revision,
        kind(known.kind),
        BoundedText::new(&shortened(&known.name, 140))?,
        NonEmpty::new(seat, []),
    );
    if let Some(number) = &known.vat_number {
        let mut tax_id = TaxId::new(TaxIdScheme::Vat, BoundedText::new(number.as_str())?);
        tax_id.checked = Some(if number.is_verified() { TaxIdCheck::Valid } else { TaxIdCheck::Unknown });
        sent.tax_ids = Some(vec![tax_id]);
    }
    let email = known.email.as_ref().map(|email| (ChannelType::Email, email.as_str().to_owned()));
    let phone = known.phone.as_ref().map(|phone| (ChannelType::Phone, phone.e164().to_owned()));
    sent.channels = channels(email.into_iter().chain(phone))?;
    let there = contacts.iter().filter(|contact| !contact.record.has_left(day));
    let people = there.map(|contact| person(&contact.record)).collect::<Result<Vec<_>>>()?;
    sent.contacts = (!people.is_empty()).then_some(people);
    sent.nace = known.nace.as_deref().and_then(|code| IndustryCode::parse(code).ok());
    sent.fleet_size = i64::try_from(fleet.vehicles).ok().and_then(|fleet| WholeNumber::new(fleet).ok());
    sent.price_group = known.price_group.as_deref().map(Into::into);
    sent.credit_hold = known.credit_hold;
    sent.language = known.language.as_ref().map(|language| language.code().into());
    Ok(CustomerTransfer::new(sent))
}

/// Notes that a customer was told to the tool of a workstation: its answer names the message only. Whoever may only look tells
/// all the same; the answer is then not noted.
pub(super) fn note_transfer(
    door: &mut Door<'_, '_>,
    key: &str,
    workstation: Option<&str>,
    sent: &CustomerTransfer,
    asked_by: MessageId,
) -> Result<()> {
    let customer = door.resolve::<Customer>(key)?.record.id;
    let at = match workstation {
        Some(name) => Predicate::equals("workstation", Value::Text(name.to_owned().into())),
        None => Predicate::Empty("workstation".into()),
    };
    let of_customer = Predicate::equals("customer", Value::Id(customer.uuid()));
    let stored = door.first_of::<QuotingCustomer>(&of_customer.and(at))?;
    let known = stored.as_ref().map(|stored| &stored.record);
    let row = QuotingCustomer {
        id: known.map_or_else(|| door.new_id(), |known| known.id),
        customer,
        workstation: workstation.map(str::to_owned),
        key: known.and_then(|known| known.key.clone()),
        state: TransferState::Sent,
        sent_revision: sent.customer.revision.get(),
        applied_revision: known.and_then(|known| known.applied_revision),
        problem: None,
        problem_text: None,
        asked_by: Some(asked_by.to_string()),
        noted_at: door.now(),
    };
    if !door.view().can(Verb::Change, QuotingCustomer::ENTITY, &row.to_values()).allowed {
        return Ok(());
    }
    match stored {
        Some(stored) => door.update(&row, stored.version),
        None => door.create(&row),
    }
}

/// What the message says of the fleet.
struct Fleet {
    /// The vehicles he has.
    vehicles: usize,
    /// The newest version of a vehicle he has or had.
    newest: i64,
}

impl Fleet {
    fn of(view: &View<'_>, party: PartyId) -> Result<Self> {
        let of_party =
            Predicate::equals("party", Value::Id(party.uuid())).and(view.readable(Vehicle::ENTITY));
        let rows = view.reader.select(Vehicle::ENTITY, &["disposed"], &of_party, &Order::by_id(), None, 0)?;
        Ok(Self {
            vehicles: rows.iter().filter(|(values, _)| values.first() == Some(&Value::Null)).count(),
            newest: rows.iter().map(|(_, version)| *version).max().unwrap_or(0),
        })
    }
}

/// Counts up whenever anything the message says has changed: the newest version of its records.
fn revision(
    view: &View<'_>,
    customer: &Customer,
    contacts: &[Stored<Contact>],
    fleet: &Fleet,
) -> Result<Revision> {
    let relationship = view.get::<Relationship>(customer.id)?.version;
    let party = view.get::<Party>(customer.party)?.version;
    let versions = contacts.iter().map(|contact| contact.version).chain([relationship, party, fleet.newest]);
    Ok(WholeNumber::new(versions.max().unwrap_or(1).max(1))?)
}

fn person(contact: &Contact) -> Result<quoting::Contact> {
    let key = exchange_key(contact.number.as_deref(), contact.id)?;
    let mut sent = quoting::Contact::new(key, contact.family_name.as_str().into());
    sent.given_name = contact.given_name.as_deref().map(Into::into);
    // The two lists have the same words; a test keeps it so.
    sent.role = contact.role.and_then(|role| quoting::ContactRole::parse(role.word()).ok());
    sent.language = contact.language.as_ref().map(|language| language.code().into());
    let mobile = contact.mobile.as_ref().map(|phone| (ChannelType::Mobile, phone.e164().to_owned()));
    let phone = contact.phone.as_ref().map(|phone| (ChannelType::Phone, phone.e164().to_owned()));
    let email = contact.email.as_ref().map(|email| (ChannelType::Email, email.as_str().to_owned()));
    sent.channels = channels(mobile.into_iter().chain(phone).chain(email))?;
    Ok(sent)
}

fn channels(given: impl Iterator<Item = (ChannelType, String)>) -> Result<Option<Vec<Channel>>> {
    let channels = given
        .map(|(kind, value)| Ok(Channel::new(kind, BoundedText::new(&value)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok((!channels.is_empty()).then_some(channels))
}

fn lines(street: &str) -> Result<AddressLines> {
    let lines = street.lines().take(4).map(|line| BoundedText::new(&shortened(line, 100)));
    Ok(AddressLines::new(lines.collect::<std::result::Result<Vec<_>, _>>()?)?)
}

/// At most so many characters: the contract bounds what our fields do not.
fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn kind(kind: PartyKind) -> CustomerKind {
    // The two lists have the same words; a test keeps it so.
    CustomerKind::parse(kind.word()).unwrap_or(CustomerKind::Company)
}

/// The opportunity as the tool is to know it; the affair is noted with the id of the message that asks for it.
pub(super) fn affair_create(door: &mut Door<'_, '_>, key: &str, asked_by: MessageId) -> Result<AffairCreate> {
    let stored = door.resolve::<Opportunity>(key)?;
    let opportunity = &stored.record;
    if opportunity.state != OpportunityState::Open {
        return Err(OpportunityError::IllegalPassage {
            id: opportunity.id,
            number: opportunity.number.clone(),
            state: opportunity.state,
            event: OpportunityEvent::Advance,
            why: Why::new("quoting.opportunity_closed").fact("state", opportunity.state),
        }
        .into());
    }
    let affair = match door.first_of::<Affair>(&of_opportunity(opportunity.id))? {
        Some(known) => {
            let mut affair = known.record;
            affair.asked_by = Some(asked_by.to_string());
            // Whoever may only look asks all the same; the answer names an affair whose key is known.
            if door.view().can(Verb::Change, Affair::ENTITY, &affair.to_values()).allowed {
                door.update(&affair, known.version)?;
            }
            affair
        }
        None => {
            let affair = Affair {
                id: door.new_id(),
                opportunity: opportunity.id,
                key: None,
                revision: 0,
                file_digest: None,
                price_date: door.today(),
                asked_by: Some(asked_by.to_string()),
                problem: None,
                problem_text: None,
            };
            door.create(&affair)?;
            affair
        }
    };
    let customer = door.get::<Customer>(opportunity.customer)?;
    let contacts =
        door.all_of::<Contact>(&Predicate::equals("customer", Value::Id(customer.record.id.uuid())))?;
    let customer_ref = CustomerRef::new(
        exchange_key(customer.record.number.as_deref(), customer.record.id)?,
        revision(
            &door.view(),
            &customer.record,
            &contacts,
            &Fleet::of(&door.view(), customer.record.party)?,
        )?,
    );
    let mut sent = quoting::Opportunity::new(
        exchange_key(Some(&opportunity.number), opportunity.id)?,
        WholeNumber::new(stored.version.max(1))?,
        opportunity.title.as_str().into(),
        CurrencyCode::parse(opportunity.currency.code())?,
    );
    let unit = door.get::<Unit>(opportunity.unit)?.record;
    sent.market = unit.country.map(|country| CountryCode::parse(country.code())).transpose()?;
    sent.expected_close = opportunity.expected_close.map(IsoDate::new).transpose()?;
    sent.probability_percent = Some(WholeNumber::new(i64::from(opportunity.probability))?);
    if let Some(campaign) = opportunity.campaign {
        // A campaign that may not be seen is not named.
        sent.campaigns =
            door.get::<Campaign>(campaign).ok().map(|campaign| vec![campaign.record.code.as_str().into()]);
    }
    if let Some(vehicles) = opportunity.vehicles.filter(|vehicles| *vehicles > 0) {
        sent.wishes = Some(vec![Wish::new(WholeNumber::new(i64::from(vehicles))?)]);
    }
    let mut body = AffairCreate::new(sent, customer_ref);
    body.price_date = Some(IsoDate::new(affair.price_date)?);
    body.file = super::files::newest(door, &affair)?;
    Ok(body)
}
