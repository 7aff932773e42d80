"""Bars by plotly."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart) -> Any:
    """A ``plotly.graph_objects.Figure``."""
    graph_objects = optional("plotly.graph_objects", "plotly")
    keys = chart.keys()
    # Where a series has one colour its own entry in the legend shows and hides it; else what each colour means stands by itself.
    by_series = all(series.meanings is None for series in chart.series)
    traces = [
        graph_objects.Bar(
            name=series.name,
            orientation="h",
            y=list(chart.labels),
            x=series.floats(),
            base=None if series.starts is None else series.begins(),
            marker_color=list(series.colours),
            text=series.texts(),
            textposition="outside",
            textfont={"size": style.TEXT},
            cliponaxis=False,
            showlegend=by_series,
        )
        for series in chart.series
    ]
    marks = [
        graph_objects.Scatter(
            name=meaning, x=[None], y=[None], mode="markers", marker={"color": colour, "symbol": "square", "size": 11}
        )
        for meaning, colour in ([] if by_series else keys.items())
    ]
    return graph_objects.Figure(
        traces + marks,
        layout=frame(chart.title)
        | {
            "xaxis": {
                "title": {"text": chart.axis},
                "range": list(chart.span()),
                "gridcolor": style.LINE,
                "zerolinecolor": style.QUIET,
                "nticks": 6,
            },
            # What looks like a day or a number is a name all the same.
            "yaxis": {"autorange": "reversed", "type": "category", "dtick": 1},
            "barmode": "group",
            "showlegend": bool(keys),
            # Below, where it takes no width from the bars.
            "legend": {"orientation": "h", "x": 0.5, "xanchor": "center", "yref": "container", "y": 0, "yanchor": "bottom"},
            "margin": MARGIN | ({"b": MARGIN["b"] + style.LEGEND} if keys else {}),
            "height": style.height(len(chart.labels), len(chart.series)) + (style.LEGEND if keys else 0),
        },
    )


MARGIN = {"t": 48, "b": 52, "l": 16, "r": 24}
"""Narrow, so that few lines are not pressed together."""


def frame(title: str) -> dict[str, Any]:
    """What is around every drawing."""
    return {
        "title": {"text": title, "x": 0.5, "xanchor": "center", "y": 1, "yanchor": "top", "pad": {"t": 14}},
        "margin": MARGIN,
        "plot_bgcolor": style.PAPER,
        "paper_bgcolor": style.PAPER,
        "width": style.WIDTH,
    }
