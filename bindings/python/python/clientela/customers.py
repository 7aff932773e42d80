"""Customers: one dealer's business with a person or organisation, with contacts, fleet and consents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Literal

from ._customer_parts import CustomerParts
from ._namespace import Key, given
from .exports import ExportReport, ExportTarget, write_csv
from .imports import Encoding, ImportPlan, ImportTarget, Separator, Upsert, file_source, options, plan, table_source
from .insight import CustomerInsight
from .pages import ExportedNamespace, Outreach
from .progress import Progress
from .records import CustomerSnapshot, HistoryEntry, Receipt, Record
from .table import Table

__all__ = ["Customers"]


class Customers(ExportedNamespace, CustomerParts, CustomerInsight):
    """``db.customers``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "customer"
    _LIST: ClassVar[str] = "customer.list"
    _EXPORT: ClassVar[str] = "customer.export"

    def snapshot(self, key: Key) -> CustomerSnapshot:
        """A customer with its contacts and fleet, read at one moment."""
        customer, contacts, fleet = self._db._store.customer(str(key))
        return CustomerSnapshot(
            Record._of(customer), tuple(map(Record._of, contacts)), tuple(map(Record._of, fleet))
        )

    def find(
        self,
        *,
        name: str | None = None,
        vat_number: str | None = None,
        number: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        country: str | None = None,
        postal_code: str | None = None,
        limit: int = 100,
    ) -> list[Record]:
        """Customers that fit everything given: start of the name, identifiers written in any usual way."""
        search = given(
            name=name,
            vat_number=vat_number,
            number=number,
            email=email,
            phone=phone,
            country=country,
            postal_code=postal_code,
        )
        return [Record._of(parts) for parts in self._db._store.find_customers(search, limit)]

    def create(
        self,
        name: str,
        *,
        country: str,
        kind: Literal["company", "person"] | str = "company",
        number: str | None = None,
        name2: str | None = None,
        vat_number: str | None = None,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        region: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        language: str | None = None,
        nace: str | None = None,
        status: str | None = None,
        size: str | None = None,
        since: date | None = None,
        source: str | None = None,
        price_group: str | None = None,
        notes: str | None = None,
        do_not_contact: bool | None = None,
        owner: Key | None = None,
    ) -> Receipt:
        """Enters a customer; one that is there already is refused with its id."""
        customer = given(
            name=name,
            country=country,
            kind=kind,
            number=number,
            name2=name2,
            vat_number=vat_number,
            street=street,
            postal_code=postal_code,
            locality=locality,
            region=region,
            email=email,
            phone=phone,
            language=language,
            nace=nace,
            status=status,
            size=size,
            since=since,
            source=source,
            price_group=price_group,
            notes=notes,
            do_not_contact=do_not_contact,
        )
        return self._db.execute({"command": "customer.create", "customer": customer, **given(owner=owner)})

    def change(
        self, key: Key, change: Mapping[str, object], *, owner: Key | None = None, version: int | None = None
    ) -> Receipt:
        """Changes only what is named; ``None`` empties a field. ``version`` is that of the record that was read."""
        return self._db.execute(
            {
                "command": "customer.change",
                "customer": key,
                "change": dict(change),
                **given(owner=owner, version=version),
            }
        )

    def add_contact(
        self,
        customer: Key,
        *,
        family_name: str,
        given_name: str | None = None,
        number: str | None = None,
        role: str | None = None,
        influence: str | None = None,
        language: str | None = None,
        mobile: str | None = None,
        phone: str | None = None,
        email: str | None = None,
    ) -> Receipt:
        """Adds a person at a customer."""
        contact = given(
            family_name=family_name,
            given_name=given_name,
            number=number,
            role=role,
            influence=influence,
            language=language,
            mobile=mobile,
            phone=phone,
            email=email,
        )
        return self._db.execute({"command": "contact.add", "customer": customer, "contact": contact})

    def add_vehicle(
        self,
        customer: Key,
        *,
        make: str | None = None,
        model: str | None = None,
        vin: str | None = None,
        plate: str | None = None,
        category: str | None = None,
        body: str | None = None,
        euro_class: int | None = None,
        first_registration: date | None = None,
        mileage_km: int | None = None,
        ownership: str | None = None,
        acquired: date | None = None,
        disposed: date | None = None,
        disposal_reason: str | None = None,
        usage: str | None = None,
    ) -> Receipt:
        """Adds a vehicle to a customer's fleet; ``usage`` in the words of the replacement thresholds."""
        vehicle = given(
            make=make,
            model=model,
            vin=vin,
            plate=plate,
            category=category,
            body=body,
            euro_class=euro_class,
            first_registration=first_registration,
            mileage_km=mileage_km,
            ownership=ownership,
            acquired=acquired,
            disposed=disposed,
            disposal_reason=disposal_reason,
            usage=usage,
        )
        return self._db.execute({"command": "vehicle.add", "customer": customer, "vehicle": vehicle})

    def record_consent(
        self,
        customer: Key,
        *,
        purpose: str,
        channel: str,
        decision: str,
        basis: str | None = None,
        contact: Key | None = None,
        contact_point: str | None = None,
        wording: str | None = None,
        source: str | None = None,
        proof: str | None = None,
        proof_kind: str | None = None,
        proof_digest: str | None = None,
        at: datetime | None = None,
        expires_at: datetime | None = None,
        awaits_confirmation: bool | None = None,
    ) -> Receipt:
        """Records what a customer or contact said about being contacted.

        Args:
            customer: The customer.
            purpose: What for.
            channel: By which channel.
            decision: ``granted``, ``refused`` and the like.
            basis: On what it rests.
            contact: Who said it, when it was one of the customer's contacts.
            contact_point: The one address or number it holds for; all when not given.
            wording: Version of the wording shown.
            source: Where it was said.
            proof: What proves it.
            proof_kind: Of which kind that is.
            proof_digest: SHA-256 of the file that proves it, in hexadecimal.
            at: When it was said; now when not given.
            expires_at: Until when it holds.
            awaits_confirmation: Whether it counts only once it is confirmed.
        """
        consent = given(
            purpose=purpose,
            channel=channel,
            decision=decision,
            basis=basis,
            contact=contact,
            contact_point=contact_point,
            wording=wording,
            source=source,
            proof=proof,
            proof_kind=proof_kind,
            proof_digest=proof_digest,
            at=at,
            expires_at=expires_at,
            awaits_confirmation=awaits_confirmation,
        )
        return self._db.execute({"command": "consent.record", "customer": customer, "consent": consent})

    def import_csv(
        self,
        path: str | os.PathLike[str] | bytes,
        *,
        target: ImportTarget = "customer",
        mapping: Mapping[str, str] | None = None,
        saved: Key | None = None,
        upsert: Upsert | None = None,
        defaults: Mapping[str, str] | None = None,
        words: Mapping[str, Mapping[str, str]] | None = None,
        numbers: Literal["decimal_comma", "decimal_point"] | None = None,
        dates: Literal["day_first", "month_first"] | None = None,
        separator: Separator | None = None,
        encoding: Encoding | None = None,
        customer: Key | None = None,
        owner: Key | None = None,
        label: str | None = None,
        chunk_rows: int | None = None,
        progress: Progress = None,
    ) -> ImportPlan:
        """Reads a table of customers, vehicles, contacts or consents and says what would come of it.

        Args:
            path: The file, or its content; a table of text, or a spreadsheet. A file is read a piece at a time.
            target: What its rows become.
            mapping: Fields by header of the column; ``plan.mapping`` shows which were guessed when not given.
            saved: Name of a saved mapping; without one and without a mapping that saved for the headers is used.
            upsert: Rows about records that are there change them; they are rejected when not given.
            defaults: What a field is where the file leaves it empty: ``{"country": "IT"}``.
            words: What the file's own words mean, by field: ``{"status": {"cliente attivo": "customer"}}``.
            numbers: How numbers are written; found out when not given.
            dates: Whether day or month comes first; the day when not given.
            separator: What stands between two cells; found out when not given.
            encoding: Encoding of the file; found out when not given.
            customer: The customer all rows belong to, for files that do not name it.
            owner: The position that looks after new customers; the acting one when not given.
            label: Tells two imports of the same file apart.
            chunk_rows: Rows written in one transaction, 1 to 100,000; 10,000 when not given. The fewer, the shorter others wait.
            progress: See :data:`clientela.progress.Progress`.
        """
        told = options(
            target=target,
            mapping=mapping,
            saved=saved,
            upsert=upsert,
            defaults=defaults,
            words=words,
            numbers=numbers,
            dates=dates,
            separator=separator,
            encoding=encoding,
            customer=customer,
            owner=owner,
            label=label,
            chunk_rows=chunk_rows,
        )
        return plan(self._db._store, file_source(path), told, progress=progress)

    def import_table(
        self,
        source: object,
        *,
        target: ImportTarget = "customer",
        mapping: Mapping[str, str] | None = None,
        saved: Key | None = None,
        upsert: Upsert | None = None,
        defaults: Mapping[str, str] | None = None,
        words: Mapping[str, Mapping[str, str]] | None = None,
        customer: Key | None = None,
        owner: Key | None = None,
        label: str | None = None,
        chunk_rows: int | None = None,
        progress: Progress = None,
    ) -> ImportPlan:
        """As :meth:`import_csv`, of anything tabular: a frame of polars, pandas or pyarrow, a query of DuckDB, a mapping of
        columns, mappings or dataclasses in a row, the path of a Parquet file. Days and numbers need no reading here.
        """
        told = options(
            target=target,
            mapping=mapping,
            saved=saved,
            upsert=upsert,
            defaults=defaults,
            words=words,
            customer=customer,
            owner=owner,
            label=label,
            chunk_rows=chunk_rows,
        )
        return plan(self._db._store, table_source(source), told, progress=progress)

    def import_cards(self, path: str | os.PathLike[str], *, customer: Key | None = None) -> ImportPlan:
        """Reads vCards as contacts of a customer, or as customers when none is named, and says what would come of them."""
        told = options(target="customer" if customer is None else "contact", customer=customer)
        return plan(self._db._store, file_source(path, cards=True), told)

    def export_csv(
        self,
        path: str | os.PathLike[str],
        *,
        target: ExportTarget = "customer",
        customer: Key | None = None,
        separator: Separator | None = None,
        record_ids: bool = False,
        outreach: Outreach | None = None,
        progress: Progress = None,
    ) -> ExportReport:
        """Writes what may be seen as a table that :meth:`import_csv` reads again, and gives how much it was.

        Args:
            path: The file; one that is there is replaced.
            target: What is written: customers, vehicles, contacts or consents.
            customer: Only those of this customer.
            separator: What stands between two cells; a comma when not given.
            record_ids: Whether ids are written too, in a column ``record_id``: by it an :class:`Upsert` finds each record again.
            outreach: Only those who may be contacted so; all when not given.
            progress: See :data:`clientela.progress.Progress`.
        """
        told = given(target=target, customer=customer, separator=separator, record_ids=record_ids)
        if outreach is not None:
            told["outreach"] = given(**outreach._asdict())
        return write_csv(self._db, path, told, progress=progress)

    def history(self, key: Key) -> list[HistoryEntry]:
        """Who changed what of the relationship, when and why; the oldest first."""
        return self._db.history("relationship", self.get(key)["id"])
