//! Records of a small business, as rows and as columns at once, and random rules about them.

use chrono::NaiveDate;
use clientela_columns::{Bits, Children, Column, Population, Records};
use clientela_rules::{Bindings, Datum, Environment, FieldType, RecordType, Row, Type};
use rust_decimal::Decimal;
use std::sync::Arc;

pub(crate) const STATUS: [&str; 4] = ["suspect", "prospect", "customer", "lost"];
pub(crate) const MAKES: [&str; 3] = ["Orsa", "Volvo", "Scania"];

/// Choices drawn beforehand: the smaller the numbers the plainer what is made of them.
pub(crate) struct Choices<'c> {
    given: &'c [u32],
    at: usize,
}

impl<'c> Choices<'c> {
    pub(crate) fn new(given: &'c [u32]) -> Self {
        Self { given, at: 0 }
    }

    pub(crate) fn next(&mut self, of: u32) -> u32 {
        let value = self.given.get(self.at % self.given.len().max(1)).copied().unwrap_or(0);
        // Later rounds through the same numbers give others.
        let value = value.wrapping_add((self.at / self.given.len().max(1)) as u32 * 7);
        self.at += 1;
        value % of
    }

    pub(crate) fn pick<'s>(&mut self, from: &[&'s str]) -> &'s str {
        from[self.next(from.len() as u32) as usize]
    }
}

pub(crate) struct World {
    pub environment: Arc<Environment>,
    customer: Arc<RecordType>,
    vehicle: Arc<RecordType>,
    purchase: Arc<RecordType>,
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        let words = |words: &[&'static str]| Type::words(words);
        let vehicle = Arc::new(
            RecordType::new("vehicle")
                .with(FieldType::new("make", words(&MAKES).or_null()))
                .with(FieldType::new("euro", Type::Int.or_null()))
                .with(FieldType::new("registered", Type::Date.or_null()))
                .with(FieldType::new("leased", Type::Bool.or_null())),
        );
        let purchase = Arc::new(
            RecordType::new("purchase")
                .with(FieldType::new("make", words(&MAKES)))
                .with(FieldType::new("amount", Type::Decimal.or_null()))
                .with(FieldType::new("units", Type::Int)),
        );
        let customer = Arc::new(
            RecordType::new("customer")
                .with(FieldType::new("status", words(&STATUS)))
                .with(FieldType::new("score", Type::Int.or_null()))
                .with(FieldType::new("size", Type::Int))
                .with(FieldType::new("turnover", Type::Decimal.or_null()))
                .with(FieldType::new("share", Type::Double.or_null()))
                .with(FieldType::new("since", Type::Date.or_null()))
                .with(FieldType::new("seen", Type::Timestamp.or_null()))
                .with(FieldType::new("consent", Type::Bool.or_null()))
                .with(FieldType::new("town", Type::Text.or_null()))
                .with(FieldType::new("preferred", words(&MAKES).or_null()))
                .with_list("fleet", Arc::clone(&vehicle))
                .with_list("purchases", Arc::clone(&purchase)),
        );
        let environment = Environment::new()
            .variable("customer", Type::Record(Arc::clone(&customer)))
            .variable("today", Type::Date);
        Self { environment: Arc::new(environment), customer, vehicle, purchase }
    }

    /// So many customers, as rows and as columns.
    pub(crate) fn customers(&self, count: usize, choices: &mut Choices<'_>) -> (Vec<Row>, Population) {
        let mut rows = Vec::new();
        let mut fleets = Vec::new();
        let mut purchases = Vec::new();
        for _ in 0..count {
            // A few have long lists.
            let most = if choices.next(40) == 39 { 30 } else { 4 };
            let fleet: Vec<Row> = (0..choices.next(most)).map(|_| self.vehicle(choices)).collect();
            let bought: Vec<Row> = (0..choices.next(most)).map(|_| self.purchase(choices)).collect();
            let row = self.customer(choices, &fleet, &bought);
            rows.push(row);
            fleets.push(fleet);
            purchases.push(bought);
        }
        self.put_together(rows, &fleets, &purchases)
    }

    /// Customers with so many vehicles and purchases.
    pub(crate) fn with_lists(&self, sizes: &[(usize, usize)]) -> (Vec<Row>, Population) {
        let numbers: Vec<u32> = (0..997_u32).map(|place| place.wrapping_mul(2_654_435_761) >> 7).collect();
        let mut choices = Choices::new(&numbers);
        let (mut rows, mut fleets, mut purchases) = (Vec::new(), Vec::new(), Vec::new());
        for (vehicles, bought) in sizes {
            let fleet: Vec<Row> = (0..*vehicles).map(|_| self.vehicle(&mut choices)).collect();
            let bought: Vec<Row> = (0..*bought).map(|_| self.purchase(&mut choices)).collect();
            rows.push(self.customer(&mut choices, &fleet, &bought));
            fleets.push(fleet);
            purchases.push(bought);
        }
        self.put_together(rows, &fleets, &purchases)
    }

    fn put_together(
        &self,
        rows: Vec<Row>,
        fleets: &[Vec<Row>],
        purchases: &[Vec<Row>],
    ) -> (Vec<Row>, Population) {
        let customers = columns(&self.customer, &rows)
            .with_children("fleet", children(&self.vehicle, fleets))
            .with_children("purchases", children(&self.purchase, purchases));
        (rows, Population::named("customer", customers))
    }

    pub(crate) fn facts(&self, row: &Row) -> Bindings<'_> {
        Bindings::new(&self.environment)
            .with("customer", row.clone())
            .unwrap()
            .with("today", today())
            .unwrap()
    }

    fn vehicle(&self, choices: &mut Choices<'_>) -> Row {
        let set = |row: Row, name: &str, value: Option<Datum>| match value {
            Some(value) => row.with(name, value).unwrap(),
            None => row,
        };
        let row = Row::new(&self.vehicle);
        let row = set(row, "make", word(choices, &MAKES, true));
        let row = set(row, "euro", integer(choices, 7, true));
        let row = set(row, "registered", date(choices));
        set(row, "leased", flag(choices))
    }

    fn purchase(&self, choices: &mut Choices<'_>) -> Row {
        let row = Row::new(&self.purchase);
        let row = row.with("make", word(choices, &MAKES, false).unwrap()).unwrap();
        let row = match decimal(choices) {
            Some(amount) => row.with("amount", amount).unwrap(),
            None => row,
        };
        row.with("units", integer(choices, 9, false).unwrap()).unwrap()
    }

    fn customer(&self, choices: &mut Choices<'_>, fleet: &[Row], purchases: &[Row]) -> Row {
        let mut row = Row::new(&self.customer);
        let mut set = |name: &str, value: Option<Datum>| {
            if let Some(value) = value {
                row.set(name, value).unwrap();
            }
        };
        set("status", word(choices, &STATUS, false));
        set("score", integer(choices, 101, true));
        set("size", integer(choices, 50, false));
        set("turnover", decimal(choices));
        set(
            "share",
            match choices.next(4) {
                0 => None,
                number => Some(Datum::Double(f64::from(number) / 3.0)),
            },
        );
        set("since", date(choices));
        set("seen", instant(choices));
        set("consent", flag(choices));
        set(
            "town",
            match choices.next(5) {
                0 => None,
                1 => Some("Torino".into()),
                2 => Some("Forlì".into()),
                3 => Some("San Torpete".into()),
                _ => Some("".into()),
            },
        );
        set("preferred", word(choices, &MAKES, true));
        set("fleet", Some(Datum::rows(fleet.to_vec())));
        set("purchases", Some(Datum::rows(purchases.to_vec())));
        row
    }
}

fn word(choices: &mut Choices<'_>, words: &[&str], missing: bool) -> Option<Datum> {
    if missing && choices.next(4) == 0 { None } else { Some(choices.pick(words).into()) }
}

fn integer(choices: &mut Choices<'_>, of: u32, missing: bool) -> Option<Datum> {
    match choices.next(8) {
        0 if missing => None,
        // Where 64 bits end.
        1 if of > 100 => Some(Datum::Int(i64::MAX - i64::from(choices.next(3)))),
        _ => Some(Datum::Int(i64::from(choices.next(of)) - 3)),
    }
}

fn decimal(choices: &mut Choices<'_>) -> Option<Datum> {
    Some(Datum::Decimal(match choices.next(8) {
        0 => return None,
        1 => Decimal::new(i64::MAX - i64::from(choices.next(3)), 2),
        _ => Decimal::new(i64::from(choices.next(200_000)) - 50_000, 2),
    }))
}

fn date(choices: &mut Choices<'_>) -> Option<Datum> {
    match choices.next(4) {
        0 => None,
        _ => Some(Datum::Date(today() - chrono::Days::new(u64::from(choices.next(3_000))))),
    }
}

fn instant(choices: &mut Choices<'_>) -> Option<Datum> {
    let day = today() - chrono::Days::new(u64::from(choices.next(40_000)));
    let start = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
    match choices.next(4) {
        0 => None,
        1 => Some(Datum::Timestamp(start)),
        _ => Some(Datum::Timestamp(start + chrono::TimeDelta::seconds(i64::from(choices.next(86_400))))),
    }
}

fn flag(choices: &mut Choices<'_>) -> Option<Datum> {
    match choices.next(3) {
        0 => None,
        number => Some(Datum::Bool(number == 1)),
    }
}

/// Records as columns, by the types of their fields.
fn columns(ty: &RecordType, rows: &[Row]) -> Records {
    let mut records = Records::new(rows.len());
    for field in ty.fields() {
        let values: Vec<&Datum> = rows.iter().map(|row| row.get(&field.name)).collect();
        let whole = |of: &dyn Fn(&Datum) -> Option<i64>| {
            Column::whole(&values.iter().map(|value| of(value)).collect::<Vec<_>>())
        };
        let column = match field.ty.base() {
            Type::Bool => Column::flags(
                &values
                    .iter()
                    .map(|value| if let Datum::Bool(yes) = value { Some(*yes) } else { None })
                    .collect::<Vec<_>>(),
            ),
            Type::Int => whole(&|value| if let Datum::Int(number) = value { Some(*number) } else { None }),
            Type::Date => whole(&|value| match value {
                Datum::Date(day) => Some(clientela_rules::plan::row::days_of(*day)),
                _ => None,
            }),
            Type::Timestamp => whole(&|value| match value {
                Datum::Timestamp(at) => Some(at.timestamp_micros()),
                _ => None,
            }),
            Type::Decimal => {
                let digits = values.iter().map(|value| match value {
                    Datum::Decimal(number) => {
                        let mut number = *number;
                        number.rescale(2);
                        Some(i64::try_from(number.mantissa()).unwrap())
                    }
                    _ => None,
                });
                Column::decimals(&digits.collect::<Vec<_>>(), 2)
            }
            Type::Double => Column::doubles(
                &values
                    .iter()
                    .map(|value| if let Datum::Double(number) = value { Some(*number) } else { None })
                    .collect::<Vec<_>>(),
            ),
            Type::Words(words) => {
                let codes = values.iter().map(|value| match value {
                    Datum::Text(text) => {
                        words.iter().position(|word| **word == **text).map(|code| code as u32)
                    }
                    _ => None,
                });
                let words: Vec<Arc<str>> = words.iter().map(|word| Arc::from(&**word)).collect();
                Column::words(&codes.collect::<Vec<_>>(), words.into())
            }
            Type::Text => Column::texts(
                &values
                    .iter()
                    .map(|value| if let Datum::Text(text) = value { Some(&**text) } else { None })
                    .collect::<Vec<_>>(),
            ),
            _ => continue,
        };
        records = records.with(field.name.to_string(), column);
    }
    records
}

fn children(ty: &RecordType, of: &[Vec<Row>]) -> Children {
    let mut offsets = vec![0_u32];
    for rows in of {
        offsets.push(offsets.last().unwrap() + rows.len() as u32);
    }
    let all: Vec<Row> = of.iter().flatten().cloned().collect();
    Children::new(offsets, columns(ty, &all)).unwrap()
}

/// Hides some entries of a list, in columns and in rows.
pub(crate) fn hide(
    rows: &mut [Row],
    population: &Population,
    name: &str,
    hidden: impl Fn(usize) -> bool,
) -> Population {
    let fleet = population.records().child(name).unwrap();
    let visible = Bits::collect((0..fleet.records().rows()).map(|row| !hidden(row)));
    for (parent, row) in rows.iter_mut().enumerate() {
        let Datum::List(entries) = row.get(name).clone() else { continue };
        let seen: Vec<Datum> = fleet
            .of(parent)
            .zip(entries.iter())
            .filter(|(row, _)| visible.get(*row))
            .map(|(_, entry)| entry.clone())
            .collect();
        row.set(name, seen).unwrap();
    }
    let seen = Children::clone(fleet).seen(Some(visible)).unwrap();
    Population::named("customer", Records::clone(population.records()).with_children(name, seen))
}

/// Takes the values of some fields away, in columns and in rows: what a reader may not read.
pub fn blank(rows: &mut [Row], population: &Population, fields: &[&str]) -> Population {
    let mut records = Records::clone(population.records());
    for name in fields {
        match name.split_once('.') {
            None => {
                records = records.with(*name, Column::MISSING);
                rows.iter_mut().for_each(|row| row.set(name, Datum::Null).unwrap());
            }
            Some((list, name)) => {
                let children = records.child(list).unwrap();
                let emptied = children.records().clone().with(name, Column::MISSING);
                let visible = children.visible().cloned();
                let emptied = Children::new(children.offsets(), emptied).unwrap().seen(visible).unwrap();
                records = records.with_children(list, emptied);
                for row in rows.iter_mut() {
                    let Datum::List(entries) = row.get(list).clone() else { continue };
                    let without = |entry: &Datum| match entry {
                        Datum::Record(entry) => {
                            let mut entry = Row::clone(entry);
                            entry.set(name, Datum::Null).unwrap();
                            entry.into()
                        }
                        other => other.clone(),
                    };
                    let entries: Vec<Datum> = entries.iter().map(without).collect();
                    row.set(list, entries).unwrap();
                }
            }
        }
    }
    Population::named("customer", records)
}

/// The fields that may be missing.
pub const NULLABLE: [&str; 13] = [
    "score",
    "turnover",
    "share",
    "since",
    "seen",
    "consent",
    "town",
    "preferred",
    "fleet.make",
    "fleet.euro",
    "fleet.registered",
    "fleet.leased",
    "purchases.amount",
];

/// A random condition. `scope` names the entries of the loops around it: (name, kind).
pub(crate) fn condition(choices: &mut Choices<'_>, depth: u32, scope: &[(&str, &str)]) -> String {
    let choice = if depth == 0 { choices.next(7) } else { choices.next(18) };
    let inner = |choices: &mut Choices<'_>| condition(choices, depth.saturating_sub(1), scope);
    match choice {
        0 => format!(
            "{} {} {}",
            whole(choices, 0, scope),
            choices.pick(&["==", "!=", "<", "<=", ">", ">="]),
            choices.next(60)
        ),
        1 => format!("{} {} '{}'", make(choices, scope), choices.pick(&["==", "!="]), choices.pick(&MAKES)),
        2 => {
            let field = field(choices, scope, &["consent", "leased", ""]);
            match choices.next(3) {
                0 => field,
                1 => format!("{field} == true"),
                _ => format!("{field} != null"),
            }
        }
        3 => format!(
            "{} {} {}",
            exact(choices, 0, scope),
            choices.pick(&["==", "!=", "<", "<=", ">", ">="]),
            choices.pick(&["100.00", "0.005", "-3", "92233720368547758.07", "500", "12.345"])
        ),
        4 if choices.next(4) == 0 => format!(
            "customer.seen {} timestamp({})",
            choices.pick(&["<", ">=", "==", "!="]),
            day(choices, scope)
        ),
        4 => format!(
            "{} {} {}",
            day(choices, scope),
            choices.pick(&["<", ">=", "==", "!="]),
            day(choices, scope)
        ),
        5 => match choices.next(6) {
            0 => "customer.town == 'Torino'".to_owned(),
            1 => "customer.town.contains('Tor')".to_owned(),
            2 => "customer.town.matches('^[A-F].*ì$')".to_owned(),
            3 => "customer.town in ['Torino', 'Roma']".to_owned(),
            4 => "customer.status in ['customer', 'lost']".to_owned(),
            _ => "customer.share > 0.5".to_owned(),
        },
        6 => format!("{} in [1, 4, 40]", whole(choices, 0, scope)),
        7 | 8 => format!("({} && {})", inner(choices), inner(choices)),
        9 | 10 => format!("({} || {})", inner(choices), inner(choices)),
        11 => format!("!({})", inner(choices)),
        12 => format!("({} ? {} : {})", inner(choices), inner(choices), inner(choices)),
        13..=15 if scope.len() < 3 => {
            let names = ["a", "b", "c"];
            let name = names[scope.len() - 1];
            let (list, kind) =
                if choices.next(2) == 0 { ("fleet", "vehicle") } else { ("purchases", "purchase") };
            let mut inside = scope.to_vec();
            inside.push((name, kind));
            let asked = choices.pick(&["exists", "all", "exists_one"]);
            if choices.next(4) == 0 {
                let filter = condition(choices, 0, &inside);
                let body = condition(choices, depth - 1, &inside);
                return format!("customer.{list}.filter({name}, {filter}).{asked}({name}, {body})");
            }
            let body = condition(choices, depth - 1, &inside);
            format!("customer.{list}.{asked}({name}, {body})")
        }
        16 => format!(
            "{} {} {}",
            whole(choices, 1, scope),
            choices.pick(&["==", "<", "!="]),
            whole(choices, 1, scope)
        ),
        17 => format!(
            "{} {} {}",
            exact(choices, 1, scope),
            choices.pick(&["==", "<", "!="]),
            exact(choices, 1, scope)
        ),
        _ => format!("{} == {}", make(choices, scope), make(choices, scope)),
    }
}

/// A field of one of the records in scope: the customer's, a vehicle's, a purchase's.
fn field(choices: &mut Choices<'_>, scope: &[(&str, &str)], names: &[&str; 3]) -> String {
    let usable: Vec<(&str, &str)> = scope
        .iter()
        .filter_map(|(name, kind)| {
            let field = match *kind {
                "customer" => names[0],
                "vehicle" => names[1],
                _ => names[2],
            };
            if field.is_empty() { None } else { Some((*name, field)) }
        })
        .collect();
    let (name, field) = usable[choices.next(usable.len() as u32) as usize];
    format!("{name}.{field}")
}

fn make(choices: &mut Choices<'_>, scope: &[(&str, &str)]) -> String {
    field(choices, scope, &["preferred", "make", "make"])
}

fn day(choices: &mut Choices<'_>, scope: &[(&str, &str)]) -> String {
    match choices.next(5) {
        0 => "today - years(3)".to_owned(),
        3 => "date(customer.seen)".to_owned(),
        4 => {
            let zone =
                choices.pick(&["Europe/Rome", "America/New_York", "Pacific/Kiritimati", "-02:30", "Nowhere"]);
            format!("date(customer.seen, '{zone}')")
        }
        1 => format!("{} + months(13)", field(choices, scope, &["since", "registered", ""])),
        _ => field(choices, scope, &["since", "registered", ""]),
    }
}

fn whole(choices: &mut Choices<'_>, depth: u32, scope: &[(&str, &str)]) -> String {
    let name = ["a", "b", "c", "d"][scope.len() - 1];
    match if depth == 0 { choices.next(3) } else { choices.next(9) } {
        0 => field(choices, scope, &["score", "euro", "units"]),
        1 => field(choices, scope, &["size", "euro", "units"]),
        2 => format!("{}.year()", field(choices, scope, &["since", "registered", ""])),
        3 => format!("({} + {})", whole(choices, 0, scope), whole(choices, 0, scope)),
        4 => format!("({} * {})", whole(choices, 0, scope), whole(choices, 0, scope)),
        5 => format!("({} / {})", whole(choices, 0, scope), whole(choices, 0, scope)),
        6 if scope.len() < 3 => {
            let mut inside = scope.to_vec();
            inside.push((name, "vehicle"));
            format!("size(customer.fleet.filter({name}, {}))", condition(choices, 0, &inside))
        }
        7 if scope.len() < 3 => {
            let mut inside = scope.to_vec();
            inside.push((name, "purchase"));
            let made = choices.pick(&["sum", "min", "max"]);
            format!("customer.purchases.map({name}, {}).{made}()", whole(choices, 0, &inside))
        }
        _ => "customer.fleet.size()".to_owned(),
    }
}

fn exact(choices: &mut Choices<'_>, depth: u32, scope: &[(&str, &str)]) -> String {
    let name = ["a", "b", "c", "d"][scope.len() - 1];
    match if depth == 0 { choices.next(2) } else { choices.next(6) } {
        0 | 1 => field(choices, scope, &["turnover", "", "amount"]),
        2 => {
            format!("({} + {})", field(choices, scope, &["turnover", "", "amount"]), whole(choices, 0, scope))
        }
        3 => format!(
            "({} * {})",
            field(choices, scope, &["turnover", "", "amount"]),
            choices.pick(&["1.05", "3", "-0.5"])
        ),
        _ if scope.len() < 3 => {
            let mut inside = scope.to_vec();
            inside.push((name, "purchase"));
            let made = choices.pick(&["sum", "sum", "max"]);
            let filter = condition(choices, 0, &inside);
            format!("customer.purchases.filter({name}, {filter}).map({name}, {name}.amount).{made}()")
        }
        _ => "customer.turnover".to_owned(),
    }
}
