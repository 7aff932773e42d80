"""A dealer network that never was, to try things on. Nothing is fetched: it is drawn from a seed on this machine."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date

from . import _native
from .errors import AlreadyExists, InvalidValue
from .progress import Progress, watching
from .store import Clientela

__all__ = ["demo", "messy_csv"]

_BESIDE = ("", "-wal", "-shm", "-lock", "-open")


def demo(
    path: str | os.PathLike[str] | None = None,
    *,
    customers: int = 2_000,
    dealers: int = 6,
    seed: int = 2026,
    today: date | None = None,
    user: str = "admin",
    progress: Progress = None,
) -> Clientela:
    """Makes a network with two years of history and opens it: dealers, sellers, customers with fleets, deals, a campaign.

    The same seed and day make the same network. Every record has its true journal, because the history is lived through
    command by command; that takes about four seconds for a thousand customers.

    Args:
        path: The file to make; in a folder that goes away with the store when not given.
        customers: Customers; opportunities, offers and visits follow from them.
        dealers: Dealers, 1 to 12.
        seed: Another seed, another network.
        today: The day the history ends before; the store's clock then stands still in its morning. The day it is, and a
            clock that runs, when not given.
        user: Who signs in: ``admin`` sees everything, ``titolare.d-to`` one dealer, ``vendite1.d-to`` one seller's part.
        progress: See :data:`clientela.progress.Progress`.

    Raises:
        AlreadyExists: There is such a file.
    """
    for name, number, most in (("customers", customers, 1_000_000), ("dealers", dealers, 12)):
        if not 1 <= number <= most:
            raise InvalidValue(
                f"{name} is out of range; expected 1 to {most:,}",
                code="argument.range",
                field=name,
                hint=f"1 to {most:,}",
            )
    folder = None
    if path is None:
        # Imported where it is used: importing the package costs nothing.
        import tempfile

        folder = tempfile.TemporaryDirectory(prefix="clientela-demo-", ignore_cleanup_errors=True)
        place = os.path.join(folder.name, "network.clientela")
    else:
        place = os.fspath(path)
        if os.path.exists(place):
            raise AlreadyExists(
                "there is such a file already; name another one", code="store.target_exists", field="path"
            )
    try:
        with watching(progress) as told:
            handle = Clientela._wrap(_native.NativeStore.demo(place, customers, dealers, seed, today, user, told))
    except BaseException:
        # A network half made is of no use.
        for ending in _BESIDE:
            with suppress(OSError):
                os.remove(place + ending)
        raise
    handle.__dict__["_folder"] = folder
    return handle


def messy_csv(path: str | os.PathLike[str]) -> int:
    """Writes a customers' list as messy as real ones, for a lesson in importing; gives the number of its bytes.

    Semicolons, Windows-1252, Italian headers, wrong check digits, three ways to write a day, rows twice.
    """
    with open(path, "wb") as file:
        return file.write(_native.messy_customers())
