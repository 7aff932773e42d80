"""Beside an offer's price: kept financing, rules that propose, its catalogue, what if a price list changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError, Money
from clientela.offer_questions import FinancePlan

SINCE = date(2026, 1, 1)


def euro(amount: str) -> Money:
    return Money(amount, "EUR")


def offer(deal: Clientela, quantity: int = 1) -> str:
    made = deal.offers.create(
        "O-3001",
        [{"product": "T480-4X2", "quantity": quantity, "options": ["OPT-RETARDER"]}, {"product": "TRANSPORT", "quantity": 1}],
    )
    assert made.key is not None
    return made.key


def test_plans_are_kept_and_one_is_chosen(deal: Clientela, network: Clientela) -> None:
    number = offer(deal)
    loan = FinancePlan("loan", 6, 60, down=euro("20000.00"))
    lease = FinancePlan("leasing", Decimal("5.9"), 60, down=euro("20000.00"), residual=euro("30000.00"))
    deal.offers.plan_financing(number, "LOAN", plan=loan)
    deal.offers.plan_financing(number, "LEASE", plan=lease, name="Five years")
    deal.offers.choose_financing(number, "LEASE")
    plans = {row.code: row for row in deal.offers.financing_plans(number).table().rows()}
    assert (plans["LEASE"].chosen, plans["LOAN"].chosen, plans["LEASE"].name) == (True, False, "Five years")
    assert plans["LOAN"].payment == Decimal(deal.offers.financing(number, loan)["payment"]["amount"])
    deal.offers.discount(number, percent=5, reason="loyal")
    kept = deal.offers.financing_plans(number)[0]
    assert (kept["code"], kept["now"]["current"]) == ("LEASE", False)
    deal.offers.drop_financing(number, "LOAN")
    assert len(deal.offers.financing_plans(number)) == 1
    with pytest.raises(ClientelaError) as caught:
        deal.offers.choose_financing(number, "LOAN")
    assert (caught.value.code, caught.value.field) == ("financing.unknown", "code")
    with pytest.raises(ClientelaError) as caught:
        network.sign_in("u-neri").offers.financing_plans(number)
    assert caught.value.code == "record.not_found"


def test_what_if_a_price_list_changed(deal: Clientela, network: Clientela) -> None:
    first, second = offer(deal, 2), offer(deal)
    deal.offers.discount(second, percent=10, line="1", reason="fleet")
    told = deal.offers.what_if("IT-2026-01", percent=3, by="product", since=SINCE, most=1)
    # 98500 and 1800 become 101455 and 1854: 3009 more for each; one of the three with ten percent off. Transport: 28.50 each.
    assert told["total"]["delta"] == {"amount": "8783.10", "currency": "EUR"}
    assert [(row.key, row.delta) for row in told.table().rows()] == [("T480-4X2", Decimal("8726.10")), ("TRANSPORT", Decimal("57.00"))]
    lines = told.table(lines="lines").rows()
    assert [(row.offer, row.quantity, row.delta) for row in lines] == [(first, Decimal(2), Decimal("6018.00"))]
    assert told.why is not None
    network.catalogue.define_price_list(
        "IT-2026-02",
        name="Italy, February",
        currency="EUR",
        market="IT",
        valid_from=date(2026, 2, 1),
        prices={"T480-4X2": euro("101455.00"), "OPT-RETARDER": euro("1854.00"), "TRANSPORT": euro("978.50")},
    )
    becomes = deal.offers.what_if("IT-2026-01", becomes="IT-2026-02", states=["draft"])
    assert [(row.key, row.delta) for row in becomes.table().rows()] == [("D-0042", Decimal("8783.10"))]
    assert network.sign_in("u-neri").offers.what_if("IT-2026-01", percent=-2)["looked_at"] == 0
    with pytest.raises(ClientelaError) as caught:
        deal.offers.what_if("IT-2026-01")
    assert caught.value.code == "argument.invalid"


def test_rules_propose(deal: Clientela, network: Clientela) -> None:
    number, manager = offer(deal), network.sign_in("u-verdi")
    manager.offers.define_proposal_rule(
        "SLEEPER",
        product="OPT-SLEEPER-XL",
        reason="sleeps better",
        with_line="Tractors",
        condition="customer.country == 'IT'",
        valid_from=SINCE,
    )
    manager.offers.define_proposal_rule(
        "NOT-WITH", product="OPT-SLEEPER-XL", reason="never here", unless_kind="vehicle", sequence=1, valid_from=SINCE, valid_to=date(2026, 12, 31)
    )
    told = deal.offers.proposals(number)
    assert [(row.product, row.rule, row.reason) for row in told.table().rows()] == [("OPT-SLEEPER-XL", "SLEEPER", "sleeps better")]
    with pytest.raises(ClientelaError) as caught:
        manager.offers.define_proposal_rule("SLEEPER", product="TRANSPORT", reason="again", valid_from=SINCE)
    assert caught.value.code == "key.taken"


def catalogue(version: int) -> dict[str, object]:
    options: list[dict[str, object]] = [{"code": "retarder", "item": "OPT-RETARDER", "price": euro("1800.00" if version == 1 else "1900.00")}]
    if version > 1:
        options.append({"code": "alcolock"})
    product = {"code": "T480-4X2", "name": {"en": "Tractor T 480 4x2"}, "kind": "vehicle", "line": "Tractors"}
    return {
        "catalogue": "trucks",
        "version": version,
        "valid_from": date(2026, 1, 1) if version == 1 else date(2026, 3, 10),
        "products": [{**product, "configuration": {"options": options}}],
        "lines": [{"code": "Tractors"}],
    }


def test_an_offer_keeps_the_catalogue_it_was_made_from(deal: Clientela, network: Clientela) -> None:
    for version in (1, 2):
        network.catalogue.import_catalogue(catalogue(version))
        network.catalogue.publish(f"trucks/{version}")
    number = offer(deal)
    assert not deal.offers.catalogue_changes(number)["moved_on"]
    network.set_clock(network.now + timedelta(days=10))
    told = deal.offers.catalogue_changes(number)
    assert told["moved_on"]
    line = told.table().rows()[0]
    assert (line.product, line.made_from, line.now) == ("T480-4X2", "trucks/1", "trucks/2")
    changed = [(change["kind"], change["subject"]) for change in told["lines"][0]["changes"]]
    assert changed == [("option_new", "alcolock"), ("option_price", "retarder")]
    assert not deal.offers.catalogue_changes(number, day=date(2026, 3, 9))["moved_on"]
