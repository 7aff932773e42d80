"""Lines by plotly."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Lines
from .plotly_bars import frame


def draw(chart: Lines) -> Any:
    """A ``plotly.graph_objects.Figure``."""
    graph_objects = optional("plotly.graph_objects", "plotly")
    traces = []
    for line in chart.lines:
        places, values = line.points()
        traces.append(
            graph_objects.Scatter(
                name=line.name,
                mode="lines",
                x=places,
                y=values,
                line={
                    "color": line.colour,
                    "dash": "dash" if line.dashed else "solid",
                    "shape": "hv" if chart.stepped else "linear",
                },
            )
        )
    return graph_objects.Figure(
        traces,
        layout=frame(chart.title)
        | {
            "xaxis": {"title": {"text": chart.across}, "gridcolor": style.LINE},
            "yaxis": {"title": {"text": chart.up}, "rangemode": "tozero", "gridcolor": style.LINE},
            "showlegend": len(chart.lines) > 1,
            "height": style.TALL,
        },
    )
