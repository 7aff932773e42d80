//! The rows of an export, a page at a time.

use super::cells::Cells;
use super::{ExportOptions, ExportReport, Part};
use crate::error::{CrmError, Result};
use crate::import::{ImportTarget, RECORD_ID, field_names};
use crate::outreach::{Outreach, Statements};
use crate::session::Session;
use crate::view::View;
use clientela_core::ids::{ContactId, CustomerId, PartyId, PositionId, UnitId};
use clientela_core::imports::REVERTED;
use clientela_core::organisation::{Position, Unit, dealer_of};
use clientela_core::party::entry::{NewConsent, NewContact, NewCustomer, NewVehicle};
use clientela_core::party::{Consent, Contact, Customer, Party, Permission, Relationship, Vehicle};
use clientela_exchange::csv::{Separator, TableWriter};
use clientela_model::predicate::Comparison;
use clientela_model::{Coded, EntityId, ErrorKind, Predicate, Record, Value};
use clientela_store::{Order, Stored};
use std::collections::HashMap;
use std::io;
use uuid::Uuid;

/// Fields with addresses and numbers somebody is reached at.
const ADDRESSES: [&str; 3] = ["email", "phone", "mobile"];
/// Records read at a time.
const PAGE: usize = 500;

/// Writes a part of an export.
pub(super) fn part<W: io::Write>(
    view: &View<'_>,
    session: &Session,
    options: &ExportOptions,
    part: Part,
    output: W,
) -> Result<(W, ExportReport)> {
    let export = Export::new(view, session, options)?;
    let separator = options.separator.unwrap_or(Separator::Comma);
    let table = match part.after {
        None => {
            TableWriter::new(output, export.fields.iter().copied(), separator).map_err(OutputError::from)?
        }
        Some(_) => TableWriter::without_headers(output, separator),
    };
    match options.target {
        ImportTarget::Customer => export.write(part, table, Export::customers),
        ImportTarget::Vehicle => export.write(part, table, Export::vehicles),
        ImportTarget::Contact => export.write(part, table, Export::contacts),
        ImportTarget::Consent if options.outreach.is_some() => Err(CrmError::Argument {
            field: "outreach",
            problem: "is asked of consents".to_owned(),
            hint: "customers, vehicles and contacts to contact people by; consents are written to be kept",
        }
        .into()),
        ImportTarget::MarketTotal => Err(CrmError::Argument {
            field: "target",
            problem: "is market_total".to_owned(),
            hint: "customers, vehicles, contacts and consents are written; tables give the rest",
        }
        .into()),
        ImportTarget::Consent => export.write(part, table, Export::consents),
    }
}

/// A row to be: its record's cells beside those of where it belongs, or that those it is about may not be contacted so.
struct Row {
    cells: Box<dyn Cells>,
    /// Cells of other records, by field.
    beside: Vec<(&'static str, String)>,
    id: Uuid,
    withheld: bool,
}

/// Customers with what they said.
type Said = HashMap<CustomerId, (Customer, Statements)>;

struct Export<'a> {
    view: &'a View<'a>,
    fields: Vec<&'static str>,
    among: Predicate,
    outreach: Option<Outreach>,
    /// Titles of positions; the ids of those whose title others have too.
    owners: HashMap<PositionId, String>,
    dealers: HashMap<UnitId, UnitId>,
    own: UnitId,
}

impl<'a> Export<'a> {
    fn new(view: &'a View<'a>, session: &Session, options: &ExportOptions) -> Result<Self> {
        let customer =
            options.customer.as_deref().map(|key| view.resolve::<Relationship>(key)).transpose()?;
        let among = match (&customer, options.target) {
            (None, _) => Predicate::Everything,
            (Some(customer), ImportTarget::Customer) => equals("id", customer.record.id.uuid()),
            (Some(customer), ImportTarget::Vehicle) => equals("party", customer.record.party.uuid()),
            (Some(customer), _) => equals("customer", customer.record.id.uuid()),
        };
        let fields = field_names(options.target)
            .filter(|field| options.record_ids || *field != RECORD_ID)
            .filter(|field| options.target == ImportTarget::Customer || *field != "country");
        let units: HashMap<UnitId, Unit> =
            view.unseen::<Unit>(&Predicate::Everything)?.into_iter().map(|unit| (unit.id, unit)).collect();
        let dealers: HashMap<UnitId, UnitId> =
            units.keys().map(|unit| (*unit, dealer_of(*unit, |id| units.get(&id).cloned()))).collect();
        let own = dealers.get(&view.actor.unit).copied().unwrap_or(view.actor.unit);
        Ok(Self {
            view,
            fields: fields.collect(),
            among,
            outreach: options.outreach.map(|of| of.asked_by(session)),
            owners: owners(view)?,
            dealers,
            own,
        })
    }

    fn write<W: io::Write, R: Record>(
        &self,
        part: Part,
        mut table: TableWriter<W>,
        rows: impl Fn(&Self, Vec<Stored<R>>) -> Result<Vec<Row>>,
    ) -> Result<(W, ExportReport)> {
        let (mut report, mut after, mut left) = (ExportReport::default(), part.after, part.limit);
        loop {
            let size = left.map_or(PAGE, |left| left.min(PAGE));
            let beyond = match after {
                Some(id) => self.among.clone().and(Predicate::Compare(
                    "id".into(),
                    Comparison::Greater,
                    Value::Id(id),
                )),
                None => self.among.clone(),
            };
            let page = self.view.page::<R>(&beyond, &Order::by_id(), Some(size), 0)?;
            let (last, many) = (page.last().map(|stored| stored.record.id().uuid()), page.len());
            for row in rows(self, page)? {
                if row.withheld {
                    report.withheld += 1;
                    continue;
                }
                let cells: Vec<String> = self.fields.iter().map(|field| row.cell(field)).collect();
                table.row(cells.iter().map(String::as_str)).map_err(OutputError::from)?;
                report.rows += 1;
            }
            self.view.reader.tell("rows", report.rows + report.withheld, 0);
            left = left.map(|left| left - many);
            after = last.or(after);
            if many < size || many == 0 {
                break;
            }
            if left == Some(0) {
                report.next = after;
                break;
            }
        }
        Ok((table.finish().map_err(OutputError::from)?, report))
    }

    fn customers(&self, page: Vec<Stored<Relationship>>) -> Result<Vec<Row>> {
        let parties = self.parties(page.iter().map(|stored| stored.record.party))?;
        let said = self.said(page.iter().map(|stored| stored.record.id))?;
        let rows = page.into_iter().filter_map(|stored| {
            let relationship = stored.record;
            // What came in by mistake and was taken back is not to come in again.
            if relationship.left_reason.as_deref() == Some(REVERTED) {
                return None;
            }
            let party = parties.get(&relationship.party)?;
            let owner = self.owners.get(&relationship.owner).cloned().unwrap_or_default();
            let cells = NewCustomer::of(party, &relationship);
            Some(Row {
                withheld: !self.reaches(relationship.id, None, &said, &cells),
                id: relationship.id.uuid(),
                beside: vec![("owner", owner)],
                cells: Box::new(cells),
            })
        });
        Ok(rows.collect())
    }

    fn vehicles(&self, page: Vec<Stored<Vehicle>>) -> Result<Vec<Row>> {
        let parties = page.iter().map(|stored| Value::Id(stored.record.party.uuid()));
        let related = self.view.records::<Relationship>(&one_of("party", parties))?;
        let said = self.said(related.iter().map(|relationship| relationship.id))?;
        let mut of_party: HashMap<PartyId, Relationship> = HashMap::new();
        for relationship in related {
            // Of several dealers' customers the own one is named.
            let own = self.dealers.get(&relationship.unit) == Some(&self.own);
            match of_party.get(&relationship.party) {
                Some(_) if !own => {}
                _ => _ = of_party.insert(relationship.party, relationship),
            }
        }
        let named = self.named(of_party.values())?;
        let rows = page.into_iter().filter_map(|stored| {
            let relationship = of_party.get(&stored.record.party)?;
            Some(Row {
                withheld: self.permission(relationship.id, None, &said).is_some_and(|told| !told.allowed),
                id: stored.record.id.uuid(),
                beside: named.get(&relationship.id).cloned().unwrap_or_default(),
                cells: Box::new(NewVehicle::of(&stored.record)),
            })
        });
        Ok(rows.collect())
    }

    fn contacts(&self, page: Vec<Stored<Contact>>) -> Result<Vec<Row>> {
        let customers = page.iter().map(|stored| Value::Id(stored.record.customer.uuid()));
        let related = self.view.records::<Relationship>(&one_of("id", customers))?;
        let said = self.said(related.iter().map(|relationship| relationship.id))?;
        let named = self.named(related.iter())?;
        let of_id: HashMap<CustomerId, Relationship> =
            related.into_iter().map(|relationship| (relationship.id, relationship)).collect();
        let rows = page.into_iter().filter_map(|stored| {
            let relationship = of_id.get(&stored.record.customer)?;
            let cells = NewContact::of(&stored.record);
            Some(Row {
                withheld: !self.reaches(relationship.id, Some(stored.record.id), &said, &cells),
                id: stored.record.id.uuid(),
                beside: named.get(&relationship.id).cloned().unwrap_or_default(),
                cells: Box::new(cells),
            })
        });
        Ok(rows.collect())
    }

    fn consents(&self, page: Vec<Stored<Consent>>) -> Result<Vec<Row>> {
        let customers = page.iter().map(|stored| Value::Id(stored.record.customer.uuid()));
        let related = self.view.records::<Relationship>(&one_of("id", customers))?;
        let named = self.named(related.iter())?;
        let contacts = page.iter().filter_map(|stored| Some(Value::Id(stored.record.contact?.uuid())));
        let contacts = self.view.records::<Contact>(&one_of("id", contacts))?;
        let numbers: HashMap<ContactId, Option<String>> =
            contacts.into_iter().map(|contact| (contact.id, contact.number)).collect();
        let rows = page.into_iter().map(|stored| {
            let mut beside = named.get(&stored.record.customer).cloned().unwrap_or_default();
            if let Some(contact) = stored.record.contact {
                // Without a number it is named by its id: what it said must never become the customer's word.
                let number = numbers.get(&contact).cloned().flatten();
                beside.push(("contact_number", number.unwrap_or_else(|| contact.to_string())));
            }
            let cells = NewConsent::of(&stored.record);
            Row { withheld: false, id: stored.record.id.uuid(), beside, cells: Box::new(cells) }
        });
        Ok(rows.collect())
    }

    fn parties(&self, ids: impl Iterator<Item = PartyId>) -> Result<HashMap<PartyId, Party>> {
        let parties = self.view.records::<Party>(&one_of("id", ids.map(|id| Value::Id(id.uuid()))))?;
        Ok(parties.into_iter().map(|party| (party.id, party)).collect())
    }

    /// How rows of parts name their customers: by number, else by VAT number.
    fn named<'r>(
        &self,
        related: impl Iterator<Item = &'r Relationship>,
    ) -> Result<HashMap<CustomerId, Vec<(&'static str, String)>>> {
        let (mut named, mut nameless) = (HashMap::new(), Vec::new());
        for relationship in related {
            match &relationship.number {
                Some(number) => _ = named.insert(relationship.id, vec![("customer_number", number.clone())]),
                None => nameless.push((relationship.id, relationship.party)),
            }
        }
        let parties = self.parties(nameless.iter().map(|(_, party)| *party))?;
        for (customer, party) in nameless {
            if let Some(number) = parties.get(&party).and_then(|party| party.vat_number.as_ref()) {
                named.insert(customer, vec![("vat_number", number.as_str().to_owned())]);
            }
        }
        Ok(named)
    }

    /// What customers said about being contacted; nothing where nobody is to be contacted.
    fn said(&self, ids: impl Iterator<Item = CustomerId>) -> Result<Said> {
        let Some(outreach) = &self.outreach else { return Ok(Said::new()) };
        let customers = self.view.records::<Customer>(&one_of("id", ids.map(|id| Value::Id(id.uuid()))))?;
        let mut statements = outreach.statements(self.view, &customers.iter().collect::<Vec<_>>())?;
        let with_statements = |customer: Customer| {
            let said = statements.remove(&customer.id.uuid()).unwrap_or_default();
            (customer.id, (customer, said))
        };
        Ok(customers.into_iter().map(with_statements).collect())
    }

    /// Whether a contact, or the customer itself, may be contacted; none where nobody is to be.
    fn permission(
        &self,
        customer: CustomerId,
        contact: Option<ContactId>,
        said: &Said,
    ) -> Option<Permission> {
        let outreach = self.outreach.as_ref()?;
        Some(match said.get(&customer) {
            Some((customer, said)) => outreach.permission_of(customer, contact, said),
            None => outreach.permission(None, &Statements::default()),
        })
    }

    /// Whether a row may be written: who it is about may be contacted, and where an address is known, at one that stands in it.
    fn reaches(
        &self,
        customer: CustomerId,
        contact: Option<ContactId>,
        said: &Said,
        cells: &impl Cells,
    ) -> bool {
        let Some(told) = self.permission(customer, contact, said) else { return true };
        let stands = |point: &str| ADDRESSES.iter().any(|field| cells.cell(field).as_deref() == Some(point));
        told.allowed && told.contact_point.as_deref().is_none_or(stands)
    }
}

impl Row {
    fn cell(&self, field: &str) -> String {
        if field == RECORD_ID {
            return self.id.to_string();
        }
        let beside = self.beside.iter().find(|(name, _)| *name == field).map(|(_, cell)| cell.clone());
        beside.or_else(|| self.cells.cell(field)).unwrap_or_default()
    }
}

fn owners(view: &View<'_>) -> Result<HashMap<PositionId, String>> {
    let positions = view.records::<Position>(&Predicate::Everything)?;
    let mut of_title: HashMap<String, u32> = HashMap::new();
    for position in &positions {
        *of_title.entry(position.title.clone()).or_default() += 1;
    }
    let named = positions.into_iter().map(|position| {
        let only = of_title.get(&position.title) == Some(&1);
        (position.id, if only { position.title } else { position.id.to_string() })
    });
    Ok(named.collect())
}

fn equals(column: &'static str, id: Uuid) -> Predicate {
    Predicate::equals(column, Value::Id(id))
}

fn one_of(column: &'static str, ids: impl Iterator<Item = Value>) -> Predicate {
    let ids: Vec<Value> = ids.collect();
    if ids.is_empty() { Predicate::Nothing } else { Predicate::OneOf(column.into(), ids) }
}

/// An output that takes nothing more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the export cannot be written: {problem}; expected an output that takes it")]
struct OutputError {
    problem: String,
    native: i32,
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        Self { problem: error.kind().to_string(), native: error.raw_os_error().unwrap_or_default() }
    }
}

impl Coded for OutputError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Io
    }
    fn code(&self) -> &'static str {
        "export.output"
    }
    fn native(&self) -> i32 {
        self.native
    }
}
