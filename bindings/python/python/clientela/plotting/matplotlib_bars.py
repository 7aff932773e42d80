"""Bars by matplotlib."""

from __future__ import annotations

from typing import Any

from ..progress import in_notebook
from ..table import optional
from . import style
from .chart import Chart


def draw(chart: Chart, ax: Any) -> Any:
    """A ``matplotlib.figure.Figure``: a new one, or that of the axes."""
    if ax is None:
        pyplot = optional("matplotlib.pyplot", "matplotlib")
        size = (style.WIDTH / style.DOTS, style.height(len(chart.labels)) / style.DOTS)
        figure, ax = pyplot.subplots(figsize=size, dpi=style.DOTS, layout="constrained")
        if in_notebook():
            # Shown as the cell's value, and not a second time.
            pyplot.close(figure)
    thickness = 0.8 / len(chart.series)
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
        texts = [f"{value:,}" for value in series.values]
        if series.starts is None:
            ax.bar_label(bars, labels=texts, padding=3, fontsize="small")
        else:
            # Beside what it stands at, never over the names on the left.
            for bar, text in zip(bars, texts, strict=True):
                end = (max(bar.get_x(), bar.get_x() + bar.get_width()), bar.get_y() + bar.get_height() / 2)
                ax.annotate(text, end, (3, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_yticks(range(len(chart.labels)), chart.labels)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    # Amounts are long: fewer of them beside one another.
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter("{x:,.0f}" if ax.get_xlim()[1] > 10 else "{x:g}")
    ax.set_xlabel(chart.axis)
    ax.set_title(chart.title)
    ax.spines[["top", "right"]].set_visible(False)
    if len(chart.series) > 1:
        ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    return ax.figure
