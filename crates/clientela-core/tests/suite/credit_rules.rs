//! Credit rules: shares that are always the whole, and which version holds.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use chrono::NaiveDate;
use clientela_core::ids::{PositionId, UnitId};
use clientela_core::performance::credit_rule::Holder;
use clientela_core::performance::*;
use clientela_core::sales::{MemberRole, OpportunityMember};
use clientela_model::{Coded, EntityId};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use uuid::Uuid;

fn id<I: EntityId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rule() -> CreditRule {
    CreditRule {
        id: id(1),
        code: "fleet/1".into(),
        name: "fleet".into(),
        version: 1,
        valid_from: None,
        valid_until: None,
        condition: None,
        day: None,
        state: CreditRuleState::Active,
    }
}

fn share(place: u32, holder: CreditHolder, percent: Decimal) -> CreditShare {
    let role = (holder == CreditHolder::Member).then_some(MemberRole::Specialist);
    let position = (holder == CreditHolder::Position).then(|| id(70));
    CreditShare { id: id(place.into()), rule: id(1), place, holder, role, position, percent }
}

fn part(owner: u128, cents: i64) -> Counted {
    Counted {
        measure: Measure::Revenue,
        owner: id(owner),
        unit: id(1),
        amount: Decimal::new(cents, 2),
        currency: "EUR".parse().ok(),
        day: day("2026-03-04"),
        of: ("opportunity", Uuid::nil()),
        opportunity: None,
        conversion: None,
        credited: Crediting::AsItHappened,
    }
}

fn member(position: u128, share: i64) -> OpportunityMember {
    OpportunityMember {
        id: id(position),
        opportunity: id(1),
        position: id(position),
        unit: id(1),
        role: MemberRole::Specialist,
        share: share.into(),
        active: true,
    }
}

/// Shares of a hundred percent, cut at these places.
fn shares(cuts: &[(u8, u32)]) -> Vec<CreditShare> {
    use CreditHolder::{Credited, CustomerOwner, Member, Owner, Position};
    let mut left = 10_000_i64;
    let mut shares = Vec::new();
    for (place, (holder, cut)) in (1..).zip(cuts) {
        let last = usize::try_from(place).unwrap() == cuts.len();
        let percent = if last { left } else { (i64::from(*cut) % left.max(2)).clamp(1, left.max(2) - 1) };
        left -= percent;
        let holder = [Credited, Owner, CustomerOwner, Member, Position][usize::from(*holder) % 5];
        shares.push(share(place, holder, Decimal::new(percent, 2)));
    }
    shares
}

proptest! {
    #[test]
    fn what_is_shared_out_is_always_the_whole(
        cents in prop::collection::vec(1_i64..1_000_000_000, 1..4),
        back in any::<bool>(),
        cuts in prop::collection::vec((any::<u8>(), 1_u32..5_000), 1..5),
        team in prop::collection::vec(0_i64..3, 0..4),
        known in any::<bool>(),
    ) {
        let shares = shares(&cuts);
        prop_assume!(check_shares(&shares).is_ok());
        let sign = if back { -1 } else { 1 };
        let parts: Vec<Counted> = (10..).zip(&cents).map(|(owner, cents)| part(owner, sign * cents)).collect();
        let members: Vec<OpportunityMember> = (40..).zip(&team).map(|(owner, share)| member(owner, *share)).collect();
        let units: HashMap<PositionId, UnitId> = known.then(|| (id(70), id(7))).into_iter().collect();
        let holder = |owner: u128| -> Option<Holder> { known.then(|| (id(owner), id(1))) };
        let people = CreditPeople {
            owner: holder(50),
            customer_owner: holder(60),
            members: &members,
            units: Some(&units),
        };
        let found = share_out(&rule(), &shares, &parts, &people, day("2026-04-01")).unwrap();
        let whole: Decimal = parts.iter().map(|part| part.amount).sum();
        prop_assert_eq!(found.iter().map(|one| one.amount).sum::<Decimal>(), whole);
        for one in &found {
            prop_assert!(one.amount.is_sign_negative() == back && one.amount.scale() <= 2);
            prop_assert!(matches!(one.credited, Crediting::ByRule(_)) && one.day == day("2026-04-01"));
        }
        // Taken back, each gives back what he had.
        let backwards: Vec<Counted> =
            parts.iter().map(|part| Counted { amount: -part.amount, ..part.clone() }).collect();
        let taken = share_out(&rule(), &shares, &backwards, &people, day("2026-04-01")).unwrap();
        let amounts = |counted: &[Counted]| -> Vec<(PositionId, Decimal)> {
            counted.iter().map(|one| (one.owner, one.amount.abs())).collect()
        };
        prop_assert_eq!(amounts(&found), amounts(&taken));
    }
}

#[test]
fn who_gets_a_share() {
    use CreditHolder::{Credited, CustomerOwner, Member, Owner, Position};
    let units = HashMap::from([(id(70), id(7))]);
    let team = [member(40, 3), member(41, 1), OpportunityMember { active: false, ..member(42, 9) }];
    let all = CreditPeople {
        owner: Some((id(50), id(1))),
        customer_owner: Some((id(60), id(1))),
        members: &team,
        units: Some(&units),
    };
    let nobody = CreditPeople::default();
    let parts = [part(10, 7_500), part(11, 2_500)];
    let as_it_happened: &[(u128, i64)] = &[(10, 7_500), (11, 2_500)];
    for (holder, people, expected) in [
        (Credited, &all, as_it_happened),
        (Owner, &all, &[(50, 10_000)]),
        (CustomerOwner, &all, &[(60, 10_000)]),
        (Member, &all, &[(40, 7_500), (41, 2_500)]),
        (Position, &all, &[(70, 10_000)]),
        (Owner, &nobody, as_it_happened),
        (CustomerOwner, &nobody, as_it_happened),
        (Member, &nobody, as_it_happened),
        (Position, &nobody, as_it_happened),
    ] {
        let shares = [share(1, holder, Decimal::ONE_HUNDRED)];
        assert_eq!(check_shares(&shares), Ok(()), "{holder}");
        let found = share_out(&rule(), &shares, &parts, people, day("2026-03-04")).unwrap();
        let found: Vec<(PositionId, Decimal)> = found.iter().map(|one| (one.owner, one.amount)).collect();
        let expected: Vec<(PositionId, Decimal)> =
            expected.iter().map(|(owner, cents)| (id(*owner), Decimal::new(*cents, 2))).collect();
        assert_eq!(found, expected, "{holder}");
    }
}

#[test]
fn the_highest_active_version_of_the_day_holds() {
    let version = |version: u32, from: Option<&str>, until: Option<&str>, state| CreditRule {
        version,
        valid_from: from.map(day),
        valid_until: until.map(day),
        state,
        ..rule()
    };
    use CreditRuleState::{Active, Retired};
    let versions = [
        version(1, None, None, Active),
        version(2, Some("2026-02-01"), Some("2026-03-31"), Active),
        version(3, Some("2026-03-01"), None, Retired),
    ];
    for (on, expected) in [("2026-01-31", 1), ("2026-02-01", 2), ("2026-03-31", 2), ("2026-04-01", 1)] {
        assert_eq!(holding_credit_rule(&versions, day(on)).map(|rule| rule.version), Some(expected), "{on}");
    }
    assert_eq!(holding_credit_rule(&versions[1..], day("2026-04-01")), None);
    assert_eq!(retire_credit_rule(&versions[2]).unwrap_err().code(), "credit_rule.retired");
}
