//! Who sees and does what, through the facade, on random networks: a filter leaks nothing, by any way out or in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod apart;
mod columns;
mod confidential;
mod consequences;
mod deeds;
mod pages;
mod sight;
mod world;

use crate::common::{called_for_each, every_record};
use clientela::core::ENTITIES;
use clientela::core::organisation::Verb;
use clientela::{Predicate, Record};
use proptest::prelude::*;
use sight::{Shown, check};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use world::{World, secret, shape};

type Sight = BTreeMap<&'static str, BTreeSet<Uuid>>;

/// Checks every entity through every way out.
fn look(world: &World, seat: usize, shown: &mut Shown) -> Sight {
    let sight: Sight = every_record!(check(world, seat, shown)).into();
    let names: BTreeSet<_> = ENTITIES.iter().map(|entity| entity.name).collect();
    assert_eq!(sight.keys().copied().collect::<BTreeSet<_>>(), names, "every entity is looked at");
    sight
}

/// What a list shows of an entity.
fn seen<R: Record>(world: &World, seat: usize) -> BTreeSet<Uuid> {
    sight::of_list::<R>(&world.sessions[seat], &Predicate::Everything)
}

/// What the test's own list of owners says must be what the library says.
fn compare(world: &World, seat: usize, sight: &Sight) {
    let set = |records: &[world::Owned], entity: &str| -> BTreeSet<Uuid> {
        let seen = records.iter().filter(|record| world.may(seat, Verb::Read, entity, record));
        seen.map(|record| record.id).collect()
    };
    let customers = set(&world.customers, "relationship");
    assert_eq!(sight["relationship"], customers);
    assert_eq!(sight["customer"], customers);
    assert_eq!(sight["opportunity"], set(&world.opportunities, "opportunity"));
    assert_eq!(sight["offer"], set(&world.offers, "offer"));
    let of_customers = |ids: &[(Uuid, usize)]| -> BTreeSet<Uuid> {
        ids.iter().filter(|(_, of)| customers.contains(&world.customers[*of].id)).map(|(id, _)| *id).collect()
    };
    assert_eq!(sight["activity"], of_customers(&world.activities));
    assert_eq!(sight["contact"].len(), customers.len(), "every customer has one contact");
    let parties: BTreeSet<Uuid> = (0..world.customers.len())
        .filter(|number| customers.contains(&world.customers[*number].id))
        .map(|number| world.parties[number])
        .collect();
    assert_eq!(sight["party"], parties);
}

/// Nothing that was shown has a name, a number, an id or a note of what may not be seen.
fn no_secret(world: &World, seat: usize, sight: &Sight, shown: &Shown) {
    let hidden = |what: String| assert!(!shown.0.contains(&what), "seat {seat} was shown {what}");
    // A visible opportunity names its customer by id, visible or not: the id is part of what may be seen.
    let named: BTreeSet<usize> = (0..world.opportunities.len())
        .filter(|number| sight["opportunity"].contains(&world.opportunities[*number].id))
        .map(|number| world.customer_of[number])
        .chain(
            (0..world.offers.len())
                .filter(|number| sight["offer"].contains(&world.offers[*number].id))
                .map(|number| world.customer_of[world.opportunity_of[number]]),
        )
        .collect();
    let offered: BTreeSet<usize> = (0..world.offers.len())
        .filter(|number| sight["offer"].contains(&world.offers[*number].id))
        .map(|number| world.opportunity_of[number])
        .collect();
    for (number, customer) in world.customers.iter().enumerate() {
        let seen = sight["relationship"].contains(&customer.id);
        if !seen {
            hidden(customer.key.clone());
            hidden(secret("CONTACT", number));
            if !named.contains(&number) {
                hidden(customer.id.to_string());
            }
        }
        if !seen || !world.reads_confidential(seat, "relationship", customer) {
            hidden(secret("NOTE", number));
        }
    }
    for (party, name) in world.party_names() {
        if !sight["party"].contains(&party) {
            hidden(name);
            hidden(party.to_string());
        }
    }
    for (number, opportunity) in world.opportunities.iter().enumerate() {
        if !sight["opportunity"].contains(&opportunity.id) {
            hidden(opportunity.key.clone());
            hidden(secret("TITLE", number));
            if !offered.contains(&number) {
                hidden(opportunity.id.to_string());
            }
        }
    }
    for (number, offer) in world.offers.iter().enumerate() {
        if !sight["offer"].contains(&offer.id) {
            hidden(secret("OFFER", number));
            hidden(offer.id.to_string());
        }
    }
    for (number, (activity, customer)) in world.activities.iter().enumerate() {
        if !sight["relationship"].contains(&world.customers[*customer].id) {
            hidden(secret("SUBJECT", number));
            hidden(activity.to_string());
        }
    }
    let costs = sight["price"].iter().next().is_some();
    assert!(costs, "the price list is read by everybody");
    if !world.reads_some_confidential(seat, "price") && !world.reads_some_confidential(seat, "offer_item") {
        hidden("7171700".to_owned());
        hidden("71717".to_owned());
    }
}

/// Every case makes a store and asks it thousands of questions: few by default, more when asked for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_way_out_and_in_agrees_on_who_sees_and_does_what(shape in shape()) {
        let world = World::new(&shape);
        let mut sights = Vec::new();
        for seat in 0..world.sessions.len() {
            let mut shown = Shown::default();
            let sight = look(&world, seat, &mut shown);
            compare(&world, seat, &sight);
            deeds::check(&world, seat, &mut shown);
            no_secret(&world, seat, &sight, &shown);
            pages::check(&world, seat, &sight);
            sights.push(sight);
        }
        pages::seen_by(&world, &sights);
        prop_assert_eq!(world.relationships().len(), world.customers.len());
        // Last, for it changes what there is: the columns are made, brought up to date, and made anew.
        let mut world = world;
        for _ in 0..2 {
            for seat in 0..world.sessions.len() {
                let mut shown = Shown::default();
                columns::check(&world, seat, &mut shown);
                let sight = every_record!(seen(&world, seat)).into();
                no_secret(&world, seat, &sight, &shown);
            }
            columns::stir(&mut world);
        }
        columns::refreshed_is_fresh(&world);
        prop_assert!(world.network.crm.check().unwrap().is_in_order());
    }
}
