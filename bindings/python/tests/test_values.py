"""Reasons, filters and exceptions."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import clientela
from clientela import ClientelaError, Explanation, Filter, InvalidValue, Issue, Money, WrongType, col, errors

EARLY = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))

FILTERS: list[tuple[Filter, str]] = [
    (col("vehicles") >= 25, "vehicles >= 25"),
    (col("name") == "D'Angelo \\ Söhne\n", r"name == 'D\'Angelo \\ Söhne\n'"),
    (col("size") != None, "size != null"),  # noqa: E711
    (col("share") < Decimal("0.1"), "share < decimal('0.1')"),
    (col("share") < Decimal("1E+3"), "share < decimal('1000')"),
    (col("since") > date(2026, 1, 31), "since > date('2026-01-31')"),
    (col("at") <= EARLY, "at <= timestamp('2026-02-28T23:30:00.000000Z')"),
    (col("do_not_contact") == False, "do_not_contact == false"),  # noqa: E712
    (col("id") == UUID(int=1), "id == id('00000000-0000-0000-0000-000000000001')"),
    (col("country").is_in(["IT", "DE"]), "country in ['IT', 'DE']"),
    (col("n").between(1, 2), "n >= 1 && n <= 2"),
    (col("net") > Money("1250.50", "EUR"), "net.currency == 'EUR' && net.amount > decimal('1250.50')"),
    (col("net") != Money("1", "EUR"), "!(net.currency == 'EUR') || net.amount != decimal('1')"),
    (col("name").starts_with("Ro") & ~col("credit_hold").is_true(), "name.startsWith('Ro') && !(credit_hold)"),
    ((col("a") == 1) | (col("b") == 2) & (col("c") == 3), "a == 1 || (b == 2 && c == 3)"),
    (col("n").between(1, 2) | (col("a") == 1), "(n >= 1 && n <= 2) || a == 1"),
]


@pytest.mark.parametrize(("made", "text"), FILTERS, ids=[text for _, text in FILTERS])
def test_filters_write_the_rule_language(made: Filter, text: str) -> None:
    assert str(made) == text
    assert repr(made) == f"<filter {text}>"
    assert str(pickle.loads(pickle.dumps(made)) & (col("x") == 1)) == str(made & (col("x") == 1))


def test_filters_refuse_what_would_go_wrong_quietly() -> None:
    tries: list[Any] = [
        lambda: bool(col("a") == 1),
        lambda: bool(col("a")),
        lambda: (col("a") == 1) and (col("b") == 2),
        lambda: 1 < col("a") < 3,
        lambda: (col("a") == 1) & "b == 2",  # type: ignore[operator]
        lambda: col("a") == 0.5,
        lambda: col("a") == object(),
    ]
    for wrong in tries:
        with pytest.raises(WrongType):
            wrong()
    for name in ("a b", "1a", "a'", ""):
        with pytest.raises(InvalidValue):
            col(name)
    with pytest.raises(InvalidValue) as caught:
        col("at") < datetime(2026, 1, 1)
    assert caught.value.code == "argument.naive_datetime"


WHY = Explanation(
    "campaign.excluded",
    [("campaign", "Spring <service>")],
    [Explanation("consent.missing", [("purpose", "marketing")])],
)


def test_a_reason_is_a_value() -> None:
    assert str(WHY) == "campaign.excluded (campaign: Spring <service>)\n  consent.missing (purpose: marketing)"
    assert WHY.mentions("consent.missing")
    assert not WHY.mentions("consent")
    assert WHY.value("purpose") == "marketing"
    assert Explanation.from_mapping(WHY.to_dict()) == WHY
    assert hash(pickle.loads(pickle.dumps(WHY))) == hash(WHY)
    assert "&lt;service&gt;" in WHY._repr_html_()
    with pytest.raises(AttributeError):
        WHY.reason = "other"


CLASSES = [getattr(errors, name) for name in errors.__all__ if name != "Issue"]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_exception_travels_whole(kind: type[ClientelaError]) -> None:
    error = kind(
        "items[2].discount is above the limit; expected at most 12 percent",
        code="offer.discount_limit",
        field="items[2].discount",
        hint="at most 12 percent",
        entity=UUID(int=7),
        issues=(Issue("a.b", "c", "d"),),
        why=WHY,
        retry=True,
        native=5,
    )
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is kind
        assert str(again) == str(error) == "items[2].discount is above the limit; expected at most 12 percent"
        assert vars(again) == vars(error)
    assert kind.__doc__


def test_exceptions_are_also_what_python_calls_them() -> None:
    for kind, builtin in [
        (clientela.InvalidValue, ValueError),
        (clientela.WrongType, TypeError),
        (clientela.NotFound, KeyError),
        (clientela.NotAllowed, PermissionError),
        (clientela.StorageError, OSError),
        (clientela.ConvergenceError, ArithmeticError),
        (clientela.InternalError, RuntimeError),
        (clientela.Busy, clientela.StorageError),
        (clientela.AlreadyExists, clientela.Conflict),
    ]:
        assert issubclass(kind, builtin)


def test_every_kind_of_the_library_has_a_class() -> None:
    # The words of ErrorKind, in its order.
    words = (
        "argument utf8 handle busy_handle state not_found exists conflict validation rule rights range limit buffer version "
        "busy io corrupt storage cancelled callback unsupported internal"
    ).split()
    assert list(errors._BY_KIND) == words
