"""How long data of persons is kept, leads erased, and quota plans in versions against a market."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError, NotAllowed, NotFound
from clientela.quotas import Limit, MarketTotal


def test_rules_erase_whom_nothing_keeps(seller: Clientela, network: Clientela) -> None:
    seller.customers.create("Tenuta S.r.l.", country="IT", number="C-2")
    network.privacy.set_legal_hold("C-2", reason="RG 17/2026")
    with pytest.raises(NotAllowed):
        seller.retention.define("X", subject="lead", start="lead_closed", months=6, legal_reason="x")
    with pytest.raises(ClientelaError) as caught:
        network.retention.define("X", subject="customer", start="last_activity", months=0, legal_reason="x")
    assert (caught.value.code, caught.value.field) == ("retention.months", "months")
    made = network.retention.define(
        "PROSPECTS",
        subject="customer",
        start="last_activity",
        months=24,
        legal_reason="legitimate interest, art. 6.1.f",
        first_day=date(2026, 1, 1),
    )
    assert made.key == "PROSPECTS"
    assert network.retention.get("PROSPECTS").months == 24
    now = network.retention.dry_run()
    assert (now["going"], now["kept"]) == (0, 0)

    later = network.retention.dry_run(rule="PROSPECTS", day=date(2028, 6, 1), limit=10)
    goes = later.table().rows()
    assert [(row.rule, row.due) for row in goes] == [("PROSPECTS", date(2028, 3, 4))]
    assert later["goes"][0]["customers"][0][1] == "C-1001"
    assert [line["held_back"] for line in later["held_back"]] == [["legal_hold"]]
    assert len(later.table(lines="held_back")) == 1
    assert seller.retention.dry_run(day=date(2028, 6, 1))["going"] == 0, "who administers nothing is told nothing"

    network.set_clock(network.now + timedelta(days=900))
    network.retention.apply(rule="PROSPECTS", limit=5)
    assert [line["number"] for line in network.customers.page(filter={"name": "Tenuta S.r.l."})] == ["C-2"]
    assert network.customers.page(starts={"name": "Autotrasporti"}).lines == []
    after = network.retention.dry_run()
    assert (after["going"], after["kept"]) == (0, 1)
    network.retention.close("PROSPECTS")
    assert network.retention.dry_run()["kept"] == 0


def test_a_contact_goes_and_the_company_stays(seller: Clientela, network: Clientela) -> None:
    seller.customers.create("Tenuta S.r.l.", country="IT", number="C-2")
    seller.customers.add_contact("C-2", family_name="Ferrari", number="K-2", email="k2@example.com")
    seller.customers.contact_left("K-2", on=date(2026, 2, 28))
    network.retention.define("LEFT", subject="contact", start="contact_left", months=12, legal_reason="no further purpose")
    run = network.retention.dry_run(day=date(2027, 3, 1))
    assert [(line["subject"], line["number"], line["due"]) for line in run["goes"]] == [("contact", "K-2", "2027-02-28")]


def test_a_lead_that_became_no_customer_is_erased(seller: Clientela, network: Clientela) -> None:
    seller.leads.receive(
        channel="call",
        company="Nuova S.r.l.",
        family_name="Bianchi",
        phone="+39 02 1234567",
        number="L-1",
        owner="Trucks Piacenza",
    )
    export = network.privacy.export_person(lead="L-1")
    assert export["records"]["lead"][0]["family_name"] == "Bianchi"
    with pytest.raises(NotAllowed):
        seller.privacy.erase_lead("L-1", reason="person_asked")
    network.privacy.erase_lead("L-1", reason="person_asked")
    assert network.leads.get("L-1").family_name is None
    assert len(network.privacy.erasures()) == 1


def test_a_plan_has_versions(network: Clientela) -> None:
    quotas, plan = network.quotas, "Trucks 2026"
    drafted = quotas.revise(
        plan,
        from_day=date(2026, 7, 1),
        total=180,
        weights={"D-0042": 2, "D-0043": 1},
        limits=[Limit("D-0043", minimum=50)],
        draft=True,
    )
    assert drafted.key == "Trucks 2026 (version 2)"
    assert [(row.version, row.state, row.total) for row in quotas.versions(plan).table().rows()] == [
        (1, "published", Decimal(120)),
        (2, "draft", Decimal(180)),
    ]
    units = {row.code: str(row.id) for row in network.organisation.table(columns=["id", "code"]).rows()}
    compared = quotas.compare(plan, before=1, after=2)
    of_units = {line["unit"]: line for line in compared if line["owner"] is None}
    assert Decimal(of_units[units["IT"]]["difference"]) == 60
    assert {row.difference for row in compared.table().rows()} > {Decimal(60)}
    months = quotas.compare(plan, before=1, after=2, by_month=True).table()
    assert date(2026, 12, 1) in {row.month for row in months.rows()}
    quotas.publish("Trucks 2026 (version 2)")
    assert quotas.get(plan)["version"] == 2

    def target(version: int | None) -> Decimal:
        rows = quotas.attainment(plan, version=version).table().rows()
        found: Decimal = next(row.target for row in rows if row.unit == "IT" and row.position is None)
        return found

    assert (target(None), target(1)) == (Decimal(180), Decimal(120))
    with pytest.raises(NotFound):
        quotas.attainment(plan, version=9)
    whole, periods = quotas.reconciliation(plan), quotas.reconciliation(plan, by_period=True)
    assert len(periods) > len(whole)


def test_limits_that_cannot_be_met_are_refused(network: Clientela) -> None:
    with pytest.raises(ClientelaError) as caught:
        network.quotas.define(
            "Too much",
            measure="units",
            first_day=date(2026, 1, 1),
            last_day=date(2026, 12, 31),
            total=10,
            unit="IT",
            limits=[Limit("D-0042", minimum=11)],
        )
    assert caught.value.code == "quota_plan.limits"


def test_a_share_is_measured_against_the_market(seller: Clientela, network: Clientela) -> None:
    network.quotas.define(
        "Share 2026",
        unit="IT",
        measure="market_share",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        total=Decimal("18.5"),
    )
    march = (date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(NotAllowed):
        seller.quotas.record_market([MarketTotal("D-0042", *march, 240)])
    network.quotas.record_market([MarketTotal("D-0042", *march, 240, "registry"), MarketTotal("D-0043", *march, 100)])
    network.quotas.record_market([MarketTotal("D-0042", *march, 250)])
    counted = network.table("market_total").rows()
    assert sorted(row.registrations for row in counted) == [100, 250]
    reached = network.quotas.attainment("Share 2026", day=date(2026, 4, 2)).table().rows()
    assert {row.reached for row in reached} == {Decimal(0)}
