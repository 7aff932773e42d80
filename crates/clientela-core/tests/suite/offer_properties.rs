//! What holds of every offer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use crate::support;

use clientela_core::catalogue::ProductKind;
use clientela_core::ids::{CustomerId, OfferId, OpportunityId, PositionId, UnitId, UserId};
use clientela_core::sales::offer::{By, NewOffer, draft, fingerprint};
use clientela_core::sales::waterfall::{
    Discount, ItemInput, ManualDiscount, OfferInput, OptionInput, SettlementInput, SettlementKind,
    StepChange, StepInput, Target, add_discount, from_records, price,
};
use clientela_core::sales::{Authority, Basis, PriceStepKind};
use clientela_model::{EntityId, Money, RoundingPolicy, Why};
use proptest::prelude::*;
use rust_decimal::Decimal;
use support::{currency, day, empty_offer};
use uuid::Uuid;

fn euro(cents: i64) -> Money {
    Money::from_minor(cents, currency("EUR"))
}

fn hundredths(number: i64) -> Decimal {
    Decimal::new(number, 2)
}

prop_compose! {
    /// A discount of at most 20 percent, or of at most 50 euro: five of them never eat up the price.
    fn step()(percent in any::<bool>(), of_list in any::<bool>(), size in -1500_i64..500, code in "[A-Z]{1,4}", by in 0_usize..4) -> StepInput {
        let change = if percent {
            let basis = if of_list { Basis::List } else { Basis::Running };
            StepChange::Percent { percent: hundredths(size), basis }
        } else {
            StepChange::Amount(euro(size * 3))
        };
        let authority = [Authority::Salesperson, Authority::DealerManager, Authority::Manufacturer, Authority::None][by];
        let kind = [PriceStepKind::Campaign, PriceStepKind::Volume, PriceStepKind::Manual, PriceStepKind::Contract][by];
        StepInput { kind, code: code.into(), change, authority, label: None }
    }
}

prop_compose! {
    fn item()(
        cents in 50_000_i64..20_000_000,
        quantity in 1_i64..40,
        base in prop::option::of(prop::sample::select(vec![1_i64, 7, 12, 100])),
        options in prop::collection::vec((0_i64..500_000, 1_i64..3), 0..4),
        steps in prop::collection::vec(step(), 0..5),
        tax in prop::sample::select(vec![("S", 2200_i64), ("S", 1000), ("S", 550), ("E", 0), ("AE", 0)]),
        cost in prop::option::of(0_i64..15_000_000),
    ) -> ItemInput {
        let tax = (tax.0, hundredths(tax.1));
        let mut item = ItemInput::new("", ProductKind::Vehicle, "P", quantity.into(), euro(cents), tax);
        item.base_quantity = base.map(Decimal::from);
        item.unit_cost = cost.map(euro);
        item.steps = steps;
        item.options = options.into_iter().map(|(cents, quantity)| {
            let mut option = OptionInput::new("", "O", euro(cents));
            option.quantity = quantity.into();
            option.unit_cost = cost.map(|_| euro(cents / 2));
            option
        }).collect();
        item
    }
}

prop_compose! {
    fn offer()(
        mut items in prop::collection::vec(item(), 1..9),
        document in any::<bool>(),
        settled in prop::collection::vec(0_i64..5_000_000, 0..3),
    ) -> OfferInput {
        for (index, item) in items.iter_mut().enumerate() {
            item.line = (index + 1).to_string().into();
            for (position, option) in item.options.iter_mut().enumerate() {
                option.line = clientela_model::ShortText::of_part(index + 1, position + 1);
            }
        }
        let rounding = if document { RoundingPolicy::Document } else { RoundingPolicy::Line };
        let settlements = settled.into_iter().enumerate().map(|(index, cents)| {
            SettlementInput::new(SettlementKind::TradeIn, format!("T{index}"), euro(cents))
        }).collect();
        OfferInput { items, settlements, ..empty_offer("EUR", rounding) }
    }
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> Decimal {
    amounts.into_iter().map(Money::amount).sum()
}

fn ids() -> impl FnMut() -> Uuid {
    let mut next = 0_u128;
    move || {
        next += 1;
        Uuid::from_u128(next)
    }
}

proptest! {
    // A case that fails once is written into a table, not into a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_agree_under_both_policies(offer in offer()) {
        let priced = price(&offer).unwrap();
        let cents = |money: Money| money.amount().scale() == 2;
        for (index, (item, found)) in offer.items.iter().zip(&priced.items).enumerate() {
            let steps: Vec<_> = priced.steps_of(index).collect();
            prop_assert_eq!(sum(steps.iter().map(|step| step.amount)), found.unit_net.amount(), "line {}", index + 1);
            let mut running = Decimal::ZERO;
            for step in steps {
                running += step.amount.amount();
                prop_assert_eq!(running, step.running.amount());
            }
            let exact = item.quantity * found.unit_net.amount() / item.base_quantity.unwrap_or(Decimal::ONE);
            let digits = if offer.rounding == RoundingPolicy::Line { 2 } else { 4 };
            prop_assert_eq!(found.line_net, Money::new(exact, offer.currency).rounded_to(digits));
        }
        let lines = sum(priced.items.iter().map(|item| item.line_net));
        let groups = Decimal::from(priced.tax_groups.len());
        match offer.rounding {
            RoundingPolicy::Line => prop_assert_eq!(priced.net.amount(), lines),
            // The sum is rounded, once.
            RoundingPolicy::Document => prop_assert_eq!(priced.net, Money::new(lines, offer.currency).rounded()),
        }
        // What is shown of a group is rounded for itself; under the policy of the line the totals are its sum.
        let most = if offer.rounding == RoundingPolicy::Line { Decimal::ZERO } else { (groups + Decimal::ONE) * Decimal::new(5, 3) };
        for (total, shown) in [
            (priced.net, sum(priced.tax_groups.iter().map(|group| group.taxable))),
            (priced.tax, sum(priced.tax_groups.iter().map(|group| group.tax))),
        ] {
            prop_assert!((total.amount() - shown).abs() <= most);
        }
        for group in &priced.tax_groups {
            let exact = group.taxable.amount() * group.percent / Decimal::ONE_HUNDRED;
            let most = if offer.rounding == RoundingPolicy::Line { Decimal::new(5, 3) } else { Decimal::new(1, 2) };
            prop_assert!((group.tax.amount() - exact).abs() <= most);
        }
        prop_assert_eq!(priced.gross, priced.net.checked_add(priced.tax).unwrap());
        prop_assert_eq!(priced.settled.amount(), sum(offer.settlements.iter().map(|settled| settled.amount)));
        prop_assert_eq!(priced.payable, priced.gross.checked_sub(priced.settled).unwrap());
        prop_assert!([priced.net, priced.tax, priced.gross, priced.settled, priced.payable].into_iter().all(cents));
        prop_assert_eq!(priced.margin.is_some(), offer.items.iter().all(|item| item.unit_cost.is_some()));
        if let Some(margin) = priced.margin {
            prop_assert_eq!(margin.amount.amount() + margin.cost.amount(), priced.net.amount());
        }
    }

    #[test]
    fn the_policies_differ_by_no_more_than_stated(mut offer in offer()) {
        offer.rounding = RoundingPolicy::Line;
        let line = price(&offer).unwrap();
        offer.rounding = RoundingPolicy::Document;
        let document = price(&offer).unwrap();
        let per_base = |item: &ItemInput| item.quantity / item.base_quantity.unwrap_or(Decimal::ONE);
        let roundings: Decimal = offer.items.iter().map(|item| per_base(item) + Decimal::ONE).sum();
        let bound = roundings * Decimal::new(505, 5) + Decimal::from(line.tax_groups.len()) * Decimal::new(5, 3);
        prop_assert!((line.net.amount() - document.net.amount()).abs() <= bound, "{} {}", line.net, document.net);
    }

    #[test]
    fn percentages_of_what_is_left_may_change_places(mut item in item(), percents in prop::collection::vec(-3000_i64..1000, 2..5)) {
        item.line = "1".into();
        item.options.clear();
        item.steps = percents.iter().map(|percent| StepInput {
            kind: PriceStepKind::Campaign,
            code: percent.to_string().into(),
            change: StepChange::Percent { percent: hundredths(*percent), basis: Basis::Running },
            authority: Authority::None,
            label: None,
        }).collect();
        let mut offer = OfferInput { items: vec![item], ..empty_offer("EUR", RoundingPolicy::Line) };
        let there = price(&offer).unwrap();
        offer.items[0].steps.reverse();
        let back = price(&offer).unwrap();
        prop_assert_eq!(&there.items[0].unit_net, &back.items[0].unit_net);
        prop_assert_eq!(there.payable, back.payable);
    }

    #[test]
    fn a_discount_on_the_offer_is_shared_out_to_the_cent(mut offer in offer(), percent in 1_i64..5000, cents in 1_i64..40_000, by_amount in any::<bool>()) {
        let before = price(&offer).unwrap();
        let count = offer.items.len();
        let discount = if by_amount { Discount::Amount(euro(cents)) } else { Discount::Percent(hundredths(percent)) };
        let manual = ManualDiscount {
            discount, target: Target::Offer, code: "M", authority: Authority::DealerManager, label: None, limit_percent: None,
        };
        let asked = match discount {
            Discount::Amount(amount) => amount,
            Discount::Percent(percent) => before.net.percent(percent).unwrap().rounded(),
        };
        prop_assume!(asked.amount() <= before.net.amount() && !asked.is_zero());
        add_discount(&mut offer, &manual).unwrap();
        let after = price(&offer).unwrap();
        let shares = sum(after.items[count..].iter().map(|item| item.line_net));
        prop_assert_eq!(-shares, asked.amount());
        // A group of the document policy whose lines end in half a cent may round the other way.
        let slack = match offer.rounding {
            RoundingPolicy::Line => Decimal::ZERO,
            RoundingPolicy::Document => Decimal::new(1, 2) * Decimal::from(after.tax_groups.len()),
        };
        prop_assert!((before.net.amount() - after.net.amount() - asked.amount()).abs() <= slack);
        prop_assert_eq!(before.tax_groups.len(), after.tax_groups.len());
    }

    #[test]
    fn what_is_stored_prices_the_same_again(offer in offer(), turn in 0_usize..50) {
        let version = drafted(&offer);
        let (mut items, mut steps) = (version.items.clone(), version.steps.clone());
        // A store gives rows back in any order.
        items.rotate_left(turn % version.items.len());
        steps.reverse();
        let again = from_records(&version.offer, &version.revision, &items, &steps).unwrap();
        prop_assert_eq!(&again, &offer);
        prop_assert_eq!(price(&again).unwrap(), version.priced);
        prop_assert_eq!(fingerprint(&again), version.revision.fingerprint);
        let of_whole = version.steps.iter().filter(|step| step.line.is_none());
        prop_assert_eq!(version.revision.net.amount() + sum(of_whole.map(|step| step.amount)), version.revision.payable.amount());
        let included = version.items.iter().filter(|item| item.included);
        prop_assert!(included.clone().all(|item| item.line_net.is_zero()));
        prop_assert_eq!(included.count(), offer.items.iter().map(|item| item.options.len()).sum::<usize>());
    }

    #[test]
    fn any_number_is_priced_or_refused(
        price_of_one in any::<i64>(), scale in 0_u32..13, quantity in -100_000_i64..100_000, base in any::<Option<i32>>(),
        percent in any::<i32>(), amount in any::<i64>(), tax in any::<i32>(), settled in any::<i64>(), document in any::<bool>(),
    ) {
        let wild = |number: i64| Money::new(Decimal::new(number, scale), currency("EUR"));
        let rounding = if document { RoundingPolicy::Document } else { RoundingPolicy::Line };
        let mut offer = empty_offer("EUR", rounding);
        for line in ["1", "2"] {
            let tax = ("S", Decimal::new(tax.into(), scale / 2));
            let mut item = ItemInput::new(line, ProductKind::Other, "P", Decimal::new(quantity, scale), wild(price_of_one), tax);
            item.base_quantity = base.map(|base| Decimal::new(base.into(), scale / 3));
            item.unit_cost = Some(wild(amount));
            let percent = Decimal::new(percent.into(), scale / 2);
            for change in [StepChange::Percent { percent, basis: Basis::Running }, StepChange::Amount(wild(amount))] {
                item.steps.push(StepInput { kind: PriceStepKind::Surcharge, code: "".into(), change, authority: Authority::None, label: None });
            }
            offer.items.push(item);
        }
        offer.settlements.push(SettlementInput::new(SettlementKind::Deposit, "", wild(settled)));
        // Neither may panic; what is priced adds up.
        if let Ok(priced) = price(&offer) {
            prop_assert_eq!(priced.payable.amount() + priced.settled.amount(), priced.net.amount() + priced.tax.amount());
            let why = priced.why(&offer);
            prop_assert_eq!(why.because.iter().filter(|because| because.reason == "offer.item").count(), 2);
        }
    }
}

fn drafted(offer: &OfferInput) -> clientela_core::sales::offer::Version {
    let id = Uuid::from_u128(1 << 80);
    let new = NewOffer {
        id: OfferId::from_uuid(id),
        number: "O-1".to_owned(),
        opportunity: OpportunityId::from_uuid(id),
        customer: CustomerId::from_uuid(id),
        owner: PositionId::from_uuid(id),
        unit: UnitId::from_uuid(id),
        currency: offer.currency,
        valid_until: day("2026-12-31"),
        affair: None,
        dossier: None,
        dossier_revision: None,
        title: None,
        note: None,
        follows: None,
    };
    let by = By {
        user: UserId::from_uuid(id),
        at: "2026-03-04T10:00:00Z".parse().unwrap(),
        today: day("2026-03-04"),
    };
    draft(new, offer, None, &mut ids(), by).unwrap()
}

#[test]
fn the_fingerprint_changes_with_the_commercial_content_and_with_nothing_else() {
    type Change = (&'static str, fn(&mut OfferInput));
    let commercial: [Change; 19] = [
        ("currency of a price", |offer| offer.items[0].unit_list = Money::new(98500.into(), currency("CHF"))),
        ("rounding", |offer| offer.rounding = RoundingPolicy::Document),
        ("price date", |offer| offer.price_date = day("2026-03-05")),
        ("quantity", |offer| offer.items[0].quantity = 4.into()),
        ("base quantity", |offer| offer.items[0].base_quantity = Some(2.into())),
        ("list price", |offer| offer.items[0].unit_list = euro(9_850_001)),
        ("code", |offer| offer.items[0].code = "PX".into()),
        ("kind", |offer| offer.items[1].kind = ProductKind::Fee),
        ("line", |offer| offer.items[1].line = "29".into()),
        ("parent", |offer| offer.items[1].parent_line = Some("1".into())),
        ("tax", |offer| offer.items[1].tax_percent = 10.into()),
        ("tax category", |offer| offer.items[1].tax_category = "AE".into()),
        ("term", |offer| offer.items[2].term_months = Some(60)),
        ("mileage", |offer| offer.items[2].mileage = Some(120_000)),
        ("option", |offer| offer.items[0].options[0].unit_list = euro(1)),
        ("order of steps", |offer| offer.items[0].steps.swap(0, 1)),
        ("authority", |offer| offer.items[0].steps[2].authority = Authority::DealerManager),
        ("item", |offer| drop(offer.items.pop())),
        ("settlement", |offer| offer.settlements[0].amount = euro(1)),
    ];
    let other: [Change; 7] = [
        ("label", |offer| offer.items[0].label = Some("Tractor".into())),
        ("label of a step", |offer| offer.items[0].steps[0].label = Some("Spring".into())),
        ("cost", |offer| offer.items[0].unit_cost = Some(euro(1))),
        ("appraisal", |offer| offer.settlements[0].appraised = Some(euro(1))),
        ("zeros", |offer| offer.items[0].quantity = Decimal::new(3000, 3)),
        ("a base quantity of one", |offer| offer.items[0].base_quantity = Some(Decimal::ONE)),
        ("order of items", |offer| offer.items.reverse()),
    ];
    let original = fingerprint(&support::three_tractors());
    let mut seen = vec![original.clone()];
    for (what, change) in commercial {
        let mut offer = support::three_tractors();
        change(&mut offer);
        let changed = fingerprint(&offer);
        assert!(!seen.contains(&changed), "{what} does not show");
        seen.push(changed);
    }
    for (what, change) in other {
        let mut offer = support::three_tractors();
        change(&mut offer);
        assert_eq!(fingerprint(&offer), original, "{what} shows");
    }
    // Stored fingerprints are compared for years: the way they are made must not change unseen.
    assert_eq!(original, "sha256:064dcdca6d2e542121d5f6455d7a3c1bc1215534e9cd2267df5fe91ac68ae395");
}

#[test]
fn a_field_cannot_borrow_from_its_neighbour() {
    let offer = |code: &str, category: &str| {
        let mut offer = support::three_tractors();
        offer.items[0].code = code.into();
        offer.items[0].tax_category = category.into();
        fingerprint(&offer)
    };
    assert_ne!(offer("A1:", "S"), offer("A", "1:S"));
}

#[test]
fn reasons_and_contents_travel_as_text() {
    let offer = support::three_tractors();
    let text = serde_json::to_string(&offer).unwrap();
    assert_eq!(serde_json::from_str::<OfferInput>(&text).unwrap(), offer);
    let why = price(&offer).unwrap().why(&offer);
    assert_eq!(serde_json::from_str::<Why>(&serde_json::to_string(&why).unwrap()).unwrap(), why);
}
