"""Claims: which dealer may work on a prospect, and who decides between two."""

from __future__ import annotations

from typing import ClassVar

from ._namespace import EntityNamespace, Key
from .answers import Answer
from .records import Receipt

__all__ = ["Claims"]


class Claims(EntityNamespace):
    """``db.claims``. A party is named by a customer of one's own, or by its VAT number with the country's letters."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "claim"

    def make(self, customer: Key | None = None, *, vat_number: str | None = None) -> Receipt:
        """Claims a party for one's dealer: granted when it is free, else contested until somebody decides.

        The receipt's reason says until when one is protected, or whom to ask.
        """
        return self._do("claim.make", customer=customer, vat_number=vat_number)

    def release(self, customer: Key | None = None, *, vat_number: str | None = None) -> Receipt:
        """Lets go of what one's dealer claims of a party."""
        return self._do("claim.release", customer=customer, vat_number=vat_number)

    def state(self, customer: Key | None = None, *, vat_number: str | None = None) -> Answer:
        """Where one's dealer stands with a party: under ``"standing"`` ``free``, ``yours`` or ``contested``.

        With it ``"protected_until"``, or ``"ask"``, the code of the unit whose manager decides. The table has the claims that may
        be seen.
        """
        return self._ask("claim.state", customer=customer, vat_number=vat_number)

    def contested(self, *, limit: int | None = None) -> Answer:
        """The parties several dealers claim between whom one's own position decides, the longest waiting first.

        Args:
            limit: How many at most, up to 1,000.
        """
        return self._ask("claim.contested", limit=limit)

    def arbitrate(self, customer: Key | None = None, *, dealer: Key, vat_number: str | None = None) -> Receipt:
        """Decides between dealers who claim one party: for the manager of the lowest unit above them.

        Args:
            customer: The customer; it or a VAT number.
            dealer: Code of the dealer it is granted to.
            vat_number: The VAT number.
        """
        return self._do("claim.arbitrate", customer=customer, vat_number=vat_number, dealer=dealer)
