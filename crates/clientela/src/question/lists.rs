//! Lists in pages: the customers, contacts, opportunities or leads of a view, as far as they may be seen.
//!
//! One mechanism over the declarations: what a list is of says only which record it shows and by which column it comes. The
//! condition of the view, the right and the filters go to the store as one question.

use super::plain;
use crate::command::Key;
use crate::error::{CrmError, Result};
use crate::outreach::{Outreach, OutreachOf, Statements};
use crate::session::Session;
use crate::view::{LIST_MAX, View};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use clientela_core::ids::{ConsentId, ContactId, CustomerId};
use clientela_core::leads::Lead;
use clientela_core::organisation::views::units_below;
use clientela_core::organisation::{Anchor, ListView, Position, Unit, UnitKind, nearest};
use clientela_core::party::{Contact, Customer, Permission};
use clientela_core::sales::Opportunity;
use clientela_core::{entity, summary};
use clientela_model::identifier::Currency;
use clientela_model::{
    Column, ColumnType, Entity, EntityId, Facet, Figure, Predicate, Record, Summary, Value,
};
use clientela_store::{Direction, Listed, Listing, Mark, Order, is_sortable};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::marker::PhantomData;
use uuid::Uuid;

/// Records on a page when nothing is said.
const PAGE: usize = 50;

/// What a list is of.
pub trait Listable: Debug + Clone + PartialEq + Default + 'static {
    /// The record it shows.
    type Record: Record;
    /// The column it comes in the order of when nothing is said.
    const SORT: &'static str;
}

macro_rules! listable {
    ($($(#[$doc:meta])* $name:ident: $record:ty, $sort:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;

        impl Listable for $name {
            type Record = $record;
            const SORT: &'static str = $sort;
        }
    )*};
}

listable! {
    /// Customers, by name.
    Customers: Customer, "name";
    /// Contacts, by family name.
    Contacts: Contact, "family_name";
    /// Opportunities, by number.
    Opportunities: Opportunity, "number";
    /// Leads, by when they came in.
    Leads: Lead, "received_at";
}

/// One page of a list. Everything may be left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound = "L: Listable")]
pub struct ListOf<L> {
    /// Whose: `mine`, `team`, `unit`, `dealer`, `zone` or `all` that may be seen.
    pub view: ListView,
    /// From which position the view looks; the acting one when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Key>,
    /// Only those of this unit and the units below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Only those whose fields have these values, or one of a list of values; `null` for those where the field is empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, serde_json::Value>,
    /// Only those whose fields start so, letter case aside.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub starts: BTreeMap<String, String>,
    /// The field they come in the order of; of customers also `last_contact` and `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// The currency of the `value` they come in the order of. Only customers with whom something was won in it are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The other way round.
    pub descending: bool,
    /// How many on the page, 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only whom may be contacted so: each line then says by which consent, whom and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outreach: Option<OutreachOf>,
    /// Whether to count all of them. Whom may be contacted is not counted.
    pub total: bool,
    /// What it is a list of.
    #[serde(skip)]
    pub of: PhantomData<L>,
}

/// A whole list as a table of text: asked as a page is, without a size.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "L: Listable")]
pub struct ExportOf<L>(pub ListOf<L>);

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListPage {
    /// The records.
    pub lines: Vec<ListLine>,
    /// Where the next page begins, to be given back as `after`; none on the last page. A place and not a number: what is entered or
    /// taken away meanwhile moves nothing.
    pub next: Option<String>,
    /// How many there are in all, if it was asked.
    pub total: Option<u64>,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListLine {
    /// The fields the session reads, by name.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Whom may be contacted and where, if it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<Reached>,
}

/// Whom may be contacted, where, and by which consent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reached {
    /// The consent it rests on.
    pub consent: ConsentId,
    /// The contact; none for the customer itself.
    pub contact: Option<ContactId>,
    /// The one address or number the consent allows; none for any of the channel.
    pub contact_point: Option<String>,
}

/// A whole list as a table of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListExport {
    /// The records as CSV (RFC 4180).
    pub csv: String,
    /// How many.
    pub rows: usize,
    /// Where the rest begins, when there are more than [`EXPORT_MAX`].
    pub next: Option<String>,
}

/// Most rows of one export.
pub const EXPORT_MAX: usize = 100_000;

/// Records looked at for one page of whom may be contacted; then it ends, full or not.
const LOOKED_AT_MAX: usize = 20_000;

pub(super) fn list<L: Listable>(session: &Session, question: &ListOf<L>) -> Result<ListPage> {
    session.look(|view| {
        let asked = Asked::read(session, &view, question)?;
        let (lines, next) = asked.lines(&view, asked.size)?;
        let total = match question.total {
            true => Some(view.reader.count(asked.entity, &asked.condition)?),
            false => None,
        };
        Ok(ListPage { lines, next: next.map(|mark| mark.to_string()), total })
    })
}

pub(super) fn export<L: Listable>(session: &Session, question: &ExportOf<L>) -> Result<ListExport> {
    session.look(|view| {
        let mut asked = Asked::read(session, &view, &question.0)?;
        let mut names: Vec<&str> = asked.entity.columns.iter().map(|column| column.name).collect();
        if asked.outreach.is_some() {
            names.extend(["reached_by_consent", "reached_contact", "reached_contact_point"]);
        }
        let mut export = ListExport { csv: plain::line(names.iter().copied()), rows: 0, next: None };
        loop {
            let (lines, next) = asked.lines(&view, LIST_MAX)?;
            for line in &lines {
                let cells: Vec<String> = names.iter().map(|name| line.cell(name)).collect();
                export.csv.push_str(&plain::line(cells.iter().map(String::as_str)));
            }
            export.rows += lines.len();
            match next {
                None => return Ok(export),
                Some(mark) if export.rows >= EXPORT_MAX => {
                    export.next = Some(mark.to_string());
                    return Ok(export);
                }
                after => asked.after = after,
            }
        }
    })
}

impl ListLine {
    /// A field as text.
    fn cell(&self, name: &str) -> String {
        let reached = self.reached.as_ref();
        match (name, reached) {
            ("reached_by_consent", Some(reached)) => reached.consent.to_string(),
            ("reached_contact", Some(reached)) => {
                reached.contact.map(|contact| contact.to_string()).unwrap_or_default()
            }
            ("reached_contact_point", Some(reached)) => reached.contact_point.clone().unwrap_or_default(),
            _ => match self.fields.get(name) {
                None | Some(serde_json::Value::Null) => String::new(),
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(serde_json::Value::Object(amount)) => {
                    let part =
                        |name: &str| amount.get(name).and_then(|part| part.as_str()).unwrap_or_default();
                    format!("{} {}", part("amount"), part("currency"))
                }
                Some(other) => other.to_string(),
            },
        }
    }
}

/// A question for a page, checked.
pub(crate) struct Asked {
    pub(crate) entity: &'static Entity,
    /// View, right and filters.
    pub(crate) condition: Predicate,
    sort: &'static str,
    /// The figure it is sorted by, when that is no field, and of which currency.
    figure: Option<(&'static Summary, Option<Currency>)>,
    direction: Direction,
    pub(crate) after: Option<Mark>,
    pub(crate) size: usize,
    outreach: Option<Outreach>,
}

impl Asked {
    pub(crate) fn read<L: Listable>(
        session: &Session,
        view: &View<'_>,
        question: &ListOf<L>,
    ) -> Result<Self> {
        let declared = L::Record::ENTITY;
        let outreach = question.outreach.map(|of| of.asked_by(session));
        if outreach.is_some() && ![Customer::ENTITY.name, Contact::ENTITY.name].contains(&declared.name) {
            return Err(argument("outreach", "is asked of no person", "list customers or contacts"));
        }
        let sort = question.sort.as_deref().unwrap_or(L::SORT);
        let figure = figure(declared, sort, question.currency.as_deref())?;
        let sort = match figure {
            Some((summary, _)) => &summary.column,
            None => {
                let sort = column(declared, sort, "sort")?;
                if sort.facet != Facet::Standard || !is_sortable(sort) {
                    return Err(argument("sort", "has no order", "name a text, a day, a moment or a number"));
                }
                sort
            }
        };
        let after = question.after.as_deref().map(str::parse::<Mark>).transpose();
        let after = after
            .map_err(|_| argument("after", "is no place of this list", "give back what came as `next`"))?;
        let direction = if question.descending { Direction::Descending } else { Direction::Ascending };
        let condition = view_condition(view, question.view, question.position.as_deref(), declared)?
            .and(match figure {
                // A figure of the whole is for whoever sees the record by his own rights.
                Some(_) => View { actor: &view.actor.by_grants(), ..*view }.readable(declared),
                None => view.readable(declared),
            })
            .and(view.askable(declared, &filters(view, question, declared)?));
        let size = question.size.unwrap_or(PAGE).clamp(1, LIST_MAX);
        Ok(Self { entity: declared, condition, sort: sort.name, figure, direction, after, size, outreach })
    }

    /// The next lines, and where those after them begin.
    fn lines(&self, view: &View<'_>, size: usize) -> Result<(Vec<ListLine>, Option<Mark>)> {
        let sights = view.sights(self.entity);
        let line = |listed: &Listed, reached| {
            let mut fields = plain::fields(view, &sights, self.entity, &listed.values);
            fields.extend(self.told(listed).map(|told| (self.sort.to_owned(), told)));
            ListLine { fields, reached }
        };
        let (mut lines, mut looked_at, mut after) = (Vec::new(), 0, self.after.clone());
        loop {
            let wanted = if self.outreach.is_some() { size.max(PAGE * 4) } else { size };
            let mut listed = self.page(view, after.as_ref(), wanted + 1)?;
            let more = listed.len() > wanted;
            listed.truncate(wanted);
            looked_at += listed.len();
            let Some(outreach) = &self.outreach else {
                let next = listed.last().filter(|_| more).map(|last| last.mark.clone());
                return Ok((listed.iter().map(|listed| line(listed, None)).collect(), next));
            };
            let reached = reached(view, outreach, self.entity, &listed)?;
            let count = listed.len();
            for (at, (listed, reached)) in listed.into_iter().zip(reached).enumerate() {
                if reached.is_some() {
                    lines.push(line(&listed, reached));
                }
                after = Some(listed.mark);
                if lines.len() == size && (more || at + 1 < count) {
                    return Ok((lines, after));
                }
            }
            if !more {
                return Ok((lines, None));
            }
            if looked_at >= LOOKED_AT_MAX {
                return Ok((lines, after));
            }
        }
    }

    /// The figure a record is listed by.
    fn told(&self, listed: &Listed) -> Option<serde_json::Value> {
        let (summary, currency) = self.figure?;
        Some(match (summary.figure, listed.mark.number(), currency) {
            (_, None, _) => serde_json::Value::Null,
            (Figure::Sum(_), Some(hundredths), Some(currency)) => {
                serde_json::json!({"amount": Decimal::new(hundredths, 2).to_string(), "currency": currency.code()})
            }
            (_, Some(microseconds), _) => DateTime::from_timestamp_micros(microseconds)
                .map_or(serde_json::Value::Null, |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()),
        })
    }

    /// The next records after a place.
    pub(crate) fn page(&self, view: &View<'_>, after: Option<&Mark>, limit: usize) -> Result<Vec<Listed>> {
        let listing = Listing {
            entity: self.entity,
            condition: &self.condition,
            column: self.sort,
            currency: self.figure.and_then(|(_, currency)| currency).map(Currency::code),
            direction: self.direction,
            after,
            limit,
        };
        view.reader.listed(&listing).map_err(|error| match error {
            clientela_store::StoreError::UnknownColumn { .. } => {
                argument("after", "is a place of another list", "give back what came as `next`")
            }
            other => other.into(),
        })
    }
}

/// Whom of these records may be contacted; none for those nobody may.
fn reached(
    view: &View<'_>,
    outreach: &Outreach,
    declared: &'static Entity,
    listed: &[Listed],
) -> Result<Vec<Option<Reached>>> {
    let contacts: Vec<Contact> = match declared.name == Contact::ENTITY.name {
        true => listed
            .iter()
            .map(|listed| Contact::from_values(listed.values.clone()))
            .collect::<std::result::Result<_, _>>()?,
        false => Vec::new(),
    };
    let customers: Vec<Customer> = match declared.name == Contact::ENTITY.name {
        true => {
            let ids = contacts.iter().map(|contact| Value::Id(contact.customer.uuid())).collect();
            view.records::<Customer>(&Predicate::OneOf("id".into(), ids))?
        }
        false => listed
            .iter()
            .map(|listed| Customer::from_values(listed.values.clone()))
            .collect::<std::result::Result<_, _>>()?,
    };
    let statements = outreach.statements(view, &customers.iter().collect::<Vec<_>>())?;
    let none = Statements::default();
    let said = |customer: &Customer| statements.get(&customer.id.uuid()).unwrap_or(&none);
    let permissions: Vec<Permission> = if contacts.is_empty() {
        customers.iter().map(|customer| outreach.permission(Some(customer), said(customer))).collect()
    } else {
        let by_id: HashMap<CustomerId, &Customer> =
            customers.iter().map(|customer| (customer.id, customer)).collect();
        let of = |contact: &Contact| {
            by_id.get(&contact.customer).map_or_else(
                // Whose customer is not seen is not contacted.
                || outreach.permission(None, &none),
                |customer| outreach.permission_of(customer, Some(contact.id), said(customer)),
            )
        };
        contacts.iter().map(of).collect()
    };
    let told = |permission: Permission| {
        let Permission { allowed, consent, contact, contact_point, .. } = permission;
        // Without the statement it rests on it could not be proved.
        consent.filter(|_| allowed).map(|consent| Reached { consent, contact, contact_point })
    };
    Ok(permissions.into_iter().map(told).collect())
}

/// Whose records the view is of.
fn view_condition(
    view: &View<'_>,
    of: ListView,
    position: Option<&str>,
    declared: &'static Entity,
) -> Result<Predicate> {
    let (position, unit) = match position {
        Some(key) => {
            let position = view.resolve::<Position>(key)?.record;
            (position.id, position.unit)
        }
        None => (view.actor.position, view.actor.unit),
    };
    let find = |id| view.reader.get::<Unit>(id).ok().flatten().map(|stored| stored.record);
    let anchor = Anchor {
        position,
        unit,
        dealer: nearest(unit, UnitKind::Dealer, find),
        zone: nearest(unit, UnitKind::Zone, find),
    };
    Ok(of.condition(&anchor, declared, entity))
}

fn filters<L: Listable>(
    view: &View<'_>,
    question: &ListOf<L>,
    declared: &'static Entity,
) -> Result<Predicate> {
    let mut all = Predicate::Everything;
    if let Some(key) = &question.unit {
        all = all.and(units_below(view.resolve::<Unit>(key)?.record.id, declared, entity));
    }
    for (name, wanted) in &question.filter {
        let column = column(declared, name, "filter")?;
        let name = Cow::Borrowed(column.name);
        all = all.and(match wanted {
            serde_json::Value::Null => Predicate::Empty(name),
            serde_json::Value::Array(values) => {
                let values: Result<Vec<Value>> =
                    values.iter().map(|wanted| value_of(view, column, wanted)).collect();
                Predicate::OneOf(name, values?)
            }
            one => Predicate::Equals(name, value_of(view, column, one)?),
        });
    }
    for (name, start) in &question.starts {
        let column = column(declared, name, "starts")?;
        all = all.and(Predicate::StartsWith(Cow::Borrowed(column.name), start.clone()));
    }
    Ok(all)
}

/// A figure that is no field, by its name.
fn figure(
    declared: &'static Entity,
    name: &str,
    currency: Option<&str>,
) -> Result<Option<(&'static Summary, Option<Currency>)>> {
    let found = summary(declared.name, name);
    let summed = found.is_some_and(|found| matches!(found.figure, Figure::Sum(_)));
    match (found, currency) {
        (Some(_), None) if summed => {
            Err(argument("currency", "is needed for an order of amounts", "name one, such as EUR"))
        }
        (Some(found), Some(code)) if summed => {
            let unknown = |_| argument("currency", "is no currency", "name one by ISO 4217, such as EUR");
            Ok(Some((found, Some(Currency::parse(code).map_err(unknown)?))))
        }
        (_, Some(_)) => {
            Err(argument("currency", "belongs to an order of amounts", "sort by value, or leave it out"))
        }
        (found, None) => Ok(found.map(|found| (found, None))),
    }
}

fn column(declared: &'static Entity, name: &str, field: &'static str) -> Result<&'static Column> {
    declared.column(name).ok_or_else(|| argument(field, "names no field", "see the data dictionary"))
}

/// A value of a column as a program of another language gives it. A record may be named by its key.
fn value_of(view: &View<'_>, column: &'static Column, given: &serde_json::Value) -> Result<Value> {
    let text = given.as_str();
    let value = match column.ty {
        ColumnType::Bool => given.as_bool().map(Value::Bool),
        ColumnType::Integer => given.as_i64().map(Value::Integer),
        ColumnType::Words(words) => {
            text.filter(|text| words.contains(text)).map(|text| Value::Text(Cow::Owned(text.to_owned())))
        }
        ColumnType::Text => text.map(|text| Value::Text(Cow::Owned(text.to_owned()))),
        ColumnType::Date => text.and_then(|text| text.parse::<NaiveDate>().ok()).map(Value::Date),
        ColumnType::Instant => text.and_then(|text| text.parse::<DateTime<Utc>>().ok()).map(Value::Instant),
        ColumnType::Id(target) => match text {
            Some(text) => match Uuid::try_parse(text) {
                Ok(id) => Some(Value::Id(id)),
                Err(_) => Some(Value::Id(id_of_key(view, target, text)?)),
            },
            None => None,
        },
        ColumnType::Decimal | ColumnType::Money | ColumnType::Blob => None,
    };
    value.ok_or_else(|| argument("filter", "has a value of another type", "see the data dictionary"))
}

/// The visible record of that key.
fn id_of_key(view: &View<'_>, target: &'static str, key: &str) -> Result<Uuid> {
    let found = entity(target).and_then(|declared| declared.key.map(|column| (declared, column)));
    let Some((declared, column)) = found else {
        return Err(argument("filter", "names a record that has no key", "give its id"));
    };
    let named = Predicate::equals(column, Value::Text(Cow::Owned(key.to_owned())));
    let named = named.and(view.readable(declared));
    let rows = view.reader.select(declared, &[], &named, &Order::by_id(), Some(2), 0)?;
    match rows.as_slice() {
        [(values, _)] => match values.first() {
            Some(Value::Id(id)) => Ok(*id),
            _ => Err(crate::view::not_found(declared, key)),
        },
        [] => Err(crate::view::not_found(declared, key)),
        _ => Err(CrmError::Ambiguous { entity: declared.name, key: key.to_owned() }.into()),
    }
}

fn argument(field: &'static str, problem: &str, hint: &'static str) -> crate::Error {
    CrmError::Argument { field, problem: problem.to_owned(), hint }.into()
}
