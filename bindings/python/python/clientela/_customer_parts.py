"""What a customer has several of: addresses, ways to be reached, numbers elsewhere, vehicles' papers, added fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from ._namespace import EntityNamespace, Key, given
from .money import Money
from .records import Receipt

Trait = Literal["status", "size", "class"]
"""What customers are classified by."""

AddedTo = Literal["customer", "contact", "vehicle", "opportunity", "lead"]
"""Records to which fields can be added."""


class CustomerParts(EntityNamespace):
    """The commands of ``db.customers`` on what belongs to one."""

    __slots__ = ()

    def add_address(
        self,
        customer: Key,
        *,
        kind: str,
        country: str,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        region: str | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> Receipt:
        """Adds a further address to a customer."""
        address = given(
            kind=kind,
            country=country,
            street=street,
            postal_code=postal_code,
            locality=locality,
            region=region,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        return self._do("address.add", customer=customer, address=address)

    def change_address(
        self, address: Key, change: Mapping[str, object], *, version: int | None = None
    ) -> Receipt:
        """Changes a further address, by its id: only what is named; ``None`` empties a field.

        Args:
            address: Id of the address.
            change: Fields as in :meth:`add_address`.
            version: The version that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("address.change", address=address, change=dict(change), version=version)

    def end_address(self, address: Key, *, day: date | None = None) -> Receipt:
        """Ends the validity of an address, by its id; the record stays."""
        return self._do("address.end", id=address, day=day)

    def add_contact_point(
        self,
        customer: Key,
        *,
        kind: str,
        value: str,
        label: str | None = None,
        preferred: bool = False,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> Receipt:
        """Adds a telephone number, e-mail or web address to a customer."""
        point = given(
            kind=kind,
            value=value,
            label=label,
            preferred=preferred,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        return self._do("contact_point.add", customer=customer, point=point)

    def end_contact_point(self, point: Key, *, day: date | None = None) -> Receipt:
        """Ends the validity of a contact point, by its id; the record stays."""
        return self._do("contact_point.end", id=point, day=day)

    def add_identifier(
        self, customer: Key, *, system: str, number: str, registration: bool = False
    ) -> Receipt:
        """Adds a customer's number in another system, or in a register (``registration``)."""
        identifier = {"system": system, "key": number, "registration": registration}
        return self._do("identifier.add", customer=customer, identifier=identifier)

    def join_group(
        self,
        customer: Key,
        parent: Key | None,
        *,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> Receipt:
        """Puts a customer under another in a group of companies; ``None`` takes it out of its group."""
        return self._do(
            "customer.join_group",
            customer=customer,
            parent=parent,
            valid_from=valid_from,
            valid_until=valid_until,
        )

    def relate_contact(
        self,
        contact: Key,
        *,
        influence: str | None = None,
        reports_to: Key | None = None,
        relation: str | None = None,
    ) -> Receipt:
        """Says what part a contact has in the purchase, and how it stands to another. What is not named stays; ``""`` empties."""
        return self._do(
            "contact.relate", contact=contact, influence=influence, reports_to=reports_to, relation=relation
        )

    def change_contact(
        self, contact: Key, change: Mapping[str, object], *, version: int | None = None
    ) -> Receipt:
        """Changes a contact, by id or number: only what is named; ``None`` empties a field.

        Args:
            contact: Id or number of the contact.
            change: Fields as in :meth:`Customers.add_contact`.
            version: The version that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("contact.change", contact=contact, change=dict(change), version=version)

    def contact_left(self, contact: Key, *, on: date | None = None, back: bool = False) -> Receipt:
        """Says that a person left the customer, today when no day is given, or is there after all (``back``)."""
        return self._do("contact.leave", contact=contact, on=on, back=back or None)

    def change_vehicle(
        self, vehicle: Key, change: Mapping[str, object], *, version: int | None = None
    ) -> Receipt:
        """Changes a vehicle, by its id: only what is named; ``None`` empties a field, and ``disposed`` brings it back.

        Args:
            vehicle: Id of the vehicle.
            change: Fields as in :meth:`Customers.add_vehicle`, without the mileage, which is read: :meth:`read_vehicle`.
            version: The version that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("vehicle.change", vehicle=vehicle, change=dict(change), version=version)

    def dispose_vehicle(self, vehicle: Key, *, day: date | None = None, reason: str | None = None) -> Receipt:
        """Takes a vehicle out of its fleet, by its id."""
        return self._do("vehicle.dispose", vehicle=vehicle, day=day, reason=reason)

    def assign_vehicle(
        self,
        vehicle: Key,
        *,
        part: str,
        customer: Key | None = None,
        contact: Key | None = None,
        name: str | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
        beside: bool | None = None,
    ) -> Receipt:
        """Gives somebody a part in a vehicle: owner, holder, operator, driver, lessor.

        Args:
            vehicle: Id of the vehicle.
            part: The part.
            customer: The customer who has it, or
            contact: the contact, or
            name: the name of somebody who is neither.
            valid_from: First day.
            valid_until: Last day.
            beside: Whether it is had beside those who have that part, such as by drivers in shifts, and not instead of them.
        """
        role = given(
            part=part,
            contact=contact,
            name=name,
            valid_from=valid_from,
            valid_until=valid_until,
            beside=beside,
        )
        return self._do("vehicle.role", vehicle=vehicle, role=role, customer=customer)

    def end_vehicle_role(self, role: Key, *, day: date | None = None) -> Receipt:
        """Ends a part somebody has in a vehicle, by its id, with a last day or today."""
        return self._do("vehicle.end_role", role=role, day=day)

    def read_vehicle(
        self, vehicle: Key, *, km: int, day: date | None = None, source: str | None = None
    ) -> Receipt:
        """Takes down what a vehicle's odometer showed, in kilometres."""
        return self._do("vehicle.reading", vehicle=vehicle, km=km, day=day, source=source)

    def add_contract(
        self,
        vehicle: Key,
        *,
        kind: str,
        provider: str | None = None,
        reference: str | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
        km_limit: int | None = None,
    ) -> Receipt:
        """Adds a contract on a vehicle, such as leasing, maintenance or warranty."""
        contract = given(
            kind=kind,
            provider=provider,
            reference=reference,
            valid_from=valid_from,
            valid_until=valid_until,
            km_limit=km_limit,
        )
        return self._do("contract.add", vehicle=vehicle, contract=contract)

    def change_contract(
        self, contract: Key, change: Mapping[str, object], *, version: int | None = None
    ) -> Receipt:
        """Changes a contract on a vehicle, by its id: only what is named; ``None`` empties a field.

        Args:
            contract: Id of the contract.
            change: Fields as in :meth:`add_contract`.
            version: The version that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("contract.change", contract=contract, change=dict(change), version=version)

    def end_contract(self, contract: Key, *, day: date | None = None) -> Receipt:
        """Ends a contract on a vehicle before its time, by its id, with a last day or today."""
        return self._do("contract.end", contract=contract, day=day)

    def set_park_line(
        self,
        customer: Key,
        *,
        make: str,
        count: int,
        category: str | None = None,
        day: date | None = None,
    ) -> Receipt:
        """Sets how many vehicles of a make a fleet has, where only the number is known."""
        line = given(make=make, count=count, category=category, day=day)
        return self._do("park_line.set", customer=customer, line=line)

    def define_field(
        self,
        name: str,
        *,
        type: str,
        label: str,
        personal: bool = False,
        confidential: bool = False,
        choices: Sequence[str] = (),
        entity: AddedTo | None = None,
    ) -> Receipt:
        """Adds a field, or changes label and words of one.

        Args:
            name: Its name.
            type: What its values are: ``text``, ``number``, ``integer``, ``date``, ``boolean``, ``choice`` or ``money``.
            label: What people read.
            personal: Whether it says something of a person.
            confidential: Whether only those see it who see confidential fields.
            choices: Its words, when it is a choice.
            entity: Of which records; of customers when not given.
        """
        field = given(entity=entity) | {
            "name": name,
            "type": type,
            "label": label,
            "personal": personal,
            "confidential": confidential,
            "choices": list(choices),
        }
        return self._do("custom_field.define", field=field)

    def retire_field(self, name: Key, *, entity: AddedTo | None = None) -> Receipt:
        """Takes no more values for an added field; those that are there stay."""
        return self._do("custom_field.retire", field=name, entity=entity)

    def set_field(self, customer: Key, *, field: Key, value: object) -> Receipt:
        """Sets the value of an added field, in the form of its type; ``None`` empties it."""
        return self._db.execute(
            {"command": "customer.set_field", "customer": customer, "field": field, "value": value}
        )

    def set_added_field(self, entity: AddedTo, record: Key, *, field: Key, value: object) -> Receipt:
        """Sets the value of a field added to other records than customers too, in the form of its type; ``None`` empties it."""
        command = {"command": "custom_field.set", "entity": entity, "record": record, "field": field, "value": value}
        return self._db.execute(command)

    def classify(self, customer: Key | None = None, *, what: Sequence[Trait] = ()) -> Receipt:
        """Classifies a customer, or all that may be changed, by the rule sets of the setting ``customer.classification``."""
        return self._do("customer.classify", customer=customer, what=list(what))

    def override(
        self, customer: Key, *, what: Trait, value: str | None, reason: str | None = None
    ) -> Receipt:
        """Sets status, size or class against the rules, with a reason, until that is lifted."""
        return self._do("customer.override", customer=customer, what=what, value=value, reason=reason)

    def lift_override(self, customer: Key, *, what: Trait) -> Receipt:
        """Leaves status, size or class to the rules again."""
        return self._do("customer.lift_override", customer=customer, what=what)

    def lose(
        self,
        customer: Key,
        *,
        reason: str,
        competitor: str | None = None,
        note: str | None = None,
        day: date | None = None,
    ) -> Receipt:
        """A customer leaves: why (a code of the installation, such as price), to whom, on which day."""
        return self._do(
            "customer.lose", customer=customer, reason=reason, competitor=competitor, note=note, day=day
        )

    def win_back(
        self,
        customer: Key,
        *,
        kind: str,
        subject: str,
        won: bool = False,
        result: str | None = None,
        cost: Money | None = None,
        done_at: datetime | None = None,
    ) -> Receipt:
        """Records an attempt to win a customer back, and whether it did.

        Args:
            customer: The customer.
            kind: What kind of activity, such as ``visit``.
            subject: What it was about, in one line.
            won: Whether the customer is won back.
            result: What came of it.
            cost: What it cost besides the time.
            done_at: When it was done; now when not given.
        """
        return self._do(
            "customer.win_back",
            customer=customer,
            kind=kind,
            subject=subject,
            won=won,
            result=result,
            cost=cost,
            done_at=done_at,
        )
