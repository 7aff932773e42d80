"""What if list prices changed: tables of lines in, tables of lines out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError, Money, Table
from clientela.offers import Item
from clientela.prices import what_if


def current(db: Clientela, entity: str) -> Table:
    versions = [(row.id, row.revision) for row in db.table("offer", columns=["id", "revision"]).rows()]
    return db.table(entity, where=" || ".join(f"(offer == id('{offer}') && revision == {at})" for offer, at in versions))


@pytest.fixture
def lines(deal: Clientela) -> tuple[str, str]:
    def offer(quantity: int) -> str:
        items: list[Item] = [
            {"product": "T480-4X2", "quantity": quantity, "options": ["OPT-RETARDER"]},
            {"product": "TRANSPORT", "quantity": 1},
        ]
        return deal.offers.create("O-3001", items).key or ""

    first, second = offer(2), offer(1)
    deal.offers.discount(second, percent=10, line="1", reason="fleet")
    return first, second


def total(table: Table, column: str) -> Decimal:
    return sum((getattr(row, column) for row in table.rows()), Decimal())


def amount(value: object) -> Decimal:
    return value.amount if isinstance(value, Money) else Decimal(str(value))


def test_stored_offers_by_the_line(deal: Clientela, network: Clientela, lines: tuple[str, str]) -> None:
    told = deal.offers.what_if("IT-2026-01", percent=3)
    table = deal.offers.what_if_table("IT-2026-01", percent=3)
    assert table.columns == [
        "offer", "line", "product", "quantity", "net_before", "net_after", "difference", "margin_difference", "why",
    ]  # fmt: skip
    assert {row.offer for row in table.rows()} == set(lines)
    assert {row.why for row in table.rows()} == {"what_if.changed"}
    difference = sum((amount(row.difference) for row in table.rows()), Decimal())
    assert difference == Decimal(told["total"]["delta"]["amount"])
    assert len(network.sign_in("u-neri").offers.what_if_table("IT-2026-01", percent=3)) == 0
    with pytest.raises(ClientelaError) as caught:
        deal.offers.what_if_table("IT-2026-01", percent=-100)
    assert caught.value.code == "what_if.percent"


def test_tables_of_lines(deal: Clientela, lines: tuple[str, str]) -> None:
    told = deal.offers.what_if("IT-2026-01", percent=3)["total"]
    items, steps = current(deal, "offer_item"), current(deal, "price_step")
    table = what_if(items, steps, percent=3)
    assert len(table) == 4
    for column, word in (("net_before", "net_before"), ("net_after", "net_after"), ("difference", "delta")):
        found = sum((amount(getattr(row, column)) for row in table.rows()), Decimal())
        assert found == Decimal(told[word]["amount"]), column
    other = what_if(items, steps, percent=3, price_list="00000000-0000-0000-0000-000000000001")
    assert {row.why for row in other.rows()} == {"what_if.other_list"}
    with pytest.raises(ClientelaError) as caught:
        what_if(items, steps)
    assert caught.value.code == "what_if.percent"
    with pytest.raises(ClientelaError) as caught:
        what_if(items, steps, percent=3, currency="CHF")
    assert caught.value.code == "what_if.currency"


def test_any_table_with_the_columns() -> None:
    lines = {
        "line": ["1", "2", "3"],
        "product": ["A", "B", "C"],
        "quantity": [Decimal(2), Decimal(1), Decimal(1)],
        "unit_list": [Decimal("100.00"), Decimal("50.00"), Decimal("10.00")],
    }
    steps = {
        "line": ["1", "2", "3"],
        "kind": ["manual", "manual", "manual"],
        "basis": ["running", None, None],
        "percent": [Decimal(-10), None, None],
        "amount": [None, Decimal("-5.00"), Decimal("-9.00")],
    }
    prices = {"product": ["A", "C"], "unit_list": [Decimal("110.00"), Decimal("8.00")]}
    rows = what_if(lines, steps, prices=prices, currency="EUR").rows()
    found = [(row.line, row.why, None if row.net_after is None else amount(row.net_after)) for row in rows]
    assert found == [
        ("1", "what_if.changed", Decimal("198.00")),
        ("2", "what_if.no_new_price", Decimal("45.00")),
        ("3", "what_if.refused", None),
    ]
    with pytest.raises(ClientelaError) as caught:
        what_if({"quantity": [Decimal(1)]}, percent=3, currency="EUR")
    assert (caught.value.code, caught.value.field) == ("what_if.columns", "unit_list")
