"""Filters written in Python. They only write the rule language; the library reads and checks the text.

>>> from clientela import col
>>> (col("fleet_size") >= 25) & col("country").is_in(["IT", "DE"])
<filter fleet_size >= 25 && country in ['IT', 'DE']>
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import NoReturn
from uuid import UUID

from .errors import InvalidValue, WrongType
from .money import Money

__all__ = ["Column", "Filter", "Literal", "col"]

Literal = str | int | Decimal | bool | date | datetime | UUID | Money | None
"""What a column can be compared with. An amount is equal to, above or below one of its own currency only."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


class Filter:
    """A condition on rows. Combine with ``&``, ``|`` and ``~``; ``str`` gives the text of the rule."""

    __slots__ = ("_atom", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._atom = False

    @classmethod
    def _of(cls, text: str, *, atom: bool = True) -> Filter:
        made = cls(text)
        made._atom = atom
        return made

    def _inner(self) -> str:
        return self._text if self._atom else f"({self._text})"

    def __and__(self, other: Filter) -> Filter:
        return Filter._of(f"{self._inner()} && {_filter(other)._inner()}", atom=False)

    def __or__(self, other: Filter) -> Filter:
        return Filter._of(f"{self._inner()} || {_filter(other)._inner()}", atom=False)

    def __invert__(self) -> Filter:
        return Filter._of(f"!({self._text})")

    def __bool__(self) -> NoReturn:
        raise WrongType(
            "a filter has no truth of its own; combine filters with &, | and ~ instead of and, or and not",
            code="argument.type",
            hint="&, | and ~, with brackets around each comparison",
        )

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<filter {self._text}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filter):
            return NotImplemented
        return self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self._text, self._atom))


class Column:
    """A column to compare. Comparisons with a missing value are unknown, and an unknown row is left out."""

    __slots__ = ("_name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidValue(
                "the name is not that of a column; expected letters, digits and underscores",
                code="name.malformed",
                field="name",
                hint="letters, digits and underscores",
            )
        self._name = name

    def _compare(self, operator: str, other: Literal) -> Filter:
        if isinstance(other, Money):
            # In the rule language an amount is a record of a number and a currency.
            same = f"{self._name}.currency == {_literal(other.currency)}"
            number = f"{self._name}.amount {operator} {_literal(other.amount)}"
            if operator == "!=":
                return Filter._of(f"!({same}) || {number}", atom=False)
            return Filter._of(f"{same} && {number}", atom=False)
        return Filter._of(f"{self._name} {operator} {_literal(other)}")

    def __eq__(self, other: Literal) -> Filter:  # type: ignore[override]
        return self._compare("==", other)

    def __ne__(self, other: Literal) -> Filter:  # type: ignore[override]
        return self._compare("!=", other)

    def __lt__(self, other: Literal) -> Filter:
        return self._compare("<", other)

    def __le__(self, other: Literal) -> Filter:
        return self._compare("<=", other)

    def __gt__(self, other: Literal) -> Filter:
        return self._compare(">", other)

    def __ge__(self, other: Literal) -> Filter:
        return self._compare(">=", other)

    def is_in(self, values: Iterable[Literal]) -> Filter:
        """Whether the value is one of these."""
        return Filter._of(f"{self._name} in [{', '.join(_literal(value) for value in values)}]")

    def between(self, low: Literal, high: Literal) -> Filter:
        """Whether the value lies between the two, both included."""
        if isinstance(low, Money) or isinstance(high, Money):
            return (self >= low) & (self <= high)
        return Filter._of(f"{self._name} >= {_literal(low)} && {self._name} <= {_literal(high)}", atom=False)

    def is_null(self) -> Filter:
        """Whether nothing is given."""
        return Filter._of(f"{self._name} == null")

    def is_not_null(self) -> Filter:
        """Whether something is given."""
        return Filter._of(f"{self._name} != null")

    def starts_with(self, text: str) -> Filter:
        """Whether the text starts with this."""
        return Filter._of(f"{self._name}.startsWith({_literal(text)})")

    def ends_with(self, text: str) -> Filter:
        """Whether the text ends with this."""
        return Filter._of(f"{self._name}.endsWith({_literal(text)})")

    def contains(self, text: str) -> Filter:
        """Whether the text has this in it."""
        return Filter._of(f"{self._name}.contains({_literal(text)})")

    def is_true(self) -> Filter:
        """Whether a yes/no column says yes."""
        return Filter._of(self._name)

    def __bool__(self) -> NoReturn:
        raise WrongType(
            "a column has no truth of its own; compare it, or use is_true() or is_null()",
            code="argument.type",
            hint="col('vehicles') > 3, col('active').is_true()",
        )

    def __repr__(self) -> str:
        return f"col({self._name!r})"


def col(name: str) -> Column:
    """A column to compare: ``col("vehicles") >= 25``."""
    return Column(name)


def _rebuild(text: str, atom: bool) -> Filter:
    return Filter._of(text, atom=atom)


def _filter(value: object) -> Filter:
    if isinstance(value, Filter):
        return value
    raise WrongType(
        f"a filter is combined with a filter, not with a {type(value).__name__}; put brackets around each comparison",
        code="argument.type",
        hint="(col('a') > 1) & (col('b') < 2)",
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f"'{escaped}'"


def _literal(value: object) -> str:
    """The value as the rule language writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(str(value))
        case int():
            return str(value)
        case Decimal():
            if not value.is_finite():
                raise InvalidValue("the number is not finite; expected a plain decimal", code="argument.range")
            return f"decimal('{value:f}')"
        case datetime():
            if value.tzinfo is None:
                raise InvalidValue(
                    "the datetime has no time zone; pass one with a tzinfo, such as datetime.now(timezone.utc)",
                    code="argument.naive_datetime",
                )
            return f"timestamp('{value.astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%fZ')}')"
        case date():
            return f"date('{value.isoformat()}')"
        case UUID():
            return f"id('{value}')"
        case float():
            raise WrongType(
                "a float is not exact; compare with a Decimal or an int",
                code="argument.float",
                hint="Decimal('12.50')",
            )
        case _:
            raise WrongType(
                f"a column cannot be compared with a {type(value).__name__}; expected text, a number, a date, an id or "
                "None",
                code="argument.type",
            )
