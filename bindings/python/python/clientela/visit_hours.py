"""When visits are: how many by the day of the week and the hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from ._options import PlotBackend
from ._views import Shown
from .table import Table

__all__ = ["WEEKDAYS", "VisitHours"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""Days of the week in their order."""


class VisitHours(Shown):
    """How many visits fall on each day of the week and hour, by the clocks of a time zone."""

    __slots__ = ("_counts",)

    def __init__(self, moments: Iterable[datetime], *, zone: tzinfo) -> None:
        local = (moment.astimezone(zone) for moment in moments)
        self._counts = Counter((moment.weekday(), moment.hour) for moment in local)

    @property
    def data(self) -> Table:
        """What :meth:`plot` draws: ``day``, ``hour`` and ``visits``, one row for each cell that has some."""
        rows = sorted(self._counts.items())
        return Table.from_(
            {
                "day": [WEEKDAYS[day] for (day, _), _ in rows],
                "hour": [hour for (_, hour), _ in rows],
                "visits": [visits for _, visits in rows],
            }
        )

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The visits as a heat map; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import visits

        return visits(self.data, title="When visits are", backend=backend, ax=ax)

    def __len__(self) -> int:
        return sum(self._counts.values())

    def __repr__(self) -> str:
        return f"<VisitHours: {len(self):,} visits>"

    def _repr_html_(self) -> str:
        return self.data._repr_html_()
