"""A grid of cells by altair."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Grid


def draw(chart: Grid) -> Any:
    """An ``altair.Chart``."""
    altair = optional("altair", "altair")
    rows = [{"row": row, "column": column, "value": value} for row, column, value in chart.cells()]
    encoding = {
        "x": altair.X("column:O", sort=list(chart.columns), title=chart.across, axis=altair.Axis(labelAngle=0)),
        "y": altair.Y("row:O", sort=list(chart.rows), title=None),
        "color": altair.Color("value:Q", scale=altair.Scale(range=list(style.SHADES), domainMin=0), title=chart.unit),
        "tooltip": [
            altair.Tooltip("row:O", title=chart.up),
            altair.Tooltip("column:O", title=chart.across),
            altair.Tooltip("value:Q", title=chart.unit),
        ],
    }
    size = {"width": style.WIDTH - 200, "height": style.ROW * len(chart.rows)}
    return altair.Chart(altair.Data(values=rows)).mark_rect(stroke=style.PAPER).encode(**encoding).properties(title=chart.title, **size)
