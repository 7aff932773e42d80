"""A grid of cells by plotly."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Grid
from .plotly_bars import frame


def draw(chart: Grid) -> Any:
    """A ``plotly.graph_objects.Figure``."""
    graph_objects = optional("plotly.graph_objects", "plotly")
    cells = graph_objects.Heatmap(
        x=list(chart.columns),
        y=list(chart.rows),
        z=[list(row) for row in chart.values],
        zmin=0,
        colorscale=list(style.SHADES),
        xgap=1,
        ygap=1,
        colorbar={"title": {"text": chart.unit}},
    )
    return graph_objects.Figure(
        [cells],
        layout=frame(chart.title)
        | {
            "xaxis": {"title": {"text": chart.across}, "type": "category"},
            "yaxis": {"autorange": "reversed", "type": "category", "dtick": 1},
            "height": style.height(len(chart.rows)),
        },
    )
