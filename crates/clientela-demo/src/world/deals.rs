//! Two years of business: who spoke with whom, what was offered, what came of it. Drawn beforehand, moment by moment.

use super::customers::{Customer, working_moment};
use crate::catalogue::{MODELS_ON_SALE, OPTIONS, SERVICES};
use crate::dice::Dice;
use chrono::{DateTime, Days, NaiveDate, Utc};

/// An opportunity as it will be worked on.
#[derive(Debug, Clone)]
pub(crate) struct Deal {
    pub(crate) customer: usize,
    pub(crate) with_configurator: bool,
    pub(crate) product: &'static str,
    pub(crate) options: Vec<&'static str>,
    pub(crate) service: Option<&'static str>,
    pub(crate) vehicles: u32,
    /// Discount by hand in tenths of a percent; none when the first price stands.
    pub(crate) discount: Option<u32>,
}

/// A talk with a customer.
#[derive(Debug, Clone)]
pub(crate) struct Talk {
    pub(crate) customer: usize,
    pub(crate) deal: Option<usize>,
    pub(crate) kind: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) result: &'static str,
    pub(crate) minutes: u32,
    /// When it takes place.
    pub(crate) at: DateTime<Utc>,
}

/// What happens at a moment; numbers are places in the lists of customers, deals and talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    EnterCustomer(usize),
    WithdrawConsent(usize, usize),
    Open(usize),
    Advance(usize),
    Offer(usize),
    Discount(usize),
    Issue(usize),
    Accept(usize),
    Refuse(usize),
    Suspend(usize),
    Win(usize),
    Lose(usize, &'static str, Option<&'static str>),
    Deliver(usize),
    Plan(usize),
    Report(usize),
    Cancel(usize),
    QuotaPlan,
    Campaign,
}

/// Everything that happens, in order.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) deals: Vec<Deal>,
    pub(crate) talks: Vec<Talk>,
    pub(crate) events: Vec<(DateTime<Utc>, What)>,
    /// Vehicles won since `year_start`, by dealer: what the year's quota is drawn from.
    pub(crate) won_this_year: Vec<u32>,
}

const LOST: &[(&str, u64)] = &[
    ("prezzo", 38),
    ("tempi di consegna", 18),
    ("valutazione dell'usato", 15),
    ("progetto rinviato", 12),
    ("prodotto non adatto", 9),
    ("fedele al concorrente", 8),
];
const COMPETITORS: &[&str] = &["DAF", "IVECO", "MAN", "Mercedes-Benz", "Scania", "Volvo"];
const TALKS: &[(&str, &str, &str, i64)] = &[
    ("visit", "Visita al cliente", "Rilevato il parco e i rinnovi previsti.", 70),
    ("call", "Telefonata di cortesia", "Richiamare il prossimo mese.", 12),
    ("call", "Sollecito offerta", "Decide entro due settimane.", 15),
    ("email", "Invio documentazione", "Documentazione inviata.", 10),
    ("test_drive", "Prova su strada", "Conducente soddisfatto, consumi da verificare.", 120),
    ("event", "Giornata porte aperte", "Presenti il titolare e un autista.", 90),
    ("task", "Preparazione offerta", "Offerta preparata.", 45),
];

impl Story {
    pub(crate) fn draw(
        seed: u64,
        customers: &[Customer],
        dealers: usize,
        (start, today): (NaiveDate, NaiveDate),
        year_start: NaiveDate,
    ) -> Self {
        let mut dice = Dice::new(seed, 3);
        let story = Self {
            deals: Vec::new(),
            talks: Vec::new(),
            events: Vec::new(),
            won_this_year: vec![0; dealers],
        };
        let mut drawing = Drawing { story, start, today, year_start };
        for (place, customer) in customers.iter().enumerate() {
            if let Some(at) = customer.entered {
                drawing.at(at, What::EnterCustomer(place));
            }
            for (statement, consent) in customer.consents.iter().enumerate() {
                if let Some(day) = consent.withdrawn {
                    let at = working_moment(&mut dice, day);
                    drawing.at(at, What::WithdrawConsent(place, statement));
                }
            }
        }
        for _ in 0..customers.len() * 3 / 5 {
            drawing.deal(&mut dice, customers);
        }
        for _ in 0..customers.len() / 2 {
            let customer = dice.index(customers.len());
            let day = drawing.day_after(&mut dice, customers[customer].entered);
            drawing.talk(&mut dice, customer, None, day);
        }
        if year_start >= start && year_start <= today {
            drawing.at(
                year_start.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(9),
                What::QuotaPlan,
            );
        }
        let week_ago = today - Days::new(7);
        let campaign = working_moment(&mut dice, week_ago);
        drawing.at(campaign, What::Campaign);
        let mut story = drawing.story;
        // Stable: what was drawn first comes first among what happens in one moment.
        story.events.sort_by_key(|(at, _)| *at);
        story
    }
}

struct Drawing {
    story: Story,
    start: NaiveDate,
    today: NaiveDate,
    year_start: NaiveDate,
}

impl Drawing {
    fn at(&mut self, at: DateTime<Utc>, what: What) {
        self.story.events.push((at, what));
    }

    /// A day of the history after the customer was entered; the later years see more business.
    fn day_after(&self, dice: &mut Dice, entered: Option<DateTime<Utc>>) -> NaiveDate {
        let first = entered.map_or(self.start, |at| at.date_naive()) + Days::new(3);
        let span = (self.today - first).num_days().max(1).unsigned_abs();
        first + Days::new(dice.below(span).max(dice.below(span)))
    }

    /// Takes a step some days after the last one, if that is still in the past.
    fn step(&mut self, dice: &mut Dice, at: &mut DateTime<Utc>, days: (i64, i64), what: What) -> bool {
        let day = at.date_naive() + Days::new(dice.between(days.0, days.1).unsigned_abs());
        let next = working_moment(dice, day).max(*at + chrono::Duration::minutes(20));
        if next.date_naive() >= self.today {
            return false;
        }
        *at = next;
        self.at(next, what);
        true
    }

    fn deal(&mut self, dice: &mut Dice, customers: &[Customer]) {
        let customer = loop {
            // Large customers buy more often.
            let place = dice.index(customers.len());
            let chance = match customers[place].size {
                "small" => 25,
                "medium" => 45,
                _ => 90,
            };
            if dice.percent(chance) {
                break place;
            }
        };
        let place = self.story.deals.len();
        let (product, own_options) = *dice.pick(MODELS_ON_SALE);
        let options: Vec<&'static str> =
            OPTIONS.iter().take(own_options).filter(|_| dice.percent(45)).map(|option| option.code).collect();
        let vehicles = match customers[customer].size {
            "small" => 1,
            "medium" => dice.between(1, 3),
            "important" => dice.between(1, 6),
            _ => dice.between(3, 15),
        };
        let deal = Deal {
            customer,
            with_configurator: dice.percent(60),
            product,
            options,
            service: dice.percent(55).then(|| dice.pick(SERVICES).code),
            vehicles: u32::try_from(vehicles).unwrap_or(1),
            discount: dice.percent(45).then(|| u32::try_from(dice.between(10, 75)).unwrap_or(20)),
        };
        let first = self.day_after(dice, customers[customer].entered);
        let mut at = working_moment(dice, first);
        if at.date_naive() >= self.today {
            return;
        }
        self.story.deals.push(deal);
        self.at(at, What::Open(place));
        let again = self.talk(dice, customer, Some(place), first);
        if dice.percent(60) {
            self.talk(dice, customer, Some(place), again);
        }
        self.work(dice, &mut at, place, customers);
    }

    /// The life of a deal until it is decided or today.
    fn work(&mut self, dice: &mut Dice, at: &mut DateTime<Utc>, place: usize, customers: &[Customer]) {
        // Some are given up at once, some after the needs are known.
        if dice.percent(9) {
            self.lose(dice, at, place);
            return;
        }
        if !self.step(dice, at, (4, 16), What::Advance(place)) {
            return;
        }
        if dice.percent(13) {
            self.lose(dice, at, place);
            return;
        }
        if dice.percent(4) {
            self.step(dice, at, (5, 20), What::Suspend(place));
            return;
        }
        if !self.step(dice, at, (5, 20), What::Offer(place)) {
            return;
        }
        if self.story.deals[place].discount.is_some() && !self.step(dice, at, (0, 3), What::Discount(place)) {
            return;
        }
        // The stage of the offer is entered when there is one.
        self.at(*at + chrono::Duration::minutes(5), What::Advance(place));
        if !self.step(dice, at, (0, 2), What::Issue(place)) {
            return;
        }
        if dice.percent(70) && !self.step(dice, at, (3, 9), What::Advance(place)) {
            return;
        }
        if dice.percent(47) {
            if self.step(dice, at, (2, 12), What::Accept(place)) {
                let won = self.step(dice, at, (0, 4), What::Win(place));
                if won {
                    self.won(place, at.date_naive(), customers);
                    self.step(dice, at, (50, 110), What::Deliver(place));
                }
            }
        } else if self.step(dice, at, (3, 12), What::Refuse(place)) {
            self.lose(dice, at, place);
        }
    }

    fn won(&mut self, place: usize, day: NaiveDate, customers: &[Customer]) {
        let deal = &self.story.deals[place];
        if day >= self.year_start {
            self.story.won_this_year[customers[deal.customer].dealer] += deal.vehicles;
        }
    }

    fn lose(&mut self, dice: &mut Dice, at: &mut DateTime<Utc>, place: usize) {
        let weights: Vec<u64> = LOST.iter().map(|(_, weight)| *weight).collect();
        let reason = LOST[dice.weighted(&weights)].0;
        let competitor = dice.percent(70).then(|| *dice.pick(COMPETITORS));
        self.step(dice, at, (0, 6), What::Lose(place, reason, competitor));
    }

    /// A talk around that day, planned some days before; gives a day for the next.
    fn talk(&mut self, dice: &mut Dice, customer: usize, deal: Option<usize>, day: NaiveDate) -> NaiveDate {
        let (kind, subject, result, minutes) = *dice.pick(TALKS);
        let place = self.story.talks.len();
        let ahead = dice.below(10);
        let planned = working_moment(dice, day + Days::new(1));
        if planned.date_naive() >= self.today {
            return day;
        }
        // Two days in a row can both move to a Monday.
        let at = working_moment(dice, day + Days::new(2 + ahead)).max(planned + chrono::Duration::hours(1));
        let minutes = u32::try_from(minutes + dice.between(0, minutes / 2)).unwrap_or(30);
        self.story.talks.push(Talk { customer, deal, kind, subject, result, minutes, at });
        self.at(planned, What::Plan(place));
        let reported = at + chrono::Duration::minutes(i64::from(minutes) + dice.between(10, 400));
        if reported.date_naive() < self.today {
            let what = if dice.percent(94) { What::Report(place) } else { What::Cancel(place) };
            self.at(reported, what);
        }
        at.date_naive() + Days::new(6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{customers, staff::Staff};
    use std::collections::{HashMap, HashSet};

    #[test]
    fn a_story_is_in_order_and_the_same_for_the_same_seed() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (start, today) = (day("2024-06-30"), day("2026-06-30"));
        let staff = Staff::draw(5, 6);
        let customers = customers::draw(5, 800, &staff, start, today);
        let draw = || Story::draw(5, &customers, 6, (start, today), day("2026-01-01"));
        let story = draw();
        assert_eq!(story.events, draw().events);
        assert!(story.events.is_sorted_by_key(|(at, _)| *at));
        assert!(story.events.iter().all(|(at, _)| at.date_naive() < today && at.date_naive() >= start));
        let mut opened: HashMap<usize, usize> = HashMap::new();
        let mut planned = HashSet::new();
        for (place, (_, what)) in story.events.iter().enumerate() {
            match what {
                What::Open(deal) => assert!(opened.insert(*deal, place).is_none()),
                What::Plan(talk) => {
                    planned.insert(*talk);
                }
                What::Report(talk) | What::Cancel(talk) => {
                    assert!(planned.contains(talk), "{talk} before it is planned")
                }
                What::Advance(deal) | What::Offer(deal) | What::Win(deal) | What::Lose(deal, ..) => {
                    assert!(opened.contains_key(deal), "{what:?} before it is opened");
                }
                _ => {}
            }
        }
        let wins = story.events.iter().filter(|(_, what)| matches!(what, What::Win(_))).count();
        let share = wins * 100 / story.deals.len();
        assert!((15..45).contains(&share), "{share} % won");
        assert!(story.won_this_year.iter().all(|vehicles| *vehicles > 0));
    }
}
