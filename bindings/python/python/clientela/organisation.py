"""The organisation: units, positions, users and their rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from ._namespace import EntityNamespace, Key, given
from .records import Receipt
from .unit_tree import UnitTree

__all__ = ["Organisation"]


class Organisation(EntityNamespace):
    """``db.organisation``; ``get`` and ``table`` speak of units."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "unit"

    def create_unit(
        self,
        code: str,
        *,
        parent: Key,
        kind: str,
        name: str,
        country: str | None = None,
        valid_from: date | None = None,
        valid_to: date | None = None,
        time_zone: str | None = None,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        vat_number: str | None = None,
    ) -> Receipt:
        """Adds a unit to the tree. Its time zone says which day it is there; that of the unit above when not given.

        Address and VAT number stand on its documents; an outlet without them has those of its dealer.
        """
        fields = given(
            parent=parent,
            kind=kind,
            name=name,
            country=country,
            valid_from=valid_from,
            valid_to=valid_to,
            time_zone=time_zone,
            street=street,
            postal_code=postal_code,
            locality=locality,
            vat_number=vat_number,
        )
        return self._db.execute({"command": "unit.create", "code": code, **fields})

    def tree(self, unit: Key | None = None, *, day: date | None = None) -> UnitTree:
        """The units that existed on a day, with their positions, profiles, who held them and who stood in.

        Args:
            unit: Code of the unit to begin at; the whole tree when not given.
            day: The day, as it was recorded at its end; today as it stands when not given.
        """
        return UnitTree(self._ask("unit.tree", unit=unit, day=day).data)

    def change_unit(
        self,
        unit: Key,
        *,
        parent: Key | None = None,
        name: str | None = None,
        country: str | None = None,
        time_zone: str | None = None,
        valid_to: date | None = None,
        street: str | None = None,
        postal_code: str | None = None,
        locality: str | None = None,
        vat_number: str | None = None,
    ) -> Receipt:
        """Changes a unit; what is not given stays.

        Another unit above counts from now on and is one of the same dealer; earlier days are answered by what was above it then.
        Address and VAT number stand on its documents.
        """
        return self._do(
            "unit.change",
            unit=unit,
            parent=parent,
            name=name,
            country=country,
            time_zone=time_zone,
            valid_to=valid_to,
            street=street,
            postal_code=postal_code,
            locality=locality,
            vat_number=vat_number,
        )

    def deactivate_user(self, login: str) -> Receipt:
        """Keeps a user from signing in; what he did stays his."""
        return self._do("user.deactivate", user=login)

    def activate_user(self, login: str) -> Receipt:
        """Lets a user sign in again."""
        return self._do("user.activate", user=login)

    def begin_holding(
        self, user: str, *, position: Key, first_day: date | None = None, last_day: date | None = None
    ) -> Receipt:
        """Gives a user a position beside those he holds, from a day or today on.

        Args:
            user: Login of the user.
            position: Title of the position.
            first_day: First day; today when not given.
            last_day: Last day; until it is ended when not given.
        """
        return self._do(
            "holding.begin", **{"user": user, "position": position, "from": first_day, "to": last_day}
        )

    def end_holding(self, user: str, *, position: Key | None = None, last_day: date | None = None) -> Receipt:
        """Ends what a user holds of a position (needed when he holds several), with a last day or today."""
        return self._do("holding.end", user=user, position=position, last_day=last_day)

    def define_setting(self, name: str, *, document: Mapping[str, object] | Sequence[object]) -> Receipt:
        """Sets figures the installation decides by, such as ``fleet.replacement``, in the form the name asks for."""
        return self._do("setting.define", name=name, document=document)

    def create_position(
        self, title: str, *, unit: Key, function: str, profile: Key, reports_to: Key | None = None
    ) -> Receipt:
        """Adds a position to a unit."""
        fields = given(unit=unit, function=function, profile=profile, reports_to=reports_to)
        return self._db.execute({"command": "position.create", "title": title, **fields})

    def change_position(
        self,
        position: Key,
        *,
        unit: Key | None = None,
        function: str | None = None,
        title: str | None = None,
        reports_to: Key | None = None,
        reports_to_nobody: bool = False,
        profile: Key | None = None,
    ) -> Receipt:
        """Changes a position from now on; what is not given stays. Earlier days are answered by what was then.

        Args:
            position: Title of the position.
            unit: The unit it sits in, of the same dealer.
            function: What it does.
            title: New title.
            reports_to: The position it reports to.
            reports_to_nobody: Whether it reports to none.
            profile: Name of its profile.
        """
        fields = given(
            unit=unit, function=function, title=title, reports_to=reports_to, profile=profile
        )
        if reports_to_nobody:
            fields["reports_to"] = None
        return self._db.execute({"command": "position.change", "position": position, **fields})

    def create_user(
        self, login: str, *, name: str, position: Key, since: date, substitute: bool = False
    ) -> Receipt:
        """Adds a user with the position he holds since a day."""
        return self._db.execute(
            {
                "command": "user.create",
                "login": login,
                "name": name,
                "position": position,
                "from": since,
                "substitute": substitute,
            }
        )

    def define_profile(self, name: str, *, grants: Sequence[Mapping[str, object]]) -> Receipt:
        """Adds a profile with its rights: mappings of ``entity``, ``verb``, ``scope``, ``confidential``."""
        return self._db.execute({"command": "profile.define", "name": name, "grants": list(grants)})

    def change_profile(
        self,
        profile: Key,
        *,
        name: str | None = None,
        grants: Sequence[Mapping[str, object]] | None = None,
    ) -> Receipt:
        """Changes a profile's name, or all its rights, for every position of that profile from now on.

        Args:
            profile: Name of the profile.
            name: New name.
            grants: The rights it has from now on and no others, as in :meth:`define_profile`; they stay when not given.
        """
        rights = None if grants is None else list(grants)
        return self._do("profile.change", profile=profile, name=name, grants=rights)

    def define_number_series(self, unit: Key, *, document: str, prefix: str, first: int) -> Receipt:
        """Sets prefix and next number of a unit's documents."""
        return self._db.execute(
            {
                "command": "number_series.define",
                "unit": unit,
                "document": document,
                "prefix": prefix,
                "next": first,
            }
        )

    def substitute(self, user: str, *, first_day: date, last_day: date, position: Key | None = None) -> Receipt:
        """Lets a user stand in for the one who holds a position, with all its rights, between two days.

        Args:
            user: Login of the one who stands in.
            first_day: First day.
            last_day: Last day.
            position: Title of the position; the acting one when not given.
        """
        return self._do(
            "holding.substitute", **{"user": user, "position": position, "from": first_day, "to": last_day}
        )

    def share(
        self,
        *,
        right: Literal["read", "change"],
        customer: Key | None = None,
        opportunity: Key | None = None,
        position: Key | None = None,
        with_team: bool = False,
        unit: Key | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Receipt:
        """Shows one customer or one opportunity to a position or a unit, for a time.

        Args:
            right: How far the share reaches.
            customer: The customer; it or an opportunity.
            opportunity: The opportunity.
            position: Title of the position it is shared with; it or a unit.
            with_team: Whether those that report to that position have it too.
            unit: Code of the unit it is shared with, and with all units below.
            first_day: First day; today when not given.
            last_day: Last day; until it is ended when not given.
        """
        return self._do(
            "share.grant",
            right=right,
            customer=customer,
            opportunity=opportunity,
            position=position,
            with_team=with_team,
            unit=unit,
            **{"from": first_day, "to": last_day},
        )

    def end_share(self, share: UUID | str) -> Receipt:
        """Ends a share at once, by its id: the receipt of :meth:`share` names it."""
        return self._do("share.end", share=share)
