//! The customers: one row each, in the order of their number.

use super::TODAY;
use super::columns::{money, table, words};
use super::dice::Dice;
use super::lists::{
    FAMILIES, FORMS, INDUSTRIES, KINDS, LANGUAGES, ORIGINS, REGIONS, SEGMENTS, STATUSES, TOWNS, TRADES,
};
use crate::Result;
use arrow_array::builder::StringBuilder;
use arrow_array::{BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch};
use std::sync::Arc;

/// What has been drawn so far, column by column.
#[derive(Default)]
pub(super) struct Customers {
    name: StringBuilder,
    town: StringBuilder,
    kind: Vec<i32>,
    pub(super) status: Vec<i32>,
    segment: Vec<Option<i32>>,
    region: Vec<i32>,
    industry: Vec<Option<i32>>,
    language: Vec<i32>,
    origin: Vec<Option<i32>>,
    score: Vec<Option<i64>>,
    employees: Vec<Option<i64>>,
    branches: Vec<i64>,
    visits: Vec<i64>,
    complaints: Vec<i64>,
    credit_days: Vec<Option<i64>>,
    credit_limit: Vec<Option<i128>>,
    revenue: Vec<i128>,
    open_balance: Vec<i128>,
    since: Vec<i32>,
    founded: Vec<Option<i32>>,
    last_contact: Vec<Option<i32>>,
    next_visit: Vec<Option<i32>>,
    vip: Vec<bool>,
    credit_stop: Vec<bool>,
    consent_email: Vec<Option<bool>>,
    consent_phone: Vec<Option<bool>>,
    consent_post: Vec<Option<bool>>,
}

impl Customers {
    /// One more.
    pub(super) fn draw(&mut self, dice: &Dice) {
        let (trade, form) = (dice.one_of(TRADES), dice.one_of(FORMS));
        let (first, second) = (dice.one_of(FAMILIES), dice.one_of(FAMILIES));
        self.name.append_value(match dice.below(10) {
            0..5 => format!("{trade} {first} {form}"),
            5..8 => format!("{trade} {first} e {second} {form}"),
            _ => format!("{first} {second} {trade} {form}"),
        });
        self.town.append_value(dice.one_of(TOWNS));
        self.words(dice);
        self.figures(dice);
        self.dates(dice);
        self.vip.push(dice.percent(4));
        self.credit_stop.push(dice.percent(3));
        // A consent nobody asked for is missing, not refused.
        self.consent_email.push(dice.unless(28, dice.percent(72)));
        self.consent_phone.push(dice.unless(40, dice.percent(55)));
        self.consent_post.push(dice.unless(35, dice.percent(80)));
    }

    fn words(&mut self, dice: &Dice) {
        self.kind.push(dice.word(KINDS));
        self.status.push(dice.word(STATUSES));
        self.segment.push(dice.unless(7, dice.word(SEGMENTS)));
        self.region.push(dice.word(REGIONS));
        self.industry.push(dice.unless(18, dice.word(INDUSTRIES)));
        self.language.push(dice.word(LANGUAGES));
        self.origin.push(dice.unless(25, dice.word(ORIGINS)));
    }

    fn figures(&mut self, dice: &Dice) {
        self.score.push(dice.unless(12, dice.between(0, 50) + dice.between(0, 50)));
        self.employees.push(dice.unless(22, 1 + dice.tail(1 + dice.tail(600))));
        self.branches.push(1 + dice.tail(5));
        self.visits.push(dice.tail(14));
        self.complaints.push(dice.tail(4));
        let days = dice.word(&[("30", 50), ("60", 30), ("90", 15), ("120", 5)]);
        self.credit_days.push(dice.unless(10, 30 * i64::from(days + 1)));
        // Round limits, as people set them.
        let limit = 100_000 * i128::from(1 + dice.tail(1 + dice.tail(400)));
        self.credit_limit.push(dice.unless(20, limit));
        let revenue = i128::from(dice.tail(1 + dice.tail(80_000_000)));
        self.revenue.push(revenue);
        self.open_balance.push(if dice.percent(45) { 0 } else { revenue * i128::from(dice.tail(60)) / 100 });
    }

    fn dates(&mut self, dice: &Dice) {
        let ago = |days: i64| TODAY - i32::try_from(days).unwrap_or(0);
        let since = dice.between(1, 6_500);
        self.since.push(ago(since));
        self.founded.push(dice.unless(30, ago(since + dice.tail(16_000))));
        self.last_contact.push(dice.unless(9, ago(dice.tail(since.min(1_600)))));
        self.next_visit.push(dice.unless(60, ago(-dice.tail(240))));
    }

    /// The table.
    pub(super) fn finish(mut self) -> Result<RecordBatch> {
        let count = i32::try_from(self.kind.len())?;
        let dates = |days: Vec<Option<i32>>| Arc::new(Date32Array::from(days));
        let yes = |answers: Vec<Option<bool>>| Arc::new(BooleanArray::from(answers));
        table(vec![
            ("id", false, Arc::new(Int32Array::from_iter_values(0..count))),
            ("name", false, Arc::new(self.name.finish())),
            ("town", false, Arc::new(self.town.finish())),
            ("kind", false, words(KINDS, self.kind)?),
            ("status", false, words(STATUSES, self.status)?),
            ("segment", true, words(SEGMENTS, self.segment)?),
            ("region", false, words(REGIONS, self.region)?),
            ("industry", true, words(INDUSTRIES, self.industry)?),
            ("language", false, words(LANGUAGES, self.language)?),
            ("origin", true, words(ORIGINS, self.origin)?),
            ("score", true, Arc::new(Int64Array::from(self.score))),
            ("employees", true, Arc::new(Int64Array::from(self.employees))),
            ("branches", false, Arc::new(Int64Array::from(self.branches))),
            ("visits", false, Arc::new(Int64Array::from(self.visits))),
            ("complaints", false, Arc::new(Int64Array::from(self.complaints))),
            ("credit_days", true, Arc::new(Int64Array::from(self.credit_days))),
            ("credit_limit", true, money(self.credit_limit)?),
            ("revenue", false, money(self.revenue)?),
            ("open_balance", false, money(self.open_balance)?),
            ("since", false, Arc::new(Date32Array::from(self.since))),
            ("founded", true, dates(self.founded)),
            ("last_contact", true, dates(self.last_contact)),
            ("next_visit", true, dates(self.next_visit)),
            ("vip", false, Arc::new(BooleanArray::from(self.vip))),
            ("credit_stop", false, Arc::new(BooleanArray::from(self.credit_stop))),
            ("consent_email", true, yes(self.consent_email)),
            ("consent_phone", true, yes(self.consent_phone)),
            ("consent_post", true, yes(self.consent_post)),
        ])
    }
}
