"""The table: plain values in, plain values out, its views and its refusals."""

from __future__ import annotations

import csv
import dataclasses
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela import ClientelaError, InvalidValue, Money, NotFound, Table, WrongType


def test_values_come_back_as_they_went_in(orders: Table) -> None:
    assert orders.shape == (3, 8)
    assert orders.rows()[0] == (
        "B-1",
        3,
        True,
        0.5,
        Decimal("7.500"),
        Decimal("98500.00"),
        date(2026, 1, 31),
        datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc),
    )
    assert orders.rows()[2].day == date(1969, 12, 31)
    assert orders.rows(limit=1)[0].at.utcoffset() == timedelta(0)


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20),
        ),
        min_size=1,
    ),
    st.lists(st.one_of(st.none(), st.dates()), min_size=1),
    st.lists(
        st.one_of(
            st.none(),
            st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)).map(
                lambda at: at.replace(tzinfo=timezone(timedelta(hours=5, minutes=30)))
            ),
        ),
        min_size=1,
    ),
    st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))), min_size=1),
)
def test_every_value_survives_the_road(
    decimals: list[Decimal | None],
    days: list[date | None],
    moments: list[datetime | None],
    texts: list[str | None],
) -> None:
    for values in (decimals, days, moments, texts):
        table = Table.from_({"value": values})
        assert [row.value for row in table.rows()] == values
        assert table.to_arrow().column(0).to_pylist() == values


def test_rows_of_mappings_and_dataclasses_are_taken() -> None:
    @dataclasses.dataclass
    class Visit:
        customer: str
        hours: int

    assert Table.from_([Visit("C-1", 2), Visit("C-2", 3)]).rows() == [("C-1", 2), ("C-2", 3)]
    uneven = Table.from_([{"a": 1}, {"b": "x"}, {"a": 3, "b": "y"}])
    assert uneven.columns == ["a", "b"]
    assert uneven.rows() == [(1, None), (None, "x"), (3, "y")]
    assert Table.from_(iter([])).shape == (0, 0)


def test_amounts_of_two_currencies_get_a_column_beside_them() -> None:
    table = Table.from_({"total": [Money("1", "EUR"), Money("2.50", "CHF"), None]})
    assert table.columns == ["total", "total_currency"]
    assert table.rows() == [(Decimal("1.00"), "EUR"), (Decimal("2.50"), "CHF"), (None, None)]


REFUSED: list[tuple[object, type[ClientelaError], str]] = [
    (42, WrongType, "argument.type"),
    (b"bytes", WrongType, "argument.type"),
    ([1, 2], WrongType, "argument.type"),
    ({"a": "text"}, WrongType, "argument.type"),
    ({"a": [object()]}, WrongType, "argument.type"),
    ({"a": [Decimal(1), 0.5]}, WrongType, "argument.type"),
    ({"a": ["x", 1]}, WrongType, "argument.type"),
    ({"a": [1], "b": [1, 2]}, InvalidValue, "table.length"),
    ({"a": [2**63]}, InvalidValue, "argument.range"),
    ({"a": [Decimal("NaN")]}, InvalidValue, "argument.range"),
    ({"a": [Decimal("1E+90000000")]}, InvalidValue, "argument.range"),
    ({"a": [Decimal(10**37), Decimal("0.001")]}, InvalidValue, "argument.range"),
    ({"a": [datetime(2026, 1, 1)]}, InvalidValue, "argument.naive_datetime"),
    ("orders.xls", InvalidValue, "argument.invalid"),
]


@pytest.mark.parametrize(("source", "kind", "code"), REFUSED)
def test_what_is_not_a_table_is_refused_by_name(source: object, kind: type[ClientelaError], code: str) -> None:
    with pytest.raises(kind) as caught:
        Table.from_(source)
    assert caught.value.code == code
    assert "expected" in str(caught.value) or ";" in str(caught.value)


def test_a_foreign_capsule_of_another_kind_is_refused() -> None:
    class Liar:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.schema([("a", pa.int64())]).__arrow_c_schema__()

    class Other:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return "no capsule"

    for source in (Liar(), Other()):
        with pytest.raises(WrongType) as caught:
            Table.from_(source)
        assert caught.value.code == "argument.type"


def test_a_stream_that_was_taken_is_refused() -> None:
    class Twice:
        def __init__(self) -> None:
            self.capsule = pa.table({"a": [1]}).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.capsule

    source = Twice()
    assert Table.from_(source).rows() == [(1,)]
    with pytest.raises(ClientelaError) as caught:
        Table.from_(source)
    assert caught.value.code == "arrow.released"


def test_slices_and_columns(orders: Table) -> None:
    joined = Table.from_(pa.concat_tables([orders.to_arrow(), orders.to_arrow()]))
    assert len(joined) == 6
    assert [row.number for row in joined.slice(2, 2).rows()] == ["B-3", "B-1"]
    assert joined.slice(99, 5).shape == (0, 8)
    assert joined.head(1).select(["trucks", "number"]).rows() == [(3, "B-1")]
    with pytest.raises(NotFound) as caught:
        joined.select(["trcks"])
    assert (caught.value.code, caught.value.field) == ("table.column_unknown", "trcks")
    with pytest.raises(InvalidValue):
        joined.slice(-1, 2)


def test_describe_says_what_each_column_is(orders: Table) -> None:
    described = {row.column: row for row in orders.describe().rows()}
    assert described["total"].type == "amount"
    assert described["total"].currency == "EUR"
    assert described["trucks"].empty == 1
    assert described["number"].empty == 0


def test_a_table_is_frozen_and_not_walked_or_pickled(orders: Table) -> None:
    with pytest.raises(AttributeError):
        orders._reveals = True
    with pytest.raises(WrongType):
        iter(orders)
    with pytest.raises(WrongType) as caught:
        pickle.dumps(orders)
    assert caught.value.code == "table.not_picklable"
    with pytest.raises(WrongType):
        Table()


def test_csv_is_read_back_by_anybody(orders: Table, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert orders.write_csv(path, progress=False) == 3
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == orders.columns
    assert rows[1] == ["B-1", "3", "true", "0.5", "7.500", "98500.00", "2026-01-31", "2026-03-01T12:30:00.000000Z"]
    assert rows[2][1:4] == ["", "false", ""]
    assert [entry.name for entry in tmp_path.iterdir()] == ["orders.csv"]


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_any_text_survives_csv(texts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.csv"
        Table.from_({"text": texts}).write_csv(path, separator=";", guard_formulas=False, progress=False)
        with path.open(newline="", encoding="utf-8") as file:
            assert [row[0] for row in csv.reader(file, delimiter=";")][1:] == texts


def test_spreadsheet_formulas_are_disarmed_unless_asked(tmp_path: Path) -> None:
    table = Table.from_({"note": ["=1+1", "fine", "@x"], "amount": [Decimal("-5"), None, None]})
    table.write_csv(tmp_path / "safe.csv")
    assert (tmp_path / "safe.csv").read_bytes() == b"note,amount\r\n'=1+1,-5\r\nfine,\r\n'@x,\r\n"
    table.write_csv(tmp_path / "raw.csv", guard_formulas=False)
    assert b"\r\n=1+1,-5\r\n" in (tmp_path / "raw.csv").read_bytes()


def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(orders: Table, tmp_path: Path) -> None:
    from clientela import StorageError

    with pytest.raises(StorageError) as caught:
        orders.write_csv(tmp_path / "no folder" / "orders.csv")
    assert caught.value.code == "file.io"
    assert caught.value.native == 2
    with pytest.raises(InvalidValue):
        orders.write_csv(tmp_path / "x.csv", separator=";;")
    assert list(tmp_path.iterdir()) == []


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


@settings(max_examples=100)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.sampled_from(["<script>alert(1)</script>", "'><img src=x onerror=y>", "</td></table><b>"]),
    )
)
def test_no_value_becomes_markup(text: str) -> None:
    plain, hostile = _Elements(), _Elements()
    plain.feed(Table.from_({"a": ["x"]})._repr_html_())
    hostile.feed(Table.from_({text or "a": [text]})._repr_html_())
    assert hostile.seen == plain.seen


def test_views_show_twenty_rows_and_mask_what_is_personal() -> None:
    field = pa.field("name", pa.string(), metadata={"clientela.personal": "true"})
    names = pa.table({"name": [f"Rossi {number}" for number in range(25)]}, schema=pa.schema([field]))
    table = Table.from_(names)
    masked = table._repr_html_()
    assert "Rossi" not in masked
    assert "personal columns are masked" in masked
    shown = table.head(30).reveal()._repr_html_()
    assert "Rossi 19" in shown
    assert "Rossi 20" not in shown
    assert "the first 20 of 25 rows" in shown
    assert "Rossi" not in repr(table.reveal())
    assert [column.personal for column in table.schema] == [True]


def test_nested_columns_have_no_plain_value_but_travel() -> None:
    table = Table.from_(pa.table({"list": [[1, 2], [3]]}))
    with pytest.raises(ClientelaError) as caught:
        table.rows()
    assert caught.value.code == "table.column_type"
    assert table.to_arrow().column(0).to_pylist() == [[1, 2], [3]]
    assert "List" in table._repr_html_()


def test_ids_are_text(orders: Table) -> None:
    id = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert Table.from_({"id": [id]}).rows() == [(str(id),)]
