"""What the tests share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from clientela import Clientela, Money, Table, create

SCENARIOS = Path(__file__).parents[3] / "tests" / "scenarios"
MOMENT = datetime(2026, 3, 4, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def orders() -> Table:
    """A small table with a column of every kind."""
    return Table.from_(
        {
            "number": ["B-1", "B-2", "B-3"],
            "trucks": [3, None, 7],
            "paid": [True, False, None],
            "share": [0.5, None, 0.25],
            "rate": [Decimal("7.5"), None, Decimal("0.125")],
            "total": [Money("98500.00", "EUR"), Money("1250.5", "EUR"), None],
            "day": [date(2026, 1, 31), None, date(1969, 12, 31)],
            "at": [datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc), None, None],
        }
    )


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Clientela]:
    """The small network of the scenario files, seen by its administrator. Its clock stands still."""
    path = tmp_path / "network.clientela"
    with create(path, user="admin", user_name="Ada Bianchi", country="IT", clock=MOMENT, seed=7) as admin:
        for command in json.loads((SCENARIOS / "network.json").read_text(encoding="utf-8")):
            admin.execute(command)
        yield admin


@pytest.fixture
def seller(network: Clientela) -> Clientela:
    """A seller of the first dealer, with a customer."""
    seller = network.sign_in("u-rossi")
    seller.customers.create(
        "Autotrasporti <Esempio> S.r.l.", country="IT", vat_number="IT00743110157", number="C-1001", locality="Piacenza"
    )
    return seller


@pytest.fixture
def deal(seller: Clientela) -> Clientela:
    """The seller with an open opportunity."""
    method = seller.table("sales_method", columns=["code"], limit=1).rows()[0][0]
    seller.opportunities.open("C-1001", title="Tractors", method=method, currency="EUR", number="O-3001")
    return seller
