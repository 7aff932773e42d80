"""Rule sets: documents with rows of condition and answer, kept in the store in versions."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal, NamedTuple

from ._namespace import EntityNamespace, Key
from .errors import InvalidValue
from .records import Receipt
from .why import Explanation

__all__ = ["RuleSetAnswer", "RuleSets"]


class RuleSetAnswer(NamedTuple):
    """What a rule set says of one record.

    Attributes:
        rule_set: The version that was asked, such as ``visit_interval/3``.
        outcome: ``"value"``; ``"values"`` when all rows that apply answer; ``"no_match"`` when none applies; ``"unknown"``
            when one applies but its answer cannot be told.
        value: The answer: exact numbers as ``Decimal``, days as ``date``; a tuple for ``"values"``; else ``None``.
        why: The row that decided, with the values seen.
    """

    rule_set: str
    outcome: Literal["value", "values", "no_match", "unknown"]
    value: Any
    why: Explanation

    def __repr__(self) -> str:
        return f"<{self.rule_set}: {self.value if self.outcome in ('value', 'values') else self.outcome}>"


class RuleSets(EntityNamespace):
    """``db.rule_sets``; how documents are written is in ``docs/rules.md``."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "rule_set"

    def save(self, document: str) -> Receipt:
        """Saves a version of a rule set, in YAML or JSON. It is checked now, and its test cases run: one that fails refuses it."""
        return self._db.execute({"command": "rule_set.save", "document": document})

    def retire(self, rule_set: Key) -> Receipt:
        """Takes a version, such as ``visit_interval/3``, out of use; the one before holds again."""
        return self._db.execute({"command": "rule_set.retire", "rule_set": rule_set})

    def evaluate(
        self,
        name: str,
        *,
        customer: Key | None = None,
        opportunity: Key | None = None,
        lead: Key | None = None,
        on: date | None = None,
        passed_over: bool = False,
    ) -> RuleSetAnswer:
        """What the version that holds on a day says of a customer, of an opportunity and its customer, or of a lead.

        Args:
            name: The rule set, without a version.
            customer: The customer that is asked about, or
            opportunity: the opportunity, or
            lead: the lead.
            on: The day, which is also the rule's today; today when not given.
            passed_over: Whether the reason says of every row why it did not apply.
        """
        given = [("customer", customer), ("opportunity", opportunity), ("lead", lead)]
        named = [(about, key) for about, key in given if key is not None]
        if len(named) != 1:
            raise InvalidValue(
                "a rule set is asked of one record; expected one of customer, opportunity and lead",
                code="argument.invalid",
                field="customer",
                hint="customer='C-1001' or opportunity='O-3001'",
            )
        ((about, key),) = named
        code, outcome, values, why = self._db._store.evaluate_rule_set(name, about, str(key), on, passed_over)
        value = values[0] if outcome == "value" else tuple(values) if outcome == "values" else None
        return RuleSetAnswer(code, outcome, value, Explanation.from_json(why))  # type: ignore[arg-type]
