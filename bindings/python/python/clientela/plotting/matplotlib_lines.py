"""Lines by matplotlib."""

from __future__ import annotations

from typing import Any

from ..progress import in_notebook
from ..table import optional
from . import style
from .chart import Lines


def draw(chart: Lines, ax: Any) -> Any:
    """A ``matplotlib.figure.Figure``: a new one, or that of the axes."""
    if ax is None:
        pyplot = optional("matplotlib.pyplot", "matplotlib")
        size = (style.WIDTH / style.DOTS, style.TALL / style.DOTS)
        figure, ax = pyplot.subplots(figsize=size, dpi=style.DOTS, layout="constrained")
        if in_notebook():
            # Shown as the cell's value, and not a second time.
            pyplot.close(figure)
    for line in chart.lines:
        ax.plot(
            *line.points(),
            color=line.colour,
            label=line.name,
            linestyle="--" if line.dashed else "-",
            drawstyle="steps-post" if chart.stepped else "default",
        )
    ax.set_xlabel(chart.across)
    ax.set_ylabel(chart.up)
    ax.set_title(chart.title)
    ax.set_ylim(bottom=0)
    ax.grid(color=style.LINE)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if len(chart.lines) > 1:
        ax.legend(frameon=False, fontsize="small")
    return ax.figure
