"""Opportunities: what may become a sale, from the first word to the decision."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from ._namespace import EntityNamespace, Key, given
from .money import Money
from .records import Receipt

__all__ = ["Opportunities"]


class Opportunities(EntityNamespace):
    """``db.opportunities``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "opportunity"

    def open(
        self,
        customer: Key,
        *,
        title: str,
        method: Key,
        currency: str,
        amount: Money | None = None,
        vehicles: int | None = None,
        expected_close: date | None = None,
        campaign: Key | None = None,
        owner: Key | None = None,
        number: str | None = None,
    ) -> Receipt:
        """Enters an opportunity in the first stage of a sales method."""
        fields = given(
            title=title,
            method=method,
            currency=currency,
            amount=amount,
            vehicles=vehicles,
            expected_close=expected_close,
            campaign=campaign,
            owner=owner,
            number=number,
        )
        return self._db.execute({"command": "opportunity.open", "customer": customer, **fields})

    def advance(self, key: Key, *, to: str | None = None, note: str | None = None) -> Receipt:
        """Takes it on to a later stage; the next one when not named."""
        return self._db.execute({"command": "opportunity.advance", "opportunity": key, **given(to=to, note=note)})

    def go_back(self, key: Key, *, to: str | None = None, note: str | None = None) -> Receipt:
        """Takes it back to an earlier stage; the one before when not named."""
        return self._db.execute({"command": "opportunity.go_back", "opportunity": key, **given(to=to, note=note)})

    def win(self, key: Key, *, reason: str | None = None, competitor: str | None = None) -> Receipt:
        """Wins it; it counts in quotas from now on."""
        return self._end("win", key, reason, competitor)

    def lose(self, key: Key, *, reason: str, competitor: str | None = None) -> Receipt:
        """Loses it, with its reason and who got it instead."""
        return self._end("lose", key, reason, competitor)

    def suspend(self, key: Key, *, reason: str | None = None) -> Receipt:
        """Puts it aside."""
        return self._end("suspend", key, reason, None)

    def resume(self, key: Key, *, reason: str | None = None) -> Receipt:
        """Takes it up again."""
        return self._end("resume", key, reason, None)

    def reopen(self, key: Key, *, reason: str | None = None) -> Receipt:
        """Opens a won or lost one again; what it counted is taken back."""
        return self._end("reopen", key, reason, None)

    def _end(self, word: str, key: Key, reason: str | None, competitor: str | None) -> Receipt:
        fields = given(reason=reason, competitor=competitor)
        return self._db.execute({"command": f"opportunity.{word}", "opportunity": key, **fields})
