"""What the namespaces of a store share: thin words over ``execute``, ``get`` and ``table``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, overload
from uuid import UUID

from .answers import Answer
from .expressions import Filter
from .progress import Progress
from .records import HistoryEntry, Receipt, Record
from .table import Table

if TYPE_CHECKING:
    from .store import Clientela, Moment

Key = str | UUID
"""A record named by its id or by the key people use: a number, a code, a title."""


class Namespace:
    """A part of the business on a store."""

    __slots__ = ("_db",)

    def __init__(self, db: Clientela) -> None:
        self._db = db

    def _do(self, command: str, **fields: object) -> Receipt:
        """Does a command with the fields that are given."""
        return self._db.execute({"command": command, **given(**fields)})

    def _ask(self, question: str, **about: object) -> Answer:
        """Asks a question about what is given."""
        return Answer(question, self._db.ask(question, progress=None, **given(**about)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of {self._db!r}>"


class EntityNamespace(Namespace):
    """A part of the business with one main entity."""

    __slots__ = ()
    _ENTITY: ClassVar[str]

    def get(self, key: Key) -> Record:
        """A record by its id or the key people use."""
        return self._db.get(self._ENTITY, key)

    def table(
        self,
        *,
        columns: Sequence[str] = (),
        where: Filter | str | None = None,
        as_of: Moment | None = None,
        limit: int | None = None,
        progress: Progress = None,
    ) -> Table:
        """The records that may be seen, as a table; see :meth:`clientela.Clientela.table`."""
        return self._db.table(
            self._ENTITY, columns=columns, where=where, as_of=as_of, limit=limit, progress=progress
        )

    def history(self, key: Key) -> list[HistoryEntry]:
        """Who changed what of a record, when and why; the oldest first."""
        record = self._db.get(self._ENTITY, key)
        return self._db.history(record.entity, record["id"])


def given(**fields: object) -> dict[str, object]:
    """The fields that are given."""
    return {name: value for name, value in fields.items() if value is not None}


@overload
def exact(number: Decimal | int) -> Decimal | int: ...
@overload
def exact(number: None) -> None: ...
@overload
def exact(number: Decimal | int | None) -> Decimal | int | None: ...
def exact(number: Decimal | int | None) -> Decimal | int | None:
    """Whole numbers are decimals where the door expects one; anything else is left for the door to refuse."""
    return Decimal(number) if isinstance(number, int) and not isinstance(number, bool) else number
