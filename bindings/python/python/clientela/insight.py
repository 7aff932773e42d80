"""What is asked of customers: what happened, how complete, how classified, what they bring, what they drive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from ._namespace import EntityNamespace, Key
from ._options import PlotBackend
from .answers import Answer, table_of
from .table import Table

__all__ = ["Brings", "CustomerInsight", "Pyramid"]

Brings = Literal["turnover", "purchases", "vehicles_bought", "fleet", "margin", "expected", "products", "added_field"]
"""What customers are measured by."""


class Pyramid(Answer):
    """Customers by what they bring, in tiers. ``table()`` lists customers, ``table(lines="tiers")`` the tiers."""

    __slots__ = ()

    def curve(self) -> Table:
        """What :meth:`plot` draws: what share of the whole the first so many percent of the customers bring."""
        return table_of(self.question, self.data["curve"], lines="")

    def plot(self, *, backend: PlotBackend | None = None, ax: Any = None) -> Any:
        """The 80/20 curve; the library's own figure, to restyle as you like.

        Args:
            backend: The library that draws; ``clientela.options.plot_backend`` when not given.
            ax: Axes of matplotlib to draw on.
        """
        from .plotting import concentration

        return concentration(self.curve(), title="Customer pyramid", backend=backend, ax=ax)


class CustomerInsight(EntityNamespace):
    """The questions of ``db.customers``."""

    __slots__ = ()

    def timeline(
        self, customer: Key, *, kinds: Sequence[str] = (), to_come: bool = False, page: int = 50
    ) -> Iterator[dict[str, Any]]:
        """What happened with a customer, newest first; pages are asked for as they are needed.

        Args:
            customer: The customer.
            kinds: Only these: ``contact``, ``opportunity``, ``purchase``, ``offer``, ``consent``, ``campaign`` and so on.
            to_come: Whether what is planned is told too.
            page: How many entries are asked for at once, at most 200.
        """
        after: str | None = None
        while True:
            about = {"customer": customer, "kinds": list(kinds), "to_come": to_come, "limit": page, "after": after}
            answer = self._ask("customer.timeline", **about)
            yield from answer["entries"]
            after = answer.data.get("next")
            if after is None:
                return

    def completeness(self, customer: Key, *, policy: Mapping[str, object] | None = None) -> Answer:
        """How complete a customer's record is, what is missing and what that costs.

        Args:
            customer: The customer.
            policy: What is asked for; the setting ``customer.completeness`` when not given.
        """
        return self._ask("customer.completeness", customer=customer, policy=policy)

    def least_complete(self, *, limit: int | None = None, policy: Mapping[str, object] | None = None) -> Answer:
        """The customers whose records are the least complete, at most 1,000; 50 when not given."""
        return self._ask("customer.least_complete", limit=limit, policy=policy)

    def classification(self, customer: Key) -> Answer:
        """Status, size and class of a customer, with reason and history."""
        return self._ask("customer.classification", customer=customer)

    def group(self, customer: Key, *, day: date | None = None) -> Answer:
        """The group of companies a customer belongs to, with its sums."""
        return self._ask("customer.group", customer=customer, day=day)

    def pyramid(
        self,
        measure: Brings,
        *,
        field: str | None = None,
        since: date | None = None,
        until: date | None = None,
        currency: str | None = None,
        tiers: Mapping[str, object] | None = None,
        customer: Key | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Pyramid:
        """Customers by what they bring, in tiers.

        Args:
            measure: What is measured.
            field: Name of the added field, for ``added_field``.
            since: From which day; twelve months before the last when not given.
            until: Until which day; today when not given.
            currency: The currency amounts are counted in; needed when there are several.
            tiers: The tiers; those of the setting ``pyramid.tiers`` when not given.
            customer: Only this customer is listed.
            limit: Customers listed from the top, at most 1,000; 100 when not given.
            offset: Customers passed over from the top.
        """
        about = {"from": since, "until": until, "currency": currency, "tiers": tiers, "customer": customer}
        found = self._ask("customer.pyramid", measure=measure, field=field, **about, limit=limit, offset=offset)
        return Pyramid("customer.pyramid", found.data)

    def pyramid_movement(
        self,
        measure: Brings,
        *,
        since: date,
        until: date | None = None,
        months: int | None = None,
        currency: str | None = None,
        tiers: Mapping[str, object] | None = None,
        limit: int | None = None,
    ) -> Answer:
        """Who went from which tier to which between two days.

        ``table()`` has one row for each pair of tiers, ``table(lines="customers")`` those whose tier changed.

        Args:
            measure: What is measured.
            since: The earlier day.
            until: The later day; today when not given.
            months: How many months before each day are counted; 12 when not given.
            currency: The currency amounts are counted in.
            tiers: The tiers, as for :meth:`pyramid`.
            limit: Customers listed, at most 1,000; 100 when not given.
        """
        about = {"from": since, "until": until, "months": months, "currency": currency, "tiers": tiers}
        return self._ask("customer.pyramid_movement", measure=measure, **about, limit=limit)

    def leave_reasons(self, since: date, until: date | None = None) -> Answer:
        """Why customers left from one day until another, or today."""
        return self._ask("customer.leave_reasons", **{"from": since, "until": until})

    def win_back_worth(
        self,
        customer: Key,
        *,
        years: int | None = None,
        currency: str | None = None,
        policy: Mapping[str, object] | None = None,
    ) -> Answer:
        """Whether winning a customer back is worth it, and what was tried.

        Args:
            customer: The customer.
            years: Years before he left of which the turnover of a year is made; 3 when not given.
            currency: The currency; needed when there were sales in several.
            policy: The figures; those of the setting ``customer.win_back`` when not given.
        """
        return self._ask("customer.win_back", customer=customer, years=years, currency=currency, policy=policy)

    def fleet_profile(
        self, customer: Key | None = None, *, day: date | None = None, our_makes: Sequence[str] | None = None
    ) -> Answer:
        """Age, makes, categories and emission classes of a customer's fleet, or of all that may be seen.

        Args:
            customer: The customer; all that may be seen when not given.
            day: On which day; today when not given.
            our_makes: Makes that are ours; those of the setting ``fleet.our_makes`` when not given.
        """
        makes = None if our_makes is None else list(our_makes)
        return self._ask("fleet.profile", customer=customer, day=day, our_makes=makes)

    def rhythm(self, customer: Key, *, day: date | None = None) -> Answer:
        """How often a customer buys vehicles, and when the next purchase is likely."""
        return self._ask("fleet.rhythm", customer=customer, day=day)

    def replacements(
        self,
        customer: Key | None = None,
        *,
        day: date | None = None,
        until: date | None = None,
        policy: Mapping[str, object] | None = None,
    ) -> Answer:
        """Which vehicles are to be replaced in which month, and why.

        Args:
            customer: The customer; all that may be seen when not given.
            day: Seen from which day; today when not given.
            until: Until which day; two years on when not given.
            policy: Thresholds; those of the setting ``fleet.replacement`` when not given.
        """
        return self._ask("fleet.replacements", customer=customer, day=day, until=until, policy=policy)
