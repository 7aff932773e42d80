"""What is asked of many opportunities at once."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ._namespace import EntityNamespace, Key, given
from ._options import PlotBackend
from .answers import Answer
from .table import Table

__all__ = ["Axis", "FunnelQuestions", "StageDurations"]

Axis = Literal[
    "seller",
    "unit",
    "method",
    "source",
    "product_line",
    "size",
    "country",
    "customer_size",
    "trade",
    "competitor",
]
"""What funnels are divided by."""


class StageDurations(Answer):
    """How long opportunities stay in each stage, those still there counted for as long as they have been."""

    __slots__ = ()

    def curves(self) -> Table:
        """What :meth:`plot` draws: the share still in a stage after so many days, with its limits of 95 percent."""
        rows = [
            {
                "stage": _label(line, self.data),
                "days": point["days"],
                "still_there": point["still_there"]["value"],
                "lower": point["still_there"]["lower"],
                "upper": point["still_there"]["upper"],
            }
            for line in self.data
            for point in [_WHOLE, *line["curve"]]
            if line["curve"]
        ]
        return Table.from_(rows)

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The share still in each stage by days; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import survival

        return survival(self.curves(), title="Time in stage", backend=backend, ax=ax)


_WHOLE = {"days": 0, "still_there": {"value": 1.0, "lower": 1.0, "upper": 1.0}}


def _label(line: Any, lines: Any) -> str:
    several = {name: len({each[name] for each in lines}) > 1 for name in ("group", "method")}
    return ": ".join([*(line[name] for name in ("group", "method") if several[name]), line["stage"]])


class FunnelQuestions(EntityNamespace):
    """The questions of ``db.opportunities`` that are about many of them."""

    __slots__ = ()

    def stuck(
        self,
        *,
        method: Key | None = None,
        owner: Key | None = None,
        stage_percent: int | None = None,
        stage_days: int | None = None,
        pushes: int | None = None,
    ) -> Answer:
        """Opportunities that do not move or whose close date slips, each with its reasons.

        Args:
            method: Code of the sales method; all when not given.
            owner: Only those of this position.
            stage_percent: From what share of the expected days of its stage on one counts as stuck, in percent.
            stage_days: From how many open days on, where a stage expects none.
            pushes: From how many times on the close date was put off.
        """
        limits = given(stage_percent=stage_percent, stage_days=stage_days, pushes=pushes)
        return self._ask("opportunity.stuck", method=method, owner=owner, limits=limits or None)

    def conversion(
        self,
        since: date,
        until: date,
        *,
        method: Key | None = None,
        by_month: bool = False,
        horizon_days: int | None = None,
        axis: Axis | None = None,
    ) -> Answer:
        """What became of what came to each stage between two days, with limits of 95 percent.

        Args:
            since: First day on which what counts came to the stage.
            until: Last such day.
            method: Code of the sales method; all when not given.
            by_month: Whether each month is told by itself.
            horizon_days: Only what has been watched for so many days, and what happened within them.
            axis: What it is divided by.
        """
        about = {"from": since, "to": until, "by_month": by_month}
        return self._ask("funnel.conversion", **about, method=method, horizon_days=horizon_days, axis=axis)

    def durations(
        self, *, method: Key | None = None, day: date | None = None, axis: Axis | None = None
    ) -> StageDurations:
        """How long opportunities stay in each stage, with the curve of those still there.

        Args:
            method: Code of the sales method; all when not given.
            day: The day until which they are watched; today when not given.
            axis: What it is divided by.
        """
        return StageDurations(
            "funnel.durations", self._ask("funnel.durations", method=method, day=day, axis=axis).data
        )

    def velocity(self, since: date, until: date, *, axis: Axis | None = None) -> Answer:
        """How fast the pipeline turned into business between two days, one line for each currency."""
        return self._ask("funnel.velocity", **{"from": since, "to": until}, axis=axis)

    def loss_reasons(self, since: date, until: date, *, axis: Axis | None = None) -> Answer:
        """Why opportunities were lost between two days, in which stage and to whom; divided by an axis if asked."""
        return self._ask("funnel.loss_reasons", **{"from": since, "to": until}, axis=axis)

    def won_lost(self, since: date, until: date, *, axis: Axis | None = None) -> Answer:
        """What differs between what was won and what was lost between two days; divided by an axis if asked."""
        return self._ask("funnel.won_lost", **{"from": since, "to": until}, axis=axis)
