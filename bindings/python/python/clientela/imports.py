"""Bringing in what other systems and spreadsheets hold: planned first, written on ``commit``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple, NoReturn
from uuid import UUID

from . import _native
from ._namespace import Key, given
from .errors import WrongType
from .progress import Progress, reporter
from .table import Table

__all__ = ["ImportPlan", "ImportReport"]

ImportTarget = Literal["customer", "vehicle", "contact", "consent"]


class ImportReport(NamedTuple):
    """What came of an import."""

    read: int
    added: int
    added_before: int
    rejected: Table

    def __repr__(self) -> str:
        return f"<ImportReport: {self.read:,} read, {self.added:,} added, {len(self.rejected):,} rejected>"


class ImportPlan:
    """What would come of a file. Nothing is written before ``commit``.

    The same file, options and user make the same plan: after a stop or a crash, plan and commit again to go on. What was
    written is not written twice.
    """

    __slots__ = ("_plan",)

    def __init__(self, plan: _native.NativeImport) -> None:
        self._plan = plan

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

    def commit(self, *, progress: Progress = None) -> ImportReport:
        """Brings the rows in, some hundred at a time. Stopped, what was written stays, and committing again goes on."""
        read, added, before, rejected = self._plan.commit(reporter(progress))
        return ImportReport(read, added, before, _rejected(rejected))

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<ImportPlan: {self.size:,} of {self.read:,} rows>"

    def _repr_html_(self) -> str:
        from ._views import fields_html

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
    path: str | os.PathLike[str],
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
) -> ImportPlan:
    """Reads a file and says what would come of it."""
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
    return ImportPlan(store.plan_import(os.fspath(path), cards, options))


def _rejected(rows: list[tuple[int, str | None, str, str]]) -> Table:
    names = ("line", "field", "code", "message")
    return Table.from_({name: [row[place] for row in rows] for place, name in enumerate(names)})
