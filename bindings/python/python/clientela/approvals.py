"""Approvals: which discounts need one, who gives it, where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypedDict

from ._namespace import EntityNamespace, Key, exact
from .answers import Answer
from .money import Money
from .records import Receipt
from .table import Table

__all__ = ["ApprovalLevel", "Approvals", "OfferApprovals"]


class ApprovalLevel(TypedDict, total=False):
    """A level of a policy; ``code``, ``approver`` and one of the limits are needed.

    It is called for by a discount above ``above_percent`` or ``above_amount``, or a margin below ``margin_below_percent``, and
    only where ``condition`` holds, in the rule language. After ``escalate_after_hours`` without a decision it passes on to the
    position ``escalate_to``. Positions are named by their titles.
    """

    code: str
    scope: Literal["document", "line"]
    funded_by: Literal["dealer", "manufacturer"]
    above_percent: Decimal | int
    above_amount: Money
    margin_below_percent: Decimal | int
    condition: str
    approver: str
    substitute: str
    escalate_after_hours: int
    escalate_to: str


class OfferApprovals(Answer):
    """Which approvals an offer needs, and where those asked for stand."""

    __slots__ = ()

    @property
    def may_issue(self) -> bool:
        """Whether none is lacking."""
        may: bool = self.data["may_issue"]
        return may

    def steps(self) -> Table:
        """One row for each level: whether the offer needs it as it is now, and its state in the newest request."""
        states: dict[str, str] = dict(self.data["steps"])
        needed: list[str] = self.data["levels"]
        levels = [*needed, *(level for level in states if level not in needed)]
        rows: list[dict[str, Any]] = [
            {"level": level, "needed": level in needed, "state": states.get(level)} for level in levels
        ]
        return Table.from_(rows) if rows else Table.from_({"level": [], "needed": [], "state": []})

    def __repr__(self) -> str:
        levels = ", ".join(self.data["levels"]) or "none"
        return f"<OfferApprovals: needs {levels}; {'may' if self.may_issue else 'may not'} be issued>"


class Approvals(EntityNamespace):
    """``db.approvals``; ``table`` speaks of requests, ``db.table("approval_step")`` of what each level decided."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "approval_request"

    def define_policy(
        self, code: str, *, name: str, levels: Sequence[ApprovalLevel], unit: Key | None = None
    ) -> Receipt:
        """Sets which approvals the offers of a unit need, and those of the units below it without a policy of their own.

        Args:
            code: Code.
            name: Name.
            levels: Its levels in their order. The policy that held in the unit before holds no longer.
            unit: Code of the unit; the acting one when not given.
        """
        return self._do("approval_policy.define", code=code, name=name, unit=unit, levels=[_level(one) for one in levels])

    def needed(self, offer: Key) -> OfferApprovals:
        """Which approvals an offer needs as it is now, with the discounts by whose money they are."""
        answer = self._ask("offer.approvals", offer=offer)
        return OfferApprovals(answer.question, answer.data)

    def request(self, offer: Key, *, note: str | None = None) -> Receipt:
        """Asks for the approvals an offer needs; ``note`` is for those who decide."""
        return self._do("offer.request_approval", offer=offer, note=note)

    def grant(self, offer: Key, *, level: str | None = None, note: str | None = None) -> Receipt:
        """Grants an approval: of the level named, or of the only one that is open."""
        return self._do("approval.decide", offer=offer, level=level, grant=True, note=note)

    def refuse(self, offer: Key, *, level: str | None = None, note: str | None = None) -> Receipt:
        """Refuses an approval: of the level named, or of the only one that is open."""
        return self._do("approval.decide", offer=offer, level=level, grant=False, note=note)

    def withdraw(self, offer: Key) -> Receipt:
        """Takes a request, or what it was granted, back."""
        return self._do("approval.withdraw", offer=offer)


def _level(level: ApprovalLevel) -> dict[str, object]:
    fields: dict[str, object] = dict(level)
    for name in ("above_percent", "margin_below_percent"):
        value = fields.get(name)
        if isinstance(value, (int, Decimal)):
            fields[name] = exact(value)
    return fields
