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
from .records import Receipt, Record
from .table import Table
from .why import Explanation

__all__ = ["Attainment", "IncentiveStep", "Limit", "MarketTotal", "Quotas"]


class IncentiveStep(NamedTuple):
    """What is paid from an attainment on, in percent: ``fixed``, ``per_unit`` or ``per_unit_beyond``."""

    from_percent: Decimal | int
    payout: str
    amount: Money


class Limit(NamedTuple):
    """The least and the most that one unit or position gets, ``of`` its code or title.

    By amount, or in percent of what the unit above has; in the whole plan, or in the period of which ``period`` is a day.
    """

    of: Key
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    minimum_percent: Decimal | int | None = None
    maximum_percent: Decimal | int | None = None
    period: date | None = None


class MarketTotal(NamedTuple):
    """All vehicles registered in the area of a unit in a period, whoever sold them, and where the number comes from."""

    unit: Key
    first_day: date
    last_day: date
    registrations: int
    source: str | None = None


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
        limits: Sequence[Limit] = (),
        draft: bool = False,
    ) -> Receipt:
        """Makes a plan and shares its total out over the tree below a unit, exactly.

        Args:
            name: Name, one of its kind.
            measure: What is counted: ``units``, ``revenue``, ``new_customers``, ``wins``, ``offers``, ``visits``, ``margin`` or
                ``market_share``.
            first_day: First day.
            last_day: Last day.
            total: What the whole is to reach.
            currency: Currency, when money is counted.
            unit: The unit it starts from; the acting one when not given.
            weights: Weights by code of a unit or title of a position; 1 for those not named.
            season: Periods and their weights; equal months when not given.
            limits: The least and the most that units and positions get.
            draft: Whether it is only a draft, to be put in force by :meth:`publish`.
        """
        return self._do(
            "quota_plan.define",
            name=name,
            measure=measure,
            first_day=first_day,
            last_day=last_day,
            total=exact(total),
            currency=currency,
            unit=unit,
            **_shared_out(weights, season, limits),
            draft=draft,
        )

    def revise(
        self,
        plan: Key,
        *,
        from_day: date,
        total: Decimal | int,
        weights: Mapping[str, Decimal | int] | None = None,
        season: Sequence[tuple[date, date, Decimal | int]] = (),
        limits: Sequence[Limit] = (),
        draft: bool = False,
    ) -> Receipt:
        """Makes a new version of a plan from a day on; what lies before stays, the rest of the new total is shared out anew.

        Args:
            plan: Name of the plan in force.
            from_day: The first day that differs.
            total: What the whole is to reach, the days before included.
            weights: Weights by code of a unit or title of a position, beside siblings; what each had for those not named.
            season: Periods from that day on and their weights; the season there was when not given.
            limits: The least and the most that units and positions get from that day on.
            draft: Whether it is only a draft, to be put in force by :meth:`publish`.
        """
        shared = _shared_out(weights, season, limits)
        return self._do("quota_plan.revise", plan=plan, from_day=from_day, total=exact(total), **shared, draft=draft)

    def versions(self, plan: Key) -> Answer:
        """The versions of a plan: where each stands, from which day it differs, and its total."""
        return self._ask("quota_plan.versions", plan=plan)

    def compare(
        self, plan: Key, *, before: int | None = None, after: int | None = None, by_month: bool = False
    ) -> Answer:
        """What two versions of a plan ask of each unit and position, and the difference.

        Args:
            plan: Name of the plan.
            before: Number of one version; the one before the other when not given.
            after: Number of the other; the plan named when not given.
            by_month: Whether month by month.
        """
        return self._ask("quota_plan.compare", plan=plan, before=before, after=after, by_month=by_month)

    def record_market(self, totals: Sequence[MarketTotal]) -> Receipt:
        """Enters what the market was in areas and periods; market shares are measured against it.

        A number entered again for the same area and period takes the place of the one before.
        """
        return self._do("market.record", totals=[given(**total._asdict()) for total in totals])

    def publish(self, plan: Key) -> Receipt:
        """Puts a drafted plan, or a drafted version of one, in force."""
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

    def reconciliation(self, plan: Key, *, by_period: bool = False) -> Answer:
        """How the plan from the top compares with what is said from below; period by period if asked."""
        return self._ask("quota_plan.reconciliation", plan=plan, by_period=by_period)

    def incentives(self, plan: Key, *, day: date | None = None) -> Answer:
        """What the incentive steps pay for what has been reached by a day."""
        return self._ask("quota_plan.incentives", plan=plan, day=day)

    def attainment(
        self, plan: Key, *, day: date | None = None, version: int | None = None, progress: Progress = None
    ) -> Attainment:
        """What has been reached of a plan by a day, as far as the session may see.

        Args:
            plan: Name of the plan.
            day: By which day; today when not given.
            version: Against which version; the plan named when not given.
            progress: See :data:`clientela.progress.Progress`.
        """
        declared = self.get(plan) if version is None else self._version(plan, version)
        codes = self._names("unit", "code")
        titles = self._names("position", "title")
        lines = []
        with watching(progress) as told:
            reached = self._db._store.attainment(str(declared.id), day, told)
        for unit, position, figures, rank, why in reached:
            line: dict[str, Any] = dict(zip(_FIGURES, figures, strict=True))
            line.update(unit=codes.get(unit, unit), position=None if position is None else titles.get(position, position))
            line.update(rank=rank, why=why, unit_id=UUID(unit), position_id=None if position is None else UUID(position))
            lines.append(line)
        return Attainment(declared.name, declared.currency or declared.measure.replace("_", " "), lines)

    def _version(self, plan: Key, number: int) -> Record:
        found = next((line for line in self.versions(plan) if line["version"] == number), None)
        if found is None:
            raise NotFound(
                "the plan has no such version that you can see",
                code="record.not_found",
                field="version",
                hint="a number of db.quotas.versions",
            )
        return self.get(found["id"])

    def _names(self, entity: str, column: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self._db.table(entity, columns=["id", column]).rows()}


def _shared_out(
    weights: Mapping[str, Decimal | int] | None,
    season: Sequence[tuple[date, date, Decimal | int]],
    limits: Sequence[Limit],
) -> dict[str, object]:
    """By what a total is shared out."""
    bounds = ("minimum", "maximum", "minimum_percent", "maximum_percent")
    return {
        "weights": [{"of": of, "weight": exact(weight)} for of, weight in (weights or {}).items()],
        "season": [{"first_day": first, "last_day": last, "weight": exact(weight)} for first, last, weight in season],
        "limits": [
            given(of=limit.of, period=limit.period, **{name: exact(getattr(limit, name)) for name in bounds})
            for limit in limits
        ],
    }
