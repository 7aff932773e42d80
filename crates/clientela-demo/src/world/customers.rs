//! Customers with their fleets, contacts and consents.

use super::land::{FRANCE, GERMANY, ITALY, Land, Town};
use super::makes::{MODELS, Model, OWN, euro_class};
use super::staff::{Dealer, SELLERS, Staff};
use super::{numbers, slug};
use crate::dice::Dice;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

/// A vehicle of a fleet.
#[derive(Debug, Clone)]
pub(crate) struct Vehicle {
    pub(crate) vin: String,
    pub(crate) plate: String,
    pub(crate) make: &'static str,
    pub(crate) model: &'static str,
    pub(crate) category: &'static str,
    pub(crate) body: &'static str,
    pub(crate) euro_class: u16,
    pub(crate) first_registration: NaiveDate,
    pub(crate) mileage_km: i64,
    pub(crate) ownership: &'static str,
}

/// A person at a customer.
#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) number: String,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) role: &'static str,
    pub(crate) email: String,
    pub(crate) mobile: String,
}

/// What was said about being contacted, and whether it was taken back later.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) channel: &'static str,
    pub(crate) at: NaiveDate,
    pub(crate) withdrawn: Option<NaiveDate>,
}

/// A customer.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) number: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) vat_number: Option<String>,
    pub(crate) street: String,
    pub(crate) town: &'static Town,
    pub(crate) land: &'static Land,
    pub(crate) email: Option<String>,
    pub(crate) phone: String,
    pub(crate) nace: &'static str,
    pub(crate) status: &'static str,
    pub(crate) size: &'static str,
    pub(crate) since: NaiveDate,
    pub(crate) do_not_contact: bool,
    pub(crate) dealer: usize,
    pub(crate) seller: usize,
    /// When it was entered by a seller; none for those taken over from the system before.
    pub(crate) entered: Option<DateTime<Utc>>,
    pub(crate) fleet: Vec<Vehicle>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) consents: Vec<Consent>,
}

impl Customer {
    pub(crate) fn dealer_of<'a>(&self, staff: &'a Staff) -> &'a Dealer {
        &staff.dealers[self.dealer]
    }

    /// Title of the position that looks after it.
    pub(crate) fn owner<'a>(&self, staff: &'a Staff) -> &'a str {
        &self.dealer_of(staff).sellers[self.seller].title
    }
}

/// Of a hundred customers, how many the sellers enter after the start.
const ENTERED_LATER: u64 = 15;
/// Of a hundred vehicles, how many are our make.
const OWN_SHARE: u64 = 24;
const SIZES: [(&str, i64, i64, u64); 5] = [
    ("small", 1, 2, 56),
    ("medium", 2, 6, 30),
    ("important", 5, 14, 10),
    ("large", 12, 30, 3),
    ("key", 25, 60, 1),
];

/// Draws all customers. `start` is the first day of the stored history, `today` the last.
pub(crate) fn draw(
    seed: u64,
    count: usize,
    staff: &Staff,
    start: NaiveDate,
    today: NaiveDate,
) -> Vec<Customer> {
    let mut dice = Dice::new(seed, 2);
    let mut drawing = Drawing { serial: dice.below(1_000_000), vehicle: dice.below(100_000), start, today };
    (0..count).map(|place| drawing.customer(&mut dice, place, staff)).collect()
}

struct Drawing {
    serial: u64,
    vehicle: u64,
    start: NaiveDate,
    today: NaiveDate,
}

impl Drawing {
    fn customer(&mut self, dice: &mut Dice, place: usize, staff: &Staff) -> Customer {
        let dealer = dice.index(staff.dealers.len());
        let site = staff.dealers[dealer].site;
        let origin = dice.below(100);
        let land = if origin < site.abroad.0 {
            &FRANCE
        } else if origin < site.abroad.0 + site.abroad.1 {
            &GERMANY
        } else {
            &ITALY
        };
        let town = if std::ptr::eq(land, &ITALY) {
            &ITALY.towns[*dice.pick(site.towns)]
        } else {
            dice.pick(land.towns)
        };
        let (size, fewest, most, _) = SIZES[dice.weighted(&SIZES.map(|size| size.3))];
        let family = *dice.pick(land.family);
        let (trade, nace) = *dice.pick(land.trades);
        let trader = size == "small" && dice.percent(35);
        let (kind, name) = if trader {
            ("sole_trader", format!("{} {family}", dice.pick(land.given)))
        } else if dice.percent(14) {
            let partner = *dice.pick(land.family);
            ("company", format!("{trade} {family} & {partner} {}", dice.pick(land.forms)))
        } else {
            ("company", format!("{trade} {family} {}", dice.pick(land.forms)))
        };
        // Serial numbers stand far enough apart that each belongs to one customer only.
        self.serial += dice.below(9) + 1;
        let vat_number = match land.code {
            "FR" => numbers::french_vat(self.serial),
            "DE" => numbers::german_vat(self.serial),
            _ => numbers::italian_vat(self.serial, dice.below(95)),
        };
        let domain = format!("{}-{place}.example", slug(&name));
        let house = dice.between(1, 180);
        let road = dice.pick(land.streets);
        let street = if land.number_last { format!("{road} {house}") } else { format!("{house}, {road}") };
        let entered = dice.percent(ENTERED_LATER).then(|| self.moment(dice));
        let since = match entered {
            Some(at) => at.date_naive(),
            None => self.start - Days::new(dice.below(3_600) + 5),
        };
        let vehicles = dice.between(fewest, most);
        let fleet: Vec<Vehicle> = (0..vehicles).map(|_| self.vehicle(dice, since)).collect();
        let ours = fleet.iter().any(|vehicle| vehicle.make == OWN);
        let status = match (ours, entered.is_some()) {
            (true, false) if dice.percent(12) => "dormant",
            (true, false) => "customer",
            (false, false) if dice.percent(30) => "suspect",
            _ => "prospect",
        };
        let number = format!("{}-{:05}", site.code.trim_start_matches("D-"), place + 1);
        let contacts = self.contacts(dice, land, &number, &domain, size);
        let consents = self.consents(dice, since);
        Customer {
            kind,
            vat_number: dice.percent(97).then_some(vat_number),
            street,
            town,
            land,
            email: dice.percent(88).then(|| format!("info@{domain}")),
            phone: phone(dice, town.dial, land.fixed_digits),
            nace,
            status,
            size,
            since,
            do_not_contact: dice.percent(3),
            dealer,
            seller: dice.index(SELLERS),
            entered,
            fleet,
            contacts,
            consents,
            number,
            name,
        }
    }

    /// A moment of a working day of the stored history, not among its last days.
    fn moment(&self, dice: &mut Dice) -> DateTime<Utc> {
        let days = (self.today - self.start).num_days().unsigned_abs();
        let day = self.start + Days::new(5 + dice.below(days.saturating_sub(40)));
        working_moment(dice, day)
    }

    fn vehicle(&mut self, dice: &mut Dice, since: NaiveDate) -> Vehicle {
        let own = dice.percent(OWN_SHARE);
        let models: Vec<&Model> = MODELS.iter().filter(|model| (model.make == OWN) == own).collect();
        let model = *dice.pick(&models);
        // The oldest run longest; a fleet is renewed little by little.
        let age = dice.below(12).min(dice.below(14)) * 365 + dice.below(365);
        let first_registration = (self.start.max(since) - Days::new(20)) - Days::new(age);
        self.vehicle += 1 + dice.below(40);
        let letters = b"ABCDEFGHJKLMNPRSTVWXYZ";
        let letter = |dice: &mut Dice| char::from(*dice.pick(letters));
        let plate = format!(
            "{}{}{:03}{}{}",
            letter(dice),
            letter(dice),
            dice.below(1_000),
            letter(dice),
            letter(dice)
        );
        let years = i64::try_from(age / 365).unwrap_or(0);
        Vehicle {
            vin: numbers::vin(model.maker, model.letters, self.vehicle),
            plate,
            make: model.make,
            model: model.name,
            category: model.category,
            body: model.body,
            euro_class: euro_class(first_registration.year()),
            first_registration,
            mileage_km: years * dice.between(45_000, 125_000) + dice.between(2_000, 60_000),
            ownership: ["owned", "leased", "rented"][dice.weighted(&[62, 30, 8])],
        }
    }

    fn contacts(&self, dice: &mut Dice, land: &Land, number: &str, domain: &str, size: &str) -> Vec<Contact> {
        let roles: &[&str] = match size {
            "small" => &["decision_maker"],
            "medium" => &["decision_maker", "administration"],
            _ => &["decision_maker", "fleet_manager", "buyer"],
        };
        let mut contacts = Vec::new();
        for (place, role) in roles.iter().copied().enumerate() {
            if place > 0 && dice.percent(35) {
                continue;
            }
            let (given, family) = (*dice.pick(land.given), *dice.pick(land.family));
            let mobile = *dice.pick(land.mobile);
            contacts.push(Contact {
                number: format!("{number}-{}", place + 1),
                given_name: given.to_owned(),
                family_name: family.to_owned(),
                role,
                email: format!("{}.{}@{domain}", slug(given), slug(family)),
                mobile: phone(dice, mobile, land.mobile_digits),
            });
        }
        contacts
    }

    fn consents(&self, dice: &mut Dice, since: NaiveDate) -> Vec<Consent> {
        let mut consents = Vec::new();
        for (channel, share) in [("email", 58), ("phone", 34), ("letter", 22)] {
            if !dice.percent(share) {
                continue;
            }
            let at = if since < self.start { self.start - Days::new(1 + dice.below(400)) } else { since };
            let left = (self.today - self.start.max(since)).num_days().unsigned_abs();
            let withdrawn = (left > 20 && dice.percent(9))
                .then(|| self.start.max(since) + Days::new(10 + dice.below(left - 12)));
            consents.push(Consent { channel, at, withdrawn });
        }
        consents
    }
}

/// A moment in working hours of that day, or of the Monday after it.
pub(crate) fn working_moment(dice: &mut Dice, day: NaiveDate) -> DateTime<Utc> {
    let day = match day.weekday() {
        chrono::Weekday::Sat => day + Days::new(2),
        chrono::Weekday::Sun => day + Days::new(1),
        _ => day,
    };
    let seconds = i64::try_from(7 * 3_600 + dice.below(10 * 3_600)).unwrap_or(0);
    day.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::seconds(seconds)
}

/// A number that begins so and goes on with so many digits, the first of them not 0.
fn phone(dice: &mut Dice, start: &str, digits: u32) -> String {
    let least = 10_u64.pow(digits - 1);
    format!("{start} {}", least + dice.below(9 * least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clientela::model::identifier::{EmailAddress, PhoneNumber, PostalCode, VatNumber, Vin};
    use std::collections::HashSet;

    #[test]
    fn what_is_drawn_is_acceptable_and_nothing_stands_twice() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let staff = Staff::draw(11, 6);
        let customers = draw(11, 1_500, &staff, day("2024-06-30"), day("2026-06-30"));
        let (mut vat_numbers, mut vins) = (HashSet::new(), HashSet::new());
        for customer in &customers {
            let country = customer.land.code.parse().unwrap();
            if let Some(number) = &customer.vat_number {
                assert!(VatNumber::parse(number, None).is_ok(), "{number}");
                assert!(vat_numbers.insert(number.clone()), "{number} twice");
            }
            assert!(PhoneNumber::parse(&customer.phone, None).is_ok(), "{}", customer.phone);
            assert!(PostalCode::parse(customer.town.postal_code, country).is_ok(), "{}", customer.town.name);
            assert!(customer.email.as_ref().is_none_or(|email| EmailAddress::parse(email).is_ok()));
            for contact in &customer.contacts {
                assert!(PhoneNumber::parse(&contact.mobile, None).is_ok(), "{}", contact.mobile);
                assert!(EmailAddress::parse(&contact.email).is_ok(), "{}", contact.email);
            }
            for vehicle in &customer.fleet {
                assert!(Vin::parse(&vehicle.vin).is_ok(), "{}", vehicle.vin);
                assert!(vins.insert(vehicle.vin.clone()), "{} twice", vehicle.vin);
                assert!(vehicle.first_registration < day("2026-06-30"));
            }
        }
        let own = customers
            .iter()
            .flat_map(|customer| &customer.fleet)
            .filter(|vehicle| vehicle.make == OWN)
            .count();
        let all: usize = customers.iter().map(|customer| customer.fleet.len()).sum();
        assert!(own * 100 / all > 8 && own * 100 / all < 40, "{own} of {all}");
    }
}
