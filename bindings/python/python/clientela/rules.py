"""Rules: a text of the rule language as a value, asked of a store or of any table.

>>> import clientela as cl
>>> large = cl.rule("customer.size == 'large'", about="customer")
>>> italian = cl.rule("customer.country == 'IT'", about="customer")
>>> large & ~italian
rule("(customer.size == 'large') && (!(customer.country == 'IT'))", about='customer')
>>> trucks = cl.rule("trucks > 5 && town != 'Lyon'")
>>> trucks.filter({"town": ["Torino", "Lyon", "Lodi"], "trucks": [12, 7, 2]}).rows()
[Row(town='Torino', trucks=12)]

The language is in ``docs/rules.md``. What is unknown counts as no.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn

from . import _native
from ._namespace import Key, Namespace
from .answers import Answer
from .errors import InvalidValue, WrongType
from .expressions import Filter
from .progress import Progress, watching
from .selection import Condition, ConditionFunnel, Mask, Selection
from .table import Table
from .why import Explanation

if TYPE_CHECKING:
    from .store import Clientela

__all__ = ["FieldRead", "Rule", "Rules", "Subject", "rule"]

Subject = Literal["customer", "opportunity", "lead"]
"""What a rule over a store is about."""


class FieldRead(NamedTuple):
    """A field a rule reads, such as ``customer.fleet[].make``.

    A field the installation adds counts as personal and confidential until a store says what it is: see
    :meth:`Rules.check`.
    """

    path: str
    personal: bool
    confidential: bool


class Rule:
    """A condition as a value: frozen, equal by its text, picklable. Combine with ``&``, ``|`` and ``~``.

    Attributes:
        text: The rule as it is written.
        about: Of what it speaks in a store; ``None`` for a rule over the columns of tables.
    """

    __slots__ = ("_checked", "_terms", "about", "text")
    __match_args__ = ("text", "about")

    text: str
    about: Subject | None
    _checked: _native.NativeRule | None
    # What was put together with &, in brackets: a further & adds to it, so that a funnel has one step for each.
    _terms: tuple[str, ...]

    def __init__(self, text: str, about: Subject | None = None) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "about", about)
        object.__setattr__(self, "_terms", (_bracketed(text),))
        # Columns are known only when there is a table: then such a rule is checked.
        object.__setattr__(self, "_checked", None if about is None else _native.NativeRule(text, about))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a rule is frozen; {name} cannot be set")

    @property
    def conditions(self) -> list[str]:
        """Its conditions as they are written, where all of them must hold; else the whole rule."""
        return self._of_store().conditions

    @property
    def reads(self) -> list[FieldRead]:
        """The fields it reads, in alphabetical order, and which of them are personal or confidential."""
        return [FieldRead(*path) for path in self._of_store().reads]

    @property
    def estimated_steps(self) -> int:
        """The steps one decision takes at most where each list has fifty entries; a rule beyond the limit is refused."""
        return self._of_store().estimated_steps

    @property
    def result_type(self) -> str:
        """The type of its result, as messages name it: ``yes or no`` for a condition."""
        return self._of_store().result_type

    def select(self, db: Clientela, *, workers: int | None = None, progress: Progress = None) -> Selection:
        """All records that may be seen and for which it holds.

        Args:
            db: The store.
            workers: The threads that work on it; one when not given.
            progress: See :data:`clientela.progress.Progress`.
        """
        checked = self._of_store()
        with watching(progress) as told:
            return Selection(*checked.select(db._store, _workers(workers), told))

    def count(self, db: Clientela, *, workers: int | None = None, progress: Progress = None) -> int:
        """For how many of the records that may be seen it holds."""
        return len(self.select(db, workers=workers, progress=progress))

    def holds(self, db: Clientela, key: Key) -> bool:
        """Whether it holds for one record; what is unknown counts as no, and :meth:`explain` tells the two apart."""
        return self._of_store().holds(db._store, str(key)) is True

    def explain(self, db: Clientela, key: Key) -> Explanation:
        """Why it holds for one record or not, with the values that may be seen: ``rule.true``, ``rule.false`` or ``rule.unknown``."""
        return Explanation.from_json(self._of_store().explain(db._store, str(key)))

    def funnel(self, db: Clientela, *, workers: int | None = None, progress: Progress = None) -> ConditionFunnel:
        """How many of the records that may be seen each condition removes, in the order they are written."""
        checked = self._of_store()
        with watching(progress) as told:
            asked, steps = checked.funnel(db._store, _workers(workers), told)
        return ConditionFunnel(asked, tuple(Condition(*step) for step in steps))

    def table_funnel(
        self, table: object, *, today: date | None = None, workers: int | None = None
    ) -> ConditionFunnel:
        """How many rows of a table each condition removes, in the order they are written; see :meth:`mask`."""
        source = Table.from_(table)
        day = date.today() if today is None else today
        asked, steps = _native.rule_funnel_over_table(source._buffers, self.text, day, _workers(workers))
        return ConditionFunnel(asked, tuple(Condition(*step) for step in steps))

    def explain_row(self, table: object, row: int, *, today: date | None = None) -> Explanation:
        """Why it holds for one row of a table or not, with the values it saw; the first row is 0, and see :meth:`mask`."""
        source = Table.from_(table)
        day = date.today() if today is None else today
        return Explanation.from_json(_native.rule_explain_over_table(source._buffers, self.text, day, row))

    def mask(self, table: object, *, today: date | None = None, workers: int | None = None) -> Mask:
        """For each row of a table whether it holds; the columns go by their names.

        Args:
            table: Anything tabular, see :meth:`clientela.Table.from_`.
            today: The day the rule takes for today; that of this machine when not given.
            workers: The threads that work on it; one when not given.
        """
        return self._over(Table.from_(table), today, workers)

    def filter(self, table: object, *, today: date | None = None, workers: int | None = None) -> Table:
        """The rows of a table for which it holds, as a table; see :meth:`mask`."""
        source = Table.from_(table)
        return source._filtered(self._over(source, today, workers)._rows)

    def _over(self, table: Table, today: date | None, workers: int | None) -> Mask:
        day = date.today() if today is None else today
        return Mask(_native.rule_over_table(table._buffers, self.text, day, _workers(workers)))

    def _of_store(self) -> _native.NativeRule:
        if self._checked is None:
            raise InvalidValue(
                "the rule is over columns of tables; say about='customer', 'opportunity' or 'lead' to ask a store",
                code="argument.invalid",
                field="about",
                hint="about='customer', 'opportunity' or 'lead'",
            )
        return self._checked

    def __and__(self, other: Rule | Filter) -> Rule:
        return _all((*self._terms, *self._partner(other)._terms), self.about)

    def __or__(self, other: Rule | Filter) -> Rule:
        return Rule(f"{_bracketed(self.text)} || {_bracketed(self._partner(other).text)}", self.about)

    def __invert__(self) -> Rule:
        return Rule(f"!{_bracketed(self.text)}", self.about)

    def _partner(self, other: object) -> Rule:
        if isinstance(other, Filter):
            return Rule(str(other), self.about)
        if not isinstance(other, Rule):
            raise WrongType(
                f"a rule is combined with a rule or a filter, not with a {type(other).__name__}",
                code="argument.type",
                hint="rule(…) & rule(…)",
            )
        if other.about != self.about:
            raise InvalidValue(
                "the two rules are about different things; expected the same about= for both",
                code="argument.invalid",
                field="about",
                hint="the same about= for both",
            )
        return other

    def __bool__(self) -> NoReturn:
        raise WrongType(
            "a rule has no truth of its own; combine rules with &, | and ~, and ask holds(), select() or mask()",
            code="argument.type",
            hint="&, | and ~",
        )

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        about = "" if self.about is None else f", about={self.about!r}"
        return f"rule({self.text!r}{about})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return (self.text, self.about) == (other.text, other.about)

    def __hash__(self) -> int:
        return hash((self.text, self.about))

    def __reduce__(self) -> tuple[object, ...]:
        return (_all, (self._terms, self.about)) if len(self._terms) > 1 else (Rule, (self.text, self.about))


def _all(terms: tuple[str, ...], about: Subject | None) -> Rule:
    made = Rule(" && ".join(terms), about)
    object.__setattr__(made, "_terms", terms)
    return made


def rule(text: str | Filter, *, about: Subject | None = None) -> Rule:
    """A rule, checked now when it is about records of a store, and with the columns when it is asked of a table.

    Args:
        text: The rule language, or a filter made with :func:`clientela.col`.
        about: ``"customer"``, ``"opportunity"`` or ``"lead"`` for records of a store: the rule speaks of ``customer``;
            of ``opportunity`` and its ``customer``; of ``lead``; and of ``today``. Nothing for tables: it speaks of
            columns and ``today``. Which fields an installation adds (``customer.custom.…``) is known to the store that is
            asked, which checks them; :meth:`Rules.check` does so at once.

    Raises:
        InvalidValue: ``rule.invalid``; the sentence has the first finding, ``issues`` has all with line, column and the
            nearest name, and the traceback shows each with its place marked.
    """
    return Rule(str(text), about)


class Rules(Namespace):
    """``db.rules``: rules by their text, for this store."""

    __slots__ = ()

    def check(self, text: str | Filter, *, about: Subject = "customer") -> Rule:
        """Checks a rule with the fields this store adds and gives it.

        Its ``conditions``, ``reads``, ``result_type`` and ``estimated_steps`` tell what was understood; see also
        :meth:`sentence`.
        """
        checked = _native.NativeRule.of_store(self._db._store, str(text), about)
        made = rule(text, about=about)
        object.__setattr__(made, "_checked", checked)
        return made

    def sentence(
        self, text: str | Filter | Rule, *, about: Subject = "customer", language: Literal["en", "it"] = "en"
    ) -> Answer:
        """A rule read back as a sentence, for whoever answers for it and reads no rules.

        Args:
            text: The rule.
            about: What it is about, unless it is a :class:`Rule` that says so itself.
            language: ``"en"`` or ``"it"``.

        Returns:
            ``sentence``; ``conditions``, of which all must hold; ``estimated_steps``, and ``most_steps`` that are allowed.
        """
        of = text.about if isinstance(text, Rule) and text.about is not None else about
        return self._ask("rule.sentence", rule=str(text), about=of, language=language)

    def memory(self, *, refresh: bool = False) -> Answer | None:
        """What the customers take that are kept in columns to answer rules; ``None`` before the first question over many.

        Args:
            refresh: Whether they are read, or brought up to date, before.

        Returns:
            ``customers``, ``bytes``, ``bytes_per_customer`` and how they lie. Only who administers all customers is told.
        """
        question = "mirror.refresh" if refresh else "mirror.info"
        told = self._db.ask(question, progress=None)
        return None if told is None else Answer(question, told)

    def give_back_memory(self) -> None:
        """Gives back the memory of the customers in columns; the next question over many reads them again."""
        self._db.ask("mirror.drop", progress=None)

    def select(
        self,
        text: str | Filter | Rule,
        *,
        about: Subject = "customer",
        workers: int | None = None,
        progress: Progress = None,
    ) -> Selection:
        """All records that may be seen and for which a rule holds."""
        asked = text if isinstance(text, Rule) else self.check(text, about=about)
        return asked.select(self._db, workers=workers, progress=progress)


def _bracketed(text: str) -> str:
    # A comment runs to the end of its line and would take the bracket with it.
    return f"({text}\n)" if "//" in text else f"({text})"


def _workers(workers: int | None) -> int | None:
    if workers is not None and workers < 1:
        raise InvalidValue(
            "workers is below one; expected 1 or more",
            code="argument.range",
            field="workers",
            hint="1 or more",
        )
    return workers
