"""What the tests share."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from clientela import Money, Table


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
