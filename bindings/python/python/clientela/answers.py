"""Answers: what a question gives, as plain data and as a table for the data frame library of your choice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ._views import Shown
from .errors import NotFound
from .table import Table
from .why import Explanation

__all__ = ["Answer", "table_of"]

# JSON has no decimals: answers write them as texts. A column is turned into decimals by its name and not by what it looks
# like, because customer numbers look like numbers too.
_EXACT = frozenset(
    """
    bottom_up conversion customers_percent cycle_days error_percent expected_by_now gap hours hours_above_amount km_per_year
    least lift mean_age_months median_age_months median_days median_vehicles needed_per_day our_share over_assigned per_day
    per_sale per_win per_won percent points_above_best points_above_team projection projection_high projection_low purchases
    quantity reached score target total value_percent
    """.split()
)
_EXACT_OF = {
    "assignment.compare": frozenset({"value"}),
    "challenge.standings": frozenset({"result"}),
    "customer.pyramid": frozenset({"value"}),
    "customer.pyramid_movement": frozenset({"before", "after"}),
    "lead_score.quality": frozenset("auc brier brier_of_share converted from log_loss lower to told upper".split()),
    "quota_plan.compare": frozenset({"after", "before", "difference"}),
    "quota_plan.overall": frozenset({"counted", "weight"}),
    "quota_plan.reconciliation": frozenset({"below", "difference"}),
    "quota_plan.weights": frozenset({"weight"}),
    "time.shares": frozenset({"result"}),
}

# Columns that hold an amount in one answer and a number in another stay as they are written.
_WORDS_OF = {
    "import.guess": frozenset({"target"}),
    "import.mappings": frozenset({"target"}),
    "import.runs": frozenset({"target"}),
    "offer.goal": frozenset({"reached"}),
}

# The list within an answer that its table has a row for, where the answer is more than a list.
_LINES = {
    "access.who_could_see": "users",
    "access.why_visible": "positions",
    "activity.reminders": "reminders",
    "assignment.compare": "lines",
    "assignment.dry_run": "moves",
    "assignment.explain": "rules",
    "assignment.rebalancing": "moves",
    "calendar.free_slots": "slots",
    "challenge.standings": "entries",
    "claim.state": "claims",
    "consent.state": "states",
    "contact.list": "lines",
    "customer.duplicate_clusters": "clusters",
    "customer.group": "members",
    "customer.list": "lines",
    "customer.merge_preview": "fields",
    "customer.pyramid": "customers",
    "customer.pyramid_movement": "matrix",
    "customer.timeline": "entries",
    "customer.win_back": "attempts",
    "forecast.change": "parts",
    "forecast.rollup": "currencies.nodes",
    "forecast.submitted": "lines",
    "import.guess": "columns",
    "lead.page": "lines",
    "lead.questionnaire": "questions",
    "lead_score.quality": "reliability",
    "offer.catalogue": "lines",
    "offer.difference": "difference.entries",
    "offer.financing": "instalments",
    "offer.what_if": "groups",
    "opportunity.list": "lines",
    "order.difference": "difference.entries",
    "plan.day": "days.lines",
    "plan.week": "days.lines",
    "price.explain": "steps",
    "product.explode": "lines",
    "quota_plan.weights": "weights",
    "retention.dry_run": "goes",
    "time.shares": "lines",
    "time.value": "lines",
}

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)")


class _Json(str):
    """Text that is JSON, and nothing else however it looks."""

    __slots__ = ()


class Answer(Shown):
    """What a question gave. Read it as the plain data it is, or take it as a table.

    Attributes:
        question: The word that was asked.
        data: The answer as plain data; amounts and decimals exactly, as texts.
    """

    __slots__ = ("data", "question")

    question: str
    data: Any

    def __init__(self, question: str, data: Any) -> None:
        self.question = question
        self.data = data

    def table(self, *, lines: str | None = None, reasons: bool = False) -> Table:
        """The answer as a table; see :func:`table_of`.

        Args:
            lines: The list within the answer that gives the rows, such as ``"currencies.nodes"``; the one that matters most
                when not given.
            reasons: Whether reasons are kept, as columns of JSON text.
        """
        return table_of(self.question, self.data, lines=lines, reasons=reasons)

    @property
    def why(self) -> Explanation | None:
        """The reason of the whole answer, when it has one; those of its lines are in :attr:`data`."""
        found = self.data.get("why") if isinstance(self.data, Mapping) else None
        return None if found is None else Explanation.from_mapping(found)

    def __getitem__(self, name: Any) -> Any:
        return self.data[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        lines = "line" if len(self) == 1 else "lines"
        what = f"{len(self)} {lines}" if isinstance(self.data, list) else ", ".join(self.data)
        return f"<Answer to {self.question}: {what}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def table_of(question: str, data: Any, *, lines: str | None = None, reasons: bool = False) -> Table:
    """A table of an answer: one row per line of a list, or one row for an answer that is none.

    An amount becomes two columns, ``amount`` (exact decimals) and ``amount_currency``; what is nested gets a name with both
    parts, such as ``commit_forecast``. Decimals are exact, days are days, moments are UTC. Reasons are left out unless they
    are asked for, lists within a line become JSON text. What stands around the list is repeated beside each of its lines.

    Args:
        question: The word that was asked.
        data: What came.
        lines: The list within the answer that gives the rows; names with dots go deeper.
        reasons: Whether reasons are kept, as JSON text.

    Raises:
        NotFound: The answer has no such list.
    """
    path = _LINES.get(question, "") if lines is None else lines
    rows = [_flat(row, reasons) for row in _rows(data, path.split(".") if path else [], {})]
    names = list(dict.fromkeys(name for row in rows for name in row))
    # An amount that is not there leaves its name; where others have one, the columns made of it are enough.
    split = {name for name in names if any(other.startswith(f"{name}_") for other in names)}
    exact = (_EXACT | _EXACT_OF.get(question, frozenset())) - _WORDS_OF.get(question, frozenset())
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if name in split and not any(value is not None for value in values):
            continue
        columns[name] = values if any(isinstance(value, _Json) for value in values) else _typed(name, values, exact)
    return Table.from_(columns)


def _rows(data: Any, path: Sequence[str], around: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in data if isinstance(data, list) else [data]:
        if not path:
            yield {**around, **line} if isinstance(line, Mapping) else {**around, "value": line}
            continue
        inner = line.get(path[0]) if isinstance(line, Mapping) else None
        if isinstance(inner, Mapping) and len(path) > 1:
            yield from _rows(inner, path[1:], around)
            continue
        if not isinstance(inner, list):
            names = [name for name, value in line.items() if isinstance(value, list)] if isinstance(line, Mapping) else []
            raise NotFound(
                f"the answer has no list called {path[0][:64]}; its lists are {', '.join(names) or 'none'}",
                code="name.unknown",
                field="lines",
                hint=", ".join(names) or "no lines=",
            )
        beside = {name: value for name, value in line.items() if not isinstance(value, list) and name != "why"}
        yield from _rows(inner, path[1:], {**around, **beside})


def _is_reason(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_reason(inner) for inner in value)
    return isinstance(value, Mapping) and "reason" in value and value.keys() <= {"reason", "facts", "because"}


def _flat(row: Mapping[str, Any], reasons: bool, before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        column = f"{before}{name}"
        if name in ("why", "reasons") or _is_reason(value):
            if reasons:
                flat[column] = _Json(json.dumps(value, ensure_ascii=False))
        elif isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
            flat[column] = Decimal(value["amount"])
            flat[f"{column}_currency"] = value["currency"]
        elif isinstance(value, Mapping):
            flat.update(_flat(value, reasons, f"{column}_"))
        elif isinstance(value, list):
            flat[column] = _Json(json.dumps(value, ensure_ascii=False))
        else:
            flat[column] = value
    return flat


def _typed(name: str, values: list[Any], exact: frozenset[str]) -> list[Any]:
    texts = [value for value in values if value is not None]
    if not texts or not all(isinstance(value, str) for value in texts):
        return values
    if name in exact or any(name.endswith(f"_{known}") for known in exact):
        return [None if value is None else Decimal(value) for value in values]
    if all(_DAY.fullmatch(value) for value in texts):
        return [None if value is None else date.fromisoformat(value) for value in values]
    if all(_MOMENT.fullmatch(value) for value in texts):
        return [None if value is None else datetime.fromisoformat(value) for value in values]
    return values
