"""Bringing in what other systems and spreadsheets hold: planned first, written on ``commit``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, NoReturn
from uuid import UUID

from . import _native
from ._namespace import Key, given
from ._views import Shown, fields_html
from .errors import WrongType
from .progress import Progress, watching
from .table import Table

__all__ = ["ImportPlan", "ImportReport"]

ImportTarget = Literal["customer", "vehicle", "contact", "consent"]


class ImportReport(NamedTuple):
    """What came of an import: rows read, brought in, of these brought in by an earlier run, and those rejected."""

    read: int
    added: int
    added_before: int
    rejected: Table

    def __repr__(self) -> str:
        return f"<ImportReport: {self.read:,} read, {self.added:,} added, {len(self.rejected):,} rejected>"

    def _repr_html_(self) -> str:
        figures = [(name, f"{getattr(self, name):,}") for name in ("read", "added", "added_before")]
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
    def mapping(self) -> dict[str, str | None]:
        """Where each column of the file goes, by its header; ``None`` for those passed over."""
        return dict(self._plan.mapping)

    @property
    def rejected(self) -> Table:
        """Rows that would not come in: line, field, code and sentence, never what stood there."""
        return _rejected(self._plan.rejected)

    @property
    def preview(self) -> list[dict[str, str]]:
        """The first rows as they would come in."""
        return [{"line": str(line), **dict(values)} for line, values in self._plan.preview]

    def write_rejected(self, path: str | os.PathLike[str]) -> int:
        """Writes the rejected rows with their reasons, to be put right and read again; gives their number."""
        with open(path, "wb") as file:
            file.write(bytes(self._plan.rejected_csv()))
        return len(self._plan.rejected)

    def commit(self, *, by: str | None = None, note: str | None = None, progress: Progress = None) -> ImportReport:
        """Brings the rows in, some hundred at a time. Stopped, what was written stays, and committing again goes on.

        Args:
            by: Login of the user as whom it is done; planned again as he sees the store. This session's user when not given.
            note: Why, in his words; it stands in the journal.
            progress: See :data:`clientela.progress.Progress`.
        """
        plan = self._plan if by is None else self._again(self._store.sign_in(by, None))
        with watching(progress) as told:
            read, added, before, rejected = plan.commit(note or "", told)
        return ImportReport(read, added, before, _rejected(rejected))

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


def plan(
    store: _native.NativeStore,
    source: str | os.PathLike[str] | Table,
    *,
    target: ImportTarget,
    mapping: Mapping[str, str] | None,
    defaults: Mapping[str, str] | None,
    words: Mapping[str, Mapping[str, str]] | None,
    numbers: Literal["decimal_comma", "decimal_point"] | None,
    dates: Literal["day_first", "month_first"],
    customer: Key | None,
    owner: Key | None,
    label: str | None,
    cards: bool,
    progress: Progress,
) -> ImportPlan:
    """Reads a file or a table and says what would come of it."""
    lower = {field: {word.lower(): meaning for word, meaning in said.items()} for field, said in (words or {}).items()}
    columns = None
    if mapping is not None:
        columns = {"columns": [{"header": header, "target": field} for header, field in mapping.items()]}
    options = given(
        target=target,
        mapping=columns,
        defaults=dict(defaults or {}),
        words=lower,
        numbers=numbers,
        dates=dates,
        customer=customer,
        owner=owner,
        label=label,
    )

    def again(store: _native.NativeStore) -> _native.NativeImport:
        with watching(progress) as told:
            if isinstance(source, Table):
                return store.plan_import_table(source._buffers, {"numbers": "decimal_point", **options}, told)
            return store.plan_import(os.fspath(source), cards, options, told)

    return ImportPlan(store, again)


def _rejected(rows: list[tuple[int, str | None, str, str]]) -> Table:
    names = ("line", "field", "code", "message")
    return Table.from_({name: [row[place] for row in rows] for place, name in enumerate(names)})
