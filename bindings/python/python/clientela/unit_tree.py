"""The tree of units on a day, with the positions in them and who held them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._views import Shown
from .table import Table

__all__ = ["UnitTree"]

_Unit = Mapping[str, Any]


class UnitTree(Shown):
    """Units with what is below them.

    Attributes:
        units: The uppermost ones as plain data, each with its ``"positions"`` and the ``"units"`` right below it.
    """

    __slots__ = ("units",)

    units: Sequence[_Unit]

    def __init__(self, units: Sequence[_Unit]) -> None:
        self.units = units

    def walk(self) -> Iterator[tuple[int, _Unit]]:
        """All units from the top down, each before those below it, with how deep it is; the uppermost is 0."""
        yield from _walk(self.units, 0)

    def table(self) -> Table:
        """One row per unit, from the top down: how deep, what it is called, how many positions."""
        told = [{"depth": depth, **_told(unit), "positions": len(unit["positions"])} for depth, unit in self.walk()]
        return Table.from_({name: [line[name] for line in told] for name in ("depth", *_FIELDS, "positions")})

    def positions(self) -> Table:
        """One row per position and who held it on the day; ``login`` is empty where nobody did."""
        told: dict[str, list[Any]] = {name: [] for name in ("unit", *_POSITION, *_HOLDER)}
        for _, unit in self.walk():
            for position in unit["positions"]:
                for holder in position["holders"] or [dict.fromkeys(_HOLDER)]:
                    told["unit"].append(unit["code"])
                    for name in _POSITION:
                        told[name].append(position[name])
                    for name in _HOLDER:
                        told[name].append(holder[name])
        return Table.from_(told)

    def __len__(self) -> int:
        return sum(1 for _ in self.walk())

    def __repr__(self) -> str:
        return f"<UnitTree of {len(self)} units>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


_FIELDS = ("code", "name", "kind", "country")
_POSITION = ("title", "function", "profile", "reports_to")
_HOLDER = ("login", "substitute", "active")


def _walk(units: Sequence[_Unit], depth: int) -> Iterator[tuple[int, _Unit]]:
    for unit in units:
        yield depth, unit
        yield from _walk(unit["units"], depth + 1)


def _told(unit: _Unit) -> dict[str, Any]:
    return {name: unit[name] for name in _FIELDS}
