"""Campaigns: whom they reach, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from . import _native
from ._namespace import EntityNamespace, Key, given
from ._options import PlotBackend
from ._views import Shown
from .errors import WrongType
from .expressions import Filter
from .money import Money
from .progress import Progress, watching
from .records import Receipt
from .rules import Rule
from .table import Table
from .why import Explanation

if TYPE_CHECKING:
    from .store import Clientela

__all__ = ["Campaigns", "TargetPlan"]


class TargetPlan(Shown):
    """Whom a campaign would reach, decided at one moment. Nothing is written before ``commit``."""

    __slots__ = ("_db", "_plan")

    def __init__(self, db: Clientela, plan: _native.NativeTarget) -> None:
        self._db = db
        self._plan = plan

    @property
    def campaign(self) -> str:
        """Code of the campaign."""
        return self._plan.campaign

    @property
    def at(self) -> datetime:
        """When it was decided."""
        return self._plan.at

    @property
    def size(self) -> int:
        """How many customers are in."""
        return self._plan.size

    @property
    def reasons(self) -> dict[str, int]:
        """How many are in, and how many are out for which reason."""
        return dict(self._plan.reasons)

    def table(self) -> Table:
        """Every customer that was looked at: in or out, the consent used, the reason that decided."""
        lines = self._plan.lines()
        return Table.from_(
            {
                "customer": [line[0] for line in lines],
                "selected": [line[2] == "campaign.selected" for line in lines],
                "consent": [line[1] for line in lines],
                "reason": [line[2] for line in lines],
            }
        )

    def explain(self, *, customer: Key) -> Explanation:
        """Why one customer is in or out, with the values seen."""
        return Explanation.from_json(self._plan.explain(str(customer)))

    @property
    def data(self) -> Table:
        """How many customers each reason decided for, most first: what :meth:`plot` draws."""
        counted = sorted(self.reasons.items(), key=lambda counted: (-counted[1], counted[0]))
        return Table.from_({"reason": [reason for reason, _ in counted], "customers": [count for _, count in counted]})

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """Customers by the reason that decided, those in and those left out; the library's own figure.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import reasons

        return reasons(self.data, title=self.campaign, backend=backend, ax=ax)

    def commit(self, *, by: str | None = None, note: str | None = None) -> Receipt:
        """Fixes the campaign's list as it is now and starts the campaign.

        Args:
            by: Login of the user as whom it is done; this session's user when not given.
            note: Why, in his words; it stands in the journal.
        """
        db = self._db if by is None else self._db.sign_in(by)
        return db.campaigns.activate(self.campaign, note=note)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<TargetPlan of {self.campaign}: {self.size:,} of {sum(self.reasons.values()):,} customers>"

    def _repr_html_(self) -> str:
        from ._views import fields_html

        return fields_html(repr(self)[1:-1], [(reason, f"{count:,}") for reason, count in self.reasons.items()])

    def __reduce__(self) -> NoReturn:
        raise WrongType(
            "a plan is not pickled, it belongs to an open store; send its table",
            code="plan.not_picklable",
            hint="plan.table().to_arrow()",
        )


class Campaigns(EntityNamespace):
    """``db.campaigns``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "campaign"

    def define(
        self,
        code: str,
        *,
        name: str,
        purpose: str,
        channel: str,
        first_day: date,
        last_day: date,
        rule: Rule | Filter | str | None = None,
        budget: Money | None = None,
        objective: str | None = None,
        owner: Key | None = None,
    ) -> Receipt:
        """Defines a campaign. Its rule speaks of ``customer`` and ``today``; it is checked now, not when it runs."""
        campaign = given(
            code=code,
            name=name,
            purpose=purpose,
            channel=channel,
            first_day=first_day,
            last_day=last_day,
            rule=None if rule is None else str(rule),
            budget=budget,
            objective=objective,
        )
        return self._db.execute({"command": "campaign.define", "campaign": campaign, **given(owner=owner)})

    def target(self, campaign: Key, *, progress: Progress = None) -> TargetPlan:
        """Whom the campaign would reach now, of the customers this session may see."""
        with watching(progress) as told:
            return TargetPlan(self._db, self._db._store.target(str(campaign), told))

    def explain(self, campaign: Key, *, customer: Key) -> Explanation:
        """Why one customer is on the campaign's list or not, with the values seen."""
        return Explanation.from_json(self._db._store.explain_target(str(campaign), str(customer)))

    def activate(self, campaign: Key, *, note: str | None = None) -> Receipt:
        """Fixes the campaign's list and starts it."""
        return self._db.execute({"command": "campaign.activate", "campaign": campaign, **given(note=note)})

    def close(self, campaign: Key, *, note: str | None = None) -> Receipt:
        """Ends the campaign."""
        return self._db.execute({"command": "campaign.close", "campaign": campaign, **given(note=note)})
