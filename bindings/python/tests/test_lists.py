"""Lists of customers, contacts, opportunities and leads: one page, page after page, and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clientela import Clientela, ClientelaError, Money
from clientela.pages import Outreach, Page

NAMES = ["Alfa", "Beta", "Gamma", "Delta", "Epsilon"]


@pytest.fixture
def seller(network: Clientela) -> Clientela:
    """A seller with five customers, a contact at each."""
    seller = network.sign_in("u-rossi")
    for place, name in enumerate(NAMES):
        number = f"C-{place}"
        seller.customers.create(name, country="IT", number=number, locality="Lodi" if place % 2 else None)
        seller.customers.add_contact(number, family_name=f"Ferrari {name}", number=f"K-{place}", email=f"k{place}@example.com")
    return seller


def names(page: Page) -> list[str]:
    return [line["name"] for line in page]


def test_a_page_and_the_next(seller: Clientela) -> None:
    first = seller.customers.page(view="mine", size=2, total=True)
    assert (names(first), len(first), first.total) == (["Alfa", "Beta"], 2, 5)
    assert first.next is not None
    # What is entered meanwhile moves nothing.
    seller.customers.create("Aaa", country="IT", number="C-9")
    second = seller.customers.page(view="mine", size=2, after=first.next)
    assert (names(second), second.total) == (["Delta", "Epsilon"], None)
    assert names(seller.customers.page(view="mine", size=2, after=second.next)) == ["Gamma"]
    assert second[0]["number"] == "C-3"
    assert "and more" in repr(first)
    assert "Alfa" in first._repr_html_()


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_all_pages_have_each_record_once(seller: Clientela, size: int) -> None:
    pages = list(seller.customers.pages(size=size))
    assert [name for page in pages for name in names(page)] == sorted(NAMES)
    assert [page.next is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_pages_are_read_when_they_are_asked_for(seller: Clientela) -> None:
    pages = seller.customers.pages(size=2)
    next(pages)
    seller.customers.create("Zeta", country="IT", number="C-9")
    assert [name for page in pages for name in names(page)] == ["Delta", "Epsilon", "Gamma", "Zeta"]


def test_filters_and_orders(seller: Clientela) -> None:
    page = seller.customers.page
    assert names(page(filter={"locality": "Lodi"})) == ["Beta", "Delta"]
    assert names(page(filter={"locality": None})) == ["Alfa", "Epsilon", "Gamma"]
    assert names(page(filter={"number": ["C-0", "C-4"]})) == ["Alfa", "Epsilon"]
    assert names(page(starts={"name": "ga"})) == ["Gamma"]
    assert names(page(sort="number", descending=True)) == NAMES[::-1]
    with pytest.raises(ClientelaError) as caught:
        page(sort="shoe_size")
    assert caught.value.field == "sort"
    with pytest.raises(ClientelaError) as caught:
        page(after="somewhere")
    assert caught.value.field == "after"


def test_a_view_shows_no_more_than_the_rights_do(seller: Clientela, network: Clientela) -> None:
    assert names(network.sign_in("u-neri").customers.page()) == []
    manager = network.sign_in("u-verdi")
    assert names(manager.customers.page(view="mine")) == []
    for told in (
        manager.customers.page(view="team"),
        manager.customers.page(view="dealer"),
        manager.customers.page(view="mine", position="Trucks Piacenza"),
        network.customers.page(unit="D-0042"),
    ):
        assert names(told) == sorted(NAMES)
    assert names(network.customers.page(unit="D-0043")) == []


def test_contacts_opportunities_and_leads(seller: Clientela, network: Clientela) -> None:
    contacts = seller.contacts.page(view="mine", size=1)
    assert [line["family_name"] for line in contacts] == ["Ferrari Alfa"]
    assert len(list(seller.contacts.pages(size=2))) == 3
    method = seller.table("sales_method", columns=["code"], limit=1).rows()[0][0]
    seller.opportunities.open(
        "C-0", title="Tractors", method=method, currency="EUR", number="O-1", amount=Money("300000.00", "EUR")
    )
    seller.opportunities.change("O-1", {"expected_close": date(2026, 6, 1)})
    table = seller.opportunities.page(filter={"currency": "EUR"}).table()
    row = table.rows()[0]
    assert (row.number, row.amount, row.amount_currency, row.expected_close) == (
        "O-1",
        Decimal("300000.00"),
        "EUR",
        date(2026, 6, 1),
    )
    seller.leads.receive(channel="call", company="Nuova S.r.l.", email="info@example.com", number="L-1", owner="Trucks Piacenza")
    assert [line["number"] for line in seller.leads.page(view="mine")] == ["L-1"]
    assert [len(page) for page in network.sign_in("u-neri").leads.pages()] == [0]
    with pytest.raises(ClientelaError) as caught:
        seller.leads.page(outreach=Outreach("marketing", "email"))
    assert caught.value.field == "outreach"


def test_only_whom_may_be_contacted(seller: Clientela) -> None:
    seller.customers.record_consent("C-2", purpose="marketing", channel="email", decision="granted", basis="consent")
    page = seller.customers.page(outreach=Outreach("marketing", "email"))
    assert names(page) == ["Gamma"]
    assert page.table().rows()[0].reached_consent == page[0]["reached"]["consent"]
    assert names(seller.customers.page(outreach=Outreach("marketing", "phone"))) == []
    export = seller.customers.export(outreach=Outreach("marketing", "email"))
    assert [row["reached_by_consent"] for row in csv.DictReader(io.StringIO(export.csv))] == [page[0]["reached"]["consent"]]


def test_a_list_is_handed_on_as_csv(seller: Clientela, tmp_path: Path) -> None:
    export = seller.customers.export(view="mine", sort="number")
    assert (export.rows, export.next, "Alfa" in repr(export)) == (5, None, False)
    file = tmp_path / "customers.csv"
    export.save(file)
    assert file.read_bytes().decode("utf-8") == export.csv
    with file.open(encoding="utf-8", newline="") as read:
        assert [row["name"] for row in csv.DictReader(read)] == NAMES
    assert seller.contacts.export(filter={"number": "K-1"}).rows == 1


def test_customers_come_by_last_contact_and_by_value(network: Clientela) -> None:
    seller = network.sign_in("u-rossi")
    for number in ("C-1", "C-2"):
        seller.customers.create(f"Company {number}", country="IT", number=number)
    page = seller.customers.page(sort="last_contact")
    assert {line["number"]: line["last_contact"] for line in page} == {"C-1": None, "C-2": None}
    assert list(seller.customers.page(sort="value", currency="EUR", descending=True)) == []
    with pytest.raises(ClientelaError, match="currency"):
        seller.customers.page(sort="value")
