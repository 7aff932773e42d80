"""Importing costs nothing and changes nothing."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "pandas", "pyarrow", "polars", "duckdb", "matplotlib", "altair", "tqdm", "IPython", "asyncio")

PROGRAM = """
import sys, threading, time, logging
handlers = list(logging.getLogger().handlers)
before = time.process_time()
import clientela
spent = (time.process_time() - before) * 1000
heavy = [name for name in {heavy!r} if name in sys.modules]
assert not heavy, heavy
assert threading.active_count() == 1
assert logging.getLogger().handlers == handlers
print(f"{{spent:.1f}}")
"""


def test_importing_loads_nothing_heavy_and_starts_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    print(f"importing clientela took {done.stdout.strip()} CPU ms")


def test_every_public_name_is_there_and_documented() -> None:
    import clientela

    for name in clientela.__all__:
        thing = getattr(clientela, name)
        assert name == "__version__" or thing.__doc__, name


def test_every_native_class_is_frozen_and_documented() -> None:
    from clientela import _native

    for name in _native.__all__:
        assert getattr(_native, name).__doc__, name


def test_documentation_examples_hold() -> None:
    import doctest
    import importlib
    import pkgutil

    import clientela

    tried = 0
    for module in pkgutil.iter_modules(clientela.__path__, "clientela."):
        if module.name not in ("clientela.__main__", "clientela._native"):
            result = doctest.testmod(importlib.import_module(module.name))
            assert result.failed == 0, module.name
            tried += result.attempted
    assert tried + doctest.testmod(clientela).attempted > 8
