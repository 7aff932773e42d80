"""
The compiled part of clientela; use the package `clientela`.
"""

from _typeshed import SupportsGetItem
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["ColumnInfo", "NativeTable", "build_info", "version"]

@final
class ColumnInfo:
    """
    What a column is, as the data dictionary says it.
    """
    @property
    def arrow_type(self, /) -> str:
        """
        Its Arrow type.
        """
    @property
    def currency(self, /) -> str | None:
        """
        The currency of its amounts, when all have the same.
        """
    @property
    def description(self, /) -> str:
        """
        What it is.
        """
    @property
    def empty(self, /) -> int:
        """
        Number of missing values.
        """
    @property
    def label(self, /) -> str:
        """
        Its name for people.
        """
    @property
    def name(self, /) -> str:
        """
        Its name.
        """
    @property
    def personal(self, /) -> bool:
        """
        Whether it can tell something about a person.
        """
    @property
    def type(self, /) -> str:
        """
        Its type in the words of the data dictionary, such as `amount`; of foreign columns the Arrow type.
        """

@final
class NativeTable:
    """
    Record batches of one schema. Frozen; any thread may use it.
    """
    def __arrow_c_schema__(self, /) -> Any:
        """
        The columns as a capsule with an Arrow schema.
        """
    def __arrow_c_stream__(self, /, requested_schema: Any | None = None) -> Any:
        """
        The table as a capsule with an Arrow stream. A requested schema is not met: the consumer casts.
        """
    def __len__(self, /) -> int:
        """
        Number of rows.
        """
    def __reduce__(self, /) -> Any: ...
    @property
    def batches(self, /) -> int:
        """
        Number of batches.
        """
    @property
    def columns(self, /) -> list[ColumnInfo]:
        """
        What the columns are.
        """
    @property
    def entity(self, /) -> str | None:
        """
        The entity the rows are of, when they come from a store.
        """
    @staticmethod
    def from_columns(columns: SupportsGetItem[int, tuple[str, SupportsGetItem[int, Any]]]) -> NativeTable:
        """
        A table of named columns of plain values.
        """
    @staticmethod
    def from_stream(source: Any) -> NativeTable:
        """
        Takes everything out of an object with `__arrow_c_stream__`, without copying.
        """
    @property
    def nbytes(self, /) -> int:
        """
        Bytes the buffers take.
        """
    def rows(self, /, offset: SupportsIndex, limit: SupportsIndex) -> list[Any]:
        """
        Rows as tuples of plain values, at most `limit` from `offset` on.
        """
    def select(self, /, names: SupportsGetItem[int, str]) -> NativeTable:
        """
        Only these columns, in this order, on the same buffers.
        """
    def slice(self, /, offset: SupportsIndex, limit: SupportsIndex) -> NativeTable:
        """
        The rows from `offset` on, at most `limit`, on the same buffers.
        """
    def texts(self, /, offset: SupportsIndex, limit: SupportsIndex) -> list[list[str | None]]:
        """
        Rows as texts, at most `limit` from `offset` on; `None` where nothing is given.
        """
    def write_csv(self, /, path: str | PathLike[str], separator: str, guard_formulas: bool, progress: Any | None = None) -> int:
        """
        Writes RFC 4180 CSV with a header line, exact decimals, ISO dates; the file appears whole or not at all.
        """

def build_info() -> list[tuple[str, str]]:
    """
    What this library was built with: for reports of faults.
    """

def version() -> str:
    """
    Version of the library.
    """
