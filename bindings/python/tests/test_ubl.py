"""Quotations and orders in UBL 2.1, against the schemas of OASIS where they can be had.

Take them from the package of UBL 2.1 (docs.oasis-open.org/ubl/os-UBL-2.1), put its folder ``xsd`` into ``target/ubl`` or name it in
``CLIENTELA_UBL_SCHEMAS``, and install lxml.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clientela import Clientela, Money

FOLDER = Path(os.environ.get("CLIENTELA_UBL_SCHEMAS", Path(__file__).parents[3] / "target" / "ubl" / "xsd"))


@pytest.fixture
def schemas() -> dict[str, Any]:
    if not (FOLDER / "maindoc" / "UBL-Quotation-2.1.xsd").exists():
        pytest.skip(f"no schemas of UBL 2.1 in {FOLDER}")
    etree = pytest.importorskip("lxml.etree")
    names = ("Quotation", "Order")
    return {
        name: etree.XMLSchema(etree.parse(str(FOLDER / "maindoc" / f"UBL-{name}-2.1.xsd"))) for name in names
    }


def check(schemas: dict[str, Any], kind: str, xml: str) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = schemas[kind]
    assert schema.validate(etree.fromstring(xml.encode())), str(schema.error_log)


def test_offers_and_orders_are_valid(seller: Clientela, network: Clientela, schemas: dict[str, Any]) -> None:
    seller.opportunities.open("C-1001", title="Tractors", method="with-configurator", currency="EUR", number="O-1")
    seller.offers.create(
        "O-1",
        [
            {"product": "T480-4X2", "quantity": 3, "options": ["OPT-RETARDER", "OPT-SLEEPER-XL"]},
            {"product": "TRANSPORT", "quantity": 3},
        ],
        settlements=[{"kind": "trade_in", "code": "OLD-1", "label": "Old tractor", "amount": Money("20000.00", "EUR")}],
        title="Three <tractors> & more",
    )
    number = str(seller.table("offer").rows()[0].number)
    check(schemas, "Quotation", seller.ask("offer.ubl", offer=number)["xml"])
    seller.offers.discount(number, percent=Decimal("1.5"), line="1", reason="three at once")
    seller.offers.discount(number, amount=Money("100.00", "EUR"), reason="rounded down")
    check(schemas, "Quotation", seller.ask("offer.ubl", offer=number)["xml"])
    seller.offers.issue(number)
    seller.offers.accept(number)
    check(schemas, "Quotation", seller.ask("offer.ubl", offer=number)["xml"])
    for lines in ([{"line": "1", "quantity": Decimal(1)}], [{"line": "1", "quantity": Decimal(2)}]):
        seller.execute({"command": "order.create", "offer": number, "lines": lines})
    for order in seller.table("sales_order", columns=["number"]).rows():
        check(schemas, "Order", seller.ask("offer.ubl", order=order.number)["xml"])


def test_a_customer_without_taxes(seller: Clientela, network: Clientela, schemas: dict[str, Any]) -> None:
    network.execute(
        {
            "command": "tax_exemption.record",
            "customer": "C-1001",
            "category": "E",
            "reason": "art. 8 DPR 633/72",
            "valid_from": date(2026, 1, 1),
        }
    )
    seller.opportunities.open("C-1001", title="Export", method="with-configurator", currency="EUR", number="O-1")
    seller.offers.create("O-1", [{"product": "T480-4X2", "quantity": 1}])
    number = str(seller.table("offer").rows()[0].number)
    check(schemas, "Quotation", seller.ask("offer.ubl", offer=number)["xml"])
