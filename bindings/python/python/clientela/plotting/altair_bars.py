"""Bars by altair."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart) -> Any:
    """An ``altair.Chart``."""
    altair = optional("altair", "altair")
    rows = [
        {"label": label, "series": series.name, "value": value, "colour": colour, "from": start, "to": start + value}
        for series in chart.series
        for label, value, colour, start in zip(
            chart.labels, series.floats(), series.colours, series.begins(), strict=True
        )
    ]
    encoding: dict[str, Any] = {
        "y": altair.Y("label:N", sort=list(chart.labels), title=None),
        "x": altair.X("from:Q", title=chart.axis),
        "x2": altair.X2("to:Q"),
        # The colours as they are, and not as a scale makes them.
        "color": altair.Color("colour:N", scale=None),
        "tooltip": [altair.Tooltip("label:N"), altair.Tooltip("series:N"), altair.Tooltip("value:Q")],
    }
    if len(chart.series) > 1:
        encoding["yOffset"] = altair.YOffset("series:N", sort=[series.name for series in chart.series])
    size = {"width": style.WIDTH - 200, "height": style.ROW * len(chart.labels)}
    return altair.Chart(altair.Data(values=rows)).mark_bar().encode(**encoding).properties(title=chart.title, **size)
