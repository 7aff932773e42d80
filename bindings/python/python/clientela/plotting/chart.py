"""What is drawn, before a library draws it: horizontal bars, one or several to a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Chart", "Series"]


@dataclass(frozen=True)
class Series:
    """One bar per label, each with its colour."""

    name: str
    values: Sequence[Decimal | int]
    colours: Sequence[str]

    def floats(self) -> list[float]:
        """The values for drawing. Exact numbers become floats here and nowhere else."""
        return [float(value) for value in self.values]


@dataclass(frozen=True)
class Chart:
    """Labels from the top down, and what stands beside each; ``axis`` is the unit of the values."""

    title: str
    axis: str
    labels: Sequence[str]
    series: Sequence[Series]
