//! Customers that never were: names, numbers and vehicles of the usual length and variety, the same for the same seed.

use chrono::{Days, NaiveDate};
use clientela_core::party::entry::{NewContact, NewCustomer, NewVehicle};
use clientela_store::SeededRandom;

/// A source of customers.
#[derive(Debug)]
pub struct Sample {
    random: SeededRandom,
    next: u64,
}

const NAMES: [&str; 12] = [
    "Autotrasporti",
    "Trasporti",
    "Logistica",
    "Spedizioni",
    "Corriere",
    "Edilizia",
    "Scavi",
    "Frigo Trasporti",
    "Cooperativa",
    "Movimento Terra",
    "Bisarche",
    "Cisterne",
];
const FAMILIES: [&str; 16] = [
    "Bianchi",
    "Rossetti",
    "Ferraro",
    "Colombi",
    "Ricciardi",
    "Mariani",
    "Grecchi",
    "Brunelli",
    "Gallini",
    "Contarini",
    "De Lucchi",
    "Costantini",
    "Giordani",
    "Mancinelli",
    "Rizzoli",
    "Lombardini",
];
const GIVEN: [&str; 8] = ["Anna", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Giulia", "Luca"];
const FORMS: [&str; 4] = ["S.r.l.", "S.p.A.", "S.n.c.", "& C. S.a.s."];
const TOWNS: [(&str, &str, &str); 8] = [
    ("29122", "Piacenza", "PC"),
    ("43121", "Parma", "PR"),
    ("20121", "Milano", "MI"),
    ("25121", "Brescia", "BS"),
    ("37121", "Verona", "VR"),
    ("40121", "Bologna", "BO"),
    ("10121", "Torino", "TO"),
    ("80121", "Napoli", "NA"),
];
const MAKES: [(&str, &str, &str); 6] = [
    ("Iveco", "S-Way 480", "ZCF"),
    ("Scania", "R 450", "YS2"),
    ("Volvo", "FH 500", "YV2"),
    ("MAN", "TGX 18.470", "WMA"),
    ("DAF", "XG 480", "XLR"),
    ("Renault Trucks", "T 480", "VF6"),
];

impl Sample {
    /// The customers of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { random: SeededRandom::new(seed), next: 1 }
    }

    /// One more customer; its number, `K-` and seven digits, counts up.
    pub fn customer(&mut self) -> NewCustomer {
        let number = self.next;
        self.next += 1;
        let (postal_code, locality, region) = self.one_of(&TOWNS);
        let text = |text: &str| Some(text.to_owned());
        let name = format!("{} {} {}", self.one_of(&NAMES), self.one_of(&FAMILIES), self.one_of(&FORMS));
        NewCustomer {
            kind: text("company"),
            name: Some(name),
            vat_number: Some(vat_number(number)),
            street: Some(format!("Via dell'Industria {}", 1 + self.below(200))),
            postal_code: text(postal_code),
            locality: text(locality),
            region: text(region),
            country: text("IT"),
            email: Some(format!("ufficio{number}@trasporti.example")),
            phone: Some(format!("0523 {:06}", 100_000 + self.below(900_000))),
            language: text("it"),
            nace: text("49.41"),
            number: Some(format!("K-{number:07}")),
            status: text(self.one_of(&["prospect", "customer", "customer", "dormant"])),
            since: NaiveDate::from_ymd_opt(2012, 1, 1).and_then(|day| day.checked_add_days(self.days(5_000))),
            ..NewCustomer::default()
        }
    }

    /// One more vehicle.
    pub fn vehicle(&mut self) -> NewVehicle {
        let (make, model, maker) = self.one_of(&MAKES);
        let registered =
            NaiveDate::from_ymd_opt(2014, 1, 1).and_then(|day| day.checked_add_days(self.days(4_000)));
        NewVehicle {
            vin: Some(
                format!("{maker}{:06X}{:08}", self.below(0xff_ffff), self.below(99_999_999))
                    .replace(['I', 'O', 'Q'], "A"),
            ),
            plate: Some(format!("G{}{:03}", ["AA", "BC", "DE", "FH"][self.place(4)], self.below(1_000))),
            make: Some(make.to_owned()),
            model: Some(model.to_owned()),
            category: Some("N3".to_owned()),
            body: Some(self.one_of(&["tractor", "box", "tipper", "tank"]).to_owned()),
            euro_class: Some(6),
            first_registration: registered,
            mileage_km: i64::try_from(self.below(900_000)).ok(),
            ownership: Some(self.one_of(&["owned", "leased", "rented"]).to_owned()),
            acquired: registered,
            ..NewVehicle::default()
        }
    }

    /// One more contact.
    pub fn contact(&mut self) -> NewContact {
        NewContact {
            given_name: Some(self.one_of(&GIVEN).to_owned()),
            family_name: Some(self.one_of(&FAMILIES).to_owned()),
            role: Some("fleet_manager".to_owned()),
            mobile: Some(format!("347 {:07}", self.below(9_999_999))),
            email: Some(format!("contatto{}@trasporti.example", self.below(9_999_999))),
            ..NewContact::default()
        }
    }

    fn below(&self, bound: u64) -> u64 {
        self.random.next() % bound
    }

    fn place(&self, places: usize) -> usize {
        usize::try_from(self.below(places as u64)).unwrap_or(0)
    }

    fn days(&self, bound: u64) -> Days {
        Days::new(self.below(bound))
    }

    fn one_of<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.place(choices.len())]
    }
}

/// The Italian VAT number of a serial number: seven digits, the office of Milan, and the check digit.
fn vat_number(serial: u64) -> String {
    let body = format!("{:07}015", serial % 10_000_000);
    // Luhn: every second digit doubled, from the right of the finished number.
    let sum: u32 = body
        .bytes()
        .map(|digit| u32::from(digit - b'0'))
        .zip(0_usize..)
        .map(|(digit, place)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    format!("IT{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela_core::party::entry::{Seat, enter_contact, enter_customer, enter_vehicle};
    use clientela_model::EntityId;
    use uuid::Uuid;

    fn id<I: EntityId>() -> I {
        I::from_uuid(Uuid::from_u128(1))
    }

    #[test]
    fn all_that_is_made_can_be_entered() {
        let mut sample = Sample::new(1);
        let seat = Seat { owner: id(), unit: id() };
        for _ in 0..2_000 {
            let new = sample.customer();
            let entered =
                enter_customer(&new, id(), id(), seat).unwrap_or_else(|error| panic!("{new:?} {error}"));
            let new = sample.vehicle();
            enter_vehicle(&new, id(), id()).unwrap_or_else(|error| panic!("{new:?} {error}"));
            let new = sample.contact();
            enter_contact(&new, id(), id(), Some(&entered.party.country))
                .unwrap_or_else(|error| panic!("{new:?} {error}"));
        }
    }

    #[test]
    fn a_seed_gives_the_same_customers_again() {
        let ten = |seed| {
            let mut sample = Sample::new(seed);
            (0..10).map(|_| (sample.customer(), sample.vehicle(), sample.contact())).collect::<Vec<_>>()
        };
        assert_eq!(ten(7), ten(7));
        assert_ne!(ten(7), ten(8));
    }
}
