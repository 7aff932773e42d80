"""What notebooks show. Everything is escaped; no script, no style sheet, readable on light and dark ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._native import ColumnInfo

TEXT_SHOWN = 80
MASK = "•••"

_CELL = "padding:0.2em 0.6em;border-bottom:1px solid rgba(128,128,128,0.3)"
_NUMBERS = ("Int", "UInt", "Float", "Decimal")


class Shown:
    """What notebooks show as text and as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def escape(text: str, quote: bool = True) -> str:
    """The text without anything that could be markup."""
    # Imported when something is shown.
    from html import escape as escaped

    return escaped(text, quote=quote)


def table_html(
    *,
    title: str,
    columns: Sequence[ColumnInfo],
    rows: Sequence[Sequence[str | None]],
    total: int,
    reveals: bool,
) -> str:
    """A table's first rows; personal columns masked unless revealed."""
    aligned = [_alignment(column) for column in columns]
    head = "".join(
        f"<th style='{_CELL};text-align:{align}' title='{escape(column.description, quote=True)}'>{_head(column)}</th>"
        for column, align in zip(columns, aligned, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td style='{_CELL};text-align:{align}'>{_cell(value, masked=column.personal and not reveals)}</td>"
            for column, value, align in zip(columns, row, aligned, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    notes = [f"the first {len(rows)} of {total:,} rows"] if total > len(rows) else []
    if not reveals and any(column.personal for column in columns):
        notes.append("personal columns are masked; reveal() shows them")
    note = f"<p style='opacity:0.75'>{escape('; '.join(notes))}</p>" if notes else ""
    return (
        f"<div><p><b>{escape(title)}</b></p><table style='border-collapse:collapse'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}</div>"
    )


def fields_html(title: str, fields: Sequence[tuple[str, str]]) -> str:
    """Names and values, one per line."""
    lines = "".join(
        f"<tr><td style='{_CELL};opacity:0.75'>{escape(name)}</td><td style='{_CELL}'>{escape(value)}</td></tr>"
        for name, value in fields
    )
    return f"<div><p><b>{escape(title)}</b></p><table style='border-collapse:collapse'><tbody>{lines}</tbody></table></div>"


def _head(column: ColumnInfo) -> str:
    currency = f" <span style='opacity:0.75'>{escape(column.currency)}</span>" if column.currency else ""
    return escape(column.name) + currency


def _alignment(column: ColumnInfo) -> str:
    return "right" if column.arrow_type.startswith(_NUMBERS) else "left"


def _cell(value: str | None, *, masked: bool) -> str:
    if value is None:
        return "<span style='opacity:0.5'>–</span>"
    if masked:
        return MASK
    return escape(value if len(value) <= TEXT_SHOWN else value[: TEXT_SHOWN - 1] + "…")
