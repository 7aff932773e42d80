"""Activities: calls, visits and tasks, planned and reported."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ._namespace import EntityNamespace, Key, given
from .records import Receipt

__all__ = ["Activities"]


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
        opportunity: Key | None = None,
        contact: Key | None = None,
        owner: Key | None = None,
    ) -> Receipt:
        """Plans an activity with a customer. ``opportunity`` and ``contact`` are ids."""
        activity = given(
            kind=kind, subject=subject, planned_at=planned_at, opportunity=opportunity, contact=contact
        )
        return self._db.execute(
            {"command": "activity.plan", "customer": customer, "activity": activity, **given(owner=owner)}
        )

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
    ) -> Receipt:
        """Reports a planned activity."""
        report = given(result=result, next_step=next_step, done_at=done_at, minutes=minutes)
        return self._db.execute({"command": "activity.report", "activity": activity, "report": report})

    def cancel(self, activity: Key, *, reason: str | None = None) -> Receipt:
        """Cancels a planned activity."""
        return self._db.execute({"command": "activity.cancel", "activity": activity, **given(reason=reason)})
