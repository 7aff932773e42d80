"""Contacts: the persons at customers."""

from __future__ import annotations

from typing import ClassVar

from .pages import ExportedNamespace

__all__ = ["Contacts"]


class Contacts(ExportedNamespace):
    """``db.contacts``; they are entered through their customer, with :meth:`clientela.customers.Customers.add_contact`."""

    __slots__ = ()
    _ENTITY: ClassVar[str] = "contact"
    _LIST: ClassVar[str] = "contact.list"
    _EXPORT: ClassVar[str] = "contact.export"
