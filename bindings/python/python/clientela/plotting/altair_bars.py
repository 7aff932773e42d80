"""Bars by altair."""

from __future__ import annotations

from typing import Any

from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart) -> Any:
    """An ``altair.LayerChart``: bars, and the numbers beside them."""
    altair = optional("altair", "altair")
    rows = [
        {
            "label": label,
            "series": series.name,
            "meaning": meaning,
            "colour": colour,
            "value": value,
            "text": text,
            "from": start,
            "to": start + value,
            "end": max(start, start + value) if value >= 0 or series.starts is not None else value,
            "left": value < 0 and series.starts is None,
        }
        for series in chart.series
        for label, value, colour, meaning, text, start in zip(
            chart.labels,
            series.floats(),
            series.colours,
            series.means(),
            series.texts(),
            series.begins(),
            strict=True,
        )
    ]
    keys = chart.keys()
    # The colours as they are, where there is nothing to tell of them.
    colour = altair.Color("colour:N", scale=None)
    if keys:
        legend = altair.Legend(title=None, labelLimit=0, orient="bottom")
        scale = altair.Scale(domain=list(keys), range=list(keys.values()))
        colour = altair.Color("meaning:N", scale=scale, legend=legend)
    y: dict[str, Any] = {"y": altair.Y("label:N", sort=list(chart.labels), title=None, axis=altair.Axis(labelLimit=0))}
    if len(chart.series) > 1:
        y["yOffset"] = altair.YOffset("series:N", sort=[series.name for series in chart.series])
    axis = altair.Axis(tickCount=5, format="~s" if _large(chart) else ",~f")
    x = altair.X("from:Q", title=chart.axis, scale=altair.Scale(domain=list(chart.span()), nice=False), axis=axis)
    encoding = y | {
        "x": x,
        "x2": altair.X2("to:Q"),
        "color": colour,
        "tooltip": [altair.Tooltip("label:N"), altair.Tooltip("series:N"), altair.Tooltip("text:N", title="value")],
    }
    base = altair.Chart(altair.Data(values=rows))
    layers = [base.mark_bar().encode(**encoding)]
    for left in (False, True):
        if any(row["left"] == left for row in rows):
            texts = base.transform_filter(altair.datum.left == left)
            texts = texts.mark_text(align="right" if left else "left", dx=-4 if left else 4, fontSize=style.TEXT)
            layers.append(texts.encode(**y, x=altair.X("end:Q"), text="text:N"))
    size = {"width": style.WIDTH - 200, "height": style.lines(len(chart.labels), len(chart.series))}
    return altair.layer(*layers).properties(title=chart.title, **size)


def _large(chart: Chart) -> bool:
    """Whether the numbers of the axis are too long to stand beside one another."""
    return max(abs(end) for end in chart.span()) >= 100_000
