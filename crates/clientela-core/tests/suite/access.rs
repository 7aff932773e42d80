//! Who sees what, on random organisations: rights as conditions, evaluated record by record.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use clientela_core::organisation::{permission, *};
use clientela_core::party::*;
use clientela_core::{ENTITIES, entity};
use clientela_model::identifier::Country;
use clientela_model::{Access, Entity, EntityId, Lookup, Record, Value};
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

fn id<I: EntityId>(number: usize) -> I {
    I::from_uuid(Uuid::from_u128(number as u128 + 1))
}

/// Records in memory.
#[derive(Default)]
struct Memory {
    records: HashMap<(&'static str, Uuid), (&'static Entity, Vec<Value>)>,
}

impl Memory {
    fn add<R: Record>(&mut self, record: &R) {
        self.records.insert((R::ENTITY.name, record.id().uuid()), (R::ENTITY, record.to_values()));
    }
}

impl Lookup for Memory {
    fn record(&self, entity: &'static str, id: Uuid) -> Option<(&'static Entity, Vec<Value>)> {
        self.records.get(&(entity, id)).cloned()
    }

    fn referring(
        &self,
        entity: &'static str,
        column: &'static str,
        id: Uuid,
    ) -> Vec<(&'static Entity, Vec<Value>)> {
        self.records
            .iter()
            .filter(|((name, _), _)| *name == entity)
            .filter(|(_, (declared, values))| {
                declared.position(column).is_some_and(|position| values[position] == Value::Id(id))
            })
            .map(|(_, record)| record.clone())
            .collect()
    }
}

/// A network: who hangs below whom, who reports to whom, and whose customers there are.
#[derive(Debug, Clone)]
struct Network {
    /// For every unit the one above, always an earlier one.
    units: Vec<Option<usize>>,
    /// For every position its unit and the position it reports to, always an earlier one.
    positions: Vec<(usize, Option<usize>)>,
    /// For every customer its party, its owner and its unit, which need not be the owner's: positions move.
    customers: Vec<(usize, usize, usize)>,
    /// The position that acts.
    acting: usize,
}

const PARTIES: usize = 4;

fn network() -> impl Strategy<Value = Network> {
    let sizes = (1_usize..8, 1_usize..10, 0_usize..12);
    sizes.prop_flat_map(|(units, positions, customers)| {
        let above = |count: usize| -> Vec<BoxedStrategy<Option<usize>>> {
            (0..count)
                .map(|index| {
                    if index == 0 {
                        Just(None).boxed()
                    } else {
                        prop::option::weighted(0.85, 0..index).boxed()
                    }
                })
                .collect()
        };
        let seats = above(positions).into_iter().map(|reports_to| (0..units, reports_to)).collect::<Vec<_>>();
        let owned = prop::collection::vec((0..PARTIES, 0..positions, 0..units), customers);
        (above(units), seats, owned, 0..positions).prop_map(|(units, positions, customers, acting)| Network {
            units,
            positions,
            customers,
            acting,
        })
    })
}

impl Network {
    fn relationships(&self) -> Vec<Relationship> {
        let all = self.customers.iter().enumerate();
        all.map(|(index, (party, owner, unit))| Relationship {
            id: id(index),
            party: id(*party),
            unit: id(*unit),
            owner: id(*owner),
            number: None,
            status: CustomerStatus::Prospect,
            size: None,
            since: None,
            source: None,
            price_group: None,
            credit_hold: None,
            do_not_contact: false,
            notes: None,
            status_fixed: None,
            status_reason: None,
            size_fixed: None,
            size_reason: None,
            class: None,
            class_fixed: None,
            class_reason: None,
            left_on: None,
            left_reason: None,
            left_to: None,
            left_note: None,
            won_back_on: None,
            merged_into: None,
            owner_reason: None,
        })
        .collect()
    }

    fn contact(&self, customer: usize) -> Contact {
        Contact {
            id: id(customer),
            customer: id(customer),
            number: None,
            given_name: None,
            family_name: "Bianchi".into(),
            role: None,
            influence: None,
            language: None,
            mobile: None,
            phone: None,
            email: None,
            reports_to: None,
            relation: None,
            left_on: None,
        }
    }

    fn party(&self, number: usize) -> Party {
        Party {
            id: id(number),
            kind: PartyKind::Company,
            name: "Rossi".into(),
            name2: None,
            vat_number: None,
            street: None,
            postal_code: None,
            locality: None,
            region: None,
            country: Country::parse("IT").unwrap(),
            email: None,
            phone: None,
            language: None,
            nace: None,
            parent: None,
            parent_from: None,
            parent_until: None,
            merged_into: None,
        }
    }

    fn vehicle(&self, party: usize) -> Vehicle {
        enter_vehicle(&NewVehicle { make: Some("Iveco".into()), ..Default::default() }, id(party), id(party))
            .unwrap()
    }

    fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (index, parent) in self.units.iter().enumerate() {
            memory.add(&Unit {
                id: id(index),
                parent: parent.map(id),
                kind: UnitKind::Dealer,
                code: String::new(),
                name: String::new(),
                country: None,
                valid_from: None,
                valid_to: None,
                time_zone: None,
                street: None,
                postal_code: None,
                locality: None,
                vat_number: None,
            });
        }
        for (index, (unit, reports_to)) in self.positions.iter().enumerate() {
            memory.add(&Position {
                id: id(index),
                unit: id(*unit),
                function: Function::Seller,
                title: String::new(),
                reports_to: reports_to.map(id),
                profile: id(0),
            });
        }
        for party in 0..PARTIES {
            memory.add(&self.party(party));
            memory.add(&self.vehicle(party));
        }
        for (index, relationship) in self.relationships().iter().enumerate() {
            memory.add(relationship);
            memory.add(&self.contact(index));
        }
        memory
    }

    fn actor(&self, grants: Vec<Grant>) -> Actor {
        let (unit, _) = self.positions[self.acting];
        Actor {
            user: id(0),
            position: id(self.acting),
            unit: id(unit),
            grants,
            shares: Vec::new(),
            superiors: Vec::new(),
        }
    }

    /// Whether the acting position sees each customer with this scope, said a second time in the plainest words.
    fn expected(&self, scope: Scope, owner: usize, unit: usize) -> bool {
        let up = |start: usize, above: &dyn Fn(usize) -> Option<usize>| -> Vec<usize> {
            std::iter::successors(Some(start), |current| above(*current)).collect()
        };
        let mine = owner == self.acting;
        let my_unit = self.positions[self.acting].0;
        match scope {
            Scope::Mine => mine,
            Scope::MyTeam => up(owner, &|position| self.positions[position].1).contains(&self.acting),
            Scope::MyUnit => mine || unit == my_unit,
            Scope::MyUnits => mine || up(unit, &|unit| self.units[unit]).contains(&my_unit),
            Scope::Everything => true,
        }
    }
}

fn grant(entity: &str, verb: Verb, scope: Scope) -> Grant {
    Grant {
        id: id(0),
        profile: id(0),
        entity: entity.into(),
        verb,
        scope,
        confidential: false,
        withdrawn: None,
    }
}

fn sees<R: Record>(actor: &Actor, verb: Verb, record: &R, memory: &Memory) -> bool {
    can(actor, verb, R::ENTITY, &record.to_values(), entity, memory).allowed
}

/// The customers seen with one scope.
fn seen(network: &Network, memory: &Memory, scope: Scope) -> Vec<bool> {
    let actor = network.actor(vec![grant("relationship", Verb::Read, scope)]);
    network.relationships().iter().map(|customer| sees(&actor, Verb::Read, customer, memory)).collect()
}

const SCOPES: [Scope; 5] = [Scope::Mine, Scope::MyTeam, Scope::MyUnit, Scope::MyUnits, Scope::Everything];

proptest! {
    #[test]
    fn nobody_sees_anything_owned_without_a_grant(network in network()) {
        let memory = network.memory();
        let without = network.actor(vec![]);
        // Rights on something else, and another right on the same, are none.
        let other = network.actor(vec![
            grant("campaign", Verb::Read, Scope::Everything),
            grant("relationship", Verb::Create, Scope::Everything),
        ]);
        for actor in [&without, &other] {
            for (index, customer) in network.relationships().iter().enumerate() {
                prop_assert!(!sees(actor, Verb::Read, customer, &memory));
                prop_assert!(!sees(actor, Verb::Change, customer, &memory));
                prop_assert!(!sees(actor, Verb::Read, &network.contact(index), &memory));
            }
            for party in 0..PARTIES {
                prop_assert!(!sees(actor, Verb::Read, &network.party(party), &memory));
                prop_assert!(!sees(actor, Verb::Read, &network.vehicle(party), &memory));
            }
        }
    }

    #[test]
    fn every_scope_is_what_it_is_called(network in network()) {
        let memory = network.memory();
        for scope in SCOPES {
            let expected: Vec<bool> =
                network.customers.iter().map(|(_, owner, unit)| network.expected(scope, *owner, *unit)).collect();
            prop_assert_eq!(seen(&network, &memory, scope), expected, "{}", scope);
        }
    }

    #[test]
    fn a_wider_scope_sees_all_that_a_narrower_one_sees(network in network()) {
        let memory = network.memory();
        let narrower = [
            (Scope::Mine, Scope::MyTeam),
            (Scope::Mine, Scope::MyUnit),
            (Scope::MyUnit, Scope::MyUnits),
            (Scope::MyUnits, Scope::Everything),
            (Scope::MyTeam, Scope::Everything),
        ];
        for (narrow, wide) in narrower {
            let pairs = seen(&network, &memory, narrow).into_iter().zip(seen(&network, &memory, wide));
            for (narrow_sees, wide_sees) in pairs {
                prop_assert!(!narrow_sees || wide_sees, "{} sees what {} does not", narrow, wide);
            }
        }
    }

    #[test]
    fn parts_follow_their_whole(network in network(), scope in 0_usize..5, verb in 0_usize..2) {
        let memory = network.memory();
        let verb = [Verb::Read, Verb::Change][verb];
        let actor = network.actor(vec![grant("relationship", verb, SCOPES[scope])]);
        let customers = network.relationships();
        for (index, customer) in customers.iter().enumerate() {
            let whole = sees(&actor, verb, customer, &memory);
            prop_assert_eq!(sees(&actor, verb, &network.contact(index), &memory), whole);
            // Adding a part is changing the whole.
            let adding = sees(&actor, Verb::Create, &network.contact(index), &memory);
            prop_assert_eq!(adding, whole && verb == Verb::Change);
        }
        for number in 0..PARTIES {
            let any = customers
                .iter()
                .any(|customer| customer.party == id(number) && sees(&actor, verb, customer, &memory));
            let everything = SCOPES[scope] == Scope::Everything;
            prop_assert_eq!(sees(&actor, verb, &network.party(number), &memory), any || everything);
            prop_assert_eq!(sees(&actor, verb, &network.vehicle(number), &memory), any || everything);
        }
    }
}

/// What a profile without any grant reads is the reference data and nothing else: a new entity cannot be forgotten.
#[test]
fn without_a_grant_only_reference_data_is_read() {
    let actor = Actor {
        user: id(0),
        position: id(0),
        unit: id(0),
        grants: vec![],
        shares: Vec::new(),
        superiors: Vec::new(),
    };
    for declared in ENTITIES {
        let nothing = permission(&actor, Verb::Read, declared, entity) == clientela_model::Predicate::Nothing;
        let mut above = *declared;
        while let Access::Through(column) = above.access {
            let Some(clientela_model::ColumnType::Id(target)) = above.column(column).map(|column| column.ty)
            else {
                panic!("{}", declared.name);
            };
            above = entity(target).unwrap();
        }
        assert_eq!(nothing, above.access != Access::Public, "{}", declared.name);
    }
}

/// Whatever scope somebody has in his unit, what those above him make of a figure is not shown to him; to whoever reads everything it is.
#[test]
fn what_a_superior_makes_of_a_forecast_is_not_shown_below() {
    let declared = entity("forecast_adjustment").unwrap();
    let row = |owner: usize| -> Vec<Value> {
        let value = |name: &str| match name {
            "owner" => Value::Id(id::<clientela_core::ids::PositionId>(owner).uuid()),
            "unit" => Value::Id(id::<clientela_core::ids::UnitId>(1).uuid()),
            _ => Value::Null,
        };
        declared.columns.iter().map(|column| value(column.name)).collect()
    };
    for (scope, shown) in [
        (Scope::Mine, [true, false, false]),
        (Scope::MyUnit, [true, true, false]),
        (Scope::Everything, [true, true, true]),
    ] {
        let actor = Actor {
            user: id(0),
            position: id(5),
            unit: id(1),
            grants: vec![grant("*", Verb::Read, scope)],
            shares: Vec::new(),
            superiors: vec![id(7), id(8)],
        };
        let seen = [5, 6, 8]
            .map(|owner: usize| may(&actor, Verb::Read, declared, &row(owner), entity, &Memory::default()));
        assert_eq!(seen, shown, "himself, a colleague, one above: {scope:?}");
    }
}
