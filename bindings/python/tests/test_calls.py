"""Long calls: other threads go on, Ctrl-C is heard, progress is told, nothing half done stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from clientela import Table

ROWS = 400_000


@pytest.fixture(scope="module")
def large() -> Table:
    return Table.from_({"n": list(range(ROWS)), "text": ["some text"] * ROWS})


def test_other_threads_run_during_a_long_call(large: Table, tmp_path: Path) -> None:
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.is_set():
            ticks += 1
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    other.start()
    large.write_csv(tmp_path / "large.csv")
    stop.set()
    other.join()
    # With the lock held throughout it would be one or two.
    assert ticks > 20


def test_one_table_serves_many_threads(large: Table, tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            part = large.slice(number * 1000, 1000)
            assert part.rows(limit=1)[0].n == number * 1000
            assert Table.from_(part.to_arrow()).rows() == part.rows()
            part.write_csv(tmp_path / f"{number}.csv")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_progress_is_told_from_the_calling_thread(large: Table, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    threads: set[int] = set()

    def progress(done: int, total: int, stage: str) -> None:
        told.append((done, total, stage))
        threads.add(threading.get_ident())

    large.write_csv(tmp_path / "large.csv", progress=progress)
    assert told[-1] == (ROWS, ROWS, "rows")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert threads == {threading.get_ident()}


def test_what_a_progress_function_raises_stops_the_call(large: Table, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def progress(done: int, total: int, stage: str) -> None:
        raise Enough

    with pytest.raises(Enough):
        large.write_csv(tmp_path / "large.csv", progress=progress)
    assert list(tmp_path.iterdir()) == []


CHILD = """
import sys
from clientela import Table
table = Table.from_({{"n": list(range(400_000)), "text": ["some text"] * 400_000}})
print("ready", flush=True)
try:
    for number in range(1000):
        table.write_csv({path!r})
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_is_heard_within_a_long_call(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(path=str(path))], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.3)
    os.kill(child.pid, signal.SIGINT)
    assert child.communicate(timeout=60)[0] == "interrupted\n"
    assert child.returncode == 7
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "large.csv"] == []


def test_bars_are_drawn_only_where_somebody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    import io

    from clientela.progress import reporter

    assert reporter(False) is None
    assert reporter(None) is None
    stream = io.StringIO()
    bar = reporter(True, stream=stream)
    assert bar is not None
    bar(0, 10, "rows")
    bar(10, 10, "rows")
    assert "rows" in stream.getvalue()


WRITER = """
import sys
from datetime import date
from decimal import Decimal
import clientela as cl
db = cl.create({path!r}, user="admin", user_name="Ada Bianchi", country="IT")
db.catalogue.define_product("P", name="P", kind="option")
lines = [
    {{"product": "P", "amount": cl.Money(number, "EUR"), "from_quantity": Decimal(number)}} for number in range(1, 2001)
]
print("ready", flush=True)
try:
    for number in range(1000):
        db.catalogue.define_price_list(
            f"L-{{number}}", name="L", currency="EUR", valid_from=date(2026, 1, 1), prices=lines
        )
except KeyboardInterrupt:
    print("interrupted", flush=True)
    db.close()
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_leaves_a_whole_store(tmp_path: Path) -> None:
    import clientela as cl

    path = tmp_path / "network.clientela"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER.format(path=str(path))], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(1.5)
    os.kill(child.pid, signal.SIGINT)
    assert child.communicate(timeout=60)[0] == "interrupted\n"
    assert child.returncode == 7
    with cl.open(path, user="admin") as db:
        lists, prices = len(db.table("price_list")), len(db.table("price"))
        assert prices == lists * 2000
        assert db.check() == []
