"""Exact amounts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Literal, NoReturn

from .errors import InvalidValue, WrongType

__all__ = ["Money"]

# Digits an amount can hold, as in the core; more is an error, never a rounding.
_DIGITS = 28
_EXACT = Context(prec=_DIGITS, Emax=_DIGITS - 1, traps=[Inexact, InvalidOperation, Overflow])
_WIDE = Context(prec=2 * _DIGITS)

# ISO 4217: currencies whose smallest unit is not a hundredth.
_MINOR_UNITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}


class Money:
    """An exact amount with its currency. Frozen, equal by value, ordered within one currency.

    Amounts of two currencies are never added or compared: that is an error, not a guess. Floats are refused, because they
    are not exact; ``from_float`` says how to round one.

    >>> price = Money("98500.00", "EUR")
    >>> price + Money("0.50", "EUR")
    Money('98500.50', 'EUR')
    >>> f"{price:,.2f}"
    '98,500.00 EUR'
    >>> (price * Decimal("0.075")).rounded()
    Money('7387.50', 'EUR')
    """

    __slots__ = ("amount", "currency")
    __match_args__ = ("amount", "currency")

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        if not isinstance(currency, str) or len(currency) != 3 or not currency.isascii() or not currency.isupper():
            raise InvalidValue(
                "the currency is not an ISO 4217 code; expected three capital letters such as EUR",
                code="currency.malformed",
                field="currency",
                hint="three capital letters such as EUR",
            )
        object.__setattr__(self, "amount", _number(amount))
        object.__setattr__(self, "currency", currency)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an amount is frozen; {name} cannot be set")

    @classmethod
    def from_float(cls, amount: float, currency: str, *, rounding: Literal["half_up", "half_even"]) -> Money:
        """An amount from a float, rounded to the currency's minor unit the way you say."""
        digits = Decimal(1).scaleb(-minor_units(currency))
        mode = ROUND_HALF_UP if rounding == "half_up" else ROUND_HALF_EVEN
        try:
            return cls(Decimal(amount).quantize(digits, rounding=mode, context=_WIDE), currency)
        except InvalidOperation:
            raise _malformed() from None

    @classmethod
    def parse(cls, text: str) -> Money:
        """Reads ``"98500.00 EUR"``, the form ``str`` writes."""
        amount, _, currency = text.partition(" ")
        return cls(amount, currency)

    def rounded(self) -> Money:
        """Rounded half away from zero to the currency's minor unit (EN 16931)."""
        digits = Decimal(1).scaleb(-minor_units(self.currency))
        return Money(self.amount.quantize(digits, rounding=ROUND_HALF_UP, context=_WIDE), self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise InvalidValue(
                f"{self.currency} and {other.currency} cannot be combined; convert one of them with a rate table",
                code="money.currency",
                hint="convert one of them with a rate table",
            )

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(_exact(_EXACT.add, self.amount, other.amount), self.currency)

    def __radd__(self, other: object) -> Money:
        # The built-in sum() starts from 0.
        if isinstance(other, int) and not isinstance(other, bool) and other == 0:
            return self
        return NotImplemented

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(_exact(_EXACT.subtract, self.amount, other.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        if not _is_factor(factor):
            return NotImplemented
        return Money(_exact(_EXACT.multiply, self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Money) -> Decimal:
        """How many times the other amount goes into this one, to 28 digits."""
        if not isinstance(divisor, Money):
            return NotImplemented
        self._same(divisor)
        if not divisor.amount:
            raise ZeroDivisionError("an amount cannot be divided by nothing")
        return Context(prec=_DIGITS).divide(self.amount, divisor.amount)

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.currency == other.currency and self.amount == other.amount

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return other < self

    def __ge__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return other <= self

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def __repr__(self) -> str:
        return f"Money({str(self.amount)!r}, {self.currency!r})"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __format__(self, spec: str) -> str:
        return f"{format(self.amount, spec or 'f')} {self.currency}"

    def __reduce__(self) -> tuple[object, ...]:
        return (Money, (str(self.amount), self.currency))


def minor_units(currency: str) -> int:
    """Decimals of the currency's smallest unit, after ISO 4217."""
    return _MINOR_UNITS.get(currency, 2)


def _is_factor(value: object) -> bool:
    if isinstance(value, float):
        raise WrongType(
            "the factor is a float, which is not exact; pass a Decimal or an int",
            code="argument.float",
            field="factor",
            hint="a Decimal or an int",
        )
    return isinstance(value, (Decimal, int)) and not isinstance(value, bool)


def _number(amount: object) -> Decimal:
    if isinstance(amount, float):
        raise WrongType(
            "the amount is a float, which cannot hold amounts exactly; pass a Decimal, an int or text, or use "
            "Money.from_float",
            code="argument.float",
            field="amount",
            hint="Decimal('12.50'), '12.50' or Money.from_float(12.5, 'EUR', rounding='half_up')",
        )
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int, str)):
        raise WrongType(
            f"the amount is of type {type(amount).__name__}; expected a Decimal, an int or text",
            code="argument.type",
            field="amount",
            hint="a Decimal, an int or text",
        )
    if isinstance(amount, str) and not _is_plain(amount):
        raise _malformed()
    number = Decimal(amount)
    if not number.is_finite():
        raise _malformed()
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) + max(exponent, 0) > _DIGITS or exponent < -_DIGITS:
        raise InvalidValue(
            "the amount has too many digits; expected at most 28", code="money.range", field="amount", hint="at most 28"
        )
    # 1E+3 is written 1000, as everywhere else.
    return number.quantize(Decimal(1)) if exponent > 0 else number


def _is_plain(text: str) -> bool:
    whole, point, fraction = text.removeprefix("-").partition(".")
    parts = [whole, fraction] if point else [whole]
    return all(part.isascii() and part.isdigit() for part in parts)


def _malformed() -> InvalidValue:
    return InvalidValue(
        "the amount is not a plain decimal; expected digits with a decimal point, such as 1250.00",
        code="money.malformed",
        field="amount",
        hint="digits with a decimal point, such as 1250.00",
    )


def _exact(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return operation(left, right)
    except (Inexact, InvalidOperation, Overflow):
        raise InvalidValue(
            "the result has more digits than an amount can hold (28)", code="money.overflow"
        ) from None
