"""A store, opened: the handle everything starts from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, NoReturn
from uuid import UUID

from . import _native
from ._namespaces import Namespaces
from .errors import InvalidState, InvalidValue, WrongType
from .expressions import Filter
from .progress import Progress, watching
from .records import Change, HistoryEntry, Receipt, Record, Verdict
from .table import Table
from .why import Explanation

__all__ = ["Clientela", "create", "open"]

Moment = datetime | date | str
"""A moment: an aware ``datetime``, or a day (a ``date`` or ``"2026-10-31"``) for its last microsecond in UTC."""


def open(
    path: str | os.PathLike[str],
    *,
    user: str,
    position: str | None = None,
    read_only: bool = False,
    clock: datetime | None = None,
    seed: int | None = None,
) -> Clientela:
    """Opens a store and signs a user in.

    Args:
        path: The file.
        user: The name he signs in with.
        position: Title of the position he acts in; the first he holds today when not given.
        read_only: Whether only to read.
        clock: A moment at which the store's clock stands still, for repeatable runs; the system's clock otherwise.
        seed: Makes ids repeatable; random otherwise.

    Raises:
        NotFound: There is no such file, user or position.
        StorageError: The file is no store, is damaged, or cannot be read.
    """
    return Clientela._wrap(_native.NativeStore.open(os.fspath(path), user, position, read_only, _aware(clock), seed))


def create(
    path: str | os.PathLike[str],
    *,
    user: str,
    user_name: str,
    unit_code: str = "HQ",
    unit_name: str = "Headquarters",
    country: str | None = None,
    clock: datetime | None = None,
    seed: int | None = None,
) -> Clientela:
    """Makes a store with its first unit, the standard profiles and an administrator, and signs him in.

    Raises:
        InvalidState: The store is there and has its first unit already: open it.
    """
    return Clientela._wrap(
        _native.NativeStore.create(
            os.fspath(path), user, user_name, unit_code, unit_name, country, _aware(clock), seed
        )
    )


class Clientela(Namespaces):
    """A store seen by one user in one position.

    Close it, or use it in a ``with`` statement. Any thread may use it; a forked child may not and is told so. It is not
    pickled: open the store again where it is needed.

    Long calls release the interpreter, and Ctrl-C stops them: what was not finished is rolled back.
    """

    __slots__ = ("__dict__", "_store")

    _store: _native.NativeStore

    def __init__(self) -> None:
        raise WrongType(
            "a store is not opened by calling Clientela; use clientela.open or clientela.create",
            code="argument.type",
            hint="clientela.open('network.clientela', user='anna')",
        )

    @classmethod
    def _wrap(cls, native: _native.NativeStore) -> Clientela:
        handle = object.__new__(cls)
        handle._store = native
        return handle

    def sign_in(self, user: str, *, position: str | None = None) -> Clientela:
        """The same store seen by another user. Closing either closes the store for both."""
        handle = self._wrap(self._store.sign_in(user, position))
        if "_folder" in self.__dict__:
            # The folder of a demonstration goes when the last handle on it does.
            handle.__dict__["_folder"] = self.__dict__["_folder"]
        return handle

    def because(self, reason: str) -> Clientela:
        """The same store, where every command is given for this reason: it stands in the journal with each change."""
        handle = self._wrap(self._store)
        handle.__dict__.update({name: self.__dict__[name] for name in ("_folder",) if name in self.__dict__})
        handle.__dict__["_reason"] = reason
        return handle

    def execute(
        self, command: Mapping[str, object], *, id: UUID | str | None = None, reason: str | None = None
    ) -> Receipt:
        """Does what a command asks: the one door for every change.

        Args:
            command: A mapping with the word under ``"command"``, such as ``{"command": "offer.issue", "offer": "Q-7001"}``.
                Amounts as ``Money``, numbers with decimals as ``Decimal``, days as ``date``, moments as aware
                ``datetime``; floats are refused.
            id: The command's id. The same id again changes nothing and gives the same receipt, so that a command
                whose outcome is unknown can be repeated.
            reason: Why, in the user's words; it stands in the journal with every change. It may also stand beside the
                command's own fields, under ``"reason"``; see :meth:`because`.

        Raises:
            ClientelaError: What the command's rules, the rights or the store refuse.
        """
        given = self.__dict__.get("_reason") if reason is None else reason
        return Receipt(self._store.execute(command, None if id is None else str(id), given))

    def ask(self, question: str, *, progress: Progress = None, **about: object) -> Any:
        """Asks a question: the one door for every answer that is more than a record or a table.

        Args:
            question: Its word, such as ``"quota_plan.attainment"``.
            progress: Told how far a long answer is.
            **about: What it is about, as its page says: ``plan="2026"``. Amounts as ``Money``, numbers with decimals as
                ``Decimal``, days as ``date``; floats are refused.

        Returns:
            The answer as plain data: mappings, lists and texts; amounts and decimals exactly, as texts. It holds what the
            session may see.

        Raises:
            InvalidValue: There is no such question, or what it is about cannot be read.
            NotFound: What is named does not exist or may not be seen.
        """
        with watching(progress) as told:
            return json.loads(self._store.ask({"question": question, **about}, told))

    def frame(
        self,
        question: str,
        *,
        lines: str | None = None,
        reasons: bool = False,
        progress: Progress = None,
        **about: object,
    ) -> Table:
        """Asks a question as :meth:`ask` does, and gives the answer as a table for polars, pandas, pyarrow or DuckDB.

        Args:
            question: Its word, such as ``"opportunity.stuck"``.
            lines: The list within the answer that gives the rows, such as ``"currencies.nodes"``; the one that matters most
                when not given.
            reasons: Whether reasons are kept, as columns of JSON text.
            progress: Told how far a long answer is.
            **about: What it is about, as for :meth:`ask`.

        Returns:
            One row per line: amounts in two columns, decimals exact, days as days; see :func:`clientela.answers.table_of`.

        Raises:
            InvalidValue: There is no such question, or what it is about cannot be read.
            NotFound: What is named does not exist or may not be seen, or the answer has no such list.
        """
        from .answers import table_of

        return table_of(question, self.ask(question, progress=progress, **about), lines=lines, reasons=reasons)

    def receipt(self, id: UUID | str) -> Receipt:
        """The receipt of a command that took effect."""
        return Receipt(self._store.receipt(str(id)))

    def get(self, entity: str, key: UUID | str) -> Record:
        """A record by its entity, and its id or the key people use."""
        return Record._of(self._store.record(entity, str(key)))

    def table(
        self,
        entity: str,
        *,
        columns: Sequence[str] = (),
        where: Filter | str | None = None,
        as_of: Moment | None = None,
        limit: int | None = None,
        progress: Progress = None,
    ) -> Table:
        """Any entity as a table of what may be seen; fields that may not be read are empty.

        Args:
            entity: Its name in the data dictionary, such as ``customer``.
            columns: Names of the columns; all when empty.
            where: A condition, as text of the rule language or made with ``col``.
            as_of: The state at that moment instead of now.
            limit: At most so many rows.
            progress: See :data:`clientela.progress.Progress`.
        """
        if isinstance(columns, str):
            raise WrongType(
                "columns is one text; expected a list of names",
                code="argument.type",
                field="columns",
                hint=f"columns=[{columns[:64]!r}]",
            )
        condition = None if where is None else str(where)
        with watching(progress) as told:
            found = self._store.table(entity, list(columns), condition, _moment(as_of), _limit(limit), told)
        return Table._wrap(found)

    def history(self, entity: str, id: UUID | str) -> list[HistoryEntry]:
        """Who changed what of a record, when, from what to what and why; the oldest first."""
        return [
            HistoryEntry(
                time,
                UUID(actor),
                None if position is None else UUID(position),
                UUID(command),
                kind,
                reason,
                created,
                tuple(Change(*change) for change in changes),
            )
            for time, actor, position, command, kind, reason, created, changes in self._store.history(entity, str(id))
        ]

    def can(self, verb: str, entity: str, id: UUID | str) -> Verdict:
        """Whether the acting position may do this with a record, and why."""
        allowed, why = self._store.can(verb, entity, str(id))
        return Verdict(allowed, Explanation.from_json(why))

    @property
    def now(self) -> datetime:
        """The moment, from the clock the store was opened with."""
        return self._store.now()

    def set_clock(self, at: datetime) -> None:
        """Sets the clock of a store that was opened with ``clock=``."""
        moment = _aware(at)
        assert moment is not None
        if not self._store.set_clock(moment):
            raise InvalidState(
                "the store runs on the system's clock; open it with clock= to set it",
                code="store.system_clock",
                hint="clientela.open(path, user=…, clock=datetime(…, tzinfo=timezone.utc))",
            )

    @property
    def info(self) -> dict[str, Any]:
        """What store this is: path, user, size, version of its state."""
        info: dict[str, Any] = self._store.info()
        return info

    def check(self, *, progress: Progress = None) -> list[str]:
        """Checks the file, and that every record is what its journal says; what was found, nothing when in order."""
        with watching(progress) as told:
            _, _, findings = self._store.check(told)
        return [f"{code}: {message}" for code, message in findings]

    def anchor(self) -> str:
        """What the journal is now, as a short text to be kept elsewhere; :meth:`check_since` takes it."""
        return self._store.anchor()

    def check_since(self, anchor: str) -> list[str]:
        """Checks that the journal still has what it had at an anchor, and the chain of what came after.

        It shows what :meth:`check` cannot: that the end was cut off, or the past made anew. What was found, nothing when in
        order.
        """
        _, _, findings = self._store.check_since(anchor)
        return [f"{code}: {message}" for code, message in findings]

    def backup(self, to: str | os.PathLike[str], *, progress: Progress = None) -> None:
        """Copies the store, whole and consistent, while others go on working. The only right way to copy a store."""
        with watching(progress) as told:
            self._store.backup(os.fspath(to), told)

    def interrupt(self) -> None:
        """Stops what is running on this store in any thread; it raises ``Cancelled`` there and writes nothing."""
        self._store.interrupt()

    def close(self) -> None:
        """Closes the store; a second time does nothing."""
        self._store.close()
        folder = self.__dict__.get("_folder")
        if folder is not None:
            folder.cleanup()

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._store.closed

    def __enter__(self) -> Clientela:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise WrongType(
            "a store is not pickled, it belongs to this process; send its path and open it where it is needed",
            code="store.not_picklable",
            hint="clientela.open(path, user=…)",
        )

    def __repr__(self) -> str:
        if self.closed or not self._store.of_this_process:
            return "<Clientela, closed>" if self.closed else "<Clientela of another process>"
        info = self.info
        path = "memory" if info["path"] is None else os.path.basename(info["path"])
        return f"<Clientela {path}, {info['user']}, state {info['version']}>"


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise InvalidValue(
            "the moment has no time zone; pass one with a tzinfo, such as datetime.now(timezone.utc)",
            code="argument.naive_datetime",
            hint="datetime.now(timezone.utc)",
        )
    return None if moment is None else moment.astimezone(timezone.utc)


def _moment(moment: Moment | None) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return _aware(moment)
    if isinstance(moment, str):
        try:
            if len(moment) > 10:
                return _aware(datetime.fromisoformat(moment))
            moment = date.fromisoformat(moment)
        except ValueError:
            raise InvalidValue(
                "as_of is not a day or moment; expected such as '2026-10-31' or '2026-10-31T12:00:00Z'",
                code="argument.invalid",
                field="as_of",
                hint="'2026-10-31'",
            ) from None
    return datetime(moment.year, moment.month, moment.day, 23, 59, 59, 999999, tzinfo=timezone.utc)


def _limit(limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        raise InvalidValue("limit is below nothing; expected 0 or more", code="argument.range", field="limit")
    return limit
