"""Leads: who showed interest, before there is a customer with an opportunity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple, TypedDict

from ._namespace import Key, given
from .answers import Answer
from .lead_scoring import LeadScoring
from .money import Money
from .pages import ListedNamespace
from .records import Receipt

__all__ = ["Distribution", "Horizon", "LeadConsent", "Leads"]

Horizon = Literal["month", "quarter", "half_year", "year", "later"]
"""Within what time a purchase is meant."""


class Distribution(NamedTuple):
    """By what a lead is given to somebody, when nobody is named.

    Among the sellers of ``unit`` (the acting one when not given) and of those below it. ``choice`` is the customer's own: a
    position or a unit. ``capacity`` is how many open leads a seller can have; ``shared`` says that a rule lets several dealers
    work on one prospect. ``model`` is a territory model, or a version of one: whom its rules give most have the lead's territory.
    """

    unit: Key | None = None
    choice: Key | None = None
    capacity: int | None = None
    shared: bool | None = None
    model: Key | None = None


class LeadConsent(TypedDict, total=False):
    """What a person said about being contacted; ``purpose``, ``channel``, ``decision`` and ``basis`` are needed."""

    purpose: str
    channel: str
    decision: str
    basis: str
    wording: str
    source: str
    proof: str
    at: datetime
    contact_point: str
    expires_at: datetime
    awaits_confirmation: bool


class Leads(LeadScoring, ListedNamespace):
    """``db.leads``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "lead"
    _LIST: ClassVar[str] = "lead.page"

    def receive(
        self,
        *,
        channel: str,
        source: str | None = None,
        external: str | None = None,
        company: str | None = None,
        given_name: str | None = None,
        family_name: str | None = None,
        email: str | None = None,
        phone: str | None = None,
        vat_number: str | None = None,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        region: str | None = None,
        country: str | None = None,
        wish: str | None = None,
        horizon: Horizon | None = None,
        trade_in: str | None = None,
        received_at: datetime | None = None,
        employees: int | None = None,
        fleet_size: int | None = None,
        number: str | None = None,
        campaign: Key | None = None,
        product: Key | None = None,
        consents: Sequence[LeadConsent | Mapping[str, object]] = (),
        owner: Key | None = None,
        distribute: Distribution | None = None,
        minutes: int | None = None,
    ) -> Receipt:
        """Receives a lead. It needs a company or family name, and an e-mail address or telephone number.

        Args:
            channel: How it came in, such as ``web_form``, ``call``, ``showroom``, ``event`` or ``portal``.
            source: Which site, event, list or person it came from.
            external: What it is called there: the same again from the same source is the same lead.
            company: Company.
            given_name: Given name.
            family_name: Family name.
            email: E-mail address.
            phone: Telephone number.
            vat_number: VAT number.
            street: Street and house number.
            postal_code: Postal code.
            locality: Town.
            region: Province or region.
            country: Country, as two letters; that of the unit when not given.
            wish: What is wanted, in the person's words.
            horizon: Within what time the purchase is meant.
            trade_in: The vehicle offered in part exchange, in the person's words.
            received_at: When it came in; now when not given.
            employees: How many people work in the company.
            fleet_size: How many vehicles it has.
            number: A number given by another system; the unit's series gives one otherwise.
            campaign: Code of the campaign it answers.
            product: Code of the product asked for.
            consents: What the person said about being contacted.
            owner: Title of the position that is given it at once.
            distribute: By what it is distributed at once, when nobody is named.
            minutes: Working minutes within which it is to be answered; four hours when not given.
        """
        lead = given(
            channel=channel,
            source=source,
            external=external,
            company=company,
            given_name=given_name,
            family_name=family_name,
            email=email,
            phone=phone,
            vat_number=vat_number,
            street=street,
            postal_code=postal_code,
            locality=locality,
            region=region,
            country=country,
            wish=wish,
            horizon=horizon,
            trade_in=trade_in,
            received_at=received_at,
            employees=employees,
            fleet_size=fleet_size,
        )
        return self._do(
            "lead.receive",
            lead=lead,
            number=number,
            campaign=campaign,
            product=product,
            consents=[dict(consent) for consent in consents],
            owner=owner,
            distribute=_by(distribute),
            minutes=minutes,
        )

    def receive_adf(
        self,
        message: str,
        *,
        owner: Key | None = None,
        distribute: Distribution | None = None,
        minutes: int | None = None,
    ) -> Receipt:
        """Receives the leads of a message in the Auto-lead Data Format, or of a mail that holds one; known ones are not doubled.

        Args:
            message: The message.
            owner: Title of the position that is given them at once.
            distribute: By what they are distributed at once, when nobody is named.
            minutes: Working minutes within which they are to be answered; four hours when not given.
        """
        return self._do("lead.receive_adf", message=message, owner=owner, distribute=_by(distribute), minutes=minutes)

    def assign(
        self,
        lead: Key,
        *,
        owner: Key | None = None,
        distribute: Distribution | None = None,
        minutes: int | None = None,
    ) -> Receipt:
        """Gives a lead to a position, or to whom the distribution finds; the arguments as for :meth:`receive`."""
        return self._do("lead.assign", lead=lead, owner=owner, distribute=_by(distribute), minutes=minutes)

    def reroute(
        self,
        lead: Key,
        *,
        owner: Key | None = None,
        distribute: Distribution | None = None,
        minutes: int | None = None,
    ) -> Receipt:
        """Moves a lead on to somebody else; whoever had it does not get it back at once."""
        return self._do("lead.reroute", lead=lead, owner=owner, distribute=_by(distribute), minutes=minutes)

    def reroute_overdue(self, distribute: Distribution, *, minutes: int | None = None) -> Receipt:
        """Moves on all leads whose answer is late, of the distribution's unit and of those below it."""
        return self._do("lead.reroute_overdue", distribute=_by(distribute), minutes=minutes)

    def record_consent(
        self,
        lead: Key,
        *,
        purpose: str,
        channel: str,
        decision: str,
        basis: str,
        contact_point: str | None = None,
        wording: str | None = None,
        source: str | None = None,
        proof: str | None = None,
        at: datetime | None = None,
        expires_at: datetime | None = None,
        awaits_confirmation: bool | None = None,
    ) -> Receipt:
        """Records what a lead said about being contacted; the arguments as for :meth:`Customers.record_consent`."""
        consent = given(
            purpose=purpose,
            channel=channel,
            decision=decision,
            basis=basis,
            contact_point=contact_point,
            wording=wording,
            source=source,
            proof=proof,
            at=at,
            expires_at=expires_at,
            awaits_confirmation=awaits_confirmation,
        )
        return self._do("lead.record_consent", lead=lead, consent=consent)

    def confirm_consent(
        self, consent: Key, *, proof: str | None = None, at: datetime | None = None
    ) -> Receipt:
        """Confirms a grant of a lead's double opt-in, by its id, with what proves the confirmation."""
        return self._do("lead.confirm_consent", consent=consent, proof=proof, at=at)

    def adf(self, lead: Key) -> str:
        """A lead as a message of the Auto-lead Data Format 1.0, XML in UTF-8."""
        return str(self._ask("lead.adf", lead=lead)["message"])

    def change(
        self,
        lead: Key,
        change: Mapping[str, object],
        *,
        product: Key | None = None,
        version: int | None = None,
    ) -> Receipt:
        """Changes a lead that is still open: only what is named; ``None`` empties a field.

        Args:
            lead: Number or id of the lead.
            change: What was said of it, as in :meth:`receive`.
            product: Code of the product asked for; it stays when not given.
            version: The version that was read, to notice that somebody changed it meanwhile.
        """
        return self._do("lead.change", lead=lead, change=dict(change), product=product, version=version)

    def contact(self, lead: Key) -> Receipt:
        """The first answer was given: the limit no longer runs."""
        return self._do("lead.contact", lead=lead)

    def qualify(self, lead: Key) -> Receipt:
        """It is worth an opportunity."""
        return self._do("lead.qualify", lead=lead)

    def disqualify(self, lead: Key, *, reason: str | None = None) -> Receipt:
        """It is not worth going on."""
        return self._do("lead.disqualify", lead=lead, reason=reason)

    def convert(
        self,
        lead: Key,
        *,
        customer: Key | None = None,
        opportunity: Key | None = None,
        method: Key | None = None,
        currency: str | None = None,
        title: str | None = None,
        amount: Money | None = None,
        vehicles: int | None = None,
    ) -> Receipt:
        """Makes it a customer, contact and opportunity, or joins it to those that are there.

        Args:
            lead: The lead.
            customer: The customer it is joined to; looked for when not given.
            opportunity: The open opportunity it is joined to; a new one is opened when not given.
            method: Code of the sales method of a new opportunity.
            currency: Currency of a new opportunity.
            title: Title of a new opportunity; what is wanted when not given.
            amount: What a new opportunity is expected to bring, net.
            vehicles: Number of vehicles of a new opportunity.
        """
        return self._do(
            "lead.convert",
            lead=lead,
            customer=customer,
            opportunity=opportunity,
            method=method,
            currency=currency,
            title=title,
            amount=amount,
            vehicles=vehicles,
        )

    def define_territory(
        self, unit: Key, *, country: str, position: Key | None = None, postal_start: str | None = None
    ) -> Receipt:
        """Says whose the leads of an area are: a unit's, or one position's in it.

        Args:
            unit: Code of the unit.
            country: Country of the area.
            position: Title of the position; all of the unit when not given.
            postal_start: How the postal codes of the area begin; the whole country when not given.
        """
        return self._do(
            "lead_territory.define", unit=unit, country=country, position=position, postal_start=postal_start
        )

    def conversion_preview(self, lead: Key, *, customer: Key | None = None) -> Answer:
        """What a lead would become, and by what it was found; nothing is written."""
        return self._ask("lead.conversion_preview", lead=lead, customer=customer)

    def ranked(self, *, owner: Key | None = None, horizon: Horizon | None = None, limit: int | None = None) -> Answer:
        """Who intends to buy: open leads, those to work on first before, each with what speaks for it.

        The points are the same for everybody; :meth:`ranking` goes by what became of earlier leads.

        Args:
            owner: Title of the position that works on them; all that may be seen when not given.
            horizon: Only those meant to buy within this time.
            limit: At most so many.
        """
        return self._ask("lead.list", owner=owner, horizon=horizon, limit=limit)

    def overdue(self, *, unit: Key | None = None, at: datetime | None = None) -> Answer:
        """Leads whose answer is late, with how far each has to be carried up.

        Args:
            unit: Code of the unit, with those below it; all that may be seen when not given.
            at: At which moment; now when not given.
        """
        return self._ask("lead.overdue", unit=unit, at=at)

    def response_times(
        self, *, unit: Key | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> Answer:
        """How fast leads are answered, position by position.

        Args:
            unit: Code of the unit, with those below it; all that may be seen when not given.
            since: Of leads received from this moment on.
            until: Of leads received before this moment.
        """
        return self._ask("lead.response_times", unit=unit, **{"from": since, "until": until})


def _by(distribution: Distribution | None) -> dict[str, object] | None:
    return None if distribution is None else given(**distribution._asdict())
