"""Answers: plain data, and tables of them whose columns have the right types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from clientela import Clientela, Explanation, InvalidValue, NotFound, Table, demo
from clientela.answers import Answer, table_of

DAY = date(2026, 3, 2)
PERIOD = (date(2026, 1, 1), date(2026, 12, 31))
PAST = (date(2024, 3, 1), date(2026, 3, 1))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clientela]:
    """A small network with two years behind it. Only read."""
    path = tmp_path_factory.mktemp("answers") / "network.clientela"
    with demo(path, customers=120, dealers=3, today=DAY) as opened:
        yield opened


def first(db: Clientela, entity: str, column: str) -> Any:
    return db.table(entity, columns=[column], limit=1).rows()[0][0]


def types(table: Table) -> dict[str, str]:
    return {column.name: column.arrow_type.partition("(")[0] for column in table.schema}


def test_each_kind_of_value_has_its_column() -> None:
    lines = [
        {
            "number": "1001",
            "percent": "12.50",
            "day": "2026-03-01",
            "at": "2026-03-01T08:00:00Z",
            "amount": {"amount": "98500.00", "currency": "EUR"},
            "figure": {"raw": {"amount": "1.00", "currency": "EUR"}, "kept": True},
            "missing": ["phone"],
            "why": {"reason": "because"},
        },
        {"number": "1002", "percent": None, "day": None, "at": None, "amount": None, "figure": None, "missing": []},
    ]
    table = table_of("a.question", lines)
    assert table.rows() == [
        (
            "1001",
            Decimal("12.50"),
            date(2026, 3, 1),
            datetime(2026, 3, 1, 8, tzinfo=timezone.utc),
            Decimal("98500.00"),
            "EUR",
            Decimal("1.00"),
            "EUR",
            True,
            '["phone"]',
        ),
        ("1002", None, None, None, None, None, None, None, None, "[]"),
    ]
    assert "figure" not in table.columns
    assert table_of("a.question", lines, reasons=True).rows()[0].why == '{"reason": "because"}'


def test_lists_within_an_answer_give_the_rows() -> None:
    data = {"day": "2026-03-01", "parts": [{"name": "a", "inner": [{"count": 1}, {"count": 2}]}], "why": {"reason": "x"}}
    assert table_of("q", data, lines="parts.inner").rows() == [(date(2026, 3, 1), "a", 1), (date(2026, 3, 1), "a", 2)]
    with pytest.raises(NotFound, match="its lists are parts"):
        table_of("q", data, lines="lines")
    assert table_of("q", []).shape == (0, 0)
    assert Answer("q", data).why == Explanation("x")


def test_an_answer_reads_as_its_data() -> None:
    answer = Answer("q", [{"count": 1}])
    assert (answer[0]["count"], len(answer), list(answer)) == (1, 1, [{"count": 1}])
    assert repr(answer) == "<Answer to q: 1 line>"
    assert "count" in answer._repr_html_()


def test_frames_go_to_the_data_frame_libraries(db: Clientela) -> None:
    polars = pytest.importorskip("polars")
    stuck = db.frame("opportunity.stuck")
    frame = polars.DataFrame(stuck)
    assert frame.height == len(db.ask("opportunity.stuck")) > 0
    assert frame.schema["amount"] == polars.Decimal(38, 2)
    assert "reasons" not in stuck.columns
    assert "reasons" in db.frame("opportunity.stuck", reasons=True).columns


ANSWERS = {
    "forecast": lambda db: db.forecast.rollup(*PERIOD),
    "forecast of units": lambda db: db.forecast.rollup(*PERIOD, as_of=date(2026, 2, 1), by="unit"),
    "accuracy": lambda db: db.forecast.accuracy(),
    "change": lambda db: db.forecast.change(*PERIOD, since=date(2026, 2, 1)),
    "stuck": lambda db: db.opportunities.stuck(stage_days=30),
    "conversion": lambda db: db.opportunities.conversion(*PAST, by_month=True, axis="unit"),
    "durations": lambda db: db.opportunities.durations(axis="method"),
    "velocity": lambda db: db.opportunities.velocity(*PAST, axis="seller"),
    "loss reasons": lambda db: db.opportunities.loss_reasons(*PAST),
    "won and lost": lambda db: db.opportunities.won_lost(*PAST),
    "outlook": lambda db: db.quotas.outlook(first(db, "quota_plan", "name"), conversion_days=180),
    "reconciliation": lambda db: db.quotas.reconciliation(first(db, "quota_plan", "name")),
    "weights": lambda db: db.quotas.weights("units", first_day=PERIOD[0], last_day=PERIOD[1], by="potential"),
    "incentives": lambda db: db.quotas.incentives(first(db, "quota_plan", "name"), day=DAY),
    "criteria": lambda db: db.network.criteria(month=date(2026, 2, 1), offers=10),
    "completeness": lambda db: db.customers.completeness(first(db, "customer", "number")),
    "least complete": lambda db: db.customers.least_complete(limit=7),
    "classification": lambda db: db.customers.classification(first(db, "customer", "number")),
    "group": lambda db: db.customers.group(first(db, "customer", "number")),
    "pyramid": lambda db: db.customers.pyramid("turnover", limit=10),
    "movement": lambda db: db.customers.pyramid_movement("turnover", since=date(2025, 6, 1)),
    "leave reasons": lambda db: db.customers.leave_reasons(date(2025, 1, 1)),
    "win back": lambda db: db.customers.win_back_worth(first(db, "customer", "number")),
    "fleet": lambda db: db.customers.fleet_profile(our_makes=["Esempio"]),
    "rhythm": lambda db: db.customers.rhythm(first(db, "customer", "number")),
    "replacements": lambda db: db.customers.replacements(until=date(2027, 3, 1)),
    "consents": lambda db: db.privacy.consent_state(first(db, "customer", "number")),
    "person": lambda db: db.privacy.export_person(first(db, "customer", "number")),
    "erasures": lambda db: db.privacy.erasures(),
    "working days": lambda db: db.calendar.working_days(*PERIOD),
    "time after": lambda db: db.calendar.time_after(90, since=datetime(2026, 3, 6, 16, tzinfo=timezone.utc)),
}

# Texts that are no decimals though they may look so: keys, words, names.
KEYS = {"number", "stage", "name", "reason", "competitor", "group", "method", "code", "contact_point", "model", "value"}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_a_table_and_no_decimal_is_left_as_text(db: Clientela, name: str) -> None:
    answer = ANSWERS[name](db)
    table = answer.table()
    assert isinstance(table, Table)
    assert len(table) > 0 or not answer.data or name in ("change", "win back")
    assert answer._repr_html_()
    for place, column in enumerate(table.schema):
        if not column.arrow_type.startswith("Utf8") or column.name in KEYS:
            continue
        texts = [row[place] for row in table.rows() if row[place] is not None]
        assert not texts or not all(text.replace(".", "", 1).lstrip("-").isdigit() for text in texts), column.name


def test_a_timeline_is_read_page_by_page(db: Clientela) -> None:
    customer = first(db, "customer", "number")
    entries = list(db.customers.timeline(customer, page=2))
    assert entries == db.ask("customer.timeline", customer=customer, limit=200)["entries"]
    assert len(entries) > 2
    kinds = {entry["kind"] for entry in entries}
    one = kinds.pop()
    assert {entry["kind"] for entry in db.customers.timeline(customer, kinds=[one])} == {one}


def test_a_change_adds_up_and_is_asked_in_one_currency(db: Clientela) -> None:
    change = db.forecast.change(*PERIOD, since=date(2026, 2, 1))
    steps = change.steps().rows()
    assert (steps[0].step, steps[-1].step) == ("start", "end")
    assert sum(row.amount for row in steps[:-1]) == steps[-1].amount == steps[-1].ends
    with pytest.raises(InvalidValue, match="none of the answer's"):
        change.steps(currency="JPY")


def test_another_user_is_answered_what_he_may_see(db: Clientela) -> None:
    seller = db.sign_in("vendite1.d-to")
    seen = seller.opportunities.stuck()
    assert 0 <= len(seen) < len(db.opportunities.stuck())
