"""Quota plans, shared out over the network, and what has been reached of them."""

from __future__ import annotations

import json
import os
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
from .imports import ImportPlan, file_source, options, table_source
from .imports import plan as import_plan
from .money import Money
from .progress import Progress
from .records import Receipt, Record
from .table import Table
from .why import Explanation

__all__ = ["Attainment", "CreditShare", "IncentiveStep", "Limit", "MarketTotal", "PlanMeasure", "Quotas"]


class CreditShare(NamedTuple):
    """A share that a credit rule gives, in percent; all of a rule are 100 together.

    ``holder`` is ``credited`` (whom it counts for without a rule), ``owner`` (of the opportunity, offer or visit), ``customer_owner``,
    ``member`` with the ``role`` in the opportunity's team, or ``position`` with the title of one.
    """

    holder: Literal["credited", "owner", "customer_owner", "member", "position"]
    percent: Decimal | int
    role: str | None = None
    position: Key | None = None


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


class PlanMeasure(NamedTuple):
    """One measure of a plan of several: its total, and by what it is shared out.

    ``weight`` is how much it counts beside the others in the attainment over all; targets are multiples of ``step``. Weights and
    season are those of the plan where none are given here. In a revision currency, step and weight stay as they are.
    """

    measure: str
    total: Decimal | int
    currency: str | None = None
    weight: Decimal | int | None = None
    step: Decimal | int | None = None
    weights: Mapping[str, Decimal | int] | None = None
    season: Sequence[tuple[date, date, Decimal | int]] = ()
    limits: Sequence[Limit] = ()


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
        first_day: date,
        last_day: date,
        measure: str | None = None,
        total: Decimal | int | None = None,
        measures: Sequence[PlanMeasure] = (),
        currency: str | None = None,
        step: Decimal | int | None = None,
        unit: Key | None = None,
        weights: Mapping[str, Decimal | int] | None = None,
        season: Sequence[tuple[date, date, Decimal | int]] = (),
        limits: Sequence[Limit] = (),
        draft: bool = False,
    ) -> Receipt:
        """Makes a plan of one measure or several and shares its totals out over the tree below a unit, exactly.

        Args:
            name: Name, one of its kind.
            first_day: First day.
            last_day: Last day.
            measure: What is counted: ``units``, ``revenue``, ``new_customers``, ``wins``, ``offers``, ``visits``, ``margin`` or
                ``market_share``.
            total: What the whole is to reach.
            measures: Several measures, each with its total, in place of the two; weights, season and currency given beside them
                hold for those that say none.
            currency: Currency, when money is counted.
            step: What targets are multiples of; the smallest unit of what is counted when not given.
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
            measures=[_measure(line) for line in measures] or None,
            currency=currency,
            step=exact(step),
            unit=unit,
            **_shared_out(weights, season, limits),
            draft=draft,
        )

    def revise(
        self,
        plan: Key,
        *,
        from_day: date,
        total: Decimal | int | None = None,
        measures: Sequence[PlanMeasure] = (),
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
            measures: The measures of a plan of several whose totals change; the others keep theirs.
            weights: Weights by code of a unit or title of a position, beside siblings; what each had for those not named.
            season: Periods from that day on and their weights; the season there was when not given.
            limits: The least and the most that units and positions get from that day on.
            draft: Whether it is only a draft, to be put in force by :meth:`publish`.
        """
        shared = _shared_out(weights, season, limits)
        kept = ("currency", "step", "weight")
        changed = [{name: value for name, value in _measure(line).items() if name not in kept} for line in measures]
        about = {"plan": plan, "from_day": from_day, "total": exact(total), "measures": changed or None}
        return self._do("quota_plan.revise", **about, **shared, draft=draft)

    def versions(self, plan: Key) -> Answer:
        """The versions of a plan: where each stands, from which day it differs, and its total."""
        return self._ask("quota_plan.versions", plan=plan)

    def compare(
        self,
        plan: Key,
        *,
        measure: str | None = None,
        before: int | None = None,
        after: int | None = None,
        by_month: bool = False,
    ) -> Answer:
        """What two versions of a plan ask of each unit and position, and the difference.

        Args:
            plan: Name of the plan.
            measure: In which measure; all of them when not given.
            before: Number of one version; the one before the other when not given.
            after: Number of the other; the plan named when not given.
            by_month: Whether month by month.
        """
        return self._ask("quota_plan.compare", plan=plan, measure=measure, before=before, after=after, by_month=by_month)

    def record_market(self, totals: Sequence[MarketTotal]) -> Receipt:
        """Enters what the market was in areas and periods; market shares are measured against it.

        A number entered again for the same area and period takes the place of the one before.
        """
        return self._do("market.record", totals=[given(**total._asdict()) for total in totals])

    def import_market(
        self,
        source: object,
        *,
        mapping: Mapping[str, str] | None = None,
        defaults: Mapping[str, str] | None = None,
        label: str | None = None,
        progress: Progress = None,
    ) -> ImportPlan:
        """Reads market totals from a file or from anything tabular and says what would come of them.

        Columns are ``unit`` (its code), ``first_day``, ``last_day`` (the end of its month when there is none), ``registrations`` and
        ``source``, under these or usual names. A number for an area and period that has one takes its place.

        Args:
            source: The path of a table of text, a spreadsheet or a Parquet file; a frame of polars, pandas or pyarrow; a mapping
                of columns.
            mapping: Fields by header of the column; ``plan.mapping`` shows which were guessed when not given.
            defaults: What a field is where it is left empty: ``{"source": "registry"}``.
            label: Tells two imports of the same table apart.
            progress: See :data:`clientela.progress.Progress`.
        """
        told = options(target="market_total", mapping=mapping, defaults=defaults, label=label)
        if isinstance(source, str | os.PathLike) and not os.fspath(source).lower().endswith(".parquet"):
            opened = file_source(source)
        else:
            opened = table_source(source)
        return import_plan(self._db._store, opened, told, progress=progress)

    def publish(self, plan: Key) -> Receipt:
        """Puts a drafted plan, or a drafted version of one, in force."""
        return self._do("quota_plan.publish", plan=plan)

    def lock(self, plan: Key) -> Receipt:
        """Closes a plan that is in force to changes."""
        return self._do("quota_plan.lock", plan=plan)

    def close(self, plan: Key) -> Receipt:
        """Ends a plan."""
        return self._do("quota_plan.close", plan=plan)

    def save_credit_rule(
        self,
        name: str,
        *,
        condition: str | None = None,
        day: str | None = None,
        shares: Sequence[CreditShare] = (),
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> Receipt:
        """Saves a version of a credit rule: which facts count, on which day, for whom and in what split. It is checked now.

        Args:
            name: Name; versions share it, and each is the next.
            condition: Which facts count, in the rule language, over ``opportunity``, ``customer``, ``offer``, ``activity`` and
                ``orders``; all when not given.
            day: The day they count on, such as ``opportunity.expected_close``; the fact's own day when not given.
            shares: For whom; whom it counts for without a rule when not given.
            valid_from: First day of the facts it holds for; all before when not given.
            valid_until: Last day of the facts it holds for; until further notice when not given.
        """
        lines = [
            given(holder=share.holder, percent=exact(share.percent), role=share.role, position=share.position)
            for share in shares
        ]
        return self._do(
            "credit_rule.save",
            name=name,
            condition=condition,
            day=day,
            shares=lines,
            valid_from=valid_from,
            valid_until=valid_until,
        )

    def retire_credit_rule(self, credit_rule: Key) -> Receipt:
        """Takes a version of a credit rule back, such as ``fleet/2``: it holds on no day any more."""
        return self._do("credit_rule.retire", credit_rule=credit_rule)

    def credit_by(self, plan: Key, credit_rule: Key | None, *, measure: str | None = None) -> Receipt:
        """Says by which credit rule a plan counts.

        Args:
            plan: Name of the plan.
            credit_rule: Name of the rule; as it happened when none.
            measure: In which measure of the plan; in all of them when not given.
        """
        return self._do("quota_plan.credit_by", plan=plan, measure=measure, credit_rule=credit_rule)

    def set_incentives(self, plan: Key, steps: Sequence[IncentiveStep], *, measure: str | None = None) -> Receipt:
        """Sets the incentive steps; those set before for the same are replaced.

        Args:
            plan: Name of the plan.
            steps: The steps.
            measure: By which measure of a plan of several; by the attainment over all when not given, and then in fixed amounts.
        """
        lines = [
            {
                "from_percent": exact(step.from_percent),
                "payout": step.payout,
                "amount": step.amount.amount,
                "currency": step.amount.currency,
            }
            for step in steps
        ]
        return self._do("quota_plan.set_incentives", plan=plan, measure=measure, steps=lines)

    def answer(
        self,
        plan: Key,
        *,
        answer: Literal["accepted", "rejected"],
        of: Key | None = None,
        measure: str | None = None,
        proposed: Decimal | int | None = None,
        note: str | None = None,
    ) -> Receipt:
        """The holder of a target accepts it, or proposes another.

        Args:
            plan: Name of the plan.
            answer: What he says.
            of: Code of the unit or title of the position; the acting position when not given.
            measure: In which measure; all of them together when not given.
            proposed: What would be taken on instead in the whole plan, in the measure named.
            note: Why.
        """
        said = {"answer": answer, "proposed": exact(proposed), "note": note}
        return self._do("quota_target.answer", plan=plan, of=of, measure=measure, **said)

    def change_target(
        self,
        plan: Key,
        *,
        of: Key,
        amount: Decimal | int,
        measure: str | None = None,
        from_day: date | None = None,
        note: str | None = None,
    ) -> Receipt:
        """Changes the target of one unit or position and of nobody else, from a period on.

        Args:
            plan: Name of the plan.
            of: Code of the unit or title of the position.
            amount: The new target for the days from then on.
            measure: In which measure; to be said of a plan of several.
            from_day: First day of the first period that is changed; the whole plan when not given.
            note: Why.
        """
        return self._do(
            "quota_target.change", plan=plan, of=of, measure=measure, amount=exact(amount), from_day=from_day, note=note
        )

    def outlook(
        self, plan: Key, *, measure: str | None = None, day: date | None = None, conversion_days: int | None = None
    ) -> Answer:
        """What is still to be done: by the working day, and in opportunities at the conversion of late.

        Args:
            plan: Name of the plan.
            measure: In which measure; all of them when not given.
            day: Seen from which day; today when not given.
            conversion_days: Over how many days before it conversion is taken; a year when not given.
        """
        return self._ask("quota_plan.outlook", plan=plan, measure=measure, day=day, conversion_days=conversion_days)

    def weights(
        self,
        measure: str,
        *,
        first_day: date,
        last_day: date,
        by: Literal["history", "potential"] = "history",
        unit: Key | None = None,
        currency: str | None = None,
    ) -> Answer:
        """Weights and season for a plan that is to be made, as :meth:`define` takes them.

        Args:
            measure: What the plan is to count.
            first_day: First day of the plan.
            last_day: Last day of the plan.
            by: ``history`` is what was reached in the same days of the year before, ``potential`` the vehicles of the customers each
                looks after.
            unit: Code of the unit the plan starts from; the acting one when not given.
            currency: Currency, when money is counted.
        """
        return self._ask(
            "quota_plan.weights",
            measure=measure,
            first_day=first_day,
            last_day=last_day,
            by=by,
            unit=unit,
            currency=currency,
        )

    def reconciliation(self, plan: Key, *, measure: str | None = None, by_period: bool = False) -> Answer:
        """How the plan from the top compares with what is said from below; period by period if asked."""
        return self._ask("quota_plan.reconciliation", plan=plan, measure=measure, by_period=by_period)

    def incentives(
        self,
        plan: Key,
        *,
        measure: str | None = None,
        day: date | None = None,
        most_percent: Decimal | int | None = None,
    ) -> Answer:
        """What the incentive steps pay for what has been reached by a day.

        ``incentive`` is empty where it hangs on a measure that you may not be told of, such as margins without the right to costs.

        Args:
            plan: Name of the plan.
            measure: Only what is paid by this measure; everything when not given.
            day: By which day; today when not given.
            most_percent: The most percent that count of one measure in the attainment over all; no end when not given.
        """
        return self._ask(
            "quota_plan.incentives", plan=plan, measure=measure, day=day, most_percent=exact(most_percent)
        )

    def overall(
        self,
        plan: Key,
        *,
        day: date | None = None,
        version: int | None = None,
        most_percent: Decimal | int | None = None,
    ) -> Answer:
        """The attainment over all measures of a plan, by their weights: a line for each unit and position, with its parts.

        Args:
            plan: Name of the plan.
            day: By which day; today when not given.
            version: Against which version; the plan named when not given.
            most_percent: The most percent that count of one measure; no end when not given.
        """
        return self._ask(
            "quota_plan.overall", plan=plan, day=day, version=version, most_percent=exact(most_percent)
        )

    def personal(
        self,
        plan: Key,
        *,
        measure: str | None = None,
        day: date | None = None,
        basis: Literal["working_days", "season"] = "working_days",
    ) -> Answer:
        """What each person carries of the quotas of the positions he held, and what he has reached of it.

        Who joined, left or moved carries the part of a position's quota that his days are of it; the shares of all who held it and
        of the days on which nobody did add up to it. The vacant part is the line without a user.

        Args:
            plan: Name of the plan.
            measure: In which measure; all of them when not given.
            day: By which day; today when not given.
            basis: By working days of the whole plan, or of each period, so that the season is in the share.
        """
        return self._ask("quota_plan.personal", plan=plan, measure=measure, day=day, basis=basis)

    def attainment(
        self,
        plan: Key,
        *,
        measure: str | None = None,
        day: date | None = None,
        version: int | None = None,
        progress: Progress = None,
    ) -> Attainment:
        """What has been reached of a plan in one measure by a day, as far as the session may see.

        Args:
            plan: Name of the plan.
            measure: In which of its measures; the first when not given.
            day: By which day; today when not given.
            version: Against which version; the plan named when not given.
            progress: See :data:`clientela.progress.Progress`.
        """
        declared = self.get(plan) if version is None else self._version(plan, version)
        measure = measure or declared.measure
        codes = self._names("unit", "code")
        titles = self._names("position", "title")
        about = given(plan=str(declared.id), measure=measure, day=day)
        lines = []
        for told in self._db.ask("quota_plan.attainment", progress=progress, **about):
            unit, position = told["unit"], told["owner"]
            line: dict[str, Any] = {
                name: None if told[name] is None else Decimal(told[name]) for name in _FIGURES
            }
            line.update(unit=codes.get(unit, unit), position=None if position is None else titles.get(position, position))
            line.update(rank=told["rank"], why=json.dumps(told["why"]))
            line.update(unit_id=UUID(unit), position_id=None if position is None else UUID(position))
            lines.append(line)
        return Attainment(declared.name, self._measured_in(declared, measure), lines)

    def _measured_in(self, plan: Record, measure: str) -> str:
        """The unit of a measure's figures: a currency, or what is counted."""
        currency = plan.currency
        if measure != plan.measure:
            versions = (line for line in self.versions(str(plan.id)) if line["id"] == str(plan.id))
            lines = (line for version in versions for line in version["measures"] if line["measure"] == measure)
            currency = next((line.get("currency") for line in lines), None)
        return currency or measure.replace("_", " ")

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


def _measure(line: PlanMeasure) -> dict[str, object]:
    """A measure as its line of a command."""
    shared = {name: value for name, value in _shared_out(line.weights, line.season, line.limits).items() if value}
    return given(
        measure=line.measure,
        total=exact(line.total),
        currency=line.currency,
        weight=exact(line.weight),
        step=exact(line.step),
        **shared,
    )


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
