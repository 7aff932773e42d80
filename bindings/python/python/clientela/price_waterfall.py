"""From list price to margin: the steps of a whole offer, in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ._options import PlotBackend
from ._views import Shown
from .money import Money
from .table import Table

__all__ = ["PriceWaterfall"]

# Steps that are computed have no name of their own, or one that is not for people.
_NAMES = {"list": "list price", "options": "options", "rounding": "rounding"}


class PriceWaterfall(Shown):
    """What lies between list price and net, and between net and margin.

    Attributes:
        number: The offer's number.
        net: Its net total.
        cost: What it costs us; ``None`` when a cost is not known or may not be seen.
        over_allowance: What vehicles taken in are given above their worth; ``None`` as the cost.
        margin: What is left of net after both; ``None`` as the cost.
    """

    __slots__ = ("_steps", "cost", "margin", "net", "number", "over_allowance")

    number: str
    net: Money
    cost: Money | None
    over_allowance: Money | None
    margin: Money | None

    def __init__(self, number: str, whole: Mapping[str, Any]) -> None:
        self.number = number
        self.net = _money(whole["net"])
        self._steps: dict[str, Decimal] = {}
        for step in whole["steps"]:
            name = _NAMES.get(step["kind"]) or step.get("label") or step["code"]
            self._steps[name] = self._steps.get(name, Decimal(0)) + _money(step["amount"]).amount
        rest = _money(whole["rest"]).amount
        if rest:
            name = "tax inside" if whole["tax_included"] else "rounding"
            self._steps[name] = self._steps.get(name, Decimal(0)) + rest
        earned = {name: told for name, told in (whole.get("margin") or {}).items() if isinstance(told, Mapping)}
        told = {name: _money(amount) for name, amount in earned.items()}
        self.cost, self.over_allowance, self.margin = (told.get(name) for name in ("cost", "over_allowance", "amount"))

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
            yield _part(step, amount, at)
            at += amount
        yield _total("net", self.net)
        for step, taken in (("cost", self.cost), ("over-allowance", self.over_allowance)):
            if taken is not None and (taken.amount or step == "cost"):
                yield _part(step, -taken.amount, at)
                at -= taken.amount
        if self.margin is not None:
            yield _total("margin", self.margin)

    def __repr__(self) -> str:
        earned = "" if self.margin is None else f", margin {self.margin:,.2f}"
        return f"<PriceWaterfall of {self.number}: net {self.net:,.2f}{earned}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _money(told: Mapping[str, str]) -> Money:
    return Money(told["amount"], told["currency"])


def _part(step: str, amount: Decimal, at: Decimal) -> dict[str, Any]:
    return {"step": step, "amount": amount, "begins": at, "ends": at + amount, "total": False}


def _total(step: str, amount: Money) -> dict[str, Any]:
    return {"step": step, "amount": amount.amount, "begins": Decimal(0), "ends": amount.amount, "total": True}
