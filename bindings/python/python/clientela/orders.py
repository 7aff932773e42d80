"""Orders: what was sold, on its way to the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, TypedDict

from ._namespace import EntityNamespace, Key, exact
from .answers import Answer
from .money import Money
from .offer_questions import Language
from .records import Receipt

__all__ = ["DeliveredVehicle", "Milestone", "Orders"]

Milestone = Literal["confirmed", "built", "shipped", "registered", "invoiced", "paid"]
"""What an order comes past, besides its deliveries."""


class DeliveredVehicle(TypedDict, total=False):
    """A vehicle handed over; ``vin`` and ``make`` are needed. It joins the customer's fleet."""

    vin: str
    make: str
    plate: str
    model: str
    category: str
    body: str
    euro_class: int
    first_registration: date
    mileage_km: int
    ownership: str
    acquired: date
    usage: str


class Orders(EntityNamespace):
    """``db.orders``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "sales_order"

    def create(
        self,
        offer: Key,
        *,
        lines: Mapping[str, Decimal | int] | None = None,
        wanted_on: date | None = None,
        customer_reference: str | None = None,
    ) -> Receipt:
        """Makes an order from an accepted offer, wholly or in part.

        Args:
            offer: The offer.
            lines: How many of each line, by its place on the offer; all that is left when not given.
            wanted_on: The day the customer wants it by.
            customer_reference: The customer's own order number.
        """
        parts = [{"line": line, "quantity": exact(quantity)} for line, quantity in (lines or {}).items()]
        return self._do(
            "order.create", offer=offer, lines=parts, wanted_on=wanted_on, customer_reference=customer_reference
        )

    def reach(
        self,
        order: Key,
        milestone: Milestone,
        *,
        line: str | None = None,
        day: date | None = None,
        amount: Money | None = None,
        reference: str | None = None,
    ) -> Receipt:
        """Enters a milestone.

        Args:
            order: The order.
            milestone: Which one; deliveries have :meth:`deliver`.
            line: Place of the line; the whole order when not given.
            day: The day it was reached; today when not given.
            amount: Its amount, of an invoice or a payment in part.
            reference: A reference, such as the number of the invoice.
        """
        return self._do(
            "order.milestone", order=order, milestone=milestone, line=line, day=day, amount=amount, reference=reference
        )

    def deliver(
        self,
        order: Key,
        *,
        line: str,
        vehicles: Sequence[DeliveredVehicle] = (),
        quantity: Decimal | int | None = None,
        day: date | None = None,
    ) -> Receipt:
        """Hands over what was ordered.

        Args:
            order: The order.
            line: Place of the line.
            vehicles: The vehicles, each with its VIN and make at least; they join the customer's fleet.
            quantity: How many, where the line is no vehicle; all that is left when not given.
            day: The day; today when not given.
        """
        return self._do(
            "order.deliver",
            order=order,
            line=line,
            vehicles=[dict(vehicle) for vehicle in vehicles],
            quantity=exact(quantity),
            day=day,
        )

    def take_back(
        self,
        order: Key,
        *,
        line: str,
        reason: str,
        vins: Sequence[str] = (),
        quantity: Decimal | int | None = None,
        day: date | None = None,
    ) -> Receipt:
        """Takes back what was delivered of a line: its vehicles leave the customer's fleet, and an order that was complete is open
        again. The deliveries stay in the history as withdrawn.

        Args:
            order: The order.
            line: Place of the line.
            reason: Why.
            vins: The vehicles taken back, by their identification numbers.
            quantity: How many, where the line is no vehicle. Everything delivered of the line, when neither is given.
            day: The day the vehicles leave the fleet; today when not given.
        """
        return self._do(
            "order.take_back",
            order=order,
            line=line,
            vins=list(vins),
            quantity=exact(quantity),
            day=day,
            reason=reason,
        )

    def withdraw_milestone(
        self, order: Key, milestone: Milestone, *, reason: str, line: str | None = None, entry: Key | None = None
    ) -> Receipt:
        """Takes back a milestone that was entered wrongly, such as an invoice or a payment; an order that was complete by it is open
        again. The entry stays in the history as withdrawn.

        Args:
            order: The order.
            milestone: Which one; deliveries have :meth:`take_back`.
            reason: Why.
            line: Place of the line; that of the whole order when not given.
            entry: Id of the entry, needed only when it was entered several times.
        """
        return self._do(
            "order.withdraw_milestone", order=order, milestone=milestone, line=line, entry=entry, reason=reason
        )

    def cancel(self, order: Key, *, reason: str) -> Receipt:
        """Cancels an order of which nothing was delivered."""
        return self._do("order.cancel", order=order, reason=reason)

    def difference(self, order: Key, *, language: Language | None = None) -> Answer:
        """What was ordered otherwise than offered, in money and under ``"sentences"`` in words."""
        return self._ask("order.difference", order=order, language=language)

    def ubl(self, order: Key) -> Answer:
        """An order as one of UBL 2: ``"xml"`` and a ``"file_name"`` for it."""
        return self._ask("offer.ubl", order=order)
