"""Opportunities: what may become a sale, from the first word to the decision."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, NamedTuple

from ._namespace import EntityNamespace, Key, given
from ._options import PlotBackend
from ._views import Shown
from .money import Money
from .records import Receipt
from .table import Table

__all__ = ["Funnel", "FunnelStage", "Opportunities"]


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
