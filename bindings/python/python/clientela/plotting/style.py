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

BAR = 17
"""Height of one bar in pixels where several stand beside a label."""

TEXT = 11
"""Size of the numbers beside bars, in pixels."""

PAPER = "#ffffff"
"""What is behind everything."""

LINE = "#e3e8ee"
"""Lines of an axis that lead the eye."""

LEGEND = 26
"""Height of the legend below a drawing, in pixels."""

DOTS = 100
"""Pixels to an inch, where a library counts in inches."""


def lines(labels: int, bars: int = 1) -> int:
    """Height of so many labels with so many bars each, in pixels."""
    return labels * (ROW if bars == 1 else BAR * bars + BAR)


def height(labels: int, bars: int = 1) -> int:
    """Height of a figure with so many labels of so many bars each, in pixels."""
    return HEAD + lines(labels, bars)
