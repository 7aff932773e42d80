"""What the store answers with: records, receipts, history. Values, all of them: frozen, equal, picklable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

from . import _native, _views
from .errors import NotFound
from .why import Explanation

__all__ = ["Change", "CustomerSnapshot", "HistoryEntry", "OfferSnapshot", "Receipt", "Record", "RecordRef", "Verdict"]

_Parts = tuple[str, int, list[tuple[str, Any]]]


class Record(_views.Shown, Mapping[str, Any]):
    """One record as it was when it was read: columns by name or as attributes.

    Amounts are ``Money``, numbers with decimals ``Decimal``, days ``date``, moments ``datetime`` in UTC, ids ``UUID``.
    What the session may not read is ``None``.

    Attributes:
        entity: What it is, such as ``customer``.
        version: Give it back with a change, to notice that somebody changed the record meanwhile; 0 for a part.
    """

    __slots__ = ("_values", "entity", "version")

    entity: str
    version: int
    _values: dict[str, Any]

    def __init__(self, entity: str, version: int, values: Sequence[tuple[str, Any]]) -> None:
        object.__setattr__(self, "entity", entity)
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "_values", dict(values))

    @classmethod
    def _of(cls, parts: _Parts) -> Record:
        return cls(*parts)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a record is what was read and is frozen; {name} is changed by a command")

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise self._unknown(name) from None

    def __getattr__(self, name: str) -> Any:
        # Looked up when an attribute of the class is not meant; copying and pickling probe names of their own.
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(str(self._unknown(name))) from None

    def _unknown(self, name: str) -> NotFound:
        from .table import unknown_name

        return unknown_name(name, self._values, what="column")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return (self.entity, self.version, self._values) == (other.entity, other.version, other._values)

    def __hash__(self) -> int:
        return hash((self.entity, self.version, self._values.get("id")))

    def __reduce__(self) -> tuple[object, ...]:
        return (Record, (self.entity, self.version, list(self._values.items())))

    def __repr__(self) -> str:
        # Records are logged: only what can tell nothing about a person.
        return f"<{self.entity} {self._values.get('id')}>"

    def _repr_html_(self) -> str:
        personal = _personal(self.entity)
        shown = [
            (name, _views.MASK if name in personal else str(value))
            for name, value in self._values.items()
            if value is not None
        ]
        return _views.fields_html(self.entity, shown)


class RecordRef(NamedTuple):
    """A record a command wrote."""

    entity: str
    id: UUID
    key: str | None


class Receipt(_views.Shown):
    """What a command did. The same command id again gives the same receipt, byte for byte."""

    __slots__ = ("_json", "command", "id", "records", "why")
    __match_args__ = ("command", "key")

    id: UUID
    command: str
    records: tuple[RecordRef, ...]
    why: Explanation
    _json: str

    def __init__(self, json: str) -> None:
        from json import loads

        tree = loads(json)
        object.__setattr__(self, "_json", json)
        object.__setattr__(self, "id", UUID(tree["id"]))
        object.__setattr__(self, "command", tree["command"])
        records = tuple(RecordRef(each["entity"], UUID(each["id"]), each.get("key")) for each in tree["records"])
        object.__setattr__(self, "records", records)
        object.__setattr__(self, "why", Explanation.from_mapping(tree["why"]))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a receipt is frozen; {name} cannot be set")

    @property
    def key(self) -> str | None:
        """The key people use for the first record: a number, a code."""
        return self.records[0].key if self.records else None

    def id_of(self, entity: str) -> UUID | None:
        """The id of the first record of that entity."""
        return next((record.id for record in self.records if record.entity == entity), None)

    def to_json(self) -> str:
        """The receipt as every binding gives it."""
        return self._json

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Receipt):
            return NotImplemented
        return self._json == other._json

    def __hash__(self) -> int:
        return hash(self._json)

    def __reduce__(self) -> tuple[object, ...]:
        return (Receipt, (self._json,))

    def __repr__(self) -> str:
        wrote = ", ".join(f"{record.entity} {record.key or record.id}" for record in self.records)
        return f"<Receipt of {self.command}: {wrote or 'nothing written'}>"

    def _repr_html_(self) -> str:
        fields = [(record.entity, record.key or str(record.id)) for record in self.records]
        return _views.fields_html(self.command, fields) + self.why._repr_html_()


class CustomerSnapshot(NamedTuple):
    """A customer with its contacts and fleet, as it was at one moment."""

    customer: Record
    contacts: tuple[Record, ...]
    fleet: tuple[Record, ...]

    @property
    def version(self) -> int:
        """Give it back with a change, to notice that somebody changed the customer meanwhile."""
        return self.customer.version

    def __repr__(self) -> str:
        return f"<customer {self.customer.id}: {len(self.contacts)} contacts, {len(self.fleet)} vehicles>"


class OfferSnapshot(NamedTuple):
    """An offer with its current version, as it was at one moment. Costs are ``None`` unless the session may read them."""

    offer: Record
    revision: Record
    items: tuple[Record, ...]
    steps: tuple[Record, ...]

    def __repr__(self) -> str:
        offer = self.offer
        return f"<offer {offer.number}, version {offer.revision}, {offer.state}: {len(self.items)} items, net {offer.net}>"


class Change(NamedTuple):
    """One field before and after."""

    column: str
    before: Any
    after: Any


class HistoryEntry(NamedTuple):
    """One command's changes of a record."""

    time: datetime
    actor: UUID
    position: UUID | None
    command: UUID
    kind: str
    reason: str
    created: bool
    changes: tuple[Change, ...]

    def __repr__(self) -> str:
        return f"<{self.kind} at {self.time:%Y-%m-%d %H:%M} UTC: {', '.join(change.column for change in self.changes)}>"


class Verdict(NamedTuple):
    """Whether something may be done, and by which right, or why not."""

    allowed: bool
    why: Explanation

    def __bool__(self) -> bool:
        return self.allowed


_PERSONAL: dict[str, frozenset[str]] = {}


def _personal(entity: str) -> frozenset[str]:
    """The personal columns of an entity, from the data dictionary."""
    if not _PERSONAL:
        marked: dict[str, set[str]] = {}
        for line in _native.dictionary():
            marked.setdefault(line[0], set())
            if line[6]:
                marked[line[0]].add(line[1])
        _PERSONAL.update({name: frozenset(columns) for name, columns in marked.items()})
    return _PERSONAL.get(entity, frozenset())
