"""Amounts: exact, of one currency, frozen."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela import InvalidValue, Money, WrongType

cents = st.integers(min_value=-(10**15), max_value=10**15)


def euro(number: int) -> Money:
    return Money(Decimal(number).scaleb(-2), "EUR")


@given(cents, cents)
def test_adding_and_taking_away_is_exact(left: int, right: int) -> None:
    assert euro(left) + euro(right) - euro(right) == euro(left)
    assert sum([euro(left), euro(right)]) == euro(left + right)
    assert (euro(left) < euro(right)) == (left < right)


@given(cents)
def test_an_amount_survives_text_and_pickle(number: int) -> None:
    amount = euro(number)
    assert Money.parse(str(amount)) == amount
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(amount, protocol))
        assert (again, hash(again), repr(again)) == (amount, hash(amount), repr(amount))


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "EUR", "2.35"),
        ("-2.345", "EUR", "-2.35"),
        ("2.344", "EUR", "2.34"),
        ("7", "EUR", "7.00"),
        ("12.5", "JPY", "13"),
        ("1.2345", "KWD", "1.235"),
    ],
)
def test_rounding_is_half_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(Money(amount, currency).rounded()) == f"{rounded} {currency}"


REFUSED: list[tuple[Any, str, type[Exception], str]] = [
    (0.1, "EUR", WrongType, "argument.float"),
    (True, "EUR", WrongType, "argument.type"),
    (None, "EUR", WrongType, "argument.type"),
    ("1,5", "EUR", InvalidValue, "money.malformed"),
    ("1e3", "EUR", InvalidValue, "money.malformed"),
    (" 1", "EUR", InvalidValue, "money.malformed"),
    ("", "EUR", InvalidValue, "money.malformed"),
    ("١", "EUR", InvalidValue, "money.malformed"),
    (Decimal("NaN"), "EUR", InvalidValue, "money.malformed"),
    ("1" * 29, "EUR", InvalidValue, "money.range"),
    ("1", "eur", InvalidValue, "currency.malformed"),
    ("1", "EURO", InvalidValue, "currency.malformed"),
]


@pytest.mark.parametrize(("amount", "currency", "kind", "code"), REFUSED)
def test_what_is_no_exact_amount_is_refused(amount: Any, currency: str, kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as caught:
        Money(amount, currency)
    assert caught.value.code == code  # type: ignore[attr-defined]


def test_currencies_are_never_mixed() -> None:
    one, other = Money("1", "EUR"), Money("1", "CHF")
    for mix in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: one / other):
        with pytest.raises(InvalidValue) as caught:
            mix()
        assert caught.value.code == "money.currency"
    assert one != other
    with pytest.raises(TypeError):
        one + 1  # type: ignore[operator]
    with pytest.raises(WrongType):
        one * 0.5  # type: ignore[operator]


def test_arithmetic_that_would_round_is_an_error() -> None:
    large = Money("9" * 28, "EUR")
    tries: list[Callable[[], Money]] = [
        lambda: large + large,
        lambda: large * 10,
        lambda: large - Money("0.01", "EUR"),
    ]
    for overflow in tries:
        with pytest.raises(InvalidValue) as caught:
            overflow()
        assert caught.value.code == "money.overflow"


def test_an_amount_is_a_value() -> None:
    price = Money("98500.00", "EUR")
    assert f"{price}" == "98500.00 EUR"
    assert f"{price:,.1f}" == "98,500.0 EUR"
    assert price / Money("1000", "EUR") == Decimal("98.5")
    assert -price == Money("-98500", "EUR")
    assert abs(-price) == price
    assert not Money("0.00", "EUR")
    assert Money(Decimal("1E+3"), "EUR").amount.as_tuple().exponent == 0
    assert Money.from_float(0.1 + 0.2, "EUR", rounding="half_up") == Money("0.30", "EUR")
    match price:
        case Money(amount, currency):
            assert (amount, currency) == (Decimal("98500.00"), "EUR")
    with pytest.raises(AttributeError):
        price.amount = Decimal(1)
