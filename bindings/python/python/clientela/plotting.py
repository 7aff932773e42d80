"""Plots: figures of the library itself, to restyle. The numbers behind each come from a table."""

from __future__ import annotations

from typing import Any

from .errors import InvalidValue
from .table import Table, _optional

__all__ = ["attainment_bars", "bars"]

_REACHED = "#1f77b4"
_TARGET = "#7f7f7f"


def bars(table: Table, *, label: str, value: str, title: str | None = None, unit: str | None = None, ax: Any = None) -> Any:
    """One column against another as horizontal bars, the largest on top; gives the matplotlib axes.

    Decimals become floats here, for drawing only.
    """
    axes = _axes(ax)
    kept = [row for row in table.select([label, value]).rows() if row[1] is not None]
    kept.sort(key=lambda row: row[1])
    axes.barh([str(row[0]) for row in kept], [float(row[1]) for row in kept], color=_REACHED)
    axes.set_xlabel(unit or value)
    axes.set_title(title or "")
    return axes


def attainment_bars(table: Table, *, title: str, ax: Any = None) -> Any:
    """Reached against target, one pair of bars per position, or per unit when no positions may be seen."""
    rows = table.rows()
    if not rows:
        raise InvalidValue("the table has no lines to draw; expected at least one", code="table.empty", field="table")
    positions = [row for row in rows if row.position is not None]
    shown = positions or rows
    names = [row.position or row.unit for row in shown]
    axes = _axes(ax)
    places = range(len(shown))
    axes.barh([place + 0.2 for place in places], [float(row.target) for row in shown], 0.38, color=_TARGET, label="target")
    axes.barh([place - 0.2 for place in places], [float(row.reached) for row in shown], 0.38, color=_REACHED, label="reached")
    axes.set_yticks(list(places), names)
    axes.set_title(title)
    axes.legend()
    return axes


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    _, made = _optional("matplotlib.pyplot", "matplotlib").subplots(layout="constrained")
    return made
