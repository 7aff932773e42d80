"""The network: its dealers by the four criteria."""

from __future__ import annotations

from datetime import date

from ._namespace import Namespace, given
from .answers import Answer

__all__ = ["DealerNetwork"]


class DealerNetwork(Namespace):
    """``db.network``."""

    __slots__ = ()

    def criteria(
        self,
        *,
        month: date | None = None,
        connections: int | None = None,
        offers: int | None = None,
        new_customers: int | None = None,
        sales: int | None = None,
    ) -> Answer:
        """The network's four criteria, by dealer, for a month.

        Args:
            month: A day of the month; today when not given.
            connections: What a dealer's connections are measured against; the best dealer's when not given, as below.
            offers: The same for offers.
            new_customers: The same for new customers.
            sales: The same for sales.
        """
        targets = given(connections=connections, offers=offers, new_customers=new_customers, sales=sales)
        return self._ask("network.criteria", month=month, targets=targets)
