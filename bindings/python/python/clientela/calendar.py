"""Working calendars: opening hours of units, and what is counted in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from ._namespace import Key, Namespace, given
from .answers import Answer
from .records import Receipt

__all__ = ["Calendars", "SpecialDay"]


class SpecialDay(NamedTuple):
    """A day that differs from the week; closed without hours."""

    day: date
    name: str
    hours: str | None = None


class Calendars(Namespace):
    """``db.calendar``."""

    __slots__ = ()

    def define(
        self, week: str, *, unit: Key | None = None, holidays: Sequence[str] = (), days: Sequence[SpecialDay] = ()
    ) -> Receipt:
        """Sets the opening hours of a unit, and of those below it without hours of their own.

        Args:
            week: Opening hours, such as ``Mo-Fr 08:30-12:30 14:00-18:30; Sa 09:00-12:00``.
            unit: Code of the unit; the acting one when not given.
            holidays: Countries whose public holidays are free.
            days: Days that differ.
        """
        lines = [given(day=line.day, name=line.name, hours=line.hours) for line in days]
        return self._do("calendar.define", week=week, unit=unit, holidays=list(holidays), days=lines)

    def time_after(self, minutes: int, *, unit: Key | None = None, since: datetime | None = None) -> Answer:
        """When so many minutes of a unit's open time will have passed, from a moment on or from now."""
        return self._ask("calendar.time_after", **{"minutes": minutes, "unit": unit, "from": since})

    def working_days(self, first_day: date, last_day: date, *, unit: Key | None = None) -> Answer:
        """The working days of a period, both ends included, and its holidays."""
        return self._ask("calendar.working_days", first_day=first_day, last_day=last_day, unit=unit)
