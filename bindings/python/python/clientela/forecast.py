"""Forecasts: rolled up the tree, as of any day, what changed, what was submitted and how true it came."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ._namespace import Key, Namespace
from ._options import PlotBackend
from .answers import Answer
from .errors import InvalidValue
from .money import Money
from .pipeline import Pipeline
from .records import Receipt
from .table import Table

__all__ = ["Forecasts", "PipelineChange"]

# In the order in which a pipeline is read: what came, what grew, what shrank, what left.
_PARTS = (
    "new reopened moved_in transferred_in up down moved_out transferred_out set_aside won lost".split()
)


class PipelineChange(Answer):
    """A pipeline on two days and what lies between, one line for each currency."""

    __slots__ = ()

    def steps(self, *, currency: str | None = None) -> Table:
        """What :meth:`plot` draws: the start, each part, the end, with where its bar begins and ends.

        Args:
            currency: Which currency; needed when there are several.
        """
        line = self._line(currency)
        start, end = Decimal(line["start"]["amount"]), Decimal(line["end"]["amount"])
        parts = {part["part"]: Decimal(part["amount"]["amount"]) for part in line["parts"]}
        known = [name for name in _PARTS if name in parts]
        rows: list[dict[str, object]] = [{"step": "start", "amount": start, "begins": Decimal(0), "ends": start}]
        at = start
        for name in [*known, *(name for name in parts if name not in known)]:
            rows.append({"step": name, "amount": parts[name], "begins": at, "ends": at + parts[name]})
            at += parts[name]
        rows.append({"step": "end", "amount": end, "begins": Decimal(0), "ends": end})
        return Table.from_(rows)

    def plot(self, *, currency: str | None = None, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The change as a waterfall; the library's own figure, to restyle as you like.

        Args:
            currency: Which currency; needed when there are several.
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import waterfall

        unit = self._line(currency)["currency"]
        return waterfall(self.steps(currency=unit), title="Change of the pipeline", unit=unit, backend=backend, ax=ax)

    def _line(self, currency: str | None) -> Any:
        lines = {line["currency"]: line for line in self.data}
        wanted = next(iter(lines), None) if currency is None and len(lines) < 2 else currency
        if wanted not in lines:
            raise InvalidValue(
                "the currency is none of the answer's; expected one of them, as amounts of two are never added",
                code="argument.invalid",
                field="currency",
                hint=", ".join(lines) or "a period in which something was open",
            )
        return lines[wanted]


class Forecasts(Namespace):
    """``db.forecast``."""

    __slots__ = ()

    def rollup(
        self,
        first_day: date,
        last_day: date,
        *,
        as_of: date | None = None,
        by: Literal["position", "unit"] = "position",
    ) -> Answer:
        """The forecast of a period rolled up the tree of positions or units, now or as it stood on any day.

        ``table()`` has one row for each currency and node; ``table(lines="stages")`` what history says of each stage.
        """
        return self._ask("forecast.rollup", first_day=first_day, last_day=last_day, as_of=as_of, by=by)

    def columns(self, *, by: Literal["position", "unit"] = "position") -> list[Pipeline]:
        """The opportunities over time as columns, one :class:`Pipeline` for each currency: forecasts, funnels and changes as tables.

        They are what the other questions are asked of; the store is read once, and again only what was touched since.
        """
        return [Pipeline(columns) for columns in self._db._store.pipeline(by == "unit")]

    def change(
        self, first_day: date, last_day: date, *, since: date, until: date | None = None, position: Key | None = None
    ) -> PipelineChange:
        """What changed in a period's open pipeline between the ends of two days.

        Args:
            first_day: First day of the period.
            last_day: Last day of the period.
            since: The earlier day.
            until: The later day; today when not given.
            position: Only what belongs to this position and those below it.
        """
        about = {"first_day": first_day, "last_day": last_day, "from": since, "to": until, "position": position}
        return PipelineChange("forecast.change", self._ask("forecast.change", **about).data)

    def submitted(self, name: Key) -> Answer:
        """A forecast as it was submitted, with the opportunities it was made of."""
        return self._ask("forecast.submitted", name=name)

    def accuracy(self, *, position: Key | None = None) -> Answer:
        """How true submitted forecasts of periods that are over came, by position and way of forecasting."""
        return self._ask("forecast.accuracy", position=position)

    def adjust(
        self,
        first_day: date,
        last_day: date,
        *,
        category: str,
        amount: Money | None,
        currency: str | None = None,
        position: Key | None = None,
        note: str | None = None,
    ) -> Receipt:
        """Sets a figure beside what was rolled up.

        Args:
            first_day: First day of the period.
            last_day: Last day of the period.
            category: Which figure: ``commit``, ``best_case`` or ``pipeline``.
            amount: What is expected instead; ``None`` takes an earlier adjustment back.
            currency: The currency; that of the amount when not given.
            position: One's own or that of a direct report; the acting one when not given.
            note: Why.
        """
        return self._do(
            "forecast.adjust",
            first_day=first_day,
            last_day=last_day,
            category=category,
            amount=amount,
            currency=currency or (None if amount is None else amount.currency),
            position=position,
            note=note,
        )

    def snapshot(self, name: str, *, first_day: date, last_day: date) -> Receipt:
        """Keeps a forecast as it is now under a name, with the opportunities it is made of."""
        return self._do("forecast.snapshot", name=name, first_day=first_day, last_day=last_day)
