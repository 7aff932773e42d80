"""Quota plans, shared out over the network, and what has been reached of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from ._namespace import EntityNamespace, Key, exact, given
from ._options import PlotBackend
from ._views import Shown
from .answers import Answer
from .errors import NotFound
from .money import Money
from .progress import Progress, watching
from .records import Receipt
from .table import Table
from .why import Explanation

__all__ = ["Attainment", "IncentiveStep", "Quotas"]


class IncentiveStep(NamedTuple):
    """What is paid from an attainment on, in percent: ``fixed``, ``per_unit`` or ``per_unit_beyond``."""

    from_percent: Decimal | int
    payout: str
    amount: Money

_FIGURES = ("target", "reached", "expected_by_now", "gap", "percent", "projection")


class Attainment(Shown):
    """What has been reached of a plan by a day: a table from the top of the network down, each line with its reason."""

    __slots__ = ("_lines", "_table", "measured_in", "plan")

    plan: str
    measured_in: str

    def __init__(self, plan: str, measured_in: str, lines: Sequence[Mapping[str, Any]]) -> None:
        self.plan = plan
        self.measured_in = measured_in
        self._lines = tuple(lines)
        columns = ("unit", "position", *_FIGURES, "rank", "unit_id", "position_id")
        self._table = Table.from_({name: [line[name] for line in self._lines] for name in columns})

    def table(self) -> Table:
        """One row per unit or position that may be seen; ``position`` is empty for the unit itself."""
        return self._table

    def explain(self, *, unit: str, position: str | None = None) -> Explanation:
        """The figures of one line and the credits that counted. By code of the unit and title of the position."""
        for line in self._lines:
            if (line["unit"], line["position"]) == (unit, position):
                return Explanation.from_json(line["why"])
        raise NotFound(
            "the plan has no line for that unit and position that you can see",
            code="record.not_found",
            field="unit",
            hint="a unit and position of the table",
        )

    @property
    def data(self) -> Table:
        """What :meth:`plot` draws: positions, or units where no position may be seen."""
        lines = [line for line in self._lines if line["position"] is not None] or self._lines
        figures = ("target", "reached", "expected_by_now", "percent")
        columns: dict[str, list[Any]] = {"name": [line["position"] or line["unit"] for line in lines]}
        return Table.from_(columns | {name: [line[name] for line in lines] for name in figures})

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """Reached against target per position; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import attainment

        return attainment(self.data, title=self.plan, unit=self.measured_in, backend=backend, ax=ax)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f"<Attainment of {self.plan}: {len(self)} lines>"

    def _repr_html_(self) -> str:
        return self._table._repr_html_()


class Quotas(EntityNamespace):
    """``db.quotas``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "quota_plan"

    def define(
        self,
        name: str,
        *,
        measure: str,
        first_day: date,
        last_day: date,
        total: Decimal | int,
        currency: str | None = None,
        unit: Key | None = None,
        weights: Mapping[str, Decimal | int] | None = None,
        season: Sequence[tuple[date, date, Decimal | int]] = (),
        draft: bool = False,
    ) -> Receipt:
        """Makes a plan and shares its total out over the tree below a unit, exactly.

        Args:
            name: Name, one of its kind.
            measure: What is counted: ``units``, ``revenue``, ``new_customers`` or ``wins``.
            first_day: First day.
            last_day: Last day.
            total: What the whole is to reach.
            currency: Currency, when money is counted.
            unit: The unit it starts from; the acting one when not given.
            weights: Weights by code of a unit or title of a position; 1 for those not named.
            season: Periods and their weights; equal months when not given.
            draft: Whether it is only a draft, to be put in force by :meth:`publish`.
        """
        lines = [{"of": of, "weight": exact(weight)} for of, weight in (weights or {}).items()]
        periods = [{"first_day": first, "last_day": last, "weight": exact(weight)} for first, last, weight in season]
        return self._db.execute(
            {
                "command": "quota_plan.define",
                "name": name,
                "measure": measure,
                "first_day": first_day,
                "last_day": last_day,
                "total": exact(total),
                "weights": lines,
                "season": periods,
                "draft": draft,
                **given(currency=currency, unit=unit),
            }
        )

    def publish(self, plan: Key) -> Receipt:
        """Puts a drafted plan in force."""
        return self._do("quota_plan.publish", plan=plan)

    def lock(self, plan: Key) -> Receipt:
        """Closes a plan that is in force to changes."""
        return self._do("quota_plan.lock", plan=plan)

    def close(self, plan: Key) -> Receipt:
        """Ends a plan."""
        return self._do("quota_plan.close", plan=plan)

    def set_incentives(self, plan: Key, steps: Sequence[IncentiveStep]) -> Receipt:
        """Sets the incentive steps; those set before are replaced."""
        lines = [
            {
                "from_percent": exact(step.from_percent),
                "payout": step.payout,
                "amount": step.amount.amount,
                "currency": step.amount.currency,
            }
            for step in steps
        ]
        return self._do("quota_plan.set_incentives", plan=plan, steps=lines)

    def answer(
        self,
        plan: Key,
        *,
        answer: Literal["accepted", "rejected"],
        of: Key | None = None,
        proposed: Decimal | int | None = None,
        note: str | None = None,
    ) -> Receipt:
        """The holder of a target accepts it, or proposes another.

        Args:
            plan: Name of the plan.
            answer: What he says.
            of: Code of the unit or title of the position; the acting position when not given.
            proposed: What would be taken on instead in the whole plan.
            note: Why.
        """
        return self._do("quota_target.answer", plan=plan, of=of, answer=answer, proposed=exact(proposed), note=note)

    def change_target(
        self,
        plan: Key,
        *,
        of: Key,
        amount: Decimal | int,
        from_day: date | None = None,
        note: str | None = None,
    ) -> Receipt:
        """Changes the target of one unit or position and of nobody else, from a period on.

        Args:
            plan: Name of the plan.
            of: Code of the unit or title of the position.
            amount: The new target for the days from then on.
            from_day: First day of the first period that is changed; the whole plan when not given.
            note: Why.
        """
        return self._do(
            "quota_target.change", plan=plan, of=of, amount=exact(amount), from_day=from_day, note=note
        )

    def outlook(self, plan: Key, *, day: date | None = None, conversion_days: int | None = None) -> Answer:
        """What is still to be done: by the working day, and in opportunities at the conversion of late.

        Args:
            plan: Name of the plan.
            day: Seen from which day; today when not given.
            conversion_days: Over how many days before it conversion is taken; a year when not given.
        """
        return self._ask("quota_plan.outlook", plan=plan, day=day, conversion_days=conversion_days)

    def reconciliation(self, plan: Key) -> Answer:
        """How the plan from the top compares with what is said from below."""
        return self._ask("quota_plan.reconciliation", plan=plan)

    def incentives(self, plan: Key, *, day: date | None = None) -> Answer:
        """What the incentive steps pay for what has been reached by a day."""
        return self._ask("quota_plan.incentives", plan=plan, day=day)

    def attainment(self, plan: Key, *, day: date | None = None, progress: Progress = None) -> Attainment:
        """What has been reached of a plan by a day (today when not given), as far as the session may see."""
        codes = self._names("unit", "code")
        titles = self._names("position", "title")
        lines = []
        with watching(progress) as told:
            reached = self._db._store.attainment(str(plan), day, told)
        for unit, position, figures, rank, why in reached:
            line: dict[str, Any] = dict(zip(_FIGURES, figures, strict=True))
            line.update(unit=codes.get(unit, unit), position=None if position is None else titles.get(position, position))
            line.update(rank=rank, why=why, unit_id=UUID(unit), position_id=None if position is None else UUID(position))
            lines.append(line)
        declared = self.get(plan)
        return Attainment(declared.name, declared.currency or declared.measure.replace("_", " "), lines)

    def _names(self, entity: str, column: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self._db.table(entity, columns=["id", column]).rows()}
