"""Challenges: dealers, sellers or teams compared over a time, with prizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from ._namespace import EntityNamespace, Key, exact
from .answers import Answer
from .records import Receipt

__all__ = ["Challenges"]


class Challenges(EntityNamespace):
    """``db.challenges``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "challenge"

    def define(
        self,
        code: str,
        *,
        name: str,
        measure: str,
        first_day: date,
        last_day: date,
        among: Literal["dealers", "sellers", "teams"],
        currency: str | None = None,
        unit: Key | None = None,
        handicap: Literal["none", "by_size"] | None = None,
        rule: str | None = None,
        credit_rule: Key | None = None,
        minimum: Decimal | int | None = None,
        prizes: Sequence[tuple[int, int, str]] = (),
        teams: Mapping[str, Sequence[Key]] | None = None,
        sizes: Mapping[str, Decimal | int] | None = None,
    ) -> Receipt:
        """Opens a challenge among all dealers or sellers below a unit, or among teams.

        Args:
            code: Code, one of its kind.
            name: Name.
            measure: What is counted: ``units``, ``revenue``, ``new_customers``, ``wins``, ``offers`` or ``visits``.
            first_day: First day.
            last_day: Last day.
            among: Who is compared.
            currency: Currency, when money is counted.
            unit: The unit below which it is held; the acting one when not given.
            handicap: How unequal sizes are made up for; not at all when not given.
            rule: Which wins count: a rule on the opportunity.
            credit_rule: Name of the credit rule by which it counts; as it happened when not given.
            minimum: What must be reached to win anything.
            prizes: First place, last place and what is won.
            teams: Titles of positions by name of the team.
            sizes: Sizes that are not the number of sellers, by code of a dealer or title of a position.
        """
        return self._do(
            "challenge.define",
            code=code,
            name=name,
            measure=measure,
            first_day=first_day,
            last_day=last_day,
            among=among,
            currency=currency,
            unit=unit,
            handicap=handicap,
            rule=rule,
            credit_rule=credit_rule,
            minimum=exact(minimum),
            prizes=[{"from": first, "to": last, "prize": prize} for first, last, prize in prizes],
            teams=[{"name": team, "positions": list(positions)} for team, positions in (teams or {}).items()],
            sizes=[{"of": of, "size": exact(size)} for of, size in (sizes or {}).items()],
        )

    def score(self, challenge: Key) -> Receipt:
        """Computes where everybody stands."""
        return self._do("challenge.score", challenge=challenge)

    def close(self, challenge: Key) -> Receipt:
        """Ends it and gives its prizes."""
        return self._do("challenge.close", challenge=challenge)

    def standings(self, challenge: Key) -> Answer:
        """Where everybody stands, as it was last computed: each sees the entries that are his to see."""
        return self._ask("challenge.standings", challenge=challenge)
