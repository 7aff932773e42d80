"""Plots: figures of the library that draws them, to restyle. The numbers behind each are the ``data`` of what was plotted.

Three libraries draw the same: the same order, the same colours, the same titles with units. None is imported before it
draws; a missing one says how it is installed.
"""

from __future__ import annotations

from typing import Any

from .._options import PlotBackend, check_backend, options
from ..errors import InvalidValue
from ..table import Table
from ..visit_hours import WEEKDAYS
from . import style
from .chart import Chart, Grid, Line, Lines, Series

__all__ = [
    "attainment",
    "bars",
    "concentration",
    "conditions",
    "funnel",
    "reasons",
    "survival",
    "time_shares",
    "visits",
    "waterfall",
]


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
    as_expected = [row.reached >= row.expected_by_now for row in rows]
    colours = [style.GOOD if good else style.POOR for good in as_expected]
    meanings = ["reached, as expected" if good else "reached, behind" for good in as_expected]
    series = [
        Series("target", [row.target for row in rows], [style.QUIET] * len(rows)),
        Series("reached", [row.reached for row in rows], colours, meanings=meanings),
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


def waterfall(
    table: Table, *, title: str, unit: str, backend: PlotBackend | None = None, ax: Any = None
) -> Any:
    """What lies between two figures: columns ``step``, ``amount`` and ``begins``, in their order, from the top down.

    The first and the last bar stand on zero, and those between that a column ``total`` says so of; what adds is green, what
    takes away is red.
    """
    rows = table.rows()
    totals = {0, len(rows) - 1}
    if "total" in table.columns:
        totals |= {place for place, row in enumerate(rows) if row.total}
    colours = [
        style.MAIN if place in totals else style.GOOD if row.amount >= 0 else style.POOR
        for place, row in enumerate(rows)
    ]
    series = Series("change", [row.amount for row in rows], colours, [row.begins for row in rows])
    labels = [str(row.step).replace("_", " ") for row in rows]
    return _draw(Chart(title, unit, labels, [series]), backend, ax)


def time_shares(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """What time goes into: columns ``category``, ``seller``, ``best`` and ``team`` in percent, in their order.

    Three bars to a category; the best seller's is left away where there is none.
    """
    rows = table.rows()
    labels = [str(row.category).replace("_", " ") for row in rows]
    colours = {"seller": style.MAIN, "best": style.GOOD, "team": style.QUIET}
    series = [
        Series(who, [getattr(row, who) for row in rows], [colour] * len(rows))
        for who, colour in colours.items()
        if all(getattr(row, who) is not None for row in rows)
    ]
    return _draw(Chart(title, "percent of the time", labels, series), backend, ax)


def visits(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """Visits by day of the week and hour: columns ``day``, ``hour`` and ``visits``. The darker a cell, the more of them.

    The working week is whole, and so are the hours from the first to the last with a visit.
    """
    found = {(row.day, row.hour): row.visits for row in table.rows()}
    if not found:
        raise _nothing()
    places = [WEEKDAYS.index(day) for day, _ in found]
    hours = range(min(hour for _, hour in found), max(hour for _, hour in found) + 1)
    days = WEEKDAYS[: max(5, *(place + 1 for place in places))]
    cells = [[found.get((day, hour), 0) for hour in hours] for day in days]
    grid = Grid(title, "hour", "day", "visits", [f"{hour:02}" for hour in hours], days, cells)
    return _draw_grid(grid, backend, ax)


def survival(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """The share still there by days: columns ``stage``, ``days`` and ``still_there``, in their order. A line for each stage."""
    points: dict[str, tuple[list[int], list[float]]] = {}
    for row in table.rows():
        days, shares = points.setdefault(row.stage, ([], []))
        days.append(row.days)
        shares.append(row.still_there)
    lines = [
        Line(stage, days, shares, style.LINES[place % len(style.LINES)])
        for place, (stage, (days, shares)) in enumerate(points.items())
    ]
    return _draw_lines(Lines(title, "open days", "share still there", lines, stepped=True), backend, ax)


def concentration(table: Table, *, title: str, backend: PlotBackend | None = None, ax: Any = None) -> Any:
    """What share the first so many percent bring: columns ``customers_percent`` and ``value_percent``, in their order.

    The dashed line is a business in which everybody brings as much.
    """
    rows = table.rows()
    if not rows:
        raise _nothing()
    places, values = [row.customers_percent for row in rows], [row.value_percent for row in rows]
    lines = [Line("customers", places, values, style.MAIN), Line("all alike", [0, 100], [0, 100], style.QUIET, dashed=True)]
    return _draw_lines(Lines(title, "percent of customers", "percent of the whole", lines), backend, ax)


def _draw(chart: Chart, backend: PlotBackend | None, ax: Any) -> Any:
    if not chart.labels:
        raise _nothing()
    match _chosen(backend, ax):
        case "altair":
            from . import altair_bars

            return altair_bars.draw(chart)
        case "plotly":
            from . import plotly_bars

            return plotly_bars.draw(chart)
        case _:
            from . import matplotlib_bars

            return matplotlib_bars.draw(chart, ax)


def _draw_lines(chart: Lines, backend: PlotBackend | None, ax: Any) -> Any:
    if not chart.lines:
        raise _nothing()
    match _chosen(backend, ax):
        case "altair":
            from . import altair_lines

            return altair_lines.draw(chart)
        case "plotly":
            from . import plotly_lines

            return plotly_lines.draw(chart)
        case _:
            from . import matplotlib_lines

            return matplotlib_lines.draw(chart, ax)


def _draw_grid(chart: Grid, backend: PlotBackend | None, ax: Any) -> Any:
    match _chosen(backend, ax):
        case "altair":
            from . import altair_grid

            return altair_grid.draw(chart)
        case "plotly":
            from . import plotly_grid

            return plotly_grid.draw(chart)
        case _:
            from . import matplotlib_grid

            return matplotlib_grid.draw(chart, ax)


def _nothing() -> InvalidValue:
    return InvalidValue("the table has no lines to draw; expected at least one", code="table.empty", field="table")


def _chosen(backend: PlotBackend | None, ax: Any) -> PlotBackend:
    chosen: PlotBackend = backend or ("matplotlib" if ax is not None else options.plot_backend)
    check_backend(chosen)
    if ax is not None and chosen != "matplotlib":
        raise InvalidValue(
            "axes belong to matplotlib; leave ax away, or choose that backend",
            code="argument.invalid",
            field="ax",
            hint="backend='matplotlib'",
        )
    return chosen
