"""What time goes into: against the best seller, by sale, against what customers bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from ._namespace import Key, Namespace
from ._options import PlotBackend
from .answers import Answer
from .table import Table

__all__ = ["Measure", "TimeShares", "TimeSpent"]

Measure = Literal["units", "revenue", "new_customers", "wins", "offers", "visits"]
"""What the best seller is found by."""


class TimeShares(Answer):
    """A seller's time by category, against the best seller and the team."""

    __slots__ = ()

    @property
    def shares(self) -> Table:
        """What :meth:`plot` draws: the categories anybody spent time on, each with its part in percent."""
        rows = [
            {
                "category": line["category"],
                "seller": Decimal(line["percent"]),
                "best": None if line.get("best_percent") is None else Decimal(line["best_percent"]),
                "team": Decimal(line["team_percent"]),
            }
            for line in self.data["lines"]
        ]
        return Table.from_([row for row in rows if any(row[who] for who in ("seller", "best", "team"))])

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The shares as bars; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import time_shares

        return time_shares(self.shares, title="Where the time goes", backend=backend, ax=ax)


class TimeSpent(Namespace):
    """``db.time``. Each answer counts what the session may see; a period ends less than a year after its first day."""

    __slots__ = ()

    def shares(
        self,
        first_day: date,
        last_day: date,
        *,
        position: Key | None = None,
        best_by: Measure | None = None,
        currency: str | None = None,
    ) -> TimeShares:
        """What a seller's time goes into, against the best seller and the team.

        Args:
            first_day: First day.
            last_day: Last day.
            position: Title of the seller's position; the acting one when not given.
            best_by: What the best seller is found by; opportunities won when not given.
            currency: The currency, when that is revenue.
        """
        answer = self._ask(
            "time.shares",
            first_day=first_day,
            last_day=last_day,
            position=position,
            best_by=best_by,
            currency=currency,
        )
        return TimeShares(answer.question, answer.data)

    def per_sale(self, first_day: date, last_day: date, *, positions: Sequence[str] = ()) -> Answer:
        """Visits and hours it takes to sell, seller by seller and together.

        Args:
            first_day: First day.
            last_day: Last day.
            positions: Titles of the sellers' positions; those of the acting position's team when none is given.
        """
        return self._ask("time.per_sale", first_day=first_day, last_day=last_day, positions=list(positions))

    def value(
        self, first_day: date, last_day: date, *, position: Key | None = None, currency: str | None = None
    ) -> Answer:
        """Time against what customers bring, by their size.

        Args:
            first_day: First day.
            last_day: Last day.
            position: Title of the position whose customers are looked at; all that may be seen when not given.
            currency: The currency of what is compared; may be left out when there is only one.
        """
        return self._ask(
            "time.value", first_day=first_day, last_day=last_day, position=position, currency=currency
        )
