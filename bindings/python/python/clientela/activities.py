"""Activities: calls, visits and tasks, planned and reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Literal, NamedTuple
from zoneinfo import ZoneInfo

from ._namespace import EntityNamespace, Key, given
from .agenda import Place, TimeCategory
from .answers import Answer
from .expressions import Column, Filter
from .records import Receipt
from .visit_hours import VisitHours

__all__ = ["ActionLine", "Activities"]


class ActionLine(NamedTuple):
    """One action of a plan, so many working days after its start."""

    kind: str
    subject: str
    lead_days: int = 0
    minutes: int | None = None
    category: TimeCategory | None = None


class Activities(EntityNamespace):
    """``db.activities``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "activity"

    def plan(
        self,
        customer: Key,
        *,
        kind: str,
        subject: str,
        planned_at: datetime,
        planned_minutes: int | None = None,
        category: TimeCategory | None = None,
        place: str | None = None,
        at: Place | None = None,
        reminder_minutes: int | None = None,
        opportunity: Key | None = None,
        offer: Key | None = None,
        vehicle: Key | None = None,
        contact: Key | None = None,
        participants: Sequence[str] = (),
        participant_contacts: Sequence[Key] = (),
        owner: Key | None = None,
        recurrence: str | None = None,
    ) -> Receipt:
        """Plans an activity with a customer. Opportunity, offer, vehicle and contacts are named by their ids.

        Args:
            customer: The customer.
            kind: ``visit``, ``call``, ``letter``, ``email``, ``text_message``, ``event``, ``test_drive`` or ``task``.
            subject: What it is about, in one line.
            planned_at: When.
            planned_minutes: How long.
            category: What its time is counted as; by its kind when not given.
            place: Where, in words.
            at: Where, on earth.
            reminder_minutes: How long before to be reminded of it.
            opportunity: The opportunity it is about.
            offer: The offer it is about.
            vehicle: The vehicle it is about.
            contact: The contact it is with.
            participants: Names of others who take part.
            participant_contacts: Further contacts of the customer who take part.
            owner: Title of the position that does it; the acting one when not given.
            recurrence: How it comes again, as a rule of RFC 5545 with an end, such as ``FREQ=WEEKLY;COUNT=8``: each time is an
                activity of its own, at most 60 of them.
        """
        activity = given(
            kind=kind,
            subject=subject,
            planned_at=planned_at,
            planned_minutes=planned_minutes,
            category=category,
            place=place,
            reminder_minutes=reminder_minutes,
            opportunity=opportunity,
            offer=offer,
            vehicle=vehicle,
            contact=contact,
            participants=list(participants),
            participant_contacts=list(participant_contacts),
            **({} if at is None else at._asdict()),
        )
        return self._do("activity.plan", customer=customer, activity=activity, owner=owner, recurrence=recurrence)

    def change(
        self,
        activity: Key,
        change: Mapping[str, object],
        *,
        owner: Key | None = None,
        version: int | None = None,
    ) -> Receipt:
        """Puts one right that is planned or reported; ``None`` empties a field.

        Args:
            activity: Its id.
            change: What changes: ``subject``, ``category``, ``place``, ``planned_minutes``, ``reminder_minutes``; of a reported one
                also ``minutes``, ``travel_minutes``, ``result``, ``next_step``.
            owner: Title of the position that does it, or did it.
            version: That of the record that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("activity.change", activity=activity, change=dict(change), owner=owner, version=version)

    def reschedule(self, activity: Key, *, planned_at: datetime) -> Receipt:
        """Plans it for another moment."""
        return self._do("activity.reschedule", activity=activity, planned_at=planned_at)

    def report(
        self,
        activity: Key,
        *,
        result: str | None = None,
        next_step: str | None = None,
        done_at: datetime | None = None,
        minutes: int | None = None,
        travel_minutes: int | None = None,
        category: TimeCategory | None = None,
        next_day: date | None = None,
        next_kind: str | None = None,
    ) -> Receipt:
        """Reports a planned activity.

        Args:
            activity: Its id.
            result: What came of it.
            next_step: What is next.
            done_at: When it was done; now when not given.
            minutes: Time spent.
            travel_minutes: Time of travel and waiting besides.
            category: What its time is counted as; as planned when not given.
            next_day: A day for the next step: it becomes an activity of its own, at the opening of that day.
            next_kind: What kind that is; a call when not given.
        """
        report = given(
            result=result,
            next_step=next_step,
            done_at=done_at,
            minutes=minutes,
            travel_minutes=travel_minutes,
            category=category,
        )
        following = None if next_day is None else {"day": next_day, "activity": given(kind=next_kind)}
        return self._do("activity.report", activity=activity, report=report, next=following)

    def cancel(self, activity: Key, *, reason: str | None = None) -> Receipt:
        """Cancels a planned activity."""
        return self._db.execute({"command": "activity.cancel", "activity": activity, **given(reason=reason)})

    def define_action_plan(self, code: str, *, name: str, lines: Sequence[ActionLine]) -> Receipt:
        """Defines a plan of actions, in order; one of the same code is replaced, without actions it is taken back."""
        return self._do("action_plan.define", code=code, name=name, lines=[given(**line._asdict()) for line in lines])

    def start_action_plan(
        self,
        plan: Key,
        *,
        customer: Key | None = None,
        opportunity: Key | None = None,
        start: date | None = None,
    ) -> Receipt:
        """Starts a plan on a customer or an opportunity: who works on the opportunity, or else the customer's owner, is given dated
        activities.

        Args:
            plan: Code of the plan.
            customer: Number of the customer; that of the opportunity when only this is named.
            opportunity: Number of the opportunity.
            start: First day; today when not given.
        """
        return self._do("action_plan.start", plan=plan, customer=customer, opportunity=opportunity, start=start)

    def set_visit_frequency(
        self, visits_a_year: int, *, unit: Key | None = None, size: str | None = None, status: str | None = None
    ) -> Receipt:
        """Sets how often customers are visited; what was set for the same ones is replaced.

        Args:
            visits_a_year: Visits in a year; 0 for none.
            unit: Code of the unit it holds for, and those below it; the acting one when not given.
            size: Size of customers; all when not given.
            status: Status of customers; all when not given.
        """
        return self._do("visit_frequency.set", visits_a_year=visits_a_year, unit=unit, size=size, status=status)

    def visits_due(
        self, *, day: date | None = None, position: Key | None = None, limit: int | None = None
    ) -> Answer:
        """Customers whose visit is due, the latest first.

        Args:
            day: By which day; today when not given.
            position: Title of the position whose customers are looked at; all that may be seen when not given.
            limit: At most so many.
        """
        return self._ask("visit.due", day=day, position=position, limit=limit)

    def visit_hours(
        self,
        first_day: date,
        last_day: date,
        *,
        time_zone: str,
        by: Literal["planned_at", "done_at"] = "planned_at",
        where: Filter | None = None,
    ) -> VisitHours:
        """When the visits of a period are, by day of the week and hour; cancelled ones are left out.

        Args:
            first_day: First day.
            last_day: Last day.
            time_zone: By whose clocks, such as ``Europe/Rome``.
            by: Which moment counts: that it was planned for, or that its report says it was done at.
            where: Only activities for which this holds, such as ``cl.col("unit") == unit["id"]`` of a unit that was read.
        """
        zone = ZoneInfo(time_zone)
        # From the first midnight to the last, by those clocks.
        start = datetime.combine(first_day, time(), zone)
        end = datetime.combine(last_day + timedelta(days=1), time(), zone)
        moment = Column(by)
        kept = (Column("kind") == "visit") & (Column("state") != "cancelled") & (moment >= start) & (moment < end)
        found = self.table(columns=[by], where=kept if where is None else kept & where)
        return VisitHours((row[0] for row in found.rows()), zone=zone)
