"""Access: who could see a record on a day, and by which right."""

from __future__ import annotations

from datetime import date

from ._namespace import Key, Namespace
from .answers import Answer

__all__ = ["Access"]


class Access(Namespace):
    """``db.access``: for whoever has the right to audit the record. It shows nothing of it."""

    __slots__ = ()

    def who_could_see(self, entity: str, record: Key, *, day: date | None = None) -> Answer:
        """Who could see a record at any moment of a day, from which position, by which rules, and which fields he did not read.

        Args:
            entity: The entity, such as ``customer`` or ``offer``.
            record: Id or key of the record.
            day: The day; today when not given.
        """
        return self._ask("access.who_could_see", entity=entity, record=record, day=day)

    def why_visible(self, user: Key, *, entity: str, record: Key, day: date | None = None) -> Answer:
        """Whether a user could see a record, and why or why not: one line for each position he held.

        Args:
            user: His login or id.
            entity: The entity.
            record: Id or key of the record.
            day: The day, as it stood at its end; today as it stands when not given.
        """
        return self._ask("access.why_visible", user=user, entity=entity, record=record, day=day)
