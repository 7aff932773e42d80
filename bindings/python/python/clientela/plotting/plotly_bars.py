"""Bars by plotly."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart) -> Any:
    """A ``plotly.graph_objects.Figure``."""
    graph_objects = optional("plotly.graph_objects", "plotly")
    bars = [
        graph_objects.Bar(
            name=series.name,
            orientation="h",
            y=list(chart.labels),
            x=series.floats(),
            base=None if series.starts is None else series.begins(),
            marker_color=list(series.colours),
        )
        for series in chart.series
    ]
    return graph_objects.Figure(
        bars,
        layout={
            "title": {"text": chart.title},
            "xaxis": {"title": {"text": chart.axis}},
            "yaxis": {"autorange": "reversed"},
            "barmode": "group",
            "showlegend": len(chart.series) > 1,
            "width": style.WIDTH,
            "height": style.height(len(chart.labels)),
        },
    )
