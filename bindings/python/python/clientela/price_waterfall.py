"""From list price to margin: the steps of a whole offer, in money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ._options import PlotBackend
from ._views import Shown
from .money import Money
from .records import OfferSnapshot, Record
from .table import Table

__all__ = ["PriceWaterfall"]

# Steps that are computed have no name of their own, or one that is not for people.
_NAMES = {"list": "list price", "options": "options", "rounding": "rounding"}
_PLACES = {"list": 0, "options": 1, "rounding": 3}
_AFTER_NET = ("tax", "settlement")


class PriceWaterfall(Shown):
    """What lies between list price and net, and between net and margin.

    Attributes:
        number: The offer's number.
        net: Its net total.
        cost: What it costs us; ``None`` when a cost is not known or may not be seen.
        margin: What is left of net; ``None`` when the cost is.
    """

    __slots__ = ("_remainder", "_steps", "cost", "margin", "net", "number")

    number: str
    net: Money
    cost: Money | None
    margin: Money | None

    def __init__(self, snapshot: OfferSnapshot) -> None:
        self.number = snapshot.offer.number
        self.net = snapshot.offer.net
        self._steps = _sums(snapshot)
        # Lines are rounded after their steps were multiplied; consumers' prices have the tax inside until then.
        self._remainder = "tax inside" if any(item.tax_included for item in snapshot.items) else "rounding"
        costs = [_cost(item) for item in snapshot.items]
        known = [cost for cost in costs if cost is not None]
        self.cost = Money(sum(known, Decimal(0)), self.net.currency).rounded() if len(known) == len(costs) else None
        self.margin = None if self.cost is None else self.net - self.cost

    @property
    def data(self) -> Table:
        """What :meth:`plot` draws: each step, what it adds, where its bar begins and ends, whether it is a total."""
        return Table.from_(list(self._rows()))

    def table(self) -> Table:
        """One row for each step with its amount, and its part of the net total in percent."""
        net = self.net.amount
        rows = [
            {
                "step": row["step"],
                "amount": row["amount"],
                "percent_of_net": round(row["amount"] * 100 / net, 2) if net else None,
            }
            for row in self._rows()
        ]
        return Table.from_(rows)

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The waterfall; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import waterfall

        return waterfall(self.data, title=f"Offer {self.number}", unit=self.net.currency, backend=backend, ax=ax)

    def _rows(self) -> Iterator[dict[str, Any]]:
        at = Decimal(0)
        for step, amount in self._steps.items():
            yield {"step": step, "amount": amount, "begins": at, "ends": at + amount, "total": False}
            at += amount
        if self.net.amount != at:
            left = self.net.amount
            yield {"step": self._remainder, "amount": left - at, "begins": at, "ends": left, "total": False}
        yield _total("net", self.net)
        if self.cost is not None and self.margin is not None:
            left = self.margin.amount
            yield {"step": "cost", "amount": -self.cost.amount, "begins": self.net.amount, "ends": left, "total": False}
            yield _total("margin", self.margin)

    def __repr__(self) -> str:
        earned = "" if self.margin is None else f", margin {self.margin:,.2f}"
        return f"<PriceWaterfall of {self.number}: net {self.net:,.2f}{earned}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _total(step: str, amount: Money) -> dict[str, Any]:
    return {"step": step, "amount": amount.amount, "begins": Decimal(0), "ends": amount.amount, "total": True}


def _sums(snapshot: OfferSnapshot) -> dict[str, Decimal]:
    """What each step adds to the whole, in the order in which they take effect."""
    factors = {item.line: _factor(item) for item in snapshot.items}
    # What is taken off the whole offer is an item of its own, after the others.
    lines = {item.line: place for place, item in enumerate(snapshot.items)}
    before_net = [step for step in snapshot.steps if step.line is not None and step.kind not in _AFTER_NET]
    sums: dict[str, Decimal] = {}
    for step in sorted(before_net, key=lambda step: (_PLACES.get(step.kind, 2), lines[step.line], step.sequence)):
        name = _NAMES.get(step.kind) or step.label or step.code
        sums[name] = sums.get(name, Decimal(0)) + step.amount.amount * factors[step.line]
    return {name: amount for name, amount in sums.items() if amount}


def _factor(item: Record) -> Decimal:
    quantity: Decimal = item.quantity
    base: Decimal | None = item.base_quantity
    return quantity if base is None else quantity / base


def _cost(item: Record) -> Decimal | None:
    return None if item.unit_cost is None else item.unit_cost.amount * _factor(item)
