"""Writing customers, vehicles and contacts out as tables that an import reads again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from .progress import Progress

if TYPE_CHECKING:
    from .store import Clientela

__all__ = ["ExportReport", "ExportTarget"]

ExportTarget = Literal["customer", "vehicle", "contact", "consent"]
"""What is written out."""


class ExportReport(NamedTuple):
    """What came of an export.

    Attributes:
        rows: Rows written.
        withheld: Records left out because those they are about may not be contacted so.
    """

    rows: int
    withheld: int


def write_csv(
    db: Clientela, path: str | os.PathLike[str], told: Mapping[str, object], *, progress: Progress
) -> ExportReport:
    """Writes the table a part at a time, so that no memory is needed for the whole."""
    rows, withheld, after = 0, 0, None
    # Line ends are those of the table: a spreadsheet's own are not to be added.
    with open(path, "w", encoding="utf-8", newline="") as file:
        while True:
            part = db.ask("export.csv", progress=progress, options=dict(told), **({} if after is None else {"after": after}))
            file.write(part["csv"])
            rows, withheld, after = rows + part["rows"], withheld + part["withheld"], part.get("next")
            if after is None:
                return ExportReport(rows, withheld)
