"""Offers: priced, versioned, decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, TypedDict

from ._namespace import Key, exact, given
from .money import Money
from .offer_questions import FinancePlan, OfferQuestions
from .records import Receipt

__all__ = ["FurtherTax", "Item", "Offers", "PriceStep", "ProductKind", "Settlement"]

ProductKind = Literal[
    "vehicle",
    "option",
    "body",
    "accessory",
    "service_contract",
    "warranty_extension",
    "transport",
    "registration",
    "fee",
    "other",
]
"""Kinds of product."""


class PriceStep(TypedDict, total=False):
    """A discount or surcharge given with an item; ``kind``, ``code``, ``change`` and ``authority`` are needed.

    ``change`` is ``{"percent": {"percent": Decimal(-4), "basis": "running"}}``, of the list price with ``"basis": "list"``, or an
    amount for one, ``{"amount": Money("-2000.00", "EUR")}``: below nothing takes away. ``authority`` says whose money it is; what
    takes away in nobody's name, or in the manufacturer's by whoever may not enter price rules, is the salesperson's.
    """

    kind: Literal["campaign", "segment", "contract", "volume", "fleet", "dealer_margin", "manual", "surcharge", "trade_in"]
    code: str
    change: Mapping[str, object]
    authority: Literal["salesperson", "dealer_manager", "manufacturer", "none"]
    label: str


class Settlement(TypedDict, total=False):
    """What is settled otherwise than by payment, after tax; ``kind``, ``code`` and ``amount`` are needed.

    ``appraised`` is what a vehicle taken in is worth: what is given above that is a hidden discount, and all of it while nobody has
    said what it is worth.
    """

    kind: Literal["trade_in", "deposit", "subsidy", "prepaid", "rounding"]
    code: str
    label: str
    amount: Money
    appraised: Money


class FurtherTax(TypedDict):
    """A tax of another kind on the same amount."""

    kind: Literal["surcharge", "withholding"]
    code: str
    percent: Decimal


class Item(TypedDict, total=False):
    """One line of an offer; ``product`` and ``quantity`` are needed.

    Prices come from the price lists unless ``unit_list`` gives one: one below that of the lists is the salesperson's discount. The tax
    comes from its country, category and day unless ``tax_percent`` does; with ``tax_included`` prices have it inside, as for consumers.
    Options are products or those of the product's catalogue; ``option_quantities`` says how many of one are in one of the item. Term and
    ``mileage`` (kilometres a year) of a contract are those of the catalogue when not given.
    """

    product: str
    quantity: Decimal | int
    label: str
    unit_list: Money
    options: Sequence[str]
    option_quantities: Mapping[str, Decimal | int]
    steps: Sequence[PriceStep | Mapping[str, object]]
    tax_percent: Decimal
    term_months: int
    mileage: int
    tax_included: bool
    further_taxes: Sequence[FurtherTax]


class Offers(OfferQuestions):
    """``db.offers``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "offer"

    def create(
        self,
        opportunity: Key,
        items: Sequence[Item],
        *,
        settlements: Sequence[Settlement | Mapping[str, object]] = (),
        rounding: Literal["line", "document"] | None = None,
        price_date: date | None = None,
        valid_until: date | None = None,
        title: str | None = None,
        note: str | None = None,
        dossier: str | None = None,
        follows: Key | None = None,
    ) -> Receipt:
        """Makes an offer; prices come from the price lists unless an item gives its own.

        Args:
            opportunity: The opportunity.
            items: What is offered.
            settlements: What is settled after tax, such as a trade-in.
            rounding: Where it rounds; by line when not given.
            price_date: The day whose prices and taxes hold; today when not given.
            valid_until: Last day it holds; 30 days from today when not given.
            title: Title.
            note: A word on it.
            dossier: A configurator's key of what is offered: with the same one the opportunity gets no second offer but the
                next version, and none at all when the content is the same.
            follows: The offer whose place it takes once it is accepted, such as an accepted one to which something is added.
        """
        fields = given(
            rounding=rounding,
            price_date=price_date,
            valid_until=valid_until,
            title=title,
            note=note,
            dossier=dossier,
            follows=follows,
        )
        return self._db.execute(
            {
                "command": "offer.create",
                "opportunity": opportunity,
                "items": [_item(item) for item in items],
                "settlements": list(settlements),
                **fields,
            }
        )

    def revise(
        self,
        key: Key,
        items: Sequence[Item],
        *,
        settlements: Sequence[Settlement | Mapping[str, object]] = (),
        price_date: date | None = None,
        valid_until: date | None = None,
        drop_discounts: bool = False,
        note: str | None = None,
    ) -> Receipt:
        """Makes a new version with other items, or at other prices.

        Args:
            key: The offer.
            items: What is offered from now on.
            settlements: What is settled after tax.
            price_date: The day whose prices and taxes hold; as before when not given.
            valid_until: Last day it holds; as before when not given, and 30 days from today with a new ``price_date``.
            drop_discounts: Whether discounts on the whole offer go. They stay otherwise, shared out anew.
            note: What changed and why.
        """
        return self._db.execute(
            {
                "command": "offer.revise",
                "offer": key,
                "items": [_item(item) for item in items],
                "settlements": list(settlements),
                **given(price_date=price_date, valid_until=valid_until, drop_discounts=drop_discounts or None, note=note),
            }
        )

    def discount(
        self,
        key: Key,
        *,
        reason: str,
        percent: Decimal | int | None = None,
        amount: Money | None = None,
        line: str | None = None,
    ) -> Receipt:
        """Makes a new version with a discount by hand, on one line or on the whole: a percentage or an amount."""
        fields = given(percent=exact(percent), amount=amount, line=line, reason=reason)
        return self._db.execute({"command": "offer.discount", "offer": key, **fields})

    def issue(self, key: Key) -> Receipt:
        """Hands it to the customer."""
        return self._db.execute({"command": "offer.issue", "offer": key})

    def accept(self, key: Key, *, beside: bool = False) -> Receipt:
        """The customer accepts it.

        Args:
            key: The offer.
            beside: Whether it stands beside other accepted offers of the opportunity, so that all of them count when it is won. Without
                that word an offer is accepted alone, or in the place of the one it follows.
        """
        return self._do("offer.accept", offer=key, beside=beside or None)

    def void(self, key: Key, *, reason: str) -> Receipt:
        """Makes its acceptance void: the customer withdrew from it. Its orders are cancelled first."""
        return self._do("offer.void", offer=key, reason=reason)

    def refuse(self, key: Key) -> Receipt:
        """The customer refuses it."""
        return self._db.execute({"command": "offer.refuse", "offer": key})

    def withdraw(self, key: Key) -> Receipt:
        """We take it back."""
        return self._db.execute({"command": "offer.withdraw", "offer": key})

    def expire(self, key: Key) -> Receipt:
        """Its validity has ended."""
        return self._db.execute({"command": "offer.expire", "offer": key})

    def reopen(self, key: Key) -> Receipt:
        """Opens a refused, withdrawn or voided one again."""
        return self._do("offer.reopen", offer=key)

    def feed_forecast(self, key: Key) -> Receipt:
        """Makes it the offer its opportunity's amount follows, where there are several."""
        return self._do("offer.feed_forecast", offer=key)

    def plan_financing(self, key: Key, code: str, *, plan: FinancePlan, name: str | None = None) -> Receipt:
        """Keeps a financing plan on an offer, beside others; one with the same code takes its place.

        Args:
            key: The offer.
            code: Code of the plan, unique on the offer.
            plan: The plan.
            name: What stands on the offer.
        """
        terms = {**plan._asdict(), "yearly_percent": exact(plan.yearly_percent)}
        return self._do("offer.plan_financing", offer=key, code=code, name=name, **terms)

    def choose_financing(self, key: Key, code: str) -> Receipt:
        """Makes a kept plan the customer's choice."""
        return self._do("offer.choose_financing", offer=key, code=code)

    def drop_financing(self, key: Key, code: str) -> Receipt:
        """Drops a kept plan."""
        return self._do("offer.drop_financing", offer=key, code=code)

    def end_proposal_rule(self, code: Key, *, reason: str, last_day: date | None = None) -> Receipt:
        """Ends a rule that proposes a product.

        Args:
            code: Code of the rule.
            reason: Why it ends.
            last_day: Last day it holds, yesterday or later; yesterday when not given, so that it holds no longer from today on.
        """
        return self._do("proposal_rule.end", record=code, reason=reason, last_day=last_day)

    def define_proposal_rule(
        self,
        code: str,
        *,
        product: Key,
        reason: str,
        valid_from: date,
        valid_to: date | None = None,
        unit: Key | None = None,
        sequence: int | None = None,
        with_product: Key | None = None,
        with_line: str | None = None,
        with_kind: ProductKind | None = None,
        unless_kind: ProductKind | None = None,
        condition: str | None = None,
    ) -> Receipt:
        """Adds a rule by which :meth:`proposals` proposes a product.

        Args:
            code: Code.
            product: Code of the product that is proposed.
            reason: Why, for people.
            valid_from: First day.
            valid_to: Last day; no end when not given.
            unit: The unit whose offers, and those of the units below, it is for; the acting one when not given.
            sequence: Its place among the rules, smaller ones first; 100 when not given.
            with_product: Only with this product on the offer.
            with_line: Only with a product of this line on the offer.
            with_kind: Only with a product of this kind on the offer.
            unless_kind: Not with a product of this kind on the offer already.
            condition: A condition over ``opportunity``, ``customer`` and ``today`` in the rule language.
        """
        return self._do(
            "proposal_rule.define",
            code=code,
            product=product,
            reason=reason,
            valid_from=valid_from,
            valid_to=valid_to,
            unit=unit,
            sequence=sequence,
            with_product=with_product,
            with_line=with_line,
            with_kind=with_kind,
            unless_kind=unless_kind,
            condition=condition,
        )

    def expire_due(self, *, most: int | None = None) -> Receipt:
        """Expires the offers whose validity has ended, at most so many in one go; a thousand when not given."""
        return self._do("offers.expire_due", most=most)


def _item(item: Item) -> dict[str, object]:
    fields: dict[str, object] = dict(item)
    for name in ("quantity", "tax_percent"):
        value = fields.get(name)
        if isinstance(value, (int, Decimal)):
            fields[name] = exact(value)
    return fields
