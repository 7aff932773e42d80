"""Leads: received, given, answered, converted, on a stored store."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from clientela import Clientela, Money
from clientela.leads import Distribution

ADF = """<?xml version="1.0"?><adf><prospect><id source="portal">4711</id><requestdate>2026-03-04T08:00:00+00:00</requestdate>
<vehicle interest="buy"><make>Marca</make><model>T480</model></vehicle>
<customer><contact><name part="full">Anna Blu</name><email>anna@example.com</email></contact></customer>
<vendor><contact><name part="full">Emilia</name></contact></vendor></prospect></adf>"""


@pytest.fixture
def leads(network: Clientela, seller: Clientela) -> Clientela:
    """The principal of the seller's dealer, who gives leads out; their numbers begin at 1."""
    network.organisation.define_number_series("D-0042", document="lead", prefix="L-", first=1)
    return network.sign_in("u-verdi")


def receive(manager: Clientela, company: str = "Esempio Due S.r.l.") -> str:
    made = manager.leads.receive(
        channel="web_form",
        source="portal",
        external=company,
        company=company,
        family_name="Rossi",
        email=f"{company[-8:-7]}@example.com",
        horizon="quarter",
        wish="Three tractors",
        postal_code="29122",
        product="T480-4X2",
        consents=[{"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "consent"}],
        distribute=Distribution(unit="D-0042", capacity=20),
        minutes=120,
    )
    assert made.key is not None
    return made.key


def test_a_lead_becomes_an_opportunity(leads: Clientela) -> None:
    number = receive(leads)
    assert leads.leads.get(number).state == "assigned"
    ranked = leads.leads.ranked(horizon="quarter", limit=5)
    assert [(line["number"], line["points"]) for line in ranked] == [(number, 60)]
    assert ranked.table().rows()[0].respond_by > datetime(2026, 3, 4, tzinfo=timezone.utc)
    leads.leads.contact(number)
    leads.leads.qualify(number)
    preview = leads.leads.conversion_preview(number)
    assert (preview["customer"], preview["opportunities"]) == (None, [])
    leads.leads.convert(number, method="with-configurator", currency="EUR", amount=Money("300000.00", "EUR"), vehicles=3)
    lead = leads.leads.get(number)
    assert lead.state == "converted"
    assert leads.opportunities.get(lead.opportunity).vehicles == 3
    times = leads.leads.response_times(unit="D-0042", since=datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert [(line["answered"], line["in_time"]) for line in times] == [(1, 1)]


def test_a_lead_moves_on(network: Clientela, leads: Clientela) -> None:
    network.leads.define_territory("D-0042", country="IT", postal_start="29")
    number = receive(leads)
    leads.leads.assign(number, owner="Trucks Parma", minutes=60)
    parma = leads.leads.get(number).owner
    leads.leads.reroute(number, distribute=Distribution(unit="D-0042"))
    assert leads.leads.get(number).owner != parma
    network.set_clock(datetime(2026, 3, 6, 9, 0, tzinfo=timezone.utc))
    late = leads.leads.overdue(unit="D-0042")
    assert late.table().rows()[0].number == number
    leads.leads.reroute_overdue(Distribution(unit="D-0042"), minutes=90)
    assert leads.leads.overdue().data == []
    leads.leads.disqualify(number, reason="wants a car")
    assert leads.leads.get(number).disqualified_reason == "wants a car"


def test_a_message_is_received_once(leads: Clientela) -> None:
    made = leads.leads.receive_adf(ADF, distribute=Distribution(unit="D-0042"))
    again = leads.leads.receive_adf(ADF, distribute=Distribution(unit="D-0042"))
    assert [record.id for record in again.records] == [record.id for record in made.records]
    assert leads.leads.table(columns=["source", "external"]).rows() == [("portal", "4711")]


def test_a_customer_is_shown_to_others_for_a_time(network: Clientela, seller: Clientela) -> None:
    neri = network.sign_in("u-neri")
    assert neri.customers.table().shape[0] == 0
    share = seller.organisation.share(right="read", customer="C-1001", position="Trucks Milano", with_team=True)
    assert neri.customers.get("C-1001").number == "C-1001"
    seller.organisation.end_share(share.records[0].id)
    network.set_clock(network.now.replace(day=5))
    assert neri.customers.table().shape[0] == 0
    day = network.now.date()
    seller.organisation.substitute("u-neri", first_day=day, last_day=day)
    assert network.sign_in("u-neri", position="Trucks Piacenza").customers.get("C-1001").number == "C-1001"
    assert Decimal(network.table("customer_share").shape[0]) == 1
