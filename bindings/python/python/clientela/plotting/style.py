"""How every plot looks, whichever library draws it. Colours that can be told apart without seeing red and green."""

MAIN = "#2f6fb2"
GOOD = "#1e8e5a"
POOR = "#c2412d"
QUIET = "#9aa7b5"

SHADES = ("#f4f7fb", MAIN)
"""From nothing to most, in a grid of cells."""

LINES = (MAIN, "#d98324", GOOD, "#7a4fa3", POOR, "#3aa6a6", "#8a6d3b", "#4b5563")
"""Colours of lines, in their order; more lines begin again."""

TALL = 400
"""Height of a figure with lines, in pixels."""

WIDTH = 640
"""Width of a figure in pixels."""

ROW = 34
"""Height of one line of bars in pixels."""

HEAD = 110
"""Height of title and axis in pixels."""

DOTS = 100
"""Pixels to an inch, where a library counts in inches."""


def height(labels: int) -> int:
    """Height of a figure with so many lines, in pixels."""
    return HEAD + ROW * labels
