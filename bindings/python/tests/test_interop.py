"""Hand-over to and from the data frame libraries, without copying where it is promised."""

from __future__ import annotations

import ctypes
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from clientela import Money, Table


def address(column: pa.ChunkedArray) -> int:
    """Where the values of a column lie."""
    return int(column.chunk(0).buffers()[1].address)


@pytest.fixture(scope="module")
def numbers() -> Table:
    return Table.from_({"n": list(range(10_000)), "text": [f"a long enough text {n}" for n in range(10_000)]})


def test_pyarrow_reads_our_buffers(numbers: Table) -> None:
    first, second = pa.table(numbers), numbers.to_arrow()
    assert address(first["n"]) == address(second["n"])
    assert address(first["n"]) == address(pa.table(Table.from_(first))["n"])


def test_polars_reads_our_buffers(numbers: Table) -> None:
    frame = numbers.to_polars()
    assert frame["n"].dtype == pl.Int64
    assert address(pa.table(frame)["n"]) == address(pa.table(numbers)["n"])
    assert address(pa.table(Table.from_(frame))["n"]) == address(pa.table(numbers)["n"])


def test_pandas_reads_our_buffers(numbers: Table) -> None:
    frame = numbers.to_pandas()
    assert address(pa.table(frame)["n"]) == address(pa.table(numbers)["n"])
    assert address(pa.table(Table.from_(frame))["n"]) == address(pa.table(numbers)["n"])


def test_numpy_reads_our_buffers(numbers: Table) -> None:
    values = numbers.to_numpy("n")
    assert values.ctypes.data == address(pa.table(numbers)["n"])
    assert ctypes.c_int64.from_address(values.ctypes.data + 8 * 7).value == 7


def test_duckdb_asks_the_table_by_its_name(orders: Table) -> None:
    relation = duckdb.sql("select sum(total) from orders")
    assert relation is not None
    assert relation.fetchall() == [(Decimal("99750.50"),)]
    back = Table.from_(duckdb.sql("select number, total from orders order by number desc"))
    assert [row.number for row in back.rows()] == ["B-3", "B-2", "B-1"]


def test_amounts_in_pandas_are_exact_unless_said_otherwise(orders: Table) -> None:
    exact = orders.to_pandas()["total"]
    assert isinstance(exact.dtype, pd.ArrowDtype)
    assert exact.sum() == Decimal("99750.50")
    assert orders.to_pandas(money="float")["total"].dtype == np.float64
    assert orders.to_pandas(money="object")["total"][0] == Decimal("98500.00")
    assert str(orders.to_pandas(money="float")["day"].dtype).startswith("datetime64")
    assert str(orders.to_pandas(money="object")["day"].dtype).startswith("datetime64")
    with pytest.raises(ValueError, match="expected 'arrow', 'float' or 'object'"):
        orders.to_pandas(money="exact")  # type: ignore[arg-type]


@pytest.mark.parametrize("library", ["arrow", "polars", "pandas", "duckdb"])
def test_every_road_there_and_back_changes_nothing(orders: Table, library: str) -> None:
    there: object
    match library:
        case "arrow":
            there = orders.to_arrow()
        case "polars":
            there = orders.to_polars()
        case "pandas":
            there = orders.to_pandas()
        case _:
            there = duckdb.sql("select * from orders")
    assert [tuple(row) for row in Table.from_(there).rows()] == [tuple(row) for row in orders.rows()]


def test_currency_and_meaning_travel_as_metadata(orders: Table) -> None:
    field = orders.to_arrow().schema.field("total")
    assert field.metadata[b"clientela.currency"] == b"EUR"
    assert Table.from_(orders.to_arrow()).schema[5].currency == "EUR"


def test_files(orders: Table, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    assert orders.write_parquet(path) == 3
    assert Table.from_(path).rows() == orders.rows()
    Table.from_({"a": [1, 2]}).write_csv(tmp_path / "a.csv")
    assert Table.from_(str(tmp_path / "a.csv")).rows() == [(1,), (2,)]


def test_pandas_without_pyarrow_goes_through_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frame(pd.DataFrame):
        @property
        def _constructor(self) -> type[Frame]:
            return Frame

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise ImportError("no pyarrow here")

    Frame.__module__ = "pandas.core.frame"
    frame = Frame({"n": np.array([1, 2]), "t": ["x", None], "m": [Money("1", "EUR"), None]})
    assert Table.from_(frame).rows() == [(1, "x", Decimal(1)), (2, None, None)]


def test_a_missing_library_is_named_with_the_cure(orders: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r'polars is not installed; pip install "clientela\[polars\]"'):
        orders.to_polars()


def test_a_thousand_hand_overs_leave_nothing_behind(numbers: Table) -> None:
    def resident() -> int:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * 4096

    if not Path("/proc/self/statm").exists():
        pytest.skip("no /proc here to read the memory from")
    for _ in range(200):
        Table.from_(numbers.to_arrow())
        numbers.__arrow_c_stream__()
    before = resident()
    for _ in range(2_000):
        Table.from_(numbers.to_arrow())
        numbers.__arrow_c_stream__()
    assert resident() - before < 8 * 1024 * 1024
