"""The exceptions of clientela: one tree, also children of the built-in exceptions they resemble.

Tell errors apart by class for what to do, by ``code`` for what happened. Codes are the same in Rust, C and Python and
never change their meaning. No text of an exception carries personal data, so it may be logged.

>>> import clientela
>>> try:
...     clientela.Money("12.50", "EUR") + clientela.Money("1", "CHF")
... except clientela.InvalidValue as error:
...     print(error.code, "-", error)
money.currency - EUR and CHF cannot be combined; convert one of them with a rate table
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from .why import Explanation

__all__ = [
    "AlreadyExists",
    "Busy",
    "Cancelled",
    "ClientelaError",
    "Conflict",
    "ConvergenceError",
    "InternalError",
    "InvalidState",
    "InvalidValue",
    "Issue",
    "NotAllowed",
    "NotFound",
    "RuleRefused",
    "StorageError",
    "Unsupported",
    "WrongType",
]


class Issue(NamedTuple):
    """One finding among several of a validation."""

    code: str
    field: str
    message: str


class ClientelaError(Exception):
    """What every error of clientela can say about itself.

    Attributes:
        code: A stable dotted word such as ``offer.discount_limit``.
        field: Path of the field concerned, such as ``items[2].discount``.
        hint: What would be right.
        entity: Id of the record concerned.
        issues: All findings, when a validation found several.
        why: The reason, when a rule of the business decided.
        retry: Whether the same call may succeed later without a change.
        native: Code of the database engine or the system, 0 if none.
    """

    code: str
    field: str | None
    hint: str | None
    entity: UUID | None
    issues: tuple[Issue, ...]
    why: Explanation | None
    retry: bool
    native: int

    def __init__(
        self,
        message: str,
        *,
        code: str = "python",
        field: str | None = None,
        hint: str | None = None,
        entity: UUID | None = None,
        issues: tuple[Issue, ...] = (),
        why: Explanation | None = None,
        retry: bool = False,
        native: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.hint = hint
        self.entity = entity
        self.issues = issues
        self.why = why
        self.retry = retry
        self.native = native

    @property
    def message(self) -> str:
        """The sentence."""
        return str(self.args[0])

    def __str__(self) -> str:
        # KeyError would show the sentence in quotes.
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel home from worker processes with all they know.
        return (_rebuild, (type(self), self.message, self._parts(), list(getattr(self, "__notes__", ()))))

    def _parts(self) -> dict[str, object]:
        names = ("code", "field", "hint", "entity", "issues", "why", "retry", "native")
        return {name: getattr(self, name) for name in names}


class InvalidValue(ClientelaError, ValueError):
    """A value is not acceptable, or out of range: correct it."""


class WrongType(ClientelaError, TypeError):
    """A value of a type that is not taken."""


class NotFound(ClientelaError, KeyError):
    """Nothing with that id, key or name, or nothing that may be seen."""


class Conflict(ClientelaError):
    """Somebody changed it meanwhile: read again and decide again."""


class AlreadyExists(Conflict):
    """It is already there."""


class NotAllowed(ClientelaError, PermissionError):
    """The acting position may not do this; ``why`` says which right is missing."""


class RuleRefused(ClientelaError):
    """A rule of the business refuses it; ``why`` says which, with the figures used."""


class InvalidState(ClientelaError, RuntimeError):
    """The object cannot do this now, for one a closed store."""


class StorageError(ClientelaError, OSError):
    """The file or the system refused to read or write."""


class Busy(StorageError):
    """Another process is writing: try again."""


class ConvergenceError(ClientelaError, ArithmeticError):
    """A fit did not converge; the sentence says which parameter and what to try."""


class Cancelled(ClientelaError):
    """Stopped as asked; nothing was written."""


class Unsupported(ClientelaError, NotImplementedError):
    """This build or this store cannot do that."""


class InternalError(ClientelaError, RuntimeError):
    """A fault of the library itself: please report it."""


def _rebuild(
    kind: type[ClientelaError], message: str, parts: dict[str, object], notes: list[str]
) -> ClientelaError:
    return _noted(kind(message, **parts), notes)  # type: ignore[arg-type]


def _noted(error: ClientelaError, notes: list[str]) -> ClientelaError:
    """The error with what a traceback shows beneath its sentence."""
    for note in notes:
        error.add_note(note)
    return error


_BY_KIND: dict[str, type[ClientelaError]] = {
    "argument": InvalidValue,
    "utf8": InvalidValue,
    "handle": InvalidState,
    "busy_handle": Busy,
    "state": InvalidState,
    "not_found": NotFound,
    "exists": AlreadyExists,
    "conflict": Conflict,
    "validation": InvalidValue,
    "rule": RuleRefused,
    "rights": NotAllowed,
    "range": InvalidValue,
    "limit": InvalidValue,
    "buffer": InternalError,
    "version": Unsupported,
    "busy": Busy,
    "io": StorageError,
    "corrupt": StorageError,
    "storage": StorageError,
    "cancelled": Cancelled,
    "callback": InvalidValue,
    "unsupported": Unsupported,
    "internal": InternalError,
}

# Where the class says more than the kind does.
_BY_CODE: dict[str, type[ClientelaError]] = {
    "argument.type": WrongType,
    "argument.float": WrongType,
    "value.type": WrongType,
    "name.unknown": NotFound,
    # The rule itself is wrong; nothing was refused by one.
    "rule.invalid": InvalidValue,
}


def from_native(
    *,
    kind: str,
    code: str,
    message: str,
    field: str | None,
    hint: str | None,
    entity: str | None,
    retry: bool,
    native: int,
    issues: list[tuple[str, str, str]],
    notes: list[str],
    why: str | None,
) -> ClientelaError:
    """The exception for an error of the library; called by the compiled part only."""
    chosen = _BY_CODE.get(code) or _BY_KIND.get(kind, InternalError)
    error = chosen(
        message,
        code=code,
        field=field,
        hint=hint,
        entity=None if entity is None else UUID(entity),
        issues=tuple(Issue(*issue) for issue in issues),
        why=None if why is None else Explanation.from_json(why),
        retry=retry,
        native=native,
    )
    return _noted(error, notes)
