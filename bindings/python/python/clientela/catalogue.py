"""The catalogue: products, price lists, tax rates and sales methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypedDict

from ._namespace import EntityNamespace, Key, exact, given
from .answers import Answer
from .money import Money
from .records import Receipt

__all__ = ["Catalogue", "PriceFormula", "PriceLine", "StageLine"]


class PriceLine(TypedDict, total=False):
    """One price; ``product`` and ``amount`` are needed."""

    product: str
    amount: Money
    from_quantity: Decimal
    cost: Money


class PriceFormula(TypedDict, total=False):
    """How prices are made from those of another list: percent, amount, multiple, least margin, in this order.

    ``base_list`` is needed. Percents are added, below nothing they take away; ``least_margin_percent`` counts where the cost is
    known.
    """

    base_list: str
    percent: Decimal
    amount: Money
    round_to: Money
    least_margin_percent: Decimal


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

    def change_product(
        self,
        product: Key,
        *,
        name: str | None = None,
        line: str | None = None,
        tax_category: str | None = None,
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Receipt:
        """Changes a product; what is not given stays, and so do offers that have it.

        Args:
            product: Code of the product.
            name: Name.
            line: Product line.
            tax_category: Category of tax, as UNCL 5305.
            valid_from: First day on sale.
            valid_to: Last day on sale.
        """
        return self._do(
            "product.change",
            product=product,
            name=name,
            line=line,
            tax_category=tax_category,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def end_price_list(self, code: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Ends a price list. Offers that were made by it stay as they are.

        Args:
            code: Code of the list.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("price_list.end", record=code, reason=reason, last_day=last_day)

    def define_price_list(
        self,
        code: str,
        *,
        name: str,
        currency: str,
        valid_from: date,
        prices: Sequence[PriceLine] | Mapping[str, Money],
        market: str | None = None,
        price_group: str | None = None,
        tax_included: bool = False,
        formula: PriceFormula | None = None,
        valid_to: date | None = None,
    ) -> Receipt:
        """Adds a price list.

        Args:
            code: Code and version.
            name: Name.
            currency: Currency of its prices.
            valid_from: First day.
            prices: Lines, or a mapping of product codes to amounts.
            market: Country it is for; any when not given.
            price_group: Price group of customers it is for; all when not given.
            tax_included: Whether its prices have the tax inside, as those for consumers do.
            formula: How its prices are made from another list, where it has none of its own.
            valid_to: Last day.
        """
        lines: list[object] = (
            [{"product": product, "amount": amount} for product, amount in prices.items()]
            if isinstance(prices, Mapping)
            else list(prices)
        )
        return self._do(
            "price_list.define",
            code=code,
            name=name,
            currency=currency,
            valid_from=valid_from,
            prices=lines,
            market=market,
            price_group=price_group,
            tax_included=tax_included,
            formula=formula,
            valid_to=valid_to,
        )

    def define_tax_rate(
        self, country: str, *, percent: Decimal | int, valid_from: date, category: str = "S"
    ) -> Receipt:
        """Adds a tax rate of a country, by category of UNCL 5305."""
        return self._db.execute(
            {
                "command": "tax_rate.define",
                "country": country,
                "category": category,
                "percent": exact(percent),
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

    def move_over_sales_method(self, old: Key, new: Key, *, stages: Mapping[str, str]) -> Receipt:
        """Takes open and suspended opportunities over from one version of a method into another.

        Args:
            old: Code of the method they are in.
            new: Code of the method they go to.
            stages: For each stage an opportunity stands in, the stage it goes to.
        """
        return self._do("sales_method.move_over", **{"from": old, "to": new, "map": dict(stages)})

    def import_catalogue(self, document: Mapping[str, Any]) -> Receipt:
        """Imports a version of a catalogue as a draft. It is checked first: what can never be configured refuses it."""
        return self._do("catalogue.import", document=dict(document))

    def publish(self, catalogue: Key) -> Receipt:
        """Publishes a version, such as ``trucks/3``: it holds on its days."""
        return self._do("catalogue.publish", catalogue=catalogue)

    def retire(self, catalogue: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Takes a version of a catalogue back; the one before holds again, if its days are not over.

        Args:
            catalogue: Catalogue and version, such as ``trucks/3``.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("catalogue.retire", record=catalogue, reason=reason, last_day=last_day)

    def export(self, catalogue: Key) -> Answer:
        """A version of a catalogue as the document it was imported from."""
        return self._ask("catalogue.export", catalogue=catalogue)

    def configure(
        self,
        product: Key,
        *,
        chosen: Sequence[str] = (),
        refused: Sequence[str] = (),
        custom: Mapping[str, str] | None = None,
        catalogue: Key | None = None,
        market: str | None = None,
        day: date | None = None,
        attributes: Mapping[str, str] | None = None,
        explain: Sequence[str] = (),
    ) -> Answer:
        """What follows from choices of a product's options: what is forced, what is ruled out.

        Args:
            product: Code of the product.
            chosen: Options that are wanted.
            refused: Options that are not.
            custom: What is written for options with a text of their own.
            catalogue: Catalogue and version; the one that holds when not given.
            market: The market; not asked for when not given.
            day: The day; today when not given.
            attributes: What else conditions ask for, such as the plant.
            explain: Options of which the full reason is wanted.
        """
        about = _configured(product, chosen, refused, custom, catalogue, market, day, attributes)
        return self._ask("product.configure", **about, explain=list(explain))

    def complete(
        self,
        product: Key,
        *,
        objective: Literal["cheapest", "most_popular", "standard"],
        chosen: Sequence[str] = (),
        refused: Sequence[str] = (),
        custom: Mapping[str, str] | None = None,
        catalogue: Key | None = None,
        market: str | None = None,
        day: date | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Answer:
        """The rest of a configuration, chosen for an objective; the other arguments as for :meth:`configure`."""
        about = _configured(product, chosen, refused, custom, catalogue, market, day, attributes)
        return self._ask("product.complete", of=about, objective=objective)

    def check(
        self,
        product: Key,
        *,
        chosen: Sequence[str] = (),
        refused: Sequence[str] = (),
        custom: Mapping[str, str] | None = None,
        catalogue: Key | None = None,
        market: str | None = None,
        day: date | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Answer:
        """Whether the options chosen are a configuration as they stand; the arguments as for :meth:`configure`."""
        about = _configured(product, chosen, refused, custom, catalogue, market, day, attributes)
        return self._ask("product.check", of=about)

    def explode(
        self,
        product: Key,
        *,
        quantity: Decimal | int = 1,
        options: Sequence[str] = (),
        catalogue: Key | None = None,
    ) -> Answer:
        """What a product is made of, all the way down, with quantities; parts that belong to other options are left out."""
        return self._ask(
            "product.explode",
            product=product,
            quantity=exact(quantity),
            options=list(options),
            catalogue=catalogue,
        )


def _configured(
    product: Key,
    chosen: Sequence[str],
    refused: Sequence[str],
    custom: Mapping[str, str] | None,
    catalogue: Key | None,
    market: str | None,
    day: date | None,
    attributes: Mapping[str, str] | None,
) -> dict[str, object]:
    choices = {"chosen": list(chosen), "refused": list(refused), "custom": dict(custom or {})}
    about = given(catalogue=catalogue, market=market, date=day)
    return {"product": product, "choices": choices, "attributes": dict(attributes or {}), **about}
