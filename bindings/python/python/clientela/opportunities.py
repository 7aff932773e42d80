"""Opportunities: what may become a sale, from the first word to the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from .funnels import FunnelQuestions
from ._namespace import Key, exact, given
from ._options import PlotBackend
from ._views import Shown
from .answers import Answer
from .money import Money
from .pages import ListedNamespace
from .records import Receipt
from .table import Table

__all__ = ["Competitor", "DecisionMaker", "Funnel", "FunnelStage", "Opportunities", "TeamMember", "WantedProduct"]


class TeamMember(NamedTuple):
    """A position that works on an opportunity, and its part of the credit in percent."""

    position: Key
    role: str
    share: Decimal | int = 0


class WantedProduct(NamedTuple):
    """A product an opportunity is about; ``amount`` is what they are expected to bring together, net."""

    product: Key
    quantity: Decimal | int = 1
    amount: Money | None = None


class Competitor(NamedTuple):
    """Who competes: ``standing`` is ``ahead``, ``level``, ``behind`` or ``out``."""

    name: str
    standing: str
    note: str | None = None


class DecisionMaker(NamedTuple):
    """A contact with a say, by id.

    ``role`` is ``decider``, ``budget``, ``user``, ``technical`` or ``coach``; ``attitude`` is ``supporter``, ``neutral`` or
    ``opponent``.
    """

    contact: Key
    role: str
    attitude: str | None = None


class FunnelStage(NamedTuple):
    """The open opportunities of one stage. ``amounts`` has one sum per currency; two are never added."""

    method: str
    method_name: str
    stage: str
    stage_name: str
    sequence: int
    probability: int
    opportunities: int
    amounts: tuple[Money, ...]


class Funnel(Shown):
    """Open opportunities by the stage they stand in, in the order of the stages."""

    __slots__ = ("stages",)

    stages: tuple[FunnelStage, ...]

    def __init__(self, stages: tuple[FunnelStage, ...]) -> None:
        self.stages = stages

    def table(self) -> Table:
        """One row per stage and currency; stages without amounts have one row."""
        rows = [(stage, amount) for stage in self.stages for amount in stage.amounts or (None,)]
        return Table.from_(
            {
                "method": [stage.method for stage, _ in rows],
                "stage": [stage.stage for stage, _ in rows],
                "stage_name": [stage.stage_name for stage, _ in rows],
                "probability": [stage.probability for stage, _ in rows],
                "count": [stage.opportunities for stage, _ in rows],
                "amount": [amount for _, amount in rows],
            }
        )

    @property
    def data(self) -> Table:
        """What :meth:`plot` draws: a label per stage and how many stand there."""
        several = len({stage.method for stage in self.stages}) > 1
        return Table.from_(
            {
                "stage": [
                    f"{stage.method_name}: {stage.stage_name}" if several else stage.stage_name for stage in self.stages
                ],
                "count": [stage.opportunities for stage in self.stages],
            }
        )

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """Open opportunities by stage; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import funnel

        return funnel(self.data, title="Open opportunities", backend=backend, ax=ax)

    def __len__(self) -> int:
        return len(self.stages)

    def __repr__(self) -> str:
        return f"<Funnel: {sum(stage.opportunities for stage in self.stages):,} open opportunities in {len(self)} stages>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


class Opportunities(ListedNamespace, FunnelQuestions):
    """``db.opportunities``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "opportunity"
    _LIST: ClassVar[str] = "opportunity.list"

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

    def change(
        self,
        key: Key,
        change: Mapping[str, object],
        *,
        owner: Key | None = None,
        campaign: Key | None = None,
        reason: str | None = None,
        version: int | None = None,
    ) -> Receipt:
        """Changes what is known of it; ``None`` empties a field.

        Args:
            key: The opportunity.
            change: What changes: ``title``, ``amount``, ``margin``, ``vehicles``, ``expected_close``, ``next_step``,
                ``next_step_on``, ``forecast``.
            owner: Who works on it from now on.
            campaign: Code of the campaign it came from.
            reason: Why.
            version: That of the record that was read, to notice that somebody changed it meanwhile.
        """
        fields = given(owner=owner, campaign=campaign, reason=reason, version=version)
        return self._do("opportunity.change", opportunity=key, change=dict(change), **fields)

    def set_team(self, key: Key, team: Sequence[TeamMember]) -> Receipt:
        """Says who works on it and how its credit is shared: 100 percent together. Empty leaves it to its owner alone."""
        lines = [{"position": line.position, "role": line.role, "share": exact(line.share)} for line in team]
        return self._do("opportunity.team.set", opportunity=key, team=lines)

    def set_products(
        self, key: Key, products: Sequence[WantedProduct], *, update_amount: bool = False
    ) -> Receipt:
        """Says what products it is about; those not named are no longer wanted.

        Args:
            key: The opportunity.
            products: The products.
            update_amount: Whether its amount becomes the sum of theirs.
        """
        lines = [
            given(product=line.product, quantity=exact(line.quantity), amount=line.amount) for line in products
        ]
        return self._do("opportunity.products.set", opportunity=key, products=lines, update_amount=update_amount)

    def set_competitors(self, key: Key, competitors: Sequence[Competitor]) -> Receipt:
        """Says who competes for it; those not named are out of it."""
        lines = [given(name=line.name, standing=line.standing, note=line.note) for line in competitors]
        return self._do("opportunity.competitors.set", opportunity=key, competitors=lines)

    def set_decision_makers(self, key: Key, decision_makers: Sequence[DecisionMaker]) -> Receipt:
        """Says which contacts have a say; those not named have none any longer."""
        lines = [given(contact=line.contact, role=line.role, attitude=line.attitude) for line in decision_makers]
        return self._do("opportunity.decision_makers.set", opportunity=key, decision_makers=lines)

    def assess(self, key: Key, answers: Mapping[str, str]) -> Receipt:
        """Answers questions of its method's questionnaire, by their codes."""
        return self._do("opportunity.assess", opportunity=key, answers=dict(answers))

    def assessment(self, key: Key) -> Answer:
        """How it is assessed by its method's questionnaire."""
        return self._ask("opportunity.assessment", opportunity=key)

    def advance(self, key: Key, *, to: str | None = None, note: str | None = None) -> Receipt:
        """Takes it on to a later stage; the next one when not named."""
        return self._db.execute({"command": "opportunity.advance", "opportunity": key, **given(to=to, note=note)})

    def go_back(self, key: Key, *, to: str | None = None, note: str | None = None) -> Receipt:
        """Takes it back to an earlier stage; the one before when not named."""
        return self._db.execute({"command": "opportunity.go_back", "opportunity": key, **given(to=to, note=note)})

    def funnel(self, *, method: Key | None = None) -> Funnel:
        """Open opportunities by stage, of those that may be seen: of one sales method, or of all."""
        found = self._db._store.funnel(None if method is None else str(method))
        return Funnel(
            tuple(
                FunnelStage(*of_method, *of_stage, sequence, probability, count, tuple(amounts))
                for of_method, of_stage, sequence, probability, count, amounts in found
            )
        )

    def win(self, key: Key, *, reason: str | None = None, competitor: str | None = None) -> Receipt:
        """Wins it; it counts in quotas from now on."""
        return self._end("opportunity.win", key, reason, competitor)

    def lose(self, key: Key, *, reason: str, competitor: str | None = None) -> Receipt:
        """Loses it, with its reason and who got it instead."""
        return self._end("opportunity.lose", key, reason, competitor)

    def suspend(self, key: Key, *, reason: str | None = None) -> Receipt:
        """Puts it aside."""
        return self._end("opportunity.suspend", key, reason, None)

    def resume(self, key: Key, *, reason: str | None = None) -> Receipt:
        """Takes it up again."""
        return self._end("opportunity.resume", key, reason, None)

    def reopen(self, key: Key, *, reason: str | None = None, void_offers: bool = False) -> Receipt:
        """Opens a won or lost one again; what it counted is taken back.

        Args:
            key: The opportunity.
            reason: Why; to make acceptances void it is needed.
            void_offers: Whether the acceptances of its offers are void with the win. They stand otherwise, and the receipt names them.
        """
        return self._do("opportunity.reopen", opportunity=key, reason=reason, void_offers=void_offers or None)

    def _end(self, word: str, key: Key, reason: str | None, competitor: str | None) -> Receipt:
        fields = given(reason=reason, competitor=competitor)
        return self._do(word, opportunity=key, **fields)
