"""How far a long call has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Progress", "ProgressFunction"]

ProgressFunction = Callable[[int, int, str], object]
"""Called with what is done, how much there is (0 if unknown) and the stage; what it raises stops the call."""

Progress = ProgressFunction | bool | None
"""``None``: a bar when the call takes longer than two seconds and somebody is watching. ``True``, ``False``: always, never."""

_PATIENCE = 2.0


def reporter(progress: Progress, *, stream: Any = None) -> ProgressFunction | None:
    """The function to be told, if any."""
    if callable(progress):
        return progress
    if progress is False:
        return None
    out = sys.stderr if stream is None else stream
    watched = in_notebook() or (hasattr(out, "isatty") and out.isatty())
    if progress is None and not watched:
        return None
    return _Bar(out, 0.0 if progress else _PATIENCE)


@contextmanager
def watching(progress: Progress) -> Iterator[ProgressFunction | None]:
    """The function a long call tells, while it runs; a bar of ours is closed whatever comes of the call."""
    told = reporter(progress)
    try:
        yield told
    finally:
        if isinstance(told, _Bar):
            told.close()


def in_notebook() -> bool:
    # A kernel has loaded this already; nothing is imported to find out.
    shell = sys.modules.get("IPython")
    if shell is None:
        return False
    running = shell.get_ipython()
    return running is not None and type(running).__name__ == "ZMQInteractiveShell"


class _Bar:
    """tqdm's bar when it is installed, one line otherwise."""

    def __init__(self, out: Any, patience: float) -> None:
        self._out = out
        self._from = time.monotonic() + patience
        self._bar: Any = None
        self._stage = ""

    def __call__(self, done: int, total: int, stage: str) -> None:
        if time.monotonic() < self._from and self._bar is None:
            return
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = self._made(total, stage)
        if self._bar is not False:
            self._bar.total = total or None
            self._bar.update(done - self._bar.n)
        else:
            share = f" {done * 100 // total} %" if total else ""
            self._out.write(f"\r{stage}: {done:,}{share}")
            self._out.flush()

    def _made(self, total: int, stage: str) -> Any:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return False
        return tqdm(total=total or None, desc=stage, file=None if in_notebook() else self._out, unit_scale=True)

    def close(self) -> None:
        """Leaves the bar as it is and begins a new line."""
        if self._bar is False:
            self._out.write("\n")
        elif self._bar is not None:
            self._bar.close()
        self._bar = None
