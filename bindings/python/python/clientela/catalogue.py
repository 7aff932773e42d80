"""The catalogue: products, price lists, tax rates and sales methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, TypedDict

from ._namespace import EntityNamespace, given
from .money import Money
from .offers import _exact
from .records import Receipt

__all__ = ["Catalogue", "PriceLine", "StageLine"]


class PriceLine(TypedDict, total=False):
    """One price; ``product`` and ``amount`` are needed."""

    product: str
    amount: Money
    from_quantity: Decimal
    cost: Money


class StageLine(TypedDict, total=False):
    """One stage of a sales method; ``code``, ``name`` and ``probability`` (in percent) are needed."""

    code: str
    name: str
    probability: int
    expected_days: int
    forecast: str
    entry_rule: str


class Catalogue(EntityNamespace):
    """``db.catalogue``; ``get`` and ``table`` speak of products."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "product"

    def define_product(
        self,
        code: str,
        *,
        name: str,
        kind: str,
        line: str | None = None,
        tax_category: str | None = None,
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Receipt:
        """Adds a product."""
        fields = given(
            name=name, kind=kind, line=line, tax_category=tax_category, valid_from=valid_from, valid_to=valid_to
        )
        return self._db.execute({"command": "product.define", "code": code, **fields})

    def define_price_list(
        self,
        code: str,
        *,
        name: str,
        currency: str,
        valid_from: date,
        prices: Sequence[PriceLine] | Mapping[str, Money],
        market: str | None = None,
        valid_to: date | None = None,
    ) -> Receipt:
        """Adds a price list: lines, or a mapping of product codes to amounts."""
        lines: list[object] = (
            [{"product": product, "amount": amount} for product, amount in prices.items()]
            if isinstance(prices, Mapping)
            else list(prices)
        )
        fields = given(name=name, currency=currency, valid_from=valid_from, market=market, valid_to=valid_to)
        return self._db.execute({"command": "price_list.define", "code": code, "prices": lines, **fields})

    def define_tax_rate(
        self, country: str, *, percent: Decimal | int, valid_from: date, category: str = "S"
    ) -> Receipt:
        """Adds a tax rate of a country, by category of UNCL 5305."""
        return self._db.execute(
            {
                "command": "tax_rate.define",
                "country": country,
                "category": category,
                "percent": _exact(percent),
                "valid_from": valid_from,
            }
        )

    def define_sales_method(
        self, code: str, *, name: str, stages: Sequence[StageLine], with_configurator: bool = False
    ) -> Receipt:
        """Adds a sales method with its stages in order."""
        return self._db.execute(
            {
                "command": "sales_method.define",
                "code": code,
                "name": name,
                "with_configurator": with_configurator,
                "stages": list(stages),
            }
        )
