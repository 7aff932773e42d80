"""Prices: the rules that change them, quantity schedules, exchange rates, exemptions from tax; which price and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from . import _native
from ._namespace import EntityNamespace, Key, exact
from .answers import Answer
from .money import Money
from .records import Receipt
from .table import Table

__all__ = ["Prices", "Rounding", "RuleKind", "ScheduleKind", "ScheduleScope", "what_if"]

Rounding = Literal["line", "document"]
"""Where an offer rounds: every line, or lines keep two more digits and the totals are rounded."""

RuleKind = Literal["campaign", "segment", "contract", "volume", "fleet", "dealer_margin", "surcharge"]
"""What kind of step a price rule makes."""

ScheduleKind = Literal["range", "slab", "compound"]
"""How a quantity scale is read: the whole quantity at its tier's percent, each unit at its own, or by a power of the quantity."""

ScheduleScope = Literal["line", "group", "document", "past_orders"]
"""Which quantity counts: the line's, all of the product line, all of the kind, or with what was ordered before."""


def what_if(
    lines: object,
    steps: object | None = None,
    *,
    percent: Decimal | int | None = None,
    prices: object | None = None,
    price_list: UUID | str | None = None,
    currency: str | None = None,
    rounding: Rounding = "line",
) -> Table:
    """Lines of offers priced again with other list prices, from a table to a table, without a loop: a million lines take about a second.

    The lines are a table with the columns of ``offer_item``, the steps of their prices one with the columns of ``price_step``, as
    ``db.table("offer_item")`` and ``db.table("price_step")`` give them. ``unit_list`` and ``quantity`` are needed, the others as far
    as they say something: ``offer``, ``revision`` and ``line`` which line it is, ``included`` and ``parent_line`` that it is an
    option whose price is inside that of a line.

    The answer has a row for each line that is no option inside another: what names it, ``net_before``, ``net_after``,
    ``difference`` and ``why``: ``what_if.changed``, ``what_if.same_price``, ``what_if.other_list``, ``what_if.no_new_price`` or
    ``what_if.refused``. Every line keeps its discounts.

    Args:
        lines: Anything tabular, see :meth:`clientela.Table.from_`.
        steps: The same of the steps; without them lines have none.
        percent: List prices change by so many percent; below nothing they fall. Or:
        prices: They become those of this table, with the columns ``product`` and ``unit_list``; other products keep theirs.
        price_list: Id of a price list: only prices from it change, by the column ``price_list``.
        currency: The currency of the amounts, where the table does not say it.
        rounding: Where the offers round.

    Raises:
        InvalidValue: A column is not there or of another type, amounts are of several currencies, or the change is said twice or
            not at all.
    """

    def buffers(source: object | None) -> _native.NativeTable | None:
        return None if source is None else Table.from_(source)._buffers

    return Table._wrap(
        _native.what_if_table(
            Table.from_(lines)._buffers,
            buffers(steps),
            None if percent is None else str(percent),
            buffers(prices),
            None if price_list is None else str(price_list),
            currency,
            rounding,
        )
    )


class Prices(EntityNamespace):
    """``db.prices``; ``get`` and ``table`` speak of price rules."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "price_rule"

    def explain(
        self,
        product: Key,
        *,
        opportunity: Key,
        quantity: Decimal | int | None = None,
        options: Sequence[str] = (),
        day: date | None = None,
    ) -> Answer:
        """Which price a product has, from which list and by which rules, and why not by the others.

        Args:
            product: Code of the product.
            opportunity: The opportunity it is for: its customer, currency and market count.
            quantity: How many; one when not given.
            options: Codes of options.
            day: The day; today when not given.
        """
        return self._ask(
            "price.explain",
            opportunity=opportunity,
            product=product,
            quantity=exact(quantity),
            options=list(options),
            day=day,
        )

    def define_rule(
        self,
        code: str,
        *,
        name: str,
        kind: RuleKind,
        valid_from: date,
        valid_to: date | None = None,
        percent: Decimal | int | None = None,
        amount: Money | None = None,
        fixed_price: Money | None = None,
        schedule: Key | None = None,
        basis: Literal["list", "running"] | None = None,
        authority: Literal["salesperson", "dealer_manager", "manufacturer", "none"] | None = None,
        sequence: int | None = None,
        exclusive_group: str | None = None,
        unit: Key | None = None,
        customer: Key | None = None,
        price_group: str | None = None,
        market: str | None = None,
        product: Key | None = None,
        product_line: str | None = None,
        product_kind: str | None = None,
        least_quantity: Decimal | int | None = None,
        condition: str | None = None,
    ) -> Receipt:
        """Adds a rule that changes prices. One of ``percent``, ``amount``, ``fixed_price`` and ``schedule`` says how.

        Args:
            code: Code; it stands at the step.
            name: Name; it stands on the offer.
            kind: What kind of step it makes.
            valid_from: First day.
            valid_to: Last day.
            percent: Percent added; below nothing takes away.
            amount: Amount added to the price of one; below nothing takes away.
            fixed_price: The price of one with its options, whatever the list says.
            schedule: Code of a quantity scale.
            basis: What the percent is of: the list price, or what is left after the steps before; that when not given.
            authority: Whose money it is; nobody's when not given.
            sequence: Its place among the rules; smaller ones take effect first. 100 when not given.
            exclusive_group: Rules of one group do not add up: the best one for the customer holds.
            unit: Code of the unit whose offers, and those of the units below, it is for; the acting one when not given.
            customer: The customer it is for, by contract.
            price_group: The price group of customers it is for.
            market: The country it is for.
            product: Code of the product it is for.
            product_line: The product line it is for.
            product_kind: The kind of product it is for.
            least_quantity: From this quantity of the line on.
            condition: A condition over ``opportunity``, ``customer`` and ``today``, in the rule language.
        """
        return self._do(
            "price_rule.define",
            code=code,
            name=name,
            kind=kind,
            valid_from=valid_from,
            valid_to=valid_to,
            percent=exact(percent),
            amount=amount,
            fixed_price=fixed_price,
            schedule=schedule,
            basis=basis,
            authority=authority,
            sequence=sequence,
            exclusive_group=exclusive_group,
            unit=unit,
            customer=customer,
            price_group=price_group,
            market=market,
            product=product,
            product_line=product_line,
            product_kind=product_kind,
            least_quantity=exact(least_quantity),
            condition=condition,
        )

    def define_schedule(
        self,
        code: str,
        *,
        name: str,
        kind: ScheduleKind,
        scope: ScheduleScope,
        tiers: Mapping[Decimal | int, Decimal | int] | None = None,
        rate_percent: Decimal | int | None = None,
        past_months: int | None = None,
    ) -> Receipt:
        """Adds a quantity scale, for rules to name.

        Args:
            code: Code.
            name: Name.
            kind: How it is read.
            scope: Which quantity counts.
            tiers: For ``range`` and ``slab``: from which quantity on how many percent are taken away, such as
                ``{1: 0, 5: 3, 10: 5}``.
            rate_percent: For ``compound``: the price of one is divided by quantity^(rate ÷ 100).
            past_months: For ``past_orders``: how many months back orders count; all of them when not given.
        """
        lines = [{"from": exact(start), "percent": exact(percent)} for start, percent in (tiers or {}).items()]
        return self._do(
            "discount_schedule.define",
            code=code,
            name=name,
            kind=kind,
            scope=scope,
            tiers=lines,
            rate_percent=exact(rate_percent),
            past_months=past_months,
        )

    def end_rule(self, code: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Ends a price rule. Offers that were made by it stay as they are.

        Args:
            code: Code of the rule.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("price_rule.end", record=code, reason=reason, last_day=last_day)

    def end_schedule(self, code: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Ends a quantity scale: rules that go by it take nothing any more.

        Args:
            code: Code of the scale.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("discount_schedule.end", record=code, reason=reason, last_day=last_day)

    def define_exchange_rate(
        self, currency: str, *, to: str, rate: Decimal | int, since: date
    ) -> Receipt:
        """Adds an exchange rate: so many units of the second for one of the first, from a day on."""
        return self._do("exchange_rate.define", **{"from": currency, "to": to, "rate": exact(rate), "since": since})

    def record_exemption(
        self, customer: Key, *, category: str, reason: str, valid_from: date, valid_to: date | None = None
    ) -> Receipt:
        """Records that a customer is exempt from the standard tax.

        Args:
            customer: The customer.
            category: The category instead, as UNCL 5305: E, AE, K, G, O or Z.
            reason: The reason that must stand on the document.
            valid_from: First day.
            valid_to: Last day.
        """
        return self._do(
            "tax_exemption.record",
            customer=customer,
            category=category,
            reason=reason,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def end_exemption(self, exemption: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Ends a customer's exemption from the standard tax.

        Args:
            exemption: Id of the exemption.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("tax_exemption.end", record=exemption, reason=reason, last_day=last_day)
