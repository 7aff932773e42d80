"""Bringing in what other systems and spreadsheets hold: planned first, written on ``commit``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple, NoReturn
from uuid import UUID

from . import _native
from ._namespace import EntityNamespace, Key, given
from ._views import Shown, fields_html
from .answers import Answer
from .errors import WrongType
from .progress import Progress, watching
from .records import Receipt
from .table import Table

__all__ = ["ColumnGuess", "Encoding", "ImportPlan", "ImportReport", "ImportTarget", "Imports", "RevertReport", "Separator", "Upsert"]

ImportTarget = Literal["customer", "vehicle", "contact", "consent", "market_total"]
"""What the rows of a file become."""

Separator = Literal["semicolon", "comma", "tab", "bar"]
"""What stands between two cells."""

Encoding = Literal["utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251"]
"""How text is written in a file."""


class Upsert(NamedTuple):
    """Rows about records that are there change them; without it they are rejected.

    Attributes:
        key: The fields that name a record, the first a row fills counts: ``number`` or ``vat_number`` of customers, ``vin`` or
            ``plate`` of vehicles, ``number`` or ``email`` of contacts, ``record_id`` of all.
        clear: Fields that a row empties where its cell is empty; all others an empty cell leaves alone.
        conflicts: What becomes of a row that has another value where somebody changed a field since the import before.
    """

    key: Sequence[str]
    clear: Sequence[str] = ()
    conflicts: Literal["refuse", "file", "store"] = "refuse"


class ColumnGuess(Answer):
    """What a table's columns probably are, one row each, and what speaks for it."""

    __slots__ = ()

    @property
    def mapping(self) -> dict[str, str]:
        """Fields by header, to be changed, saved and used."""
        return {line["header"]: line["target"] for line in self.data["columns"] if line["target"] is not None}

    @property
    def missing(self) -> list[str]:
        """Required fields that no column fills: they need a column or a default."""
        return list(self.data["missing"])

    @property
    def saved(self) -> str | None:
        """The name of a saved mapping for tables with these headers."""
        name: str | None = self.data.get("saved")
        return name


class Imports(EntityNamespace):
    """``db.imports``; files are brought in by ``db.customers``: :meth:`clientela.customers.Customers.import_csv`."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "import_run"

    def guess(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]] = (), *, target: ImportTarget = "customer"
    ) -> ColumnGuess:
        """Guesses what a table's columns are.

        Args:
            headers: The headers.
            rows: Some rows, as texts: they confirm the guess or replace it.
            target: What the rows are to become.
        """
        cells = [list(row) for row in rows]
        found = self._ask("import.guess", target=target, headers=list(headers), rows=cells)
        return ColumnGuess(found.question, found.data)

    def save_mapping(
        self,
        name: str,
        mapping: Mapping[str, str | None],
        *,
        target: ImportTarget = "customer",
        defaults: Mapping[str, str] | None = None,
        words: Mapping[str, Mapping[str, str]] | None = None,
        numbers: Literal["decimal_comma", "decimal_point"] | None = None,
        dates: Literal["day_first", "month_first"] = "day_first",
        separator: Separator | None = None,
        encoding: Encoding | None = None,
        upsert: Upsert | None = None,
    ) -> Receipt:
        """Saves a mapping under a name; one of that name is replaced. Tables with its headers, in any order, use it from then on.

        Args:
            name: Name, such as ``dms-customers``.
            mapping: Fields by header of the column; ``None`` for those passed over.
            target: What the rows become.
            defaults: What a field is where the file leaves it empty.
            words: What the file's own words mean, by field.
            numbers: How numbers are written; found out when not given.
            dates: Whether day or month comes first.
            separator: What stands between two cells; found out when not given.
            encoding: Encoding of the file; found out when not given.
            upsert: Whether and by what rows change records that are there.
        """
        told = options(
            target=target,
            mapping=mapping,
            defaults=defaults,
            words=words,
            numbers=numbers,
            dates=dates,
            separator=separator,
            encoding=encoding,
            upsert=upsert,
        )
        return self._do("import_mapping.save", name=name, options=told)

    def retire_mapping(self, name: Key) -> Receipt:
        """Uses a saved mapping no longer."""
        return self._do("import_mapping.retire", import_mapping=name)

    def mappings(self, *, target: ImportTarget | None = None, retired: bool = False) -> Answer:
        """The saved mappings.

        Args:
            target: Of what; of all when not given.
            retired: Also those that were retired.
        """
        return self._ask("import.mappings", target=target, retired=retired)

    def runs(self, *, state: Literal["running", "finished", "reverting", "reverted"] | None = None) -> Answer:
        """What was imported, the newest first: by which mapping, how many rows came in, changed something or were rejected."""
        return self._ask("import.runs", state=state)

    def revert(self, run: Key, *, reason: str | None = None, progress: Progress = None) -> RevertReport:
        """Takes back what an import brought in, a chunk of rows at a time; what anybody changed or used since stays.

        Stopped, what was taken back is; reverting again goes on.

        Args:
            run: Id of the import, which is that of its plan.
            reason: Why; it stands in the journal.
            progress: See :data:`clientela.progress.Progress`.
        """
        with watching(progress) as told:
            return RevertReport(*self._db._store.revert_import(str(run), reason, told))


class RevertReport(NamedTuple):
    """What came of taking an import back: records taken back, records that stayed, chunks of rows still to be taken back."""

    taken_back: int
    kept: int
    chunks_left: int


class ImportReport(NamedTuple):
    """What came of an import.

    Attributes:
        read: Rows dealt with.
        added: Rows brought in: of new records, of changed ones, and of such as were there just so.
        added_before: Of these, rows an earlier run had brought in.
        changed: Of those brought in, rows that changed a record that was there.
        unchanged: Of those brought in, rows whose record was there just so.
        conflicting: Rows rejected because somebody changed the record since the import before.
        rejected_rows: How many rows were rejected.
        reasons: How many for which reason, by its code.
        rejected: The first thousand of them: line, field, code and sentence.
    """

    read: int
    added: int
    added_before: int
    changed: int
    unchanged: int
    conflicting: int
    rejected_rows: int
    reasons: dict[str, int]
    rejected: Table

    def __repr__(self) -> str:
        return f"<ImportReport: {self.read:,} read, {self.added:,} added, {self.rejected_rows:,} rejected>"

    def _repr_html_(self) -> str:
        figures = [(name, f"{getattr(self, name):,}") for name in self._fields[:7]]
        return fields_html("import", figures) + self.rejected._repr_html_()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class ImportPlan(Shown):
    """What would come of a file. Nothing is written before ``commit``.

    The same file, options and user make the same plan: after a stop or a crash, plan and commit again to go on. What was
    written is not written twice.
    """

    __slots__ = ("_again", "_plan", "_store")

    def __init__(self, store: _native.NativeStore, again: Callable[[_native.NativeStore], _native.NativeImport]) -> None:
        self._store = store
        self._again = again
        self._plan = again(store)

    @property
    def id(self) -> UUID:
        """The same for the same file, options and user."""
        return UUID(self._plan.id)

    @property
    def read(self) -> int:
        """Rows of the file."""
        return self._plan.read

    @property
    def size(self) -> int:
        """Rows that would come in."""
        return self._plan.acceptable

    @property
    def changed(self) -> int:
        """Of these, rows that would change a record that is there."""
        return self._plan.changed

    @property
    def unchanged(self) -> int:
        """Of these, rows whose record is there just so."""
        return self._plan.unchanged

    @property
    def conflicting(self) -> int:
        """Rows rejected because somebody changed the record since the import before."""
        return self._plan.conflicting

    @property
    def rejected_rows(self) -> int:
        """How many rows would not come in."""
        return self._plan.rejected_rows

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows are rejected for which reason, by its code."""
        return dict(self._plan.reasons)

    @property
    def saved(self) -> str | None:
        """Name of the saved mapping that is used."""
        return self._plan.saved

    @property
    def encoding(self) -> str | None:
        """How a table of text is encoded, as it was named, or guessed when it was not; ``None`` for other sources."""
        return self._plan.encoding

    @property
    def mapping(self) -> dict[str, str | None]:
        """Where each column of the file goes, by its header; ``None`` for those passed over."""
        return dict(self._plan.mapping)

    @property
    def rejected(self) -> Table:
        """The first thousand rows that would not come in: line, field, code and sentence, never what stood there."""
        return _rejected(self._plan.rejected)

    @property
    def preview(self) -> list[dict[str, str]]:
        """The first rows as they would come in."""
        return [{"line": str(line), **dict(values)} for line, values in self._plan.preview]

    def write_rejected(self, path: str | os.PathLike[str]) -> int:
        """Writes the rows that are not in, with their reasons, to be put right and read again; gives their number as planned.

        All rows are read and checked once more; ``commit(rejected=...)`` writes them as they are rejected.
        """
        self._plan.write_rejected(os.fspath(path))
        return self._plan.rejected_rows

    def commit(
        self,
        *,
        by: str | None = None,
        note: str | None = None,
        rejected: str | os.PathLike[str] | None = None,
        progress: Progress = None,
    ) -> ImportReport:
        """Brings the rows in, some thousand at a time. Stopped, what was written stays, and committing again goes on.

        Args:
            by: Login of the user as whom it is done; planned again as he sees the store. This session's user when not given.
            note: Why, in his words; it stands in the journal.
            rejected: A file for the rejected rows with their reasons, written as they come.
            progress: See :data:`clientela.progress.Progress`.
        """
        plan = self._plan if by is None else self._again(self._store.sign_in(by, None))
        with watching(progress) as told:
            report = plan.commit(note or "", None if rejected is None else os.fspath(rejected), told)
        return ImportReport(
            report.read,
            report.added,
            report.added_before,
            report.changed,
            report.unchanged,
            report.conflicting,
            report.rejected_rows,
            dict(report.reasons),
            _rejected(report.rejected),
        )

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<ImportPlan: {self.size:,} of {self.read:,} rows>"

    def _repr_html_(self) -> str:
        mapped = [(header, target or "passed over") for header, target in self.mapping.items()]
        return fields_html(repr(self)[1:-1], mapped) + self.rejected._repr_html_()

    def __reduce__(self) -> NoReturn:
        raise WrongType(
            "a plan is not pickled, it belongs to an open store; plan again where it is needed",
            code="plan.not_picklable",
            hint="the same file and options make the same plan",
        )


def options(
    *,
    target: ImportTarget,
    mapping: Mapping[str, str | None] | Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    upsert: Upsert | None = None,
    **others: object,
) -> dict[str, object]:
    """What is to be imported and how, as the door takes it."""
    columns = None
    if mapping is not None:
        columns = {"columns": [given(header=header, target=field) for header, field in mapping.items()]}
    lower = {field: {word.lower(): meaning for word, meaning in said.items()} for field, said in (words or {}).items()}
    change = None
    if upsert is not None:
        change = {"key": list(upsert.key), "clear": list(upsert.clear), "conflicts": upsert.conflicts}
    return given(
        target=target, mapping=columns, defaults=dict(defaults or {}), words=lower, upsert=change, **others
    )


def plan(
    store: _native.NativeStore,
    source: _native.NativeSource,
    told: Mapping[str, object],
    *,
    progress: Progress = None,
) -> ImportPlan:
    """Reads a source and says what would come of it; ``told`` are :func:`options`."""

    def again(store: _native.NativeStore) -> _native.NativeImport:
        with watching(progress) as watch:
            return store.plan_import(source, dict(told), watch)

    return ImportPlan(store, again)


def file_source(source: str | os.PathLike[str] | bytes, *, cards: bool = False) -> _native.NativeSource:
    """A file by its path, or its content."""
    if isinstance(source, (bytes, bytearray)):
        return _native.NativeSource.of_bytes(bytes(source), cards)
    return _native.NativeSource.of_path(os.fspath(source), cards)


def table_source(source: object) -> _native.NativeSource:
    """Anything tabular; an Arrow stream is read batch by batch and never held as a whole."""
    if hasattr(source, "__arrow_c_stream__"):
        try:
            return _native.NativeSource.of_stream(source)
        except ImportError:
            # pandas speaks the protocol only with pyarrow installed; its columns can be read without.
            if type(source).__module__.partition(".")[0] != "pandas":
                raise
    return _native.NativeSource.of_stream(Table.from_(source))


def _rejected(rows: list[tuple[int, str | None, str, str]]) -> Table:
    names = ("line", "field", "code", "message")
    return Table.from_({name: [row[place] for row in rows] for place, name in enumerate(names)})
