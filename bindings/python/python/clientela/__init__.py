"""clientela: a CRM that lives inside other programs.

>>> import clientela as cl
>>> cl.Money("98500.00", "EUR") + cl.Money("0.50", "EUR")
Money('98500.50', 'EUR')

Importing costs nothing: no thread, no network, no global setting, and no data frame library is loaded until a table is
handed to it. The library writes no log; what happened is in the journal of the store, and in what calls answer.

``clientela.demo()`` opens a made-up network to try things on.
"""

from ._native import version as _version
from ._options import Options, options
from .demonstration import demo
from .errors import (
    AlreadyExists,
    Busy,
    Cancelled,
    ClientelaError,
    Conflict,
    ConvergenceError,
    InternalError,
    InvalidState,
    InvalidValue,
    Issue,
    NotAllowed,
    NotFound,
    RuleRefused,
    StorageError,
    Unsupported,
    WrongType,
)
from .expressions import Column, Filter, col
from .money import Money
from .records import CustomerSnapshot, HistoryEntry, OfferSnapshot, Receipt, Record
from .rules import Rule, rule
from .selection import ConditionFunnel, Mask, Selection
from .store import Clientela, create, open
from .table import ColumnInfo, Table
from .why import Explanation

__version__ = _version()

__all__ = [
    "AlreadyExists",
    "Busy",
    "Cancelled",
    "Clientela",
    "ClientelaError",
    "Column",
    "ColumnInfo",
    "ConditionFunnel",
    "Conflict",
    "ConvergenceError",
    "CustomerSnapshot",
    "Explanation",
    "Filter",
    "HistoryEntry",
    "InternalError",
    "InvalidState",
    "InvalidValue",
    "Issue",
    "Mask",
    "Money",
    "NotAllowed",
    "NotFound",
    "OfferSnapshot",
    "Options",
    "Receipt",
    "Record",
    "Rule",
    "RuleRefused",
    "Selection",
    "StorageError",
    "Table",
    "Unsupported",
    "WrongType",
    "__version__",
    "col",
    "create",
    "demo",
    "open",
    "options",
    "rule",
]
