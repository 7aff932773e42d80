"""Customers entered twice: who may be one, why, and making them one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from ._namespace import Key, Namespace, given
from .answers import Answer
from .records import Receipt
from .table import Table
from .why import Explanation

__all__ = ["Candidates", "Clusters", "Duplicates", "MergePreview", "Side"]

Side = Literal["survivor", "merged"]
"""Whose content a field keeps: that of the customer that stays, or of the one that becomes it."""

_REASONS = ("field", "agrees", "feature", "test", "weight")


class Candidates(Answer):
    """Customers that may be the one asked about, the likeliest first."""

    __slots__ = ()

    def reasons(self) -> Table:
        """Field by field what speaks for and against each candidate; ``weight`` is in bits, ten make it a thousand times likelier."""
        lines = ({"number": line["number"], "name": line["name"], **reason} for line in self.data for reason in _reasons(line))
        return _columns(("number", "name", *_REASONS), lines)


class Clusters(Answer):
    """Customers that are one, cluster by cluster, the surest first."""

    __slots__ = ()

    def table(self, *, lines: str | None = None, reasons: bool = False) -> Table:
        """One row per customer, with the place of its cluster from 1 on; another list of the answer by ``lines``."""
        if lines is not None:
            return super().table(lines=lines, reasons=reasons)
        members = (
            {"cluster": place, "probability": cluster["probability"], **member}
            for place, cluster in self._numbered()
            for member in cluster["customers"]
        )
        return _columns(("cluster", "probability", "number", "name", "customer", "party"), members)

    def reasons(self) -> Table:
        """Field by field what speaks for and against each pair, at most ten of a cluster; ``weight`` is in bits."""
        return _columns(("cluster", "one", "other", "probability", *_REASONS), self._pairs())

    def _numbered(self) -> Iterator[tuple[int, Any]]:
        return enumerate(self.data["clusters"], start=1)

    def _pairs(self) -> Iterator[dict[str, Any]]:
        for place, cluster in self._numbered():
            # A party can be that of several dealers' customers.
            numbers: dict[str, list[str]] = {}
            for member in cluster["customers"]:
                numbers.setdefault(member["party"], []).append(member["number"] or member["customer"])
            for pair in cluster["pairs"]:
                one, other = (", ".join(numbers.get(pair[side], [])) for side in ("one", "other"))
                beside = {"cluster": place, "one": one, "other": other, "probability": pair["probability"]}
                yield from ({**beside, **reason} for reason in _reasons(pair))

    def __len__(self) -> int:
        return len(self.data["clusters"])

    def __repr__(self) -> str:
        return f"<Clusters: {self.data['found']:,} of {self.data['parties']:,} customers, {self.data['compared']:,} pairs compared>"


class MergePreview(Answer):
    """What a merge would do. ``table()`` lists the fields, ``table(lines="relations")`` what comes along."""

    __slots__ = ()

    @property
    def allowed(self) -> bool:
        """Whether this session may merge the two."""
        allowed: bool = self.data["allowed"]
        return allowed

    def differing(self) -> Table:
        """The fields in which the two do not say the same."""
        fields = [line for line in self.data["fields"] if line["survivor"] != line["merged"]]
        return _columns(("entity", "field", "survivor", "merged", "taken", "reason"), fields)

    def __repr__(self) -> str:
        fields, relations = len(self.differing()), sum(line["records"] for line in self.data["relations"])
        refused = "" if self.allowed else ", not allowed"
        return f"<MergePreview: {fields} fields differ, {relations} records come along{refused}>"


class Duplicates(Namespace):
    """``db.duplicates``; what is compared and how is in ``docs/duplicates.md``."""

    __slots__ = ()

    def of(self, customer: Key, *, least: float | Decimal | None = None, limit: int | None = None) -> Candidates:
        """Who may be the same as a customer that is there.

        Args:
            customer: The customer.
            least: From which probability on; that of the setting ``customer.duplicates`` when not given.
            limit: How many, at most 100; 10 when not given.
        """
        return self._candidates({"customer": customer}, least, limit)

    def like(
        self,
        *,
        name: str | None = None,
        name2: str | None = None,
        kind: str | None = None,
        vat_number: str | None = None,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        country: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        least: float | Decimal | None = None,
        limit: int | None = None,
    ) -> Candidates:
        """Who may be the customer that is being entered; ask again with each field that is typed, in whatever form.

        Args:
            name: Name.
            name2: Second line of the name.
            kind: What it is, such as ``company`` or ``person``; a company when not given.
            vat_number: VAT number.
            street: Street and house number.
            postal_code: Postal code.
            locality: Town.
            country: Country, as two letters.
            email: E-mail address.
            phone: Telephone number.
            least: From which probability on; that of the setting ``customer.duplicates`` when not given.
            limit: How many, at most 100; 10 when not given.
        """
        draft = given(
            name=name,
            name2=name2,
            kind=kind,
            vat_number=vat_number,
            street=street,
            postal_code=postal_code,
            locality=locality,
            country=country,
            email=email,
            phone=phone,
        )
        return self._candidates({"draft": draft}, least, limit)

    def clusters(
        self, *, least: float | Decimal | None = None, limit: int | None = None, policy: Mapping[str, object] | None = None
    ) -> Clusters:
        """Which of all customers that may be seen are one.

        Args:
            least: From which probability on; that of the rules when not given.
            limit: How many clusters, at most 10,000; 100 when not given.
            policy: The rules, as in the setting ``customer.duplicates``, which holds when not given.
        """
        found = self._ask("customer.duplicate_clusters", least=None if least is None else str(least), limit=limit, policy=policy)
        return Clusters(found.question, found.data)

    def preview(self, survivor: Key, merged: Key, *, fields: Mapping[str, Side] | None = None) -> MergePreview:
        """What a merge would do; nothing is written. The arguments are those of :meth:`merge`."""
        found = self._ask("customer.merge_preview", survivor=survivor, merged=merged, fields=dict(fields or {}))
        return MergePreview(found.question, found.data)

    def merge(
        self, survivor: Key, merged: Key, *, fields: Mapping[str, Side] | None = None, reason: str | None = None
    ) -> Receipt:
        """Makes two customers one. Nothing is deleted, and :meth:`unmerge` takes them apart again.

        Args:
            survivor: The customer that stays.
            merged: The customer that becomes it; asking for it gives the survivor from then on.
            fields: Whose content a field keeps, by its name (``custom.`` and the name for an added field). Where nothing is
                chosen that of the survivor, or that of the merged one where the survivor has none.
            reason: Why; it stands in the journal.
        """
        return self._do("customer.merge", survivor=survivor, merged=merged, fields=dict(fields or {}), reason=reason)

    def unmerge(self, merged: Key, *, keep_later: bool = False, reason: str | None = None) -> Receipt:
        """Takes two merged customers apart again: every field and every relation as it was.

        Args:
            merged: The customer that was merged into another, by its number or id, or the id of the merge.
            keep_later: Whether what was changed after the merge is kept; such a change stands against it otherwise.
            reason: Why; it stands in the journal.
        """
        return self._do("customer.unmerge", merged=merged, keep_later=keep_later, reason=reason)

    def _candidates(self, whom: Mapping[str, object], least: float | Decimal | None, limit: int | None) -> Candidates:
        found = self._ask("customer.duplicates", **whom, least=None if least is None else str(least), limit=limit)
        return Candidates(found.question, found.data)


def _reasons(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for said in Explanation.from_mapping(line["why"]).because:
        facts = dict(said.facts)
        yield {**facts, "agrees": said.reason == "duplicate.agrees", "weight": Decimal(facts["weight"])}


def _columns(names: tuple[str, ...], rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> Table:
    lines = list(rows)
    return Table.from_({name: [line.get(name) for line in lines] for name in names})
