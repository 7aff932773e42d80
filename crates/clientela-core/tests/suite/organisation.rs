//! Signing in, the two trees, and what the standard profiles let through.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by failing")]

use chrono::NaiveDate;
use clientela_core::ids::*;
use clientela_core::organisation::*;
use clientela_core::party::Relationship;
use clientela_model::{Coded, EntityId, Predicate, Record};
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn position(number: u128, title: &str) -> Position {
    Position {
        id: id(number),
        unit: id(1),
        function: Function::Seller,
        title: title.to_owned(),
        reports_to: None,
        profile: id(number + 1000),
    }
}

#[test]
fn a_user_acts_from_a_position_he_holds() {
    let user = |active| User { id: id(7), login: "rossi".into(), name: "Mario Rossi".into(), active };
    let positions = [position(1, "Sales north"), position(2, "Sales south"), position(3, "Manager")];
    let holding = |number: u128, position: u128, substitute, from: &str, to: Option<&str>| Holding {
        id: id(number),
        user: id(7),
        position: id(position),
        substitute,
        valid_from: day(from),
        valid_to: to.map(day),
    };
    let own = holding(1, 1, false, "2026-01-01", None);
    let later = holding(2, 2, false, "2026-02-01", None);
    let over = holding(3, 2, false, "2025-01-01", Some("2025-12-31"));
    let for_manager = holding(4, 3, true, "2026-01-01", None);
    let for_south = holding(5, 2, true, "2026-01-01", None);
    let reversed = holding(6, 1, false, "2026-12-31", Some("2026-01-01"));
    let of_another = Holding { user: id(8), ..own.clone() };
    let south = id::<PositionId>(2).to_string();
    let third = id::<PositionId>(3).to_string();
    type Case<'a> = (&'a str, Vec<&'a Holding>, Option<&'a str>, Result<u128, &'static str>);
    let cases: Vec<Case<'_>> = vec![
        ("the only one", vec![&own], None, Ok(1)),
        ("the first begun", vec![&later, &own], None, Ok(1)),
        ("his own before a substitution", vec![&for_manager, &own], None, Ok(1)),
        ("the only substitution", vec![&for_manager], None, Ok(3)),
        (
            "one of two substitutions must be named",
            vec![&for_manager, &for_south],
            None,
            Err("session.no_position"),
        ),
        ("named by title", vec![&for_manager, &for_south], Some("Manager"), Ok(3)),
        ("named by id", vec![&own, &later], Some(&south), Ok(2)),
        ("not held", vec![&own], Some("Manager"), Err("session.no_position")),
        ("not held, by id", vec![&own], Some(&third), Err("session.no_position")),
        ("not there", vec![&own], Some("Nobody"), Err("session.no_position")),
        ("over", vec![&over], None, Err("session.no_position")),
        ("reversed", vec![&reversed], None, Err("session.no_position")),
        ("of another", vec![&of_another], None, Err("session.no_position")),
        ("none", vec![], None, Err("session.no_position")),
    ];
    for (name, holdings, asked, expected) in cases {
        let holdings: Vec<Holding> = holdings.into_iter().cloned().collect();
        let active = user(true);
        let result = sign_in(Some(&active), &holdings, &positions, asked, |_| day("2026-03-01"));
        assert_eq!(
            result.as_ref().map(|chosen| chosen.position.id.uuid().as_u128()).map_err(Coded::code),
            expected,
            "{name}"
        );
        if let Ok(chosen) = result {
            let grant = |number, profile| Grant {
                id: id(number),
                profile,
                entity: "*".into(),
                verb: Verb::Read,
                scope: Scope::Mine,
                confidential: false,
                withdrawn: None,
            };
            let actor =
                chosen.actor([grant(1, chosen.position.profile), grant(2, id(9999))], Vec::new(), Vec::new());
            assert_eq!((actor.position, actor.grants.len()), (chosen.position.id, 1), "{name}");
        }
    }
    // Whether the login exists is not told.
    let gone = user(false);
    let answers = [None, Some(&gone)].map(|user| {
        sign_in(user, std::slice::from_ref(&own), &positions, None, |_| day("2026-03-01")).unwrap_err()
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].code(), "session.unknown_user");
}

#[test]
fn units_and_positions_form_trees() {
    let unit = |number: u128, parent: Option<u128>, from: Option<&str>, to: Option<&str>| Unit {
        id: id(number),
        parent: parent.map(id),
        kind: match number {
            1 => UnitKind::Headquarters,
            2 => UnitKind::Dealer,
            _ => UnitKind::Outlet,
        },
        code: format!("U{number}"),
        name: format!("Unit {number}"),
        country: None,
        valid_from: from.map(day),
        valid_to: to.map(day),
        time_zone: None,
        street: None,
        postal_code: None,
        locality: None,
        vat_number: None,
    };
    let known = [
        unit(1, None, None, None),
        unit(2, Some(1), Some("2020-01-01"), Some("2029-12-31")),
        unit(3, Some(2), Some("2021-01-01"), Some("2029-12-31")),
    ];
    let find = |id: UnitId| known.iter().find(|unit| unit.id == id).cloned();
    let cases = [
        ("a new top", unit(9, None, None, None), None),
        ("below", unit(9, Some(3), Some("2022-01-01"), Some("2023-01-01")), None),
        (
            "ends before it begins",
            unit(9, Some(1), Some("2022-01-02"), Some("2022-01-01")),
            Some("unit.period"),
        ),
        ("nobody above", unit(9, Some(8), None, None), Some("unit.parent_missing")),
        ("below itself", unit(9, Some(9), None, None), Some("unit.circle")),
        ("top below its own", unit(1, Some(3), None, None), Some("unit.circle")),
        ("dealer below its outlet", unit(2, Some(3), None, None), Some("unit.circle")),
        (
            "before the one above",
            unit(9, Some(2), Some("2019-12-31"), Some("2020-12-31")),
            Some("unit.outside_parent"),
        ),
        ("open within a closed one", unit(9, Some(2), Some("2020-01-01"), None), Some("unit.outside_parent")),
        (
            "without a begin below one with",
            unit(9, Some(2), None, Some("2020-12-31")),
            Some("unit.outside_parent"),
        ),
    ];
    for (name, unit, expected) in cases {
        assert_eq!(check_unit(&unit, find).err().map(|error| error.code()), expected, "{name}");
    }
    for (from, dealer) in [(1, 1), (2, 2), (3, 2), (77, 77)] {
        assert_eq!(dealer_of(id(from), find), id(dealer));
    }

    let chain: Vec<Position> = (1..=70)
        .map(|number| Position { reports_to: (number > 1).then(|| id(number - 1)), ..position(number, "p") })
        .collect();
    let find = |id: PositionId| chain.iter().find(|position| position.id == id).cloned();
    let reporting =
        |number: u128, to: Option<u128>| Position { reports_to: to.map(id), ..position(number, "p") };
    let cases = [
        ("to nobody", reporting(99, None), None),
        ("to one", reporting(99, Some(5)), None),
        ("the deepest there may be", reporting(99, Some(63)), None),
        ("too deep", reporting(99, Some(64)), Some("position.too_deep")),
        ("to itself", reporting(99, Some(99)), Some("position.circle")),
        ("to one below", reporting(1, Some(5)), Some("position.circle")),
        ("to one who is not there", reporting(99, Some(98)), Some("position.reports_to_missing")),
        ("in no unit", Position { unit: id(55), ..reporting(99, None) }, Some("position.unit_missing")),
    ];
    for (name, position, expected) in cases {
        let result = check_position(&position, |unit| unit == id(1), find);
        assert_eq!(result.err().map(|error| error.code()), expected, "{name}");
    }
}

#[test]
fn standard_profiles_are_what_their_table_says() {
    use Verb::{Administer, Change, Create, Read};
    // Profile, entity, verb, scope.
    let cases = [
        ("administrator", "unit", Administer, Some(Scope::Everything)),
        ("manager", "relationship", Change, Some(Scope::MyUnits)),
        ("manager", "unit", Administer, None),
        ("sales_manager", "opportunity", Read, Some(Scope::MyTeam)),
        ("seller", "relationship", Create, Some(Scope::Mine)),
        ("seller", "unit", Administer, None),
        ("analyst", "offer", Read, Some(Scope::Everything)),
        ("analyst", "offer", Change, None),
        ("marketing", "campaign", Create, Some(Scope::MyUnits)),
        ("marketing", "relationship", Read, Some(Scope::MyUnits)),
        ("marketing", "relationship", Change, None),
        ("marketing", "offer", Read, None),
    ];
    for (name, entity, verb, scope) in cases {
        let (_, grants) = standard_profiles().find(|(profile, _)| *profile == name).expect(name);
        let actor = actor(grants);
        assert_eq!(actor.scope(verb, entity), scope, "{name} {verb} {entity}");
    }
    for (name, grants) in standard_profiles() {
        for grant in grants {
            assert!(
                grant.entity == "*" || clientela_core::entity(grant.entity).is_some(),
                "{name} {}",
                grant.entity
            );
        }
        let (facet, declared) = (clientela_model::Facet::Confidential, Relationship::ENTITY);
        let sees = facet_permission(&actor(grants), facet, declared, clientela_core::entity);
        assert_eq!(sees != Predicate::Nothing, matches!(name, "administrator" | "manager"), "{name}");
    }
}

fn actor(grants: &[StandardGrant]) -> Actor {
    let grants = grants
        .iter()
        .map(|grant| Grant {
            id: id(1),
            profile: id(1),
            entity: grant.entity.to_owned(),
            verb: grant.verb,
            scope: grant.scope,
            confidential: grant.confidential,
            withdrawn: None,
        })
        .collect();
    Actor { user: id(1), position: id(1), unit: id(1), grants, shares: Vec::new(), superiors: Vec::new() }
}
