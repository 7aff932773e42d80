"""Privacy: consents, legal holds, erasure, and everything held on a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from ._namespace import Key, Namespace
from .answers import Answer
from .records import Receipt

__all__ = ["Privacy"]


class Privacy(Namespace):
    """``db.privacy``."""

    __slots__ = ()

    def consent_state(self, customer: Key, *, contact: Key | None = None, at: datetime | None = None) -> Answer:
        """Whether a customer or contact may be contacted for what, by which channel, at a moment, and why."""
        return self._ask("consent.state", customer=customer, contact=contact, at=at)

    def withdraw(
        self,
        customer: Key,
        *,
        contact: Key | None = None,
        purpose: str | None = None,
        channel: str | None = None,
        contact_point: str | None = None,
        objection: bool = False,
        source: str | None = None,
        at: datetime | None = None,
    ) -> Receipt:
        """Takes consents back; what is not named is meant wholly.

        Args:
            customer: The customer.
            contact: Id of the contact who speaks; the customer itself when not given, whose no holds for all its contacts.
            purpose: For what; everything that was granted when not given.
            channel: By which channel; all when not given.
            contact_point: The one address or number; all when not given.
            objection: Whether it is an objection: never again.
            source: Where it was said.
            at: When it was said; now when not given.
        """
        return self._do(
            "consent.withdraw",
            customer=customer,
            contact=contact,
            purpose=purpose,
            channel=channel,
            contact_point=contact_point,
            objection=objection,
            source=source,
            at=at,
        )

    def confirm(self, consent: Key, *, proof: str | None = None, at: datetime | None = None) -> Receipt:
        """Confirms a grant of a double opt-in, by its id, with what proves it."""
        return self._do("consent.confirm", consent=consent, proof=proof, at=at)

    def define_wording(self, code: str, *, version: str, language: str, text: str) -> Receipt:
        """Defines a version of a wording; consents name it as ``code/version/language``."""
        return self._do("wording.define", code=code, version=version, language=language, text=text)

    def set_legal_hold(
        self, customer: Key, *, reason: str, since: date | None = None, until: date | None = None
    ) -> Receipt:
        """Puts a hold on a customer's data: nothing of it is erased from a day (today) until another, or until it is lifted."""
        return self._do("legal_hold.set", **{"customer": customer, "reason": reason, "from": since, "to": until})

    def lift_legal_hold(self, hold: Key) -> Receipt:
        """Lifts a hold by its id: yesterday was its last day."""
        return self._do("legal_hold.lift", hold=hold)

    def erase(self, customer: Key, *, reason: str) -> Receipt:
        """Erases a party with everything held on it and its contacts, at every dealer.

        Args:
            customer: The customer through whom it is named.
            reason: Why: ``person_asked``, ``consent_withdrawn``, ``no_longer_needed`` or ``unlawful``.
        """
        return self._do("party.erase", customer=customer, reason=reason)

    def erase_contact(self, contact: Key, *, reason: str) -> Receipt:
        """Erases one contact, for a reason as :meth:`erase` names them."""
        return self._do("contact.erase", contact=contact, reason=reason)

    def erase_lead(self, lead: Key, *, reason: str) -> Receipt:
        """Erases a lead that never became a customer, for a reason as :meth:`erase` names them; one that did goes with it."""
        return self._do("lead.erase", lead=lead, reason=reason)

    def erasures(self) -> Answer:
        """All erasures by ids, to be kept beside the copies of the store."""
        return self._ask("erasure.list")

    def replay(self, erasures: Answer | Sequence[Mapping[str, object]]) -> Receipt:
        """Erases again, in an older copy, what was erased since: the lines :meth:`erasures` gave."""
        return self._do("erasure.replay", erasures=list(erasures))

    def export_person(
        self, customer: Key | None = None, *, contact: Key | None = None, lead: Key | None = None
    ) -> Answer:
        """Everything held on a person, and what is withheld and why: name a customer, one contact, or a lead that
        never became a customer.

        ``["records"]`` has it by entity and field, ``["files"]`` the same as CSV texts; ``table(lines="withheld")`` shows what
        is not in it.
        """
        return self._ask("person.export", customer=customer, contact=contact, lead=lead)
