//! The network as tables, as another system would export it.

use super::customers::Customer;
use super::staff::Staff;

/// A table being written, semicolons between its cells.
#[derive(Debug)]
pub(crate) struct TableText(String);

impl TableText {
    pub(crate) fn new(headers: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(headers);
        table
    }

    pub(crate) fn row(&mut self, cells: &[&str]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(';');
            }
            if cell.contains([';', '"', '\n']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push_str("\r\n");
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

fn old(customers: &[Customer]) -> impl Iterator<Item = &Customer> {
    customers.iter().filter(|customer| customer.entered.is_none())
}

/// Customers of the system before, with who looks after them.
pub(crate) fn customers(customers: &[Customer], staff: &Staff) -> Vec<u8> {
    let mut table = TableText::new(&[
        "number",
        "kind",
        "name",
        "vat_number",
        "street",
        "postal_code",
        "locality",
        "region",
        "country",
        "email",
        "phone",
        "language",
        "nace",
        "status",
        "size",
        "since",
        "do_not_contact",
        "owner",
    ]);
    for customer in old(customers) {
        let since = customer.since.format("%d.%m.%Y").to_string();
        table.row(&[
            &customer.number,
            customer.kind,
            &customer.name,
            customer.vat_number.as_deref().unwrap_or_default(),
            &customer.street,
            customer.town.postal_code,
            customer.town.name,
            customer.town.region,
            customer.land.code,
            customer.email.as_deref().unwrap_or_default(),
            &customer.phone,
            customer.land.language,
            customer.nace,
            customer.status,
            customer.size,
            &since,
            if customer.do_not_contact { "sì" } else { "no" },
            customer.owner(staff),
        ]);
    }
    table.into_bytes()
}

/// Their fleets.
pub(crate) fn vehicles(customers: &[Customer]) -> Vec<u8> {
    let mut table = TableText::new(&[
        "customer_number",
        "vin",
        "plate",
        "make",
        "model",
        "category",
        "body",
        "euro_class",
        "first_registration",
        "mileage",
        "ownership",
    ]);
    for customer in old(customers) {
        for vehicle in &customer.fleet {
            table.row(&[
                &customer.number,
                &vehicle.vin,
                &vehicle.plate,
                vehicle.make,
                vehicle.model,
                vehicle.category,
                vehicle.body,
                &format!("Euro {}", vehicle.euro_class),
                &vehicle.first_registration.format("%d.%m.%Y").to_string(),
                &grouped(vehicle.mileage_km),
                vehicle.ownership,
            ]);
        }
    }
    table.into_bytes()
}

/// Their contacts.
pub(crate) fn contacts(customers: &[Customer]) -> Vec<u8> {
    let mut table = TableText::new(&[
        "customer_number",
        "number",
        "given_name",
        "family_name",
        "role",
        "language",
        "email",
        "mobile",
    ]);
    for customer in old(customers) {
        for contact in &customer.contacts {
            table.row(&[
                &customer.number,
                &contact.number,
                &contact.given_name,
                &contact.family_name,
                contact.role,
                customer.land.language,
                &contact.email,
                &contact.mobile,
            ]);
        }
    }
    table.into_bytes()
}

/// Their consents.
pub(crate) fn consents(customers: &[Customer]) -> Vec<u8> {
    let mut table =
        TableText::new(&["customer_number", "purpose", "channel", "decision", "basis", "source", "at"]);
    for customer in old(customers) {
        for consent in &customer.consents {
            let at = consent.at.format("%d.%m.%Y").to_string();
            table.row(&[
                &customer.number,
                "marketing",
                consent.channel,
                "sì",
                "consent",
                "modulo cliente",
                &at,
            ]);
        }
    }
    table.into_bytes()
}

/// A whole number with points between thousands.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}
