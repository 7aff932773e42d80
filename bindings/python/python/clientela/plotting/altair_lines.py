"""Lines by altair."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Lines


def draw(chart: Lines) -> Any:
    """An ``altair.Chart``."""
    altair = optional("altair", "altair")
    rows = [
        {"line": line.name, "place": place, "value": value, "dash": "dashed" if line.dashed else "solid"}
        for line in chart.lines
        for place, value in zip(*line.points(), strict=True)
    ]
    names = [line.name for line in chart.lines]
    legend = altair.Legend(title=None) if len(names) > 1 else None
    encoding = {
        "x": altair.X("place:Q", title=chart.across),
        "y": altair.Y("value:Q", title=chart.up),
        "color": altair.Color(
            "line:N", scale=altair.Scale(domain=names, range=[line.colour for line in chart.lines]), legend=legend
        ),
        "strokeDash": altair.StrokeDash(
            "dash:N", scale=altair.Scale(domain=["solid", "dashed"], range=[[1, 0], [6, 4]]), legend=None
        ),
        "tooltip": [altair.Tooltip("line:N"), altair.Tooltip("place:Q"), altair.Tooltip("value:Q")],
    }
    drawn = altair.Chart(altair.Data(values=rows)).mark_line(interpolate="step-after" if chart.stepped else "linear")
    return drawn.encode(**encoding).properties(title=chart.title, width=style.WIDTH - 200, height=style.TALL - style.HEAD)
