"""What is drawn, before a library draws it: horizontal bars, one or several to a label, lines, or a grid of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Chart", "Grid", "Line", "Lines", "Series"]

LETTER = 0.02
"""Width of a letter beside a bar, in parts of the axis."""


@dataclass(frozen=True)
class Series:
    """One bar per label, each with its colour. Bars begin at zero, or where ``starts`` says.

    ``meanings`` says of each bar what its colour means, where a series has several; the name of the series elsewhere.
    """

    name: str
    values: Sequence[Decimal | int]
    colours: Sequence[str]
    starts: Sequence[Decimal | int] | None = None
    meanings: Sequence[str] | None = None

    def begins(self) -> list[float]:
        """Where each bar begins."""
        return [0.0] * len(self.values) if self.starts is None else [float(value) for value in self.starts]

    def floats(self) -> list[float]:
        """The values for drawing. Exact numbers become floats here and nowhere else."""
        return [float(value) for value in self.values]

    def means(self) -> Sequence[str]:
        """What the colour of each bar means."""
        return self.meanings or [self.name] * len(self.values)

    def texts(self) -> list[str]:
        """The values to read, exact; without decimals where none has any."""
        whole = all(value == int(value) for value in self.values)
        return [f"{int(value):,}" if whole else f"{value:,}" for value in self.values]


@dataclass(frozen=True)
class Chart:
    """Labels from the top down, and what stands beside each; ``axis`` is the unit of the values."""

    title: str
    axis: str
    labels: Sequence[str]
    series: Sequence[Series]

    def keys(self) -> dict[str, str]:
        """What each colour means, in the order they come; nothing where all mean the same."""
        found = {
            meaning: colour
            for series in self.series
            for meaning, colour in zip(series.means(), series.colours, strict=True)
        }
        return found if len(found) > 1 else {}

    def span(self) -> tuple[float, float]:
        """The least and the most of the axis, with room for the numbers beside the bars."""
        ends = [0.0]
        for series in self.series:
            for begin, value in zip(series.begins(), series.floats(), strict=True):
                ends += [begin, begin + value]
        low, high = min(ends), max(ends)
        longest = max(len(text) for series in self.series for text in series.texts())
        room = ((high - low) or 1.0) * (0.035 + longest * LETTER)
        below = any(value < 0 for series in self.series if series.starts is None for value in series.floats())
        return low - (room if below else 0.0), high + room


@dataclass(frozen=True)
class Line:
    """One line through points."""

    name: str
    places: Sequence[Decimal | int]
    values: Sequence[Decimal | int | float]
    colour: str
    dashed: bool = False

    def points(self) -> tuple[list[float], list[float]]:
        """Places and values for drawing."""
        return [float(place) for place in self.places], [float(value) for value in self.values]


@dataclass(frozen=True)
class Lines:
    """Lines over one axis; ``stepped`` holds each value until the next place."""

    title: str
    across: str
    up: str
    lines: Sequence[Line]
    stepped: bool = False


@dataclass(frozen=True)
class Grid:
    """A cell for each row and column, darker the more there is in it; ``values`` has a list for each row."""

    title: str
    across: str
    up: str
    unit: str
    columns: Sequence[str]
    rows: Sequence[str]
    values: Sequence[Sequence[int]]

    def cells(self) -> list[tuple[str, str, int]]:
        """Row, column and value of each cell."""
        return [
            (row, column, value)
            for row, values in zip(self.rows, self.values, strict=True)
            for column, value in zip(self.columns, values, strict=True)
        ]
