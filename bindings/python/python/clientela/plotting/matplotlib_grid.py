"""A grid of cells by matplotlib."""

from __future__ import annotations

from typing import Any

from ..progress import in_notebook
from ..table import optional
from . import style
from .chart import Grid


def draw(chart: Grid, ax: Any) -> Any:
    """A ``matplotlib.figure.Figure``: a new one, or that of the axes."""
    if ax is None:
        pyplot = optional("matplotlib.pyplot", "matplotlib")
        size = (style.WIDTH / style.DOTS, style.height(len(chart.rows)) / style.DOTS)
        figure, ax = pyplot.subplots(figsize=size, dpi=style.DOTS, layout="constrained")
        if in_notebook():
            # Shown as the cell's value, and not a second time.
            pyplot.close(figure)
    colours = optional("matplotlib.colors", "matplotlib")
    shades = colours.LinearSegmentedColormap.from_list("visits", style.SHADES)
    image = ax.imshow([list(row) for row in chart.values], cmap=shades, vmin=0, aspect="auto")
    # A thin line between cells, so that equal ones can be counted.
    ax.set_xticks([place - 0.5 for place in range(1, len(chart.columns))], minor=True)
    ax.set_yticks([place - 0.5 for place in range(1, len(chart.rows))], minor=True)
    ax.grid(which="minor", color=style.PAPER)
    ax.set_xticks(range(len(chart.columns)), chart.columns)
    ax.set_yticks(range(len(chart.rows)), chart.rows)
    ax.set_xlabel(chart.across)
    ax.set_title(chart.title)
    ax.spines[:].set_visible(False)
    ax.tick_params(which="both", length=0)
    ticker = optional("matplotlib.ticker", "matplotlib")
    ax.figure.colorbar(image, ax=ax, label=chart.unit, ticks=ticker.MaxNLocator(integer=True))
    return ax.figure
