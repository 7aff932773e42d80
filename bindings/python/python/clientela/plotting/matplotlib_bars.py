"""Bars by matplotlib."""

from __future__ import annotations

from typing import Any

from ..progress import in_notebook
from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart, ax: Any) -> Any:
    """A ``matplotlib.figure.Figure``: a new one, or that of the axes."""
    many = len(chart.series)
    keys = chart.keys()
    own = ax is None
    if own:
        pyplot = optional("matplotlib.pyplot", "matplotlib")
        tall = style.height(len(chart.labels), many) + (style.LEGEND if keys else 0)
        size = (style.WIDTH / style.DOTS, tall / style.DOTS)
        figure, ax = pyplot.subplots(figsize=size, dpi=style.DOTS, layout="constrained")
        if in_notebook():
            # Shown as the cell's value, and not a second time.
            pyplot.close(figure)
    thickness = 0.8 / many
    for place, series in enumerate(chart.series):
        places = [line - 0.4 + thickness * (place + 0.5) for line in range(len(chart.labels))]
        bars = ax.barh(
            places,
            series.floats(),
            thickness * 0.92,
            left=series.begins(),
            color=list(series.colours),
            label=series.name,
        )
        for bar, text in zip(bars, series.texts(), strict=True):
            # Beside what it stands at; of what hangs between others always on the right.
            left = series.starts is None and bar.get_width() < 0
            side = min if left else max
            end = (side(bar.get_x(), bar.get_x() + bar.get_width()), bar.get_y() + bar.get_height() / 2)
            ax.annotate(
                text,
                end,
                (-3 if left else 3, 0),
                textcoords="offset points",
                ha="right" if left else "left",
                va="center",
                fontsize="small",
            )
    ax.set_yticks(range(len(chart.labels)), chart.labels)
    ax.set_ylim(len(chart.labels) - 0.45, -0.55)
    ax.set_xlim(*chart.span())
    # Amounts are long: fewer of them beside one another.
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter("{x:,.0f}" if ax.get_xlim()[1] > 10 else "{x:g}")
    ax.grid(axis="x", color=style.LINE)
    ax.set_axisbelow(True)
    ax.set_xlabel(chart.axis)
    ax.set_title(chart.title)
    ax.spines[["top", "right"]].set_visible(False)
    if any(value < 0 for series in chart.series for value in series.floats() if series.starts is None):
        ax.axvline(0, color="black", linewidth=0.8)
    if keys:
        patch = optional("matplotlib.patches", "matplotlib").Patch
        told = {
            "handles": [patch(color=colour, label=meaning) for meaning, colour in keys.items()],
            "frameon": False,
            "fontsize": "small",
            "ncols": len(keys),
        }
        # Below, where it lies over no number and takes no width from the bars.
        if own:
            ax.figure.legend(loc="outside lower center", **told)
        else:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), **told)
    return ax.figure
