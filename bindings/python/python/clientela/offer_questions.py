"""What is asked of an offer: what changed, which discount reaches a goal, what it costs a month, how it reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ._namespace import EntityNamespace, Key, exact, given
from ._views import escape
from .answers import Answer
from .money import Money
from .price_waterfall import PriceWaterfall
from .records import OfferSnapshot, Record
from .table import Table

__all__ = ["Audience", "FinancePlan", "Language", "OfferDocument", "OfferQuestions", "PlanKind"]

Audience = Literal["customer", "seller"]
"""Whose eyes a document is for: the seller's has steps, costs and margins, and says that it is internal."""

Language = Literal["en", "it", "fr", "de", "ru"]
"""Languages documents and sentences are written in."""

PlanKind = Literal["loan", "balloon", "leasing"]
"""Kinds of financing."""


class FinancePlan(NamedTuple):
    """How something is paid by the month.

    ``yearly_percent`` is the nominal rate, a twelfth of it for each month; ``down`` is paid at once, ``residual`` is left at the
    end. Payments are due at the end of their month unless they are ``in_advance``.
    """

    kind: PlanKind
    yearly_percent: Decimal | int
    months: int
    down: Money | None = None
    residual: Money | None = None
    in_advance: bool = False


class OfferDocument(Answer):
    """An offer as a page for people. A notebook shows the page itself, in a frame of its own and without scripts."""

    __slots__ = ()

    @property
    def html(self) -> str:
        """The page."""
        page: str = self.data["html"]
        return page

    @property
    def language(self) -> str:
        """Its language."""
        language: str = self.data["language"]
        return language

    @property
    def file_name(self) -> str:
        """A file name for it."""
        name: str = self.data["file_name"]
        return name

    def save(self, folder: str | os.PathLike[str] = ".") -> Path:
        """Writes the page into a folder under its file name, and gives where it is."""
        place = Path(folder) / self.file_name
        place.write_text(self.html, encoding="utf-8")
        return place

    def __repr__(self) -> str:
        return f"<OfferDocument {self.file_name}>"

    def _repr_html_(self) -> str:
        # A frame keeps the page's style from the notebook's, and the sandbox keeps out whatever would run.
        page = escape(self.html)
        return f"<iframe srcdoc='{page}' sandbox style='width:100%;height:32em;border:1px solid #888;background:#fff'></iframe>"


def _list_change(
    price_list: Key,
    percent: Decimal | int | None,
    becomes: Key | None,
    states: Sequence[str],
    since: date | None,
    until: date | None,
) -> dict[str, Any]:
    """How a price list changes and for which offers, in the words of the question."""
    return {
        "list": price_list,
        "percent": exact(percent),
        "becomes": becomes,
        "states": list(states),
        "from": since,
        "to": until,
    }


class OfferQuestions(EntityNamespace):
    """The questions of ``db.offers``."""

    __slots__ = ()

    def snapshot(self, key: Key) -> OfferSnapshot:
        """An offer with its current version, items and price steps, read at one moment."""
        offer, revision, items, steps = self._db._store.offer(str(key))
        return OfferSnapshot(
            Record._of(offer),
            Record._of(revision),
            tuple(map(Record._of, items)),
            tuple(map(Record._of, steps)),
        )

    def waterfall(self, key: Key) -> PriceWaterfall:
        """From list price to net and, for those who may see costs, to the margin: every step of the whole offer in money."""
        return PriceWaterfall(str(key), self._ask("offer.waterfall", offer=key).data)

    def difference(
        self, key: Key, *, before: int | None = None, after: int | None = None, language: Language | None = None
    ) -> Answer:
        """What differs between two versions, in money and under ``"sentences"`` in words.

        Args:
            key: The offer.
            before: Number of the earlier version; the one before the later when not given.
            after: Number of the later version; the current one when not given.
            language: Language of the sentences; English when not given.
        """
        return self._ask("offer.difference", offer=key, **{"from": before, "to": after}, language=language)

    def goal(
        self,
        key: Key,
        *,
        net: Money | None = None,
        gross: Money | None = None,
        payable: Money | None = None,
        margin_percent: Decimal | int | None = None,
        margin_amount: Money | None = None,
        monthly: tuple[Money, FinancePlan] | None = None,
    ) -> Answer:
        """Which discount on the whole offer reaches a goal, exactly; nothing is written. One goal is given.

        Args:
            key: The offer.
            net: A net total of at most this: the smallest discount that reaches it.
            gross: A total with tax of at most this.
            payable: At most this to be paid.
            margin_percent: A margin of at least so many percent: the largest discount that keeps it.
            margin_amount: A margin of at least this much: the largest discount that keeps it.
            monthly: A monthly payment of at most this, under a plan.

        Raises:
            RuleRefused: No discount reaches it; the message names the nearest that can be reached, ``why`` what there is without one.
        """
        goals = {
            "net": net,
            "gross": gross,
            "payable": payable,
            "margin_percent": exact(margin_percent),
            "margin_amount": margin_amount,
            "monthly_payment": None if monthly is None else _monthly(*monthly),
        }
        return self._ask("offer.goal", offer=key, goal={name: goal for name, goal in goals.items() if goal is not None})

    def financing(self, key: Key, plan: FinancePlan) -> Answer:
        """What an offer costs a month under a plan; its table has a row for each payment."""
        return self._ask(
            "offer.financing",
            offer=key,
            kind=plan.kind,
            yearly_percent=exact(plan.yearly_percent),
            months=plan.months,
            down=plan.down,
            residual=plan.residual,
            in_advance=plan.in_advance,
        )

    def financing_plans(self, key: Key) -> Answer:
        """The plans kept on an offer: what each came to, what its terms come to now, and which one is chosen."""
        return self._ask("offer.financing_plans", offer=key)

    def catalogue_changes(self, key: Key, *, day: date | None = None) -> Answer:
        """Which version of the catalogue each line was made from, and what has changed of its product since.

        Args:
            key: The offer.
            day: The day whose catalogue it is compared with; today when not given.
        """
        return self._ask("offer.catalogue", offer=key, day=day)

    def what_if(
        self,
        price_list: Key,
        *,
        percent: Decimal | int | None = None,
        becomes: Key | None = None,
        states: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        by: Literal["unit", "product"] | None = None,
        most: int | None = None,
    ) -> Answer:
        """What would become of the offers if a price list changed; nothing is written. Every line keeps its discounts.

        ``table()`` has the totals by unit or product, ``table(lines="lines")`` the lines that change most.

        Args:
            price_list: The price list; lists made from it by their formula change with it.
            percent: Its prices change by so many percent; below nothing they fall. Or:
            becomes: Its prices become those of this list.
            states: Offers in these states; those that are not decided when not given.
            since: Offers with prices of this day or later.
            until: Offers with prices of this day or earlier.
            by: What the totals are by; by unit when not given.
            most: At most so many lines; 20 when not given.
        """
        change = _list_change(price_list, percent, becomes, states, since, until)
        return self._ask("offer.what_if", **change, by=by, most=most)

    def what_if_table(
        self,
        price_list: Key,
        *,
        percent: Decimal | int | None = None,
        becomes: Key | None = None,
        states: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> Table:
        """Every line of the stored offers that a changed price list would change, as a table; nothing is written.

        Its columns are ``offer``, ``line``, ``product``, ``quantity``, ``net_before``, ``net_after``, ``difference``,
        ``margin_difference`` and ``why``. It holds what may be seen. For tables of lines from elsewhere, and for millions of them,
        see :func:`clientela.prices.what_if`.

        Args:
            price_list: The price list; lists made from it by their formula change with it.
            percent: Its prices change by so many percent; below nothing they fall. Or:
            becomes: Its prices become those of this list.
            states: Offers in these states; those that are not decided when not given.
            since: Offers with prices of this day or later.
            until: Offers with prices of this day or earlier.
        """
        change = _list_change(price_list, percent, becomes, states, since, until)
        return Table._wrap(self._db._store.what_if(given(question="offer.what_if", **change)))

    def proposals(self, key: Key, *, least: int | None = None, most: int | None = None) -> Answer:
        """What might go with an offer, from the accepted offers that may be seen.

        Args:
            key: The offer.
            least: Accepted offers that must show a pair; 3 when not given.
            most: At most so many proposals; 5 when not given.
        """
        return self._ask("offer.proposals", offer=key, least=least, most=most)

    def document(
        self, key: Key, *, language: Language | None = None, audience: Audience | None = None
    ) -> OfferDocument:
        """An offer as a page to print or send.

        Args:
            key: The offer.
            language: Its language; the customer's when not given.
            audience: Whose eyes it is for; the customer's when not given.
        """
        answer = self._ask("offer.document", offer=key, language=language, audience=audience)
        return OfferDocument(answer.question, answer.data)

    def check_copy(self, number: str, *, seal: str | None = None) -> Answer:
        """Whether a paper is a copy of an offer as it was issued: ``"sound"`` says whether the check digits fit the number,
        ``"offer"`` and ``"revision"`` which version the seal belongs to, ``"current"`` whether that is the current one.

        Args:
            number: The number it was issued under.
            seal: The seal beside it.
        """
        return self._ask("offer.check_copy", number=number, seal=seal)

    def ubl(self, key: Key) -> Answer:
        """An offer as a quotation of UBL 2: ``"xml"`` and a ``"file_name"`` for it."""
        return self._ask("offer.ubl", offer=key)


def _monthly(payment: Money, plan: FinancePlan) -> dict[str, Any]:
    described = {
        "kind": plan.kind,
        "yearly_percent": exact(plan.yearly_percent),
        "months": plan.months,
        "residual": plan.residual,
        "in_advance": plan.in_advance,
    }
    return {"payment": payment, "plan": described, "down": Money(0, payment.currency) if plan.down is None else plan.down}
