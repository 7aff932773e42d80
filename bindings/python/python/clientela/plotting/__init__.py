"""Plots: figures of the library that draws them, to restyle. The numbers behind each are the ``data`` of what was plotted.

Three libraries draw the same: the same order, the same colours, the same titles with units. None is imported before it
draws; a missing one says how it is installed.
"""

from __future__ import annotations

from typing import Any

from .._options import PlotBackend, check_backend, options
from ..errors import InvalidValue
from ..table import Table
from . import style
from .chart import Chart, Series

__all__ = ["attainment", "bars", "conditions", "funnel", "reasons"]


def bars(
    table: Table,
    *,
    label: str,
    value: str,
    title: str = "",
    unit: str | None = None,
    backend: PlotBackend | None = None,
    ax: Any = None,
) -> Any:
    """One column against another as horizontal bars, the largest on top."""
    kept = [row for row in table.select([label, value]).rows() if row[1] is not None]
    kept.sort(key=lambda row: -row[1])
    series = Series(value, [row[1] for row in kept], [style.MAIN] * len(kept))
    return _draw(Chart(title, unit or value, [str(row[0]) for row in kept], [series]), backend, ax)


def funnel(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """Open opportunities by stage: columns ``stage`` and ``count``, in their order."""
    rows = table.rows()
    series = Series("opportunities", [row.count for row in rows], [style.MAIN] * len(rows))
    return _draw(Chart(title, "opportunities", [row.stage for row in rows], [series]), backend, ax)


def attainment(
    table: Table, *, title: str, unit: str, backend: PlotBackend | None = None, ax: Any = None
) -> Any:
    """Reached against target: columns ``name``, ``target``, ``reached`` and ``expected_by_now``, in their order.

    What was reached is green where it is as much as was expected by now, red elsewhere.
    """
    rows = table.rows()
    reached = [style.GOOD if row.reached >= row.expected_by_now else style.POOR for row in rows]
    series = [
        Series("target", [row.target for row in rows], [style.QUIET] * len(rows)),
        Series("reached", [row.reached for row in rows], reached),
    ]
    return _draw(Chart(title, unit, [row.name for row in rows], series), backend, ax)


def reasons(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """Customers of a campaign by the reason that decided: columns ``reason`` and ``customers``, in their order."""
    rows = table.rows()
    colours = [style.GOOD if row.reason == "campaign.selected" else style.QUIET for row in rows]
    series = Series("customers", [row.customers for row in rows], colours)
    return _draw(Chart(title, "customers", [row.reason for row in rows], [series]), backend, ax)


def conditions(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """Records left after each condition of a rule: columns ``condition`` and ``left``, in their order."""
    rows = table.rows()
    series = Series("left", [row.left for row in rows], [style.MAIN] * len(rows))
    return _draw(Chart(title, "records", [row.condition for row in rows], [series]), backend, ax)


def _draw(chart: Chart, backend: PlotBackend | None, ax: Any) -> Any:
    if not chart.labels:
        raise InvalidValue("the table has no lines to draw; expected at least one", code="table.empty", field="table")
    chosen = backend or ("matplotlib" if ax is not None else options.plot_backend)
    check_backend(chosen)
    if ax is not None and chosen != "matplotlib":
        raise InvalidValue(
            "axes belong to matplotlib; leave ax away, or choose that backend",
            code="argument.invalid",
            field="ax",
            hint="backend='matplotlib'",
        )
    match chosen:
        case "altair":
            from . import altair_bars

            return altair_bars.draw(chart)
        case "plotly":
            from . import plotly_bars

            return plotly_bars.draw(chart)
        case _:
            from . import matplotlib_bars

            return matplotlib_bars.draw(chart, ax)


