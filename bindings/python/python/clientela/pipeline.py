"""Opportunities over time in columns: forecasts, funnels and changes as tables, at the speed of columns.

``db.forecast.columns()`` gives those of a store. :meth:`Pipeline.from_table` reads a table of anybody's: polars, pyarrow, pandas,
DuckDB, one row for each time an opportunity passed from one stage, owner, amount or close date to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from . import _native
from .table import Table

__all__ = ["Pipeline", "PipelineStage"]


class PipelineStage(NamedTuple):
    """A stage of passages that are given as a table: the number of its method, and its probability in percent."""

    method: int = 0
    probability: int = 0


class Pipeline:
    """Opportunities of one currency over time, and the tree their owners stand in. Frozen; any thread may use it."""

    __slots__ = ("_columns",)

    _columns: _native.NativePipeline

    def __init__(self, columns: _native.NativePipeline) -> None:
        self._columns = columns

    @classmethod
    def from_table(
        cls,
        passages: object,
        *,
        parents: Sequence[int | None],
        stages: Sequence[PipelineStage | tuple[int, int]],
    ) -> Pipeline:
        """Reads a table of passages, once; it is asked as often as you like.

        Args:
            passages: Columns ``opportunity`` (numbers or texts, in order), ``day``, ``state`` (``open``, ``suspended``, ``won``,
                ``lost``, or 0 to 3), ``stage`` and ``owner`` (numbers from 0), ``category`` (``omitted``, ``pipeline``,
                ``best_case``, ``commit``, or 0 to 3), ``probability`` in percent, ``amount`` (decimals, or whole minor units) and
                ``close``. The passages of an opportunity stand together and in their order.
            parents: The number of the owner or unit above each owner, ``None`` at the top; those above come first.
            stages: The stages, those of one method one after the other.
        """
        rows = [(stage[0], stage[1]) for stage in stages]
        return cls(_native.NativePipeline.from_table(Table.from_(passages)._buffers, list(parents), rows))

    @property
    def currency(self) -> str | None:
        """The currency of its amounts, when it comes from a store."""
        return self._columns.currency

    @property
    def passages(self) -> int:
        """How many passages its opportunities have."""
        return self._columns.passages

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        money = "" if self.currency is None else f" in {self.currency}"
        return f"<Pipeline: {len(self)} opportunities{money}, {self.passages} passages>"

    def rollup(self, first_day: date, last_day: date, *, as_of: date, by_history: bool = True) -> Table:
        """The forecast of a period as it stood on a day, rolled up the tree: one row for each node, those above first.

        Amounts of each category alone, without adjustments, and how many opportunities they are; ``weighted`` by probability, and
        ``by_history`` by the share of what came to each stage that was won by then. ``above`` is the number of the node above.

        Args:
            first_day: First day of the period.
            last_day: Last day of the period.
            as_of: The day whose state is shown, at its end.
            by_history: Whether the last column is wanted.
        """
        return Table._wrap(self._columns.forecast(as_of, first_day, last_day, by_history))

    def funnel(
        self, starts: Sequence[date], until: date, *, as_of: date, horizon_days: int | None = None
    ) -> Table:
        """What became of those that came to each stage in each period: a row for each period and stage with any.

        Args:
            starts: First days of the periods, in order.
            until: Last day of the last of them.
            as_of: The day by which it is known.
            horizon_days: Only what has been watched for so many days, and what happened within them.
        """
        return Table._wrap(self._columns.funnel(list(starts), until, as_of, horizon_days))

    def change(
        self, first_day: date, last_day: date, *, since: date, until: date, node: int | None = None
    ) -> Table:
        """What changed in a period's open pipeline between the ends of two days: ``start``, each part, ``end``.

        Args:
            first_day: First day of the period.
            last_day: Last day of the period.
            since: The earlier day.
            until: The later day.
            node: Only what belongs to this node and those below it, by its number in :meth:`rollup`.
        """
        return Table._wrap(self._columns.change(since, until, first_day, last_day, node))
