//! What hangs on a customer: vehicles, purchases, contacts, each a table of its own in the order of its customers.

use super::TODAY;
use super::columns::{money, table, words};
use super::dice::Dice;
use super::lists::{BODIES, CATEGORIES, LANGUAGES, MAKES, OWNERSHIPS, ROLES};
use crate::Result;
use arrow_array::{BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch};
use std::sync::Arc;

fn ago(days: i64) -> i32 {
    TODAY - i32::try_from(days).unwrap_or(0)
}

/// The vehicles drawn so far.
#[derive(Default)]
pub(super) struct Fleet {
    customer: Vec<i32>,
    pub(super) make: Vec<i32>,
    body: Vec<i32>,
    ownership: Vec<i32>,
    first_registration: Vec<i32>,
    warranty_until: Vec<Option<i32>>,
    mileage_km: Vec<Option<i64>>,
    euro_class: Vec<Option<i64>>,
}

impl Fleet {
    /// The vehicles of one more customer, most of them of one make; about two.
    pub(super) fn draw(&mut self, dice: &Dice, customer: i32) {
        let count = dice.word(&[
            ("0", 18),
            ("1", 34),
            ("2", 20),
            ("3", 10),
            ("4", 6),
            ("5", 4),
            ("6", 3),
            ("7", 2),
            ("8", 1),
            ("9", 1),
            ("10", 1),
        ]);
        let favourite = dice.word(MAKES);
        for _ in 0..count {
            let age = dice.between(0, 2_400) + dice.tail(4_000);
            self.customer.push(customer);
            self.make.push(if dice.percent(65) { favourite } else { dice.word(MAKES) });
            self.body.push(dice.word(BODIES));
            self.ownership.push(dice.word(OWNERSHIPS));
            self.first_registration.push(ago(age));
            self.warranty_until.push(dice.unless(25, ago(age - 1_095)));
            self.mileage_km.push(dice.unless(15, age * dice.between(40, 320)));
            let class = if age < 4_500 { 6 } else { 6 - dice.between(1, 3) };
            self.euro_class.push(dice.unless(8, class));
        }
    }

    /// The table.
    pub(super) fn finish(self) -> Result<RecordBatch> {
        table(vec![
            ("customer", false, Arc::new(Int32Array::from(self.customer))),
            ("make", false, words(MAKES, self.make)?),
            ("body", false, words(BODIES, self.body)?),
            ("ownership", false, words(OWNERSHIPS, self.ownership)?),
            ("first_registration", false, Arc::new(Date32Array::from(self.first_registration))),
            ("warranty_until", true, Arc::new(Date32Array::from(self.warranty_until))),
            ("mileage_km", true, Arc::new(Int64Array::from(self.mileage_km))),
            ("euro_class", true, Arc::new(Int64Array::from(self.euro_class))),
        ])
    }
}

/// The purchases drawn so far.
#[derive(Default)]
pub(super) struct Purchases {
    customer: Vec<i32>,
    category: Vec<i32>,
    make: Vec<Option<i32>>,
    bought_on: Vec<i32>,
    quantity: Vec<i64>,
    amount: Vec<i128>,
    discount: Vec<Option<i128>>,
    online: Vec<bool>,
}

/// Bounds of the number of purchases of a status, in the order of the statuses; four times the mean.
const PURCHASES: [i64; 5] = [3, 30, 17, 13, 21];
/// The most a purchase costs, in cents, in the order of the categories.
const PRICES: [i64; 6] = [240_000, 350_000, 420_000, 90_000, 14_000_000, 600_000];

impl Purchases {
    /// The purchases of one more customer of this status, with these makes in the fleet; about five.
    pub(super) fn draw(&mut self, dice: &Dice, customer: i32, status: i32, makes: &[i32]) {
        let at = |places: &[i64], place: i32| {
            usize::try_from(place).ok().and_then(|place| places.get(place)).copied().unwrap_or(0)
        };
        for _ in 0..dice.tail(at(&PURCHASES, status)) {
            let category = dice.word(CATEGORIES);
            let most = at(&PRICES, category);
            let amount = most / 50 + dice.tail(most);
            let own = usize::try_from(dice.below(makes.len() as u64)).ok().and_then(|place| makes.get(place));
            let any = dice.word(MAKES);
            self.customer.push(customer);
            self.category.push(category);
            // Tyres and insurance are for no make in particular.
            let general = if category == 2 || category == 5 { 90 } else { 12 };
            let make = if dice.percent(55) { own.copied().unwrap_or(any) } else { any };
            self.make.push(dice.unless(general, make));
            self.bought_on.push(ago(dice.tail(2_920)));
            self.quantity.push(1 + dice.tail(12));
            self.amount.push(i128::from(amount));
            self.discount.push(dice.unless(70, i128::from(amount * dice.tail(40) / 100)));
            self.online.push(dice.percent(22));
        }
    }

    /// The table.
    pub(super) fn finish(self) -> Result<RecordBatch> {
        table(vec![
            ("customer", false, Arc::new(Int32Array::from(self.customer))),
            ("category", false, words(CATEGORIES, self.category)?),
            ("make", true, words(MAKES, self.make)?),
            ("bought_on", false, Arc::new(Date32Array::from(self.bought_on))),
            ("quantity", false, Arc::new(Int64Array::from(self.quantity))),
            ("amount", false, money(self.amount)?),
            ("discount", true, money(self.discount)?),
            ("online", false, Arc::new(BooleanArray::from(self.online))),
        ])
    }
}

/// The contacts drawn so far.
#[derive(Default)]
pub(super) struct Contacts {
    customer: Vec<i32>,
    role: Vec<i32>,
    language: Vec<i32>,
    last_contact: Vec<Option<i32>>,
    email_valid: Vec<Option<bool>>,
    opted_out: Vec<bool>,
}

impl Contacts {
    /// The contacts of one more customer; about three.
    pub(super) fn draw(&mut self, dice: &Dice, customer: i32) {
        let count = if dice.percent(4) { 0 } else { 1 + dice.tail(9) };
        for _ in 0..count {
            self.customer.push(customer);
            self.role.push(dice.word(ROLES));
            self.language.push(dice.word(LANGUAGES));
            self.last_contact.push(dice.unless(20, ago(dice.tail(1_800))));
            self.email_valid.push(dice.unless(25, dice.percent(85)));
            self.opted_out.push(dice.percent(9));
        }
    }

    /// The table.
    pub(super) fn finish(self) -> Result<RecordBatch> {
        table(vec![
            ("customer", false, Arc::new(Int32Array::from(self.customer))),
            ("role", false, words(ROLES, self.role)?),
            ("language", false, words(LANGUAGES, self.language)?),
            ("last_contact", true, Arc::new(Date32Array::from(self.last_contact))),
            ("email_valid", true, Arc::new(BooleanArray::from(self.email_valid))),
            ("opted_out", false, Arc::new(BooleanArray::from(self.opted_out))),
        ])
    }
}
