"""Territories: who looks after which customer, by rules in versions, tried before they are applied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal, NamedTuple
from uuid import UUID

from ._namespace import EntityNamespace, Key, given
from .answers import Answer
from .insight import Brings
from .records import Receipt

__all__ = ["Among", "Evenness", "Territories", "TerritoryRule", "WantedSkill"]


class WantedSkill(NamedTuple):
    """A skill a rule asks for (``at_least`` that level), or of which each level adds ``weight`` to the score."""

    skill: str
    at_least: int | None = None
    weight: int = 0


class TerritoryRule(NamedTuple):
    """A rule of a territory model.

    When ``rule``, a condition on the customer, holds, whom it names get the ``score``: positions by title, the sellers of units
    by code and of those below, those with the skills. ``relation_score`` is what the present owner gets; ``stop`` says that rules
    after it are not looked at.
    """

    name: str
    rule: str
    score: int = 0
    positions: Sequence[Key] = ()
    units: Sequence[Key] = ()
    skills: Sequence[WantedSkill] = ()
    relation_score: int | None = None
    stop: bool = False


class Among(NamedTuple):
    """Which customers a run is over: those of a unit and of those below, those a condition holds for, those that are named.

    What is not given leaves nobody out; a run is over all customers that may be changed.
    """

    unit: Key | None = None
    condition: str | None = None
    customers: Sequence[Key] = ()


class Evenness(NamedTuple):
    """How evenly customers are shared: ``target`` for each, and how much more is left where it is, in percent.

    Without a target each is to have a share by capacity; the tolerance is 10 when not given. ``within`` says between whom
    customers may move: a dealer's sellers when not given.
    """

    target: int | None = None
    tolerance_percent: int | None = None
    within: Literal["dealer", "zone", "branch"] | None = None


class Territories(EntityNamespace):
    """``db.territories``; ``get`` and ``table`` speak of versions of territory models.

    A version is named by its code, such as ``sales/3``; the name of the model is the version in force today.
    """

    __slots__ = ()
    _ENTITY: ClassVar[str] = "territory_model"

    def set_skill(self, position: Key, *, skill: str, level: int) -> Receipt:
        """Says how well a position knows something, 1 to 100; 0 no longer."""
        return self._do("position.skill.set", position=position, skill=skill, level=level)

    def set_capacity(self, position: Key, *, capacity: int | None) -> Receipt:
        """Says how many customers a position can look after; ``None`` for no limit."""
        return self._do("position.capacity.set", position=position, capacity=capacity)

    def set_leave(self, position: Key, *, first_day: date | None, last_day: date | None = None) -> Receipt:
        """Says when a position is on leave so long that others look after its customers.

        Args:
            position: Title of the position.
            first_day: First day; ``None`` when it is not on leave.
            last_day: Last day; until further notice when not given.
        """
        return self._do("position.leave.set", **{"position": position, "from": first_day, "until": last_day})

    def define(
        self,
        name: str,
        rules: Sequence[TerritoryRule],
        *,
        valid_from: date | None = None,
        valid_until: date | None = None,
        seed: int = 0,
        passing_score: int = 0,
    ) -> Receipt:
        """Makes the next version of a territory model, a draft; the receipt's key is its code.

        Args:
            name: Name of the model; its versions share it.
            rules: Its rules, in order.
            valid_from: First day it may be applied; always when not given.
            valid_until: Last day; until further notice when not given.
            seed: Where equals are drawn from: the same number gives the same assignment.
            passing_score: The least sum of scores with which somebody is taken.
        """
        return self._do(
            "territory_model.define",
            name=name,
            rules=[_rule(rule) for rule in rules],
            valid_from=valid_from,
            valid_until=valid_until,
            seed=seed,
            passing_score=passing_score,
        )

    def activate(self, model: Key) -> Receipt:
        """Puts a version in force, and takes those out that would hold on the same days."""
        return self._do("territory_model.activate", model=model)

    def archive(self, model: Key) -> Receipt:
        """Takes a version out of force for good."""
        return self._do("territory_model.archive", model=model)

    def dry_run(
        self, model: Key, *, among: Among | None = None, limit: int | None = None, after: UUID | str | None = None
    ) -> Answer:
        """What a version would do now; nothing is written, and drafts can be tried.

        The table has the moves; ``table(lines="positions")`` what each position has and would have, ``table(lines="staying")``
        why customers stay where they are.

        Args:
            model: The version.
            among: Which customers.
            limit: Moves listed, at most 1,000; 100 when not given.
            after: Id of the last customer of the page before.
        """
        return self._ask("assignment.dry_run", model=model, among=_among(among), limit=limit, after=after)

    def compare(
        self,
        model: Key,
        other: Key,
        *,
        among: Among | None = None,
        measure: Brings | None = None,
        currency: str | None = None,
        limit: int | None = None,
        after: UUID | str | None = None,
    ) -> Answer:
        """What two versions would make of the same customers now; nothing is written.

        The table has the customers that differ; ``table(lines="positions")`` what each position would have under both,
        ``table(lines="flows")`` who would go from whom to whom.

        Args:
            model: One version.
            other: The other.
            among: Which customers.
            measure: What a customer is worth, in the twelve months up to today; turnover when not given.
            currency: The currency of amounts; needed when there are several.
            limit: Customers listed, at most 1,000; 100 when not given.
            after: Id of the last customer of the page before.
        """
        return self._ask(
            "assignment.compare",
            **{"from": model, "to": other},
            among=_among(among),
            measure=measure,
            currency=currency,
            limit=limit,
            after=after,
        )

    def explain(self, customer: Key, *, model: Key, among: Among | None = None) -> Answer:
        """Why one customer goes where a version says: every rule, the scores, and why not to others.

        Args:
            customer: The customer.
            model: The version.
            among: Of which run.
        """
        return self._ask("assignment.explain", customer=customer, model=model, among=_among(among))

    def apply(self, model: Key, *, among: Among | None = None) -> Receipt:
        """Gives customers to sellers as a version in force says: the switch-over to that version.

        It is decided before anything is locked and written 500 customers at a time; who changes meanwhile is decided again.
        """
        return self._do("assignment.apply", model=model, among=_among(among))

    def runs(self, *, state: Literal["running", "finished"] | None = None) -> Answer:
        """Runs over many customers, the newest first, with how far each is."""
        return self._ask("assignment.runs", state=state)

    def resume(self, run: UUID | str) -> Receipt:
        """Goes on with a run that was broken off, from where it is."""
        return self._do("assignment.resume", run=run)

    def rebalancing(
        self,
        model: Key,
        *,
        among: Among | None = None,
        evenness: Evenness | None = None,
        limit: int | None = None,
        after: UUID | str | None = None,
    ) -> Answer:
        """What re-balancing would move; nothing is written. The table has the moves.

        Args:
            model: The version whose rules say who may have whom.
            among: Which customers may move.
            evenness: How evenly.
            limit: Moves listed, at most 1,000; 100 when not given.
            after: Id of the last customer of the page before.
        """
        return self._ask(
            "assignment.rebalancing",
            model=model,
            among=_among(among),
            evenness=_evenness(evenness),
            limit=limit,
            after=after,
        )

    def rebalance(self, model: Key, *, among: Among | None = None, evenness: Evenness | None = None) -> Receipt:
        """Moves as few customers as possible so that nobody has too much, within each dealer or a wider circle.

        Customers with open opportunities stay; between dealers, so do those a claim protects.
        """
        return self._do("assignment.rebalance", model=model, among=_among(among), evenness=_evenness(evenness))


def _rule(rule: TerritoryRule) -> dict[str, object]:
    skills = [given(**skill._asdict()) for skill in rule.skills]
    return given(**rule._asdict()) | {"positions": list(rule.positions), "units": list(rule.units), "skills": skills}


def _among(among: Among | None) -> dict[str, object] | None:
    return None if among is None else given(**among._asdict()) | {"customers": list(among.customers)}


def _evenness(evenness: Evenness | None) -> dict[str, object] | None:
    return None if evenness is None else given(**evenness._asdict())
