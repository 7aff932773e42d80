"""Tables: the courier between the store and the data frame library of your choice.

A table has columns and rows and hands them over without copying. It does not join, filter or group: that is what polars,
pandas and DuckDB are for, and all of them take a ``Table`` as it is.

>>> from clientela import Table
>>> table = Table.from_({"town": ["Torino", "Lyon"], "trucks": [12, 7]})
>>> table
<Table: 2 rows, 2 columns>
>>> table.rows()
[Row(town='Torino', trucks=12), Row(town='Lyon', trucks=7)]
"""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from . import _native, _views
from ._options import options
from .errors import InvalidValue, NotFound, WrongType
from .progress import Progress, watching

if TYPE_CHECKING:
    import numpy
    import pandas
    import polars
    import pyarrow

__all__ = ["ColumnInfo", "Table"]

ColumnInfo = _native.ColumnInfo
MoneyAs = Literal["arrow", "float", "object"]
_TAKES = (
    "an object with __arrow_c_stream__ (polars, pyarrow, pandas, DuckDB), a mapping of columns, an iterable of mappings "
    "or dataclasses, or the path of a .csv or .parquet file"
)


class Table(_views.Shown):
    """Rows and columns on Arrow buffers. Frozen; any thread may use it; hand it to polars, pandas, pyarrow or DuckDB."""

    __slots__ = ("_buffers", "_reveals")

    _buffers: _native.NativeTable
    _reveals: bool

    def __init__(self) -> None:
        raise WrongType(
            "a table is not made by calling Table; use Table.from_ or the table method of a store",
            code="argument.type",
            hint="Table.from_({'town': ['Torino'], 'trucks': [12]})",
        )

    @classmethod
    def _wrap(cls, native: _native.NativeTable, *, reveals: bool = False) -> Table:
        table = object.__new__(cls)
        object.__setattr__(table, "_buffers", native)
        object.__setattr__(table, "_reveals", reveals)
        return table

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a table is frozen; {name} cannot be set")

    @classmethod
    def from_(cls, source: object, /) -> Table:
        """A table of anything tabular.

        Arrow data is taken over without copying. Plain values become columns of exact decimals, dates, UTC instants and
        text; a column mixes types only where nothing is lost.

        Raises:
            WrongType: When it is none of these, or a column mixes types.
        """
        if isinstance(source, Table):
            return source
        if hasattr(source, "__arrow_c_stream__"):
            try:
                return cls._wrap(_native.NativeTable.from_stream(source))
            except ImportError:
                # pandas speaks the protocol only with pyarrow installed; its columns can be read without.
                if type(source).__module__.partition(".")[0] != "pandas":
                    raise
        if hasattr(source, "__arrow_c_array__"):
            arrow = optional("pyarrow", "arrow")
            return cls._wrap(_native.NativeTable.from_stream(arrow.table(arrow.record_batch(source))))
        if isinstance(source, (str, os.PathLike)):
            return cls._wrap(_native.NativeTable.from_stream(_read(os.fspath(source))))
        if isinstance(source, Mapping) or type(source).__module__.partition(".")[0] == "pandas":
            return cls._wrap(_native.NativeTable.from_columns(_columns(source)))
        if isinstance(source, Iterable) and not isinstance(source, (bytes, bytearray)):
            return cls._wrap(_native.NativeTable.from_columns(_columns_of_rows(source)))
        raise _not_tabular(source)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as a capsule with an Arrow stream, on the same buffers."""
        return self._buffers.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """The columns as a capsule with an Arrow schema."""
        return self._buffers.__arrow_c_schema__()

    def __len__(self) -> int:
        return len(self._buffers)

    def __bool__(self) -> bool:
        """Whether there are rows."""
        return len(self._buffers) > 0

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self._buffers.columns]

    @property
    def schema(self) -> list[ColumnInfo]:
        """What the columns are: type, label, meaning, personal or not, currency, missing values."""
        return self._buffers.columns

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self), len(self._buffers.columns)

    @property
    def nbytes(self) -> int:
        """Bytes the buffers take."""
        return self._buffers.nbytes

    @property
    def entity(self) -> str | None:
        """The entity the rows are of, when they come from a store."""
        return self._buffers.entity

    def head(self, n: int = 5) -> Table:
        """The first rows, on the same buffers."""
        return self.slice(0, n)

    def slice(self, offset: int, length: int) -> Table:
        """Rows from ``offset`` on, at most ``length``, on the same buffers."""
        return self._wrap(
            self._buffers.slice(_count(offset, "offset"), _count(length, "length")), reveals=self._reveals
        )

    def select(self, columns: Sequence[str]) -> Table:
        """Only these columns, in this order, on the same buffers."""
        return self._wrap(self._buffers.select(list(columns)), reveals=self._reveals)

    def describe(self) -> Table:
        """One row per column: its type, missing values, meaning, whether it is personal."""
        schema = self.schema
        return Table.from_(
            {
                "column": [column.name for column in schema],
                "type": [column.type for column in schema],
                "empty": [column.empty for column in schema],
                "personal": [column.personal for column in schema],
                "currency": [column.currency for column in schema],
                "label": [column.label for column in schema],
                "meaning": [column.description for column in schema],
            }
        )

    def _filtered(self, mask: _native.NativeMask) -> Table:
        return self._wrap(mask.filter(self._buffers), reveals=self._reveals)

    def rows(self, *, limit: int | None = None) -> list[Any]:
        """Rows as named tuples of plain values: ``Decimal``, ``date``, ``datetime`` in UTC, ``str``. For a few rows."""
        row = namedtuple("Row", self.columns, rename=True)  # type: ignore[misc]
        return [row._make(values) for values in self._buffers.rows(0, len(self) if limit is None else limit)]

    def __iter__(self) -> NoReturn:
        raise WrongType(
            "a table is not walked row by row; use rows(limit=…), or to_polars() and its friends",
            code="argument.type",
            hint="table.rows(limit=20)",
        )

    def to_polars(self) -> polars.DataFrame:
        """A polars frame on the same buffers; text, dates and decimals as they are, closed lists as ``Categorical``."""
        frame: polars.DataFrame = optional("polars", "polars").DataFrame(self)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """A pyarrow table on the same buffers."""
        return optional("pyarrow", "arrow").table(self)

    def to_pandas(self, *, money: MoneyAs = "arrow") -> pandas.DataFrame:
        """A pandas frame.

        Args:
            money: ``"arrow"`` keeps every column on its Arrow buffers and decimals exact (``ArrowDtype``). ``"float"``
                rounds decimals to floats, for arithmetic that may be inexact; dates become ``datetime64``.
                ``"object"`` gives Python ``Decimal`` objects, exact and slow.
        """
        if money not in ("arrow", "float", "object"):
            raise InvalidValue(
                "money is none of the choices; expected 'arrow', 'float' or 'object'",
                code="argument.invalid",
                field="money",
                hint="'arrow', 'float' or 'object'",
            )
        library = optional("pandas", "pandas")
        arrow = optional("pyarrow", "pandas")
        table = self.to_arrow()
        if money == "arrow":
            frame: pandas.DataFrame = table.to_pandas(types_mapper=library.ArrowDtype)
            return frame
        if money == "float":
            for index, field in enumerate(table.schema):
                if arrow.types.is_decimal(field.type):
                    table = table.set_column(index, field.name, table.column(index).cast(arrow.float64()))
        plain: pandas.DataFrame = table.to_pandas(date_as_object=False)
        return plain

    def to_numpy(self, column: str) -> numpy.ndarray[Any, Any]:
        """One column as a numpy array; without a copy for numbers without missing values. Decimals become objects."""
        arrow = optional("pyarrow", "arrow")
        chunks = arrow.table(self.select([column])).column(0)
        if chunks.num_chunks == 1:
            values: numpy.ndarray[Any, Any] = chunks.chunk(0).to_numpy(zero_copy_only=False)
            return values
        joined: numpy.ndarray[Any, Any] = chunks.to_numpy()
        return joined

    def write_csv(
        self,
        path: str | os.PathLike[str],
        *,
        separator: str = ",",
        guard_formulas: bool = True,
        progress: Progress = None,
    ) -> int:
        """Writes RFC 4180 CSV and gives the number of rows. The file appears whole or not at all.

        Args:
            path: The file; one that exists is replaced.
            separator: One character; ``";"`` for spreadsheets of countries with a decimal comma.
            guard_formulas: Puts an apostrophe before text that a spreadsheet would run as a formula.
            progress: See :data:`clientela.progress.Progress`.
        """
        if len(separator) != 1 or separator in '"\r\n':
            raise InvalidValue(
                "the separator is not one character; expected one such as ',' or ';'",
                code="argument.invalid",
                field="separator",
                hint="',' or ';'",
            )
        with watching(progress) as told:
            return self._buffers.write_csv(os.fspath(path), separator, guard_formulas, told)

    def write_parquet(self, path: str | os.PathLike[str]) -> int:
        """Writes a Parquet file with pyarrow or, without it, polars, and gives the number of rows."""
        target = os.fspath(path)
        try:
            arrow = optional("pyarrow.parquet", "arrow")
        except ImportError:
            optional("polars", "arrow").DataFrame(self).write_parquet(target)
        else:
            arrow.write_table(self.to_arrow(), target)
        return len(self)

    def reveal(self) -> Table:
        """The same table, whose views also show personal columns. What may not be read at all stays empty."""
        return self._wrap(self._buffers, reveals=True)

    def __repr__(self) -> str:
        return f"<Table{_of(self.entity)}: {len(self):,} rows, {len(self._buffers.columns)} columns>"

    def _repr_html_(self) -> str:
        return _views.table_html(
            title=f"{self.entity or 'table'}: {len(self):,} rows",
            columns=self._buffers.columns,
            rows=self._buffers.texts(0, options.rows_shown),
            total=len(self),
            reveals=self._reveals,
        )

    def __reduce__(self) -> NoReturn:
        raise WrongType(
            "a table is not pickled, it would copy all its rows; send to_arrow(), a Parquet file, or the query",
            code="table.not_picklable",
            hint="table.to_arrow()",
        )


def _of(entity: str | None) -> str:
    return f" of {entity}" if entity else ""


def _count(number: int, field: str) -> int:
    if number < 0:
        raise InvalidValue(
            f"{field} is below nothing; expected 0 or more", code="argument.range", field=field, hint="0 or more"
        )
    return number


def optional(module: str, extra: str) -> Any:
    """A library that is imported only now, with the sentence that mends its absence."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as missing:
        name = module.partition(".")[0]
        raise ImportError(f'{name} is not installed; pip install "clientela[{extra}]"', name=name) from missing


def _read(path: str) -> object:
    lower = path.lower()
    if lower.endswith(".parquet"):
        return optional("pyarrow.parquet", "arrow").read_table(path)
    if lower.endswith(".csv"):
        return optional("pyarrow.csv", "arrow").read_csv(path)
    raise InvalidValue(
        "the path does not end in .csv or .parquet; expected the path of such a file",
        code="argument.invalid",
        field="source",
        hint=".csv or .parquet",
    )


def _columns(source: Any) -> list[tuple[str, list[object]]]:
    columns: list[tuple[str, list[object]]] = []
    of_pandas = not isinstance(source, Mapping)
    for name in source:
        values = source[name]
        if of_pandas:
            # What pandas calls missing is a float in a column of texts.
            values = values.astype(object).where(values.notna(), None)
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            raise WrongType(
                f"column {name} is of type {type(values).__name__}; expected a list of values",
                code="argument.type",
                field=str(name),
                hint="a list of values",
            )
        columns.append((str(name), list(values)))
    return columns


def _columns_of_rows(rows: Iterable[object]) -> list[tuple[str, list[object]]]:
    columns: dict[str, list[object]] = {}
    count = 0
    for count, row in enumerate(rows, start=1):
        for name, value in _items(row):
            columns.setdefault(name, [None] * (count - 1)).append(value)
        for values in columns.values():
            if len(values) < count:
                values.append(None)
    return list(columns.items())


def _items(row: object) -> Iterator[tuple[str, object]]:
    if isinstance(row, Mapping):
        return ((str(name), value) for name, value in row.items())
    fields = getattr(type(row), "__dataclass_fields__", None)
    if fields is not None:
        return ((name, getattr(row, name)) for name in fields)
    names = getattr(row, "_fields", None)
    if isinstance(row, tuple) and names is not None:
        return iter(zip(names, row, strict=True))
    raise _not_tabular(row)


def _not_tabular(source: object) -> WrongType:
    return WrongType(
        f"the source is of type {type(source).__name__}; expected {_TAKES}",
        code="argument.type",
        field="source",
        hint=_TAKES,
    )


def unknown_name(name: str, known: Iterable[str], *, what: str) -> NotFound:
    """The error for a name that is none, naming its neighbours."""
    import difflib

    known = list(known)
    near = difflib.get_close_matches(name, known, n=3) or known
    return NotFound(
        f"there is no {what} called {name[:64]}; the nearest are {', '.join(near)}",
        code="name.unknown",
        field=what,
        hint=", ".join(near),
    )
