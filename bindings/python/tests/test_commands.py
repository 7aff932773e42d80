"""Methods over commands: each does what its command does; no word is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

import clientela
from clientela import Clientela, ClientelaError, Money, _native
from clientela.calendar import SpecialDay
from clientela.opportunities import Competitor, DecisionMaker, TeamMember, WantedProduct
from clientela.quotas import IncentiveStep

# Words that stand in no file of the package. A new one is given a method, or written here with where it is reached.
# Both are reached by methods that read the store themselves: db.opportunities.funnel and db.quotas.attainment.
THROUGH_THE_DOOR = {"import_run.revert", "opportunity.funnel", "quota_plan.attainment", "rule_set.verdict"}


def texts() -> Iterator[str]:
    for path in Path(clientela.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_word_has_a_method_or_is_known_to_have_none() -> None:
    words = {*_native.commands(), *_native.questions()}
    reached = words & set(texts())
    assert words - reached - THROUGH_THE_DOOR == set(), "give each a method, or write it into THROUGH_THE_DOOR"
    assert THROUGH_THE_DOOR - words == set(), "no such words"


def test_what_an_opportunity_is_made_of(deal: Clientela) -> None:
    deal.opportunities.change("O-3001", {"amount": Money("300000.00", "EUR"), "next_step": "visit", "next_step_on": date(2026, 3, 9)}, reason="asked for three")
    assert deal.opportunities.get("O-3001").amount == Money("300000.00", "EUR")
    deal.opportunities.set_competitors("O-3001", [Competitor("Altra Marca", "level", "cheaper")])
    assert deal.table("opportunity_competitor").rows()[0].name == "Altra Marca"
    mine = deal.opportunities.get("O-3001").owner
    deal.opportunities.set_team("O-3001", [TeamMember(mine, "lead", 100)])
    assert deal.table("opportunity_member").rows()[0].share == Decimal(100)
    deal.opportunities.set_products("O-3001", [WantedProduct("T480-4X2", 3, Money("270000.00", "EUR"))], update_amount=True)
    assert deal.opportunities.get("O-3001").amount == Money("270000.00", "EUR")
    deal.customers.add_contact("C-1001", family_name="Ferrari", number="K-1")
    contact = deal.customers.snapshot("C-1001").contacts[0]["id"]
    deal.opportunities.set_decision_makers("O-3001", [DecisionMaker(contact, "decider", "supporter")])
    assert deal.table("decision_maker").rows()[0].role == "decider"
    with pytest.raises(ClientelaError) as caught:
        deal.opportunities.assessment("O-3001")
    assert caught.value.code == "assessment.none"


def test_the_life_of_an_opportunity(deal: Clientela) -> None:
    deal.opportunities.advance("O-3001")
    deal.opportunities.go_back("O-3001", note="asked for another model")
    deal.opportunities.suspend("O-3001", reason="new fleet manager from June")
    assert deal.opportunities.get("O-3001").state == "suspended"
    with pytest.raises(ClientelaError) as caught:
        deal.opportunities.advance("O-3001")
    assert caught.value.code == "opportunity.illegal_passage"
    deal.opportunities.resume("O-3001")
    deal.opportunities.lose("O-3001", reason="price", competitor="Altra Marca")
    deal.opportunities.reopen("O-3001", reason="they asked again")
    assert deal.opportunities.get("O-3001").state == "open"


def test_activities_come_again_and_are_put_right(seller: Clientela) -> None:
    at = datetime(2026, 3, 12, 9, tzinfo=timezone.utc)
    planned = seller.activities.plan(
        "C-1001", kind="call", subject="How is it?", planned_at=at, recurrence="FREQ=WEEKLY;COUNT=3"
    )
    assert len(planned.records) == 3
    seller.activities.change(str(planned.records[0].id), {"subject": "Is all well?", "planned_minutes": 20})
    assert seller.activities.get(str(planned.records[0].id)).planned_minutes == 20
    seller.agenda.plan_appointment("Team", starts=at, ends=at.replace(hour=10), recurrence="FREQ=WEEKLY;BYDAY=TH")
    exported = seller.agenda.export_calendar(date(2026, 3, 1), date(2026, 3, 31))
    assert "RRULE:FREQ=WEEKLY" in exported["calendar"]


def test_forecasts_are_adjusted_and_kept(deal: Clientela, network: Clientela) -> None:
    period = (date(2026, 1, 1), date(2026, 12, 31))
    deal.opportunities.change("O-3001", {"amount": Money("300000.00", "EUR"), "expected_close": date(2026, 6, 1)})
    deal.forecast.adjust(*period, category="commit", amount=Money("250000.00", "EUR"), note="sure of it")
    node = deal.forecast.rollup(*period).table().rows()[0]
    assert (node.commit_raw, node.commit_forecast) == (Decimal(0), Decimal("250000.00"))
    deal.forecast.adjust(*period, category="commit", amount=None, currency="EUR")
    network.forecast.snapshot("2026 week 10", first_day=period[0], last_day=period[1])
    assert network.forecast.submitted("2026 week 10").table().rows()[0].number == "O-3001"
    change = deal.forecast.change(*period, since=date(2026, 3, 3))
    assert [(row.step, row.amount) for row in change.steps().rows()] == [
        ("start", Decimal(0)),
        ("new", Decimal(300000)),
        ("end", Decimal(300000)),
    ]


def test_targets_incentives_and_challenges(network: Clientela) -> None:
    plan = network.table("quota_plan", columns=["name"], limit=1).rows()[0][0]
    network.quotas.set_incentives(plan, [IncentiveStep(100, "fixed", Money("1000.00", "EUR"))])
    assert len(network.quotas.incentives(plan)) > 0
    title = next(row.owner for row in network.quotas.reconciliation(plan).table().rows() if row.owner)
    network.quotas.change_target(plan, of=title, amount=7, note="new in the area")
    network.quotas.answer(plan, of=title, answer="rejected", proposed=Decimal(5), note="too much")
    line = next(row for row in network.quotas.reconciliation(plan).table().rows() if row.owner == title)
    assert (line.target, line.bottom_up, line.answer) == (Decimal(7), Decimal(5), "rejected")
    network.challenges.define(
        "SPRING",
        name="Spring",
        measure="wins",
        first_day=date(2026, 3, 1),
        last_day=date(2026, 5, 31),
        among="dealers",
        prizes=[(1, 1, "a trip")],
    )
    network.challenges.score("SPRING")
    standings = network.challenges.standings("SPRING")
    assert standings["name"] == "Spring"
    assert standings.table().rows()[0].place == 1


def test_what_belongs_to_a_customer(seller: Clientela, network: Clientela) -> None:
    made = seller.customers.add_address("C-1001", kind="delivery", country="IT", street="Via Roma 1", locality="Lodi")
    seller.customers.end_address(made.records[0].id, day=date(2026, 3, 31))
    seller.customers.add_contact_point("C-1001", kind="email", value="info@example.com", preferred=True)
    seller.customers.add_identifier("C-1001", system="SAP", number="4711")
    network.customers.define_field("parking", type="number", label="Parking places")
    seller.customers.set_field("C-1001", field="parking", value=Decimal(12))
    seller.customers.set_park_line("C-1001", make="Altra", count=5)
    assert seller.customers.fleet_profile("C-1001")["vehicles"] == 5
    seller.customers.lose("C-1001", reason="price", competitor="Altra Marca")
    seller.customers.win_back("C-1001", kind="visit", subject="coffee", cost=Money("50.00", "EUR"), won=True)
    assert seller.customers.win_back_worth("C-1001").table().rows()[0].cost == Decimal("50.00")
    assert [line["what"] for line in seller.customers.classification("C-1001")] == ["status", "size", "class"]


def test_what_the_law_gives_a_person(seller: Clientela, network: Clientela) -> None:
    seller.customers.record_consent("C-1001", purpose="marketing", channel="email", decision="granted", basis="consent")
    seller.privacy.withdraw("C-1001", purpose="marketing")
    states = seller.privacy.consent_state("C-1001").table().rows()
    assert not any(row.allowed for row in states if row.purpose == "marketing")
    export = seller.privacy.export_person("C-1001")
    assert export["records"]["party"][0]["name"].startswith("Autotrasporti")
    hold = network.privacy.set_legal_hold("C-1001", reason="law suit 12/2026")
    with pytest.raises(ClientelaError):
        network.privacy.erase("C-1001", reason="person_asked")
    network.set_clock(datetime(2026, 3, 5, 9, 0, tzinfo=timezone.utc))
    network.privacy.lift_legal_hold(hold.records[0].id)
    network.privacy.erase("C-1001", reason="person_asked")
    erased = network.privacy.erasures()
    assert len(erased) == 1
    network.privacy.replay(erased)


def test_opening_hours(network: Clientela) -> None:
    network.calendar.define(
        "Mo-Fr 08:00-12:00 14:00-18:00", holidays=["IT"], days=[SpecialDay(date(2026, 3, 19), "patron saint")]
    )
    days = network.calendar.working_days(date(2026, 3, 16), date(2026, 3, 22))
    assert days["working_days"] == 4
    after = network.calendar.time_after(60, since=datetime(2026, 3, 6, 17, 30, tzinfo=timezone.utc))
    assert after.table().rows()[0].at > datetime(2026, 3, 9, tzinfo=timezone.utc)
