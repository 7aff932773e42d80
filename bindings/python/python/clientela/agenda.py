"""The agenda of a position: appointments, absences, free time, reminders, calendars of other programs, the day's plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal, NamedTuple

from ._namespace import EntityNamespace, Key
from .answers import Answer
from .records import Receipt

__all__ = ["AbsenceKind", "Agenda", "Place", "TimeCategory"]

AbsenceKind = Literal["leave", "illness", "training", "other"]
"""Why somebody is away."""

TimeCategory = Literal[
    "meetings",
    "reports",
    "personal",
    "travel_and_waiting",
    "problem_solving",
    "call_backs",
    "project_planning",
    "offers_and_orders",
    "face_to_face",
    "account_planning",
]
"""What time is counted as."""


class Place(NamedTuple):
    """A place on earth, in degrees north of the equator and east of Greenwich."""

    latitude: Decimal
    longitude: Decimal


class Agenda(EntityNamespace):
    """``db.agenda``; ``get`` and ``table`` speak of appointments. A position is named by its title; the acting one otherwise."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "appointment"

    def plan_appointment(
        self,
        subject: str,
        *,
        starts: datetime,
        ends: datetime,
        place: str | None = None,
        category: TimeCategory | None = None,
        recurrence: str | None = None,
        position: Key | None = None,
    ) -> Receipt:
        """Enters an appointment that is not with a customer: it takes its time in the calendar.

        Args:
            subject: What it is about, in one line.
            starts: When it starts.
            ends: When it ends.
            place: Where.
            category: What its time is counted as; without it, it is in no analysis.
            recurrence: How it comes again, as a rule of RFC 5545 such as ``FREQ=WEEKLY;BYDAY=MO``; at most once a day.
            position: Whose it is.
        """
        return self._do(
            "appointment.plan",
            subject=subject,
            starts=starts,
            ends=ends,
            place=place,
            category=category,
            recurrence=recurrence,
            position=position,
        )

    def cancel_appointment(self, appointment: Key) -> Receipt:
        """Cancels an appointment, by its id: its time is free again."""
        return self._do("appointment.cancel", appointment=appointment)

    def record_absence(
        self, first_day: date, last_day: date, *, kind: AbsenceKind, position: Key | None = None
    ) -> Receipt:
        """Records days somebody is away, both ends included."""
        return self._do("absence.record", first_day=first_day, last_day=last_day, kind=kind, position=position)

    def withdraw_absence(self, absence: Key) -> Receipt:
        """Takes an absence back, by its id."""
        return self._do("absence.withdraw", absence=absence)

    def import_calendar(self, calendar: str, *, position: Key | None = None) -> Receipt:
        """Reads a calendar of another program, as text in the form of RFC 5545; read again, it changes nothing.

        Items whose identifier is known change what is known by it, those with the number of a customer among their categories
        become activities with it, all others appointments.
        """
        return self._do("activity.import", calendar=calendar, position=position)

    def export_calendar(self, first_day: date, last_day: date, *, position: Key | None = None) -> Answer:
        """A position's calendar for other programs: under ``"calendar"``, as text in the form of RFC 5545.

        Activities, appointments with their series, and absences, of which it is not said why.
        """
        return self._ask("calendar.export", first_day=first_day, last_day=last_day, position=position)

    def free_slots(
        self, minutes: int, *, first_day: date, last_day: date, positions: Sequence[str] = ()
    ) -> Answer:
        """When there is time, from now on.

        Args:
            minutes: How much time.
            first_day: First day.
            last_day: Last day, less than a year after the first.
            positions: Titles of the positions, all of which are to have time; the acting one when none is given.
        """
        return self._ask(
            "calendar.free_slots", minutes=minutes, first_day=first_day, last_day=last_day, positions=list(positions)
        )

    def reminders(self, *, until: datetime | None = None, position: Key | None = None) -> Answer:
        """What somebody is to be reminded of until a moment, or now; the earliest first."""
        return self._ask("activity.reminders", until=until, position=position)

    def day(
        self,
        day: date | None = None,
        *,
        start: Place | None = None,
        speed_kmh: int | None = None,
        visit_minutes: int | None = None,
        position: Key | None = None,
    ) -> Answer:
        """A seller's day: what is planned, and in the free time what is due, with the way between.

        Args:
            day: The day; today when not given.
            start: Where the day starts and ends.
            speed_kmh: Average speed on the way; 60 when not given.
            visit_minutes: Minutes a visit takes; 60 when not given.
            position: Whose day it is.
        """
        return self._plan("plan.day", day, start, speed_kmh, visit_minutes, position)

    def week(
        self,
        day: date | None = None,
        *,
        start: Place | None = None,
        speed_kmh: int | None = None,
        visit_minutes: int | None = None,
        position: Key | None = None,
    ) -> Answer:
        """A seller's week, from Monday to Sunday, of which ``day`` is one; the arguments as for :meth:`day`."""
        return self._plan("plan.week", day, start, speed_kmh, visit_minutes, position)

    def _plan(
        self,
        question: str,
        day: date | None,
        start: Place | None,
        speed_kmh: int | None,
        visit_minutes: int | None,
        position: Key | None,
    ) -> Answer:
        place = None if start is None else start._asdict()
        return self._ask(
            question, day=day, start=place, speed_kmh=speed_kmh, visit_minutes=visit_minutes, position=position
        )
