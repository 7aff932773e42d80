"""Offers: priced, versioned, decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, TypedDict

from ._namespace import EntityNamespace, Key, given
from .money import Money
from .records import OfferSnapshot, Receipt, Record

__all__ = ["Item", "Offers"]


class Item(TypedDict, total=False):
    """One line of an offer; ``product`` and ``quantity`` are needed."""

    product: str
    quantity: Decimal | int
    label: str
    unit_list: Money
    options: Sequence[str]
    steps: Sequence[Mapping[str, object]]
    tax_percent: Decimal
    term_months: int


class Offers(EntityNamespace):
    """``db.offers``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "offer"

    def snapshot(self, key: Key) -> OfferSnapshot:
        """An offer with its current version, items and price steps, read at one moment."""
        offer, revision, items, steps = self._db._store.offer(str(key))
        return OfferSnapshot(
            Record._of(offer),
            Record._of(revision),
            tuple(map(Record._of, items)),
            tuple(map(Record._of, steps)),
        )

    def create(
        self,
        opportunity: Key,
        items: Sequence[Item],
        *,
        settlements: Sequence[Mapping[str, object]] = (),
        rounding: Literal["line", "document"] | None = None,
        price_date: date | None = None,
        valid_until: date | None = None,
        title: str | None = None,
        note: str | None = None,
    ) -> Receipt:
        """Makes an offer; prices come from the price lists unless an item gives its own."""
        fields = given(
            rounding=rounding, price_date=price_date, valid_until=valid_until, title=title, note=note
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
        settlements: Sequence[Mapping[str, object]] = (),
        valid_until: date | None = None,
        note: str | None = None,
    ) -> Receipt:
        """Makes a new version with other items."""
        return self._db.execute(
            {
                "command": "offer.revise",
                "offer": key,
                "items": [_item(item) for item in items],
                "settlements": list(settlements),
                **given(valid_until=valid_until, note=note),
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
        exact = None if percent is None else _exact(percent)
        fields = given(percent=exact, amount=amount, line=line, reason=reason)
        return self._db.execute({"command": "offer.discount", "offer": key, **fields})

    def issue(self, key: Key) -> Receipt:
        """Hands it to the customer."""
        return self._db.execute({"command": "offer.issue", "offer": key})

    def accept(self, key: Key) -> Receipt:
        """The customer accepts it."""
        return self._db.execute({"command": "offer.accept", "offer": key})

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
        """Opens a refused or withdrawn one again."""
        return self._do("offer.reopen", offer=key)


def _exact(number: Decimal | int) -> Decimal | int:
    """Whole numbers are decimals where the command expects one; anything else is left for the door to refuse."""
    return Decimal(number) if isinstance(number, int) and not isinstance(number, bool) else number


def _item(item: Item) -> dict[str, object]:
    fields: dict[str, object] = dict(item)
    for name in ("quantity", "tax_percent"):
        value = fields.get(name)
        if isinstance(value, (int, Decimal)):
            fields[name] = _exact(value)
    return fields
