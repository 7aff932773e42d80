"""Lists in pages: the records of a view, as far as they may be seen, filtered and in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from ._namespace import EntityNamespace, Key, given
from ._views import Shown
from .answers import table_of
from .table import Table

__all__ = ["Export", "Outreach", "Page", "View"]

View = Literal["mine", "team", "unit", "dealer", "zone", "all"]
"""Whose records: the position's, those of whom reports to it, of its unit, dealer or zone, or all that may be seen."""


class Outreach(NamedTuple):
    """What somebody is to be contacted for, by which channel, at which moment; now when not given."""

    purpose: Literal["marketing", "survey", "profiling", "sharing", "offer_follow_up", "service"]
    channel: Literal["letter", "email", "phone", "text_message", "visit"]
    at: datetime | None = None


class Page(Shown):
    """One page of a list, as plain data by field; a sequence of its lines.

    Attributes:
        lines: The records; amounts are ``{"amount": …, "currency": …}``, days and moments texts. The table has them typed.
        next: Where the next page begins, to be given back as ``after``; ``None`` on the last page.
        total: How many there are in all, when it was asked.
    """

    __slots__ = ("_question", "lines", "next", "total")

    lines: Sequence[Mapping[str, Any]]
    next: str | None
    total: int | None

    def __init__(self, question: str, told: Mapping[str, Any]) -> None:
        self._question = question
        self.lines = told["lines"]
        self.next = told["next"]
        self.total = told["total"]

    def table(self) -> Table:
        """The lines as a table; whom an ``outreach`` reaches stands in columns that begin with ``reached_``."""
        return table_of(self._question, self.lines, lines="")

    def __getitem__(self, place: int) -> Mapping[str, Any]:
        return self.lines[place]

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __repr__(self) -> str:
        return f"<Page of {self._question}: {len(self)} lines{'' if self.next is None else ', and more'}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


class Export(NamedTuple):
    """A list as CSV (RFC 4180).

    At most 100,000 rows come at once: ``next`` is where the rest begins, to be given back as ``after``.
    """

    csv: str
    rows: int
    next: str | None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file, as UTF-8."""
        Path(path).write_text(self.csv, encoding="utf-8", newline="")

    def __repr__(self) -> str:
        return f"<Export of {self.rows} rows{'' if self.next is None else ', and more'}>"


class ListedNamespace(EntityNamespace):
    """A part of the business whose records are listed in pages."""

    __slots__ = ()
    _LIST: ClassVar[str]

    def page(
        self,
        *,
        view: View = "all",
        position: Key | None = None,
        unit: Key | None = None,
        filter: Mapping[str, object] | None = None,
        starts: Mapping[str, str] | None = None,
        sort: str | None = None,
        currency: str | None = None,
        descending: bool = False,
        size: int | None = None,
        after: str | None = None,
        outreach: Outreach | None = None,
        total: bool = False,
    ) -> Page:
        """One page of the records of a view, as far as they may be seen.

        Args:
            view: Whose.
            position: Title of the position from which the view looks; the acting one when not given.
            unit: Only those of the unit of this code and of those below it.
            filter: Only those whose fields have these values, or one of a list of values; ``None`` for an empty field.
            starts: Only those whose fields start so, letter case aside.
            sort: The field they come in the order of; of customers ``last_contact`` and ``value`` too.
            currency: That of the ``value``; only customers with whom something was won in it are listed.
            descending: The other way round.
            size: How many on the page, 1 to 1,000; 50 when not given.
            after: The ``next`` of the page before.
            outreach: Of customers and contacts: only whom may be contacted so. Each line says by which consent, whom and where.
            total: Whether to count all of them; whom may be contacted is not counted.
        """
        asked = _asked(view, position, unit, filter, starts, sort, currency, descending, after, outreach)
        return Page(self._LIST, self._ask(self._LIST, **asked, size=size, total=total).data)

    def pages(
        self,
        *,
        view: View = "all",
        position: Key | None = None,
        unit: Key | None = None,
        filter: Mapping[str, object] | None = None,
        starts: Mapping[str, str] | None = None,
        sort: str | None = None,
        currency: str | None = None,
        descending: bool = False,
        size: int | None = None,
        after: str | None = None,
        outreach: Outreach | None = None,
    ) -> Iterator[Page]:
        """The pages of a list one after the other, to the last; the arguments as for :meth:`page`.

        Each page is read when it is asked for; what is entered or taken away meanwhile moves nothing.
        """
        while True:
            page = self.page(
                view=view,
                position=position,
                unit=unit,
                filter=filter,
                starts=starts,
                sort=sort,
                currency=currency,
                descending=descending,
                size=size,
                after=after,
                outreach=outreach,
            )
            yield page
            if page.next is None:
                return
            after = page.next


class ExportedNamespace(ListedNamespace):
    """A part of the business whose lists are handed on as CSV too."""

    __slots__ = ()
    _EXPORT: ClassVar[str]

    def export(
        self,
        *,
        view: View = "all",
        position: Key | None = None,
        unit: Key | None = None,
        filter: Mapping[str, object] | None = None,
        starts: Mapping[str, str] | None = None,
        sort: str | None = None,
        currency: str | None = None,
        descending: bool = False,
        after: str | None = None,
        outreach: Outreach | None = None,
    ) -> Export:
        """A whole list as CSV; the arguments as for :meth:`page`."""
        asked = _asked(view, position, unit, filter, starts, sort, currency, descending, after, outreach)
        told = self._ask(self._EXPORT, **asked)
        return Export(told["csv"], told["rows"], told["next"])


def _asked(
    view: View,
    position: Key | None,
    unit: Key | None,
    filter: Mapping[str, object] | None,
    starts: Mapping[str, str] | None,
    sort: str | None,
    currency: str | None,
    descending: bool,
    after: str | None,
    outreach: Outreach | None,
) -> dict[str, object]:
    """What a page and an export are asked with alike."""
    return given(
        view=view,
        position=position,
        unit=unit,
        filter=None if filter is None else dict(filter),
        starts=None if starts is None else dict(starts),
        sort=sort,
        currency=currency,
        descending=descending,
        after=after,
        outreach=None if outreach is None else given(**outreach._asdict()),
    )
