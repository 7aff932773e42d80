"""What rules answer: the records found, the rows of a table, what each condition removes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from uuid import UUID

from . import _native
from ._options import PlotBackend
from ._views import Shown, fields_html
from .errors import WrongType
from .table import Table, optional

if TYPE_CHECKING:
    import numpy
    import polars
    import pyarrow

__all__ = ["Condition", "ConditionFunnel", "Mask", "Selection"]


class Selection(Shown):
    """The records for which a rule holds. A value: frozen, equal, picklable.

    Attributes:
        asked: The records that were asked: those that may be seen.
        unknown: Of these, the ones of which it cannot be told. They do not count as holding.
        version: The state of the store they were asked in.
    """

    __slots__ = ("_ids", "asked", "unknown", "version")

    asked: int
    unknown: int
    version: int
    _ids: bytes

    def __init__(self, ids: bytes, asked: int, unknown: int, version: int) -> None:
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "asked", asked)
        object.__setattr__(self, "unknown", unknown)
        object.__setattr__(self, "version", version)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a selection is what was found and is frozen; {name} cannot be set")

    @property
    def ids(self) -> list[UUID]:
        """Their ids, in ascending order."""
        return [UUID(bytes=self._ids[place : place + 16]) for place in range(0, len(self._ids), 16)]

    def table(self) -> Table:
        """Their ids as the column ``id``, to be joined with the tables of the store."""
        return Table._wrap(_native.table_of_ids(self._ids))

    def __len__(self) -> int:
        return len(self._ids) // 16

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self._ids) > 0

    def _parts(self) -> tuple[bytes, int, int, int]:
        return (self._ids, self.asked, self.unknown, self.version)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Selection):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __reduce__(self) -> tuple[object, ...]:
        return (Selection, self._parts())

    def __repr__(self) -> str:
        return f"<Selection: {len(self):,} of {self.asked:,} records, {self.unknown:,} unknown>"

    def _repr_html_(self) -> str:
        counts = [("holds", len(self)), ("unknown", self.unknown), ("asked", self.asked)]
        return fields_html(repr(self)[1:-1], [(name, f"{count:,}") for name, count in counts])


class Mask(Shown):
    """For each row of a table whether a rule holds: an Arrow array of yes and no, without gaps, for any library.

    >>> import clientela as cl
    >>> mask = cl.rule("trucks > 5").mask({"trucks": [12, None, 2]})
    >>> mask, mask.to_list()
    (<Mask: 1 of 3 rows, 1 unknown>, [True, False, False])
    """

    __slots__ = ("_rows",)

    _rows: _native.NativeMask

    def __init__(self, rows: _native.NativeMask) -> None:
        object.__setattr__(self, "_rows", rows)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a mask is frozen; {name} cannot be set")

    @property
    def count(self) -> int:
        """The rows for which it holds."""
        return self._rows.count

    @property
    def unknown(self) -> int:
        """The rows of which it cannot be told; they count as no."""
        return self._rows.unknown

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """The mask as capsules with an Arrow schema and array, on the same buffer."""
        return self._rows.__arrow_c_array__(requested_schema)

    def to_list(self) -> list[bool]:
        """Plain ``bool`` values."""
        return [byte == 1 for byte in self._rows.bytes()]

    def to_numpy(self) -> numpy.ndarray[Any, Any]:
        """A numpy array of ``bool``, which also picks the rows of a pandas frame: ``frame[mask.to_numpy()]``."""
        values: numpy.ndarray[Any, Any] = optional("numpy", "pandas").frombuffer(self._rows.bytes(), dtype=bool)
        return values

    def to_polars(self) -> polars.Series:
        """A polars series on the same buffer: ``frame.filter(mask.to_polars())``."""
        series: polars.Series = optional("polars", "polars").Series("mask", self)
        return series

    def to_arrow(self) -> pyarrow.BooleanArray:
        """A pyarrow array on the same buffer: ``table.filter(mask.to_arrow())``."""
        return optional("pyarrow", "arrow").array(self)

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> NoReturn:
        raise WrongType(
            "a mask has no truth of its own; ask count, or hand it to to_polars(), to_numpy() or to_arrow()",
            code="argument.type",
            hint="mask.count > 0",
        )

    def __reduce__(self) -> NoReturn:
        raise WrongType(
            "a mask is not pickled; send the rule, or mask.to_numpy()",
            code="mask.not_picklable",
            hint="mask.to_numpy()",
        )

    def __repr__(self) -> str:
        return f"<Mask: {self.count:,} of {len(self):,} rows, {self.unknown:,} unknown>"

    def _repr_html_(self) -> str:
        counts = [("holds", self.count), ("unknown", self.unknown), ("rows", len(self))]
        return fields_html(repr(self)[1:-1], [(name, f"{count:,}") for name, count in counts])


class Condition(NamedTuple):
    """One condition of a rule and what it does to those the conditions before it have left.

    Attributes:
        condition: As it is written.
        alone: For how many it holds on its own, of all that were asked.
        removed: How many it removes.
        unknown: Of those removed, the ones of which it cannot be told.
        left: How many are left after it.
    """

    condition: str
    alone: int
    removed: int
    unknown: int
    left: int


class ConditionFunnel(Shown):
    """How many records each condition of a rule removes, in the order they are written. A value."""

    __slots__ = ("asked", "steps")
    __match_args__ = ("asked", "steps")

    asked: int
    steps: tuple[Condition, ...]

    def __init__(self, asked: int, steps: tuple[Condition, ...]) -> None:
        object.__setattr__(self, "asked", asked)
        object.__setattr__(self, "steps", steps)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a funnel is frozen; {name} cannot be set")

    @property
    def left(self) -> int:
        """How many are left after all conditions."""
        return self.steps[-1].left if self.steps else self.asked

    def table(self) -> Table:
        """One row per condition."""
        return Table.from_({name: [getattr(step, name) for step in self.steps] for name in Condition._fields})

    @property
    def data(self) -> Table:
        """How many are left, at first and after each condition: what :meth:`plot` draws."""
        return Table.from_(
            {
                "condition": ["all", *(step.condition for step in self.steps)],
                "left": [self.asked, *(step.left for step in self.steps)],
            }
        )

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The records left after each condition; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import conditions

        return conditions(self.data, title="Left after each condition", backend=backend, ax=ax)

    def __len__(self) -> int:
        return len(self.steps)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConditionFunnel):
            return NotImplemented
        return (self.asked, self.steps) == (other.asked, other.steps)

    def __hash__(self) -> int:
        return hash((self.asked, self.steps))

    def __reduce__(self) -> tuple[object, ...]:
        return (ConditionFunnel, (self.asked, self.steps))

    def __repr__(self) -> str:
        return f"<ConditionFunnel: {self.left:,} of {self.asked:,} records after {len(self)} conditions>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()
