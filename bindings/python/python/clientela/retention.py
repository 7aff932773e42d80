"""Retention: how long data of persons is kept, and who goes when it is over."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from ._namespace import EntityNamespace, Key
from .answers import Answer
from .records import Receipt

__all__ = ["Retention", "RetentionStart"]

RetentionStart = Literal["last_activity", "contract_end", "refusal", "lead_closed", "contact_left"]
"""What the period of a rule starts with."""


class Retention(EntityNamespace):
    """``db.retention``; ``get`` and ``table`` speak of rules."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "retention_rule"

    def define(
        self,
        code: str,
        *,
        subject: Literal["customer", "contact", "lead"],
        start: RetentionStart,
        months: int,
        legal_reason: str,
        status: str | None = None,
        purpose: str | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Receipt:
        """Defines a rule; a person goes when every rule that speaks of him has run out and nothing keeps him.

        Args:
            code: Code, such as ``PROSPECTS``.
            subject: Of whom.
            start: What the period starts with.
            months: How long it is, 1 to 1,200 months.
            legal_reason: The duty or interest it rests on.
            status: Only customers of whom all dealers say this.
            purpose: For a refusal: of which purpose.
            first_day: First day of the rule; today when not given.
            last_day: Last day; until it is closed when not given.
        """
        return self._do(
            "retention_rule.define",
            code=code,
            subject=subject,
            start=start,
            months=months,
            legal_reason=legal_reason,
            status=status,
            purpose=purpose,
            **{"from": first_day, "to": last_day},
        )

    def close(self, rule: Key, *, last_day: date | None = None) -> Receipt:
        """Ends a rule, by its code; its last day was yesterday when none is given."""
        return self._do("retention_rule.close", rule=rule, last_day=last_day)

    def dry_run(self, *, rule: Key | None = None, day: date | None = None, limit: int | None = None) -> Answer:
        """Who would go, by which rule and since when, and whom what keeps; nothing is written.

        The table has those who would go; ``table(lines="held_back")`` those who are kept.

        Args:
            rule: Code of the rule that decides; all when not given.
            day: As if it were this day; today when not given.
            limit: How many of each at most, up to 1,000.
        """
        return self._ask("retention.dry_run", rule=rule, day=day, limit=limit)

    def apply(self, *, rule: Key | None = None, limit: int | None = None) -> Receipt:
        """Erases those whose period is over and whom nothing keeps, those due longest first; all of them or none.

        Args:
            rule: Only those whom this rule decides.
            limit: How many persons at most; 100 when not given.
        """
        return self._do("retention.apply", rule=rule, limit=limit)
