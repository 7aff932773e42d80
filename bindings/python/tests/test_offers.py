"""From a price rule to a delivered vehicle: prices, offers, approvals, orders, on a stored store."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clientela import Clientela, ClientelaError, Money, RuleRefused
from clientela.offer_questions import FinancePlan

SINCE = date(2026, 1, 1)


def euro(amount: str) -> Money:
    return Money(amount, "EUR")


@pytest.fixture
def manager(network: Clientela, deal: Clientela) -> Clientela:
    """The principal of the seller's dealer; there is an opportunity."""
    return network.sign_in("u-verdi")


@pytest.fixture
def offer(deal: Clientela) -> str:
    """An offer of three tractors with an option, and their transport."""
    made = deal.offers.create(
        "O-3001",
        [{"product": "T480-4X2", "quantity": 3, "options": ["OPT-RETARDER"]}, {"product": "TRANSPORT", "quantity": 3}],
    )
    assert made.key is not None
    return made.key


def test_rules_make_the_price_and_say_why_not(network: Clientela, deal: Clientela, manager: Clientela) -> None:
    prices = manager.prices
    network.prices.define_schedule("VOLUME", name="Volume", kind="range", scope="line", tiers={1: 0, 3: 2, 10: 5})
    prices.define_rule(
        "SPRING", name="Spring", kind="campaign", percent=-4, authority="manufacturer", product_line="Tractors", valid_from=SINCE
    )
    prices.define_rule("SCALE", name="Quantity", kind="volume", schedule="VOLUME", product_kind="vehicle", valid_from=SINCE)
    prices.define_rule(
        "SPAIN", name="Spain", kind="segment", percent=-9, condition="customer.country == 'ES'", valid_from=SINCE
    )
    prices.define_rule("MANY", name="Many", kind="fleet", amount=euro("-500.00"), least_quantity=10, valid_from=SINCE)
    told = deal.prices.explain("T480-4X2", opportunity="O-3001", quantity=3)
    assert told["unit_list"]["amount"] == "98500.00"
    assert [step["code"] for step in told["steps"]] == ["SCALE", "SPRING"]
    assert told.table().rows()[0].change_percent_percent == Decimal(-2)
    assert told.why is not None
    reasons = str(told.why)
    for not_held in ("SPAIN", "MANY"):
        assert not_held in reasons
    assert prices.table(columns=["code"]).shape == (4, 1)
    assert prices.get("SPRING").percent == Decimal(-4)


def test_rates_and_exemptions(network: Clientela, manager: Clientela, deal: Clientela) -> None:
    rate = network.prices.define_exchange_rate("CHF", to="EUR", rate=Decimal("1.05"), since=SINCE)
    assert network.get("exchange_rate", rate.records[0].id).rate == Decimal("1.05")
    network.prices.record_exemption("C-1001", category="E", reason="art. 8 DPR 633/72", valid_from=SINCE)
    network.catalogue.define_price_list(
        "IT-2026-02",
        name="Italy, February",
        currency="EUR",
        market="IT",
        valid_from=date(2026, 2, 1),
        prices={},
        formula={"base_list": "IT-2026-01", "percent": Decimal("2.5"), "round_to": euro("10.00")},
    )
    made = deal.offers.create("O-3001", [{"product": "T480-4X2", "quantity": 1}])
    priced = deal.offers.get(made.key or "")
    assert (priced.net, priced.tax) == (euro("100960.00"), euro("0.00"))


def test_the_waterfall_ends_at_the_margin(network: Clientela, deal: Clientela, offer: str) -> None:
    deal.offers.discount(offer, percent=2, reason="three at once")
    seen = network.offers.waterfall(offer)
    rows = {row.step: row for row in seen.data.rows()}
    assert (rows["list price"].amount, rows["options"].amount) == (Decimal("298350.00"), Decimal("5400.00"))
    assert rows["three at once"].amount == Decimal("-6075.00")
    assert rows["net"].total
    # Transport has no cost in the list: what is earned is not known, and nothing is made up.
    assert seen.cost is None
    assert seen.margin is None
    assert seen.net == network.offers.get(offer).net == euro("297675.00")
    tractors = deal.offers.create("O-3001", [{"product": "T480-4X2", "quantity": 2, "options": ["OPT-RETARDER"]}]).key or ""
    earned = network.offers.waterfall(tractors)
    assert earned.margin == euro("200600.00") - euro("164820.00")
    assert [row.step for row in earned.data.rows()][-3:] == ["net", "cost", "margin"]
    assert earned.data.rows()[-2].ends == earned.margin.amount
    assert earned.table().rows()[-1].percent_of_net == Decimal("17.84")
    assert "margin 35,780.00 EUR" in repr(earned)
    # A seller sees no costs.
    assert deal.offers.waterfall(tractors).margin is None


def test_goals_and_financing(network: Clientela, deal: Clientela, offer: str) -> None:
    gross = deal.offers.goal(offer, gross=euro("360000.00"))
    assert gross["gross"] == {"amount": "360000.00", "currency": "EUR"}
    assert gross.table().rows()[0].discount == Decimal("8668.03")
    plan = FinancePlan("leasing", 6, 60, down=euro("60000.00"), residual=euro("90000.00"))
    schedule = deal.offers.financing(offer, plan)
    assert schedule.table().shape[0] == 60
    payment = Decimal(schedule["payment"]["amount"])
    wanted = deal.offers.goal(offer, monthly=(Money(payment - 100, "EUR"), plan))
    assert Decimal(wanted["discount"]["amount"]) > 0
    assert wanted.table().rows()[0].reached == f"{payment - 100} EUR"
    with pytest.raises(RuleRefused) as caught:
        deal.offers.goal(offer, margin_percent=10)
    assert caught.value.code == "goal.no_costs"


def test_versions_and_documents(deal: Clientela, offer: str, tmp_path: Path) -> None:
    deal.offers.discount(offer, percent=1, reason="loyal")
    change = deal.offers.difference(offer, language="it")
    assert change["difference"]["net"] == {"amount": "-3037.50", "currency": "EUR"}
    assert change.table().rows()[0].kind == "added"
    assert "aggiunta" in change["sentences"][0]
    assert deal.offers.difference(offer, before=1, after=1)["sentences"] == []
    document = deal.offers.document(offer, language="fr", audience="seller")
    assert (document.language, document.file_name) == ("fr", f"{offer}-fr.html")
    assert document.save(tmp_path).read_text(encoding="utf-8") == document.html
    shown = document._repr_html_()
    assert shown.startswith("<iframe srcdoc='&lt;!DOCTYPE html&gt;")
    assert "sandbox" in shown
    assert "<table" not in shown
    assert deal.offers.ubl(offer)["xml"].startswith("<?xml")
    assert list(deal.offers.proposals(offer, least=1, most=2)) == []


def test_nothing_is_issued_without_its_approval(network: Clientela, deal: Clientela, manager: Clientela, offer: str) -> None:
    network.approvals.define_policy(
        "P", name="Discounts", unit="D-0042", levels=[{"code": "L1", "above_percent": 2, "approver": "Principal Emilia"}]
    )
    assert deal.approvals.needed(offer).may_issue
    assert deal.approvals.needed(offer).steps().shape[0] == 0
    deal.offers.discount(offer, percent=5, reason="a big one")
    needed = deal.approvals.needed(offer)
    assert repr(needed) == "<OfferApprovals: needs L1; may not be issued>"
    with pytest.raises(ClientelaError) as caught:
        deal.offers.issue(offer)
    assert caught.value.code == "approval.required"
    deal.approvals.request(offer, note="they buy every year")
    assert deal.approvals.needed(offer).steps().rows() == [("L1", True, "open")]
    manager.approvals.refuse(offer, note="too much")
    assert deal.approvals.needed(offer).steps().rows()[0].state == "refused"
    deal.approvals.request(offer)
    manager.approvals.grant(offer, level="L1")
    assert deal.approvals.needed(offer).may_issue
    assert [row.state for row in deal.approvals.table(columns=["requested_at", "state"]).rows()]
    deal.approvals.withdraw(offer)
    assert not deal.approvals.needed(offer).may_issue


def test_an_order_goes_to_the_customer(network: Clientela, deal: Clientela, offer: str) -> None:
    deal.offers.feed_forecast(offer)
    assert deal.opportunities.get("O-3001").amount == deal.offers.get(offer).net
    deal.offers.issue(offer)
    deal.offers.accept(offer)
    order = deal.orders.create(offer, lines={"1": 2}, customer_reference="PO 17").key or ""
    assert deal.orders.get(order).customer_reference == "PO 17"
    assert deal.orders.difference(order)["difference"]["payable"]["amount"].startswith("-")
    deal.orders.reach(order, "confirmed", day=date(2026, 3, 4))
    vehicles = [{"vin": f"VF6BA00A00000000{place}", "make": "Marca"} for place in (1, 2)]
    deal.orders.deliver(order, line="1", vehicles=vehicles)  # type: ignore[arg-type]
    assert deal.table("vehicle").shape[0] == 2
    assert deal.orders.ubl(order)["xml"].startswith("<?xml")
    rest = deal.orders.create(offer).key or ""
    deal.orders.reach(rest, "confirmed")
    deal.orders.deliver(rest, line="2", quantity=1)
    with pytest.raises(ClientelaError):
        deal.orders.cancel(rest, reason="financing refused")
    back = deal.orders.take_back(order, line="1", vins=["VF6BA00A000000001"], reason="a fault")
    assert back.why is not None
    left = {row.vin: row.disposal_reason for row in deal.table("vehicle").rows()}
    assert left == {"VF6BA00A000000001": "a fault", "VF6BA00A000000002": None}
    deal.orders.take_back(rest, line="2", quantity=1, reason="a fault")
    deal.orders.cancel(rest, reason="financing refused")
    assert deal.orders.get(rest).state == "cancelled"
    other = deal.offers.create("O-3001", [{"product": "TRANSPORT", "quantity": 1}]).key or ""
    deal.offers.issue(other)
    with pytest.raises(ClientelaError) as caught:
        deal.offers.accept(other)
    assert caught.value.code == "offer.other_accepted"
    deal.offers.accept(other, beside=True)
    cancelled = deal.orders.create(other).key or ""
    deal.orders.reach(cancelled, "confirmed")
    deal.orders.withdraw_milestone(cancelled, "confirmed", reason="typed wrongly")
    deal.orders.cancel(cancelled, reason="financing refused")
    assert deal.orders.get(cancelled).state == "cancelled"
    deal.offers.void(other, reason="financing refused")
    assert deal.offers.get(other).state == "voided"
    assert deal.offers.check_copy(deal.offers.get(offer).issue_number)["offer"] == offer
    stale = deal.offers.create("O-3001", [{"product": "TRANSPORT", "quantity": 1}], valid_until=date(2026, 3, 4)).key or ""
    deal.offers.issue(stale)
    network.set_clock(network.now.replace(day=6))
    deal.offers.expire_due(most=10)
    assert deal.offers.get(stale).state == "expired"
