//! Each row as what is to be entered.

use super::cells::{Cells, RawRow, Reading};
use super::options::ImportTarget;
use super::report::RejectedRow;
use super::targets;
use chrono::{Datelike, NaiveDate};
use clientela_core::party::entry::{self, NewConsent, NewContact, NewCustomer, NewVehicle, Seat};
use clientela_core::party::{Consent, EnteredCustomer, Vehicle};
use clientela_model::{Coded, EntityId, ValueError};
use uuid::Uuid;

/// A row that is acceptable as far as it can be told without the store. Ids that are not known yet are nil.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Checked {
    /// A customer, and the title of the position that looks after it.
    Customer(Box<EnteredCustomer>, Option<String>),
    Vehicle(Box<Vehicle>, Whose),
    /// Read by the rules of its customer's country, so not before that is known.
    Contact(Box<NewContact>, Whose),
    /// A consent, and how it is found.
    Consent(Box<Consent>, Spoken, Whose),
    /// What the market of a unit was in a period.
    Market(Box<Market>),
    /// What an upsert says of a customer, and the title of the position that looks after it.
    CustomerSaid(Box<Said<NewCustomer>>, Option<String>),
    /// What an upsert says of a vehicle.
    VehicleSaid(Box<Said<NewVehicle>>, Whose),
    /// What an upsert says of a contact.
    ContactSaid(Box<Said<NewContact>>, Whose),
}

/// What a row of an upsert says: of a record that is there, or of a new one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said<N> {
    /// What a new record would be made of.
    pub(super) new: N,
    /// The fields the row fills itself.
    pub(super) given: Vec<&'static str>,
    /// The fields the row empties.
    pub(super) cleared: Vec<&'static str>,
    /// The id of the record, where the row has one.
    pub(super) record_id: Option<String>,
}

impl<N> Said<N> {
    fn of(new: N, cells: &Cells<'_>) -> Box<Self> {
        let (given, cleared) = cells.spoken();
        Box::new(Self { new, given, cleared, record_id: cells.text(targets::RECORD_ID) })
    }
}

/// What a row says of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Market {
    /// Code of the unit whose area it is.
    pub(super) unit: String,
    pub(super) first_day: NaiveDate,
    pub(super) last_day: NaiveDate,
    pub(super) registrations: u32,
    pub(super) source: Option<String>,
}

/// How a row names the customer it belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) number: Option<String>,
    pub(super) vat_number: Option<String>,
    /// Country of a VAT number without letters.
    pub(super) country: Option<String>,
}

/// Who spoke, and what tells a statement from others of the same person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spoken {
    /// The number of the contact, or its id; none for the customer itself.
    pub(super) contact: Option<String>,
    /// The id of the statement, where the row has one.
    pub(super) record: Option<Uuid>,
    /// Whether the row tells when it was said.
    pub(super) dated: bool,
}

/// A row that could be checked, by its line, or why not.
pub(super) type CheckedRow = (u64, std::result::Result<Checked, RejectedRow>);

/// Checks a row by the function its own command is checked by.
pub(super) fn check(
    line: u64,
    row: std::result::Result<RawRow, RejectedRow>,
    reading: &Reading<'_>,
) -> CheckedRow {
    let read = |row: RawRow| Checked::read(&row, reading).map_err(|error| RejectedRow::new(line, &*error));
    (line, row.and_then(read))
}

impl Checked {
    fn read(row: &RawRow, reading: &Reading<'_>) -> std::result::Result<Self, Box<dyn Coded>> {
        fn nil<I: EntityId>() -> I {
            I::from_uuid(Uuid::nil())
        }
        fn fault(error: impl Coded) -> Box<dyn Coded> {
            Box::new(error)
        }
        let cells = Cells { row, reading };
        Ok(match reading.options.target {
            ImportTarget::Customer if reading.options.upsert.is_some() => {
                let new = customer(&cells).map_err(fault)?;
                Self::CustomerSaid(Said::of(new, &cells), cells.text("owner"))
            }
            ImportTarget::Vehicle if reading.options.upsert.is_some() => {
                let new = vehicle(&cells).map_err(fault)?;
                Self::VehicleSaid(Said::of(new, &cells), whose(&cells))
            }
            ImportTarget::Contact if reading.options.upsert.is_some() => {
                Self::ContactSaid(Said::of(contact(&cells), &cells), whose(&cells))
            }
            ImportTarget::Customer => {
                let new = customer(&cells).map_err(fault)?;
                let seat = Seat { owner: nil(), unit: nil() };
                let entered = entry::enter_customer(&new, nil(), nil(), seat).map_err(fault)?;
                Self::Customer(Box::new(entered), cells.text("owner"))
            }
            ImportTarget::Vehicle => {
                let new = vehicle(&cells).map_err(fault)?;
                let vehicle = entry::enter_vehicle(&new, nil(), nil()).map_err(fault)?;
                Self::Vehicle(Box::new(vehicle), whose(&cells))
            }
            ImportTarget::Contact => Self::Contact(Box::new(contact(&cells)), whose(&cells)),
            ImportTarget::Consent => {
                let new = consent(&cells).map_err(fault)?;
                let consent = entry::enter_consent(&new, nil(), nil(), reading.now).map_err(fault)?;
                Self::Consent(
                    Box::new(consent),
                    spoken(&cells, new.at.is_some()).map_err(fault)?,
                    whose(&cells),
                )
            }
            ImportTarget::MarketTotal => Self::Market(Box::new(market(&cells).map_err(fault)?)),
        })
    }

    /// How the row names its customer; none for a customer.
    pub(super) const fn whose(&self) -> Option<&Whose> {
        match self {
            Self::Customer(..) | Self::CustomerSaid(..) | Self::Market(_) => None,
            Self::Vehicle(_, whose)
            | Self::Contact(_, whose)
            | Self::Consent(_, _, whose)
            | Self::VehicleSaid(_, whose)
            | Self::ContactSaid(_, whose) => Some(whose),
        }
    }
}

fn spoken(cells: &Cells<'_>, dated: bool) -> std::result::Result<Spoken, ValueError> {
    let malformed = |_| {
        ValueError::new("id.malformed", "record id", "is no id", "the id an export wrote")
            .at(targets::RECORD_ID)
    };
    let record = cells.text(targets::RECORD_ID).map(|id| Uuid::try_parse(&id)).transpose();
    Ok(Spoken { contact: cells.text("contact_number"), record: record.map_err(malformed)?, dated })
}

fn whose(cells: &Cells<'_>) -> Whose {
    Whose {
        number: cells.text("customer_number"),
        vat_number: cells.text("vat_number"),
        country: cells.text("country"),
    }
}

fn customer(cells: &Cells<'_>) -> std::result::Result<NewCustomer, ValueError> {
    Ok(NewCustomer {
        kind: cells.text("kind"),
        name: cells.text("name"),
        name2: cells.text("name2"),
        vat_number: cells.text("vat_number"),
        street: cells.text("street"),
        postal_code: cells.text("postal_code"),
        locality: cells.text("locality"),
        region: cells.text("region"),
        country: cells.text("country"),
        email: cells.text("email"),
        phone: cells.text("phone"),
        language: cells.text("language"),
        nace: cells.text("nace"),
        number: cells.text("number"),
        status: cells.text("status"),
        size: cells.text("size"),
        since: cells.day("since")?,
        source: cells.text("source"),
        price_group: cells.text("price_group"),
        credit_hold: cells.yes("credit_hold")?,
        do_not_contact: cells.yes("do_not_contact")?.unwrap_or(false),
        notes: cells.text("notes"),
    })
}

fn vehicle(cells: &Cells<'_>) -> std::result::Result<NewVehicle, ValueError> {
    Ok(NewVehicle {
        vin: cells.text("vin"),
        plate: cells.text("plate"),
        make: cells.text("make"),
        model: cells.text("model"),
        category: cells.text("category"),
        body: cells.text("body"),
        euro_class: cells.euro_class("euro_class")?,
        first_registration: cells.day("first_registration")?,
        mileage_km: cells.whole("mileage")?,
        ownership: cells.text("ownership"),
        acquired: cells.day("acquired")?,
        disposed: cells.day("disposed")?,
        usage: cells.text("usage"),
        disposal_reason: cells.text("disposal_reason"),
    })
}

fn contact(cells: &Cells<'_>) -> NewContact {
    NewContact {
        number: cells.text("number"),
        given_name: cells.text("given_name"),
        family_name: cells.text("family_name"),
        role: cells.text("role"),
        influence: cells.text("influence"),
        language: cells.text("language"),
        mobile: cells.text("mobile"),
        phone: cells.text("phone"),
        email: cells.text("email"),
    }
}

/// A market; without a last day that of the month its first day lies in.
fn market(cells: &Cells<'_>) -> std::result::Result<Market, ValueError> {
    let missing = |field: &'static str, expected: &'static str| {
        ValueError::new("field.missing", "field", "is missing", expected).at(field)
    };
    let first_day = cells.day("first_day")?.ok_or_else(|| missing("first_day", "a day"))?;
    let of_month = || {
        let next = first_day.with_day(1)?.checked_add_months(chrono::Months::new(1))?;
        next.pred_opt()
    };
    let registrations = cells.whole("registrations")?.ok_or_else(|| missing("registrations", "a number"))?;
    let registrations = u32::try_from(registrations).map_err(|_| {
        let problem = "is not a number of vehicles";
        ValueError::new("number.malformed", "number", problem, "a whole number from 0").at("registrations")
    })?;
    Ok(Market {
        unit: cells.text("unit").ok_or_else(|| missing("unit", "the code of a unit"))?,
        first_day,
        last_day: cells.day("last_day")?.or_else(of_month).unwrap_or(first_day),
        registrations,
        source: cells.text("source"),
    })
}

fn consent(cells: &Cells<'_>) -> std::result::Result<NewConsent, ValueError> {
    Ok(NewConsent {
        contact: None,
        purpose: cells.text("purpose"),
        channel: cells.text("channel"),
        decision: cells.text("decision"),
        basis: cells.text("basis"),
        wording: cells.text("wording"),
        source: cells.text("source"),
        proof: cells.text("proof"),
        at: cells.moment("at")?,
        contact_point: cells.text("contact_point"),
        expires_at: cells.moment("expires_at")?,
        awaits_confirmation: cells.yes("awaits_confirmation")?,
        proof_kind: cells.text("proof_kind"),
        proof_digest: cells.text("proof_digest"),
    })
}
