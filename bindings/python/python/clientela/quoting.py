"""The quoting tool: messages for it and from it, as bytes of the contract ``quoting-exchange/1``."""

from __future__ import annotations

from uuid import UUID

from ._namespace import Key, Namespace

__all__ = ["Quoting"]


class Quoting(Namespace):
    """``db.quoting``."""

    __slots__ = ()

    def customer(
        self, customer: Key, *, session: UUID | str | None = None, workstation: str | None = None
    ) -> bytes:
        """The message that takes a customer to the tool."""
        return self._db._store.quoting_customer(str(customer), _text(session), workstation)

    def affair(
        self, opportunity: Key, *, session: UUID | str | None = None, workstation: str | None = None
    ) -> bytes:
        """The message that makes an affair from an opportunity; asked again, the same affair is meant."""
        return self._db._store.quoting_affair(str(opportunity), _text(session), workstation)

    def receive(self, message: bytes, *, file: bytes | None = None) -> bytes:
        """Takes a message of the tool and gives the answer to be sent back; empty when none is due.

        The same message again gives the same answer and changes nothing.
        """
        return self._db._store.quoting_receive(message, file)

    def file(self, digest: str) -> bytes:
        """A file of an opportunity by its SHA-256, 64 hexadecimal digits."""
        return self._db._store.file(digest)


def _text(session: UUID | str | None) -> str | None:
    return None if session is None else str(session)
