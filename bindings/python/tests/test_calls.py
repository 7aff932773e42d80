"""Long calls: other threads go on, Ctrl-C is heard, progress is told, nothing half done stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import clientela as cl
from clientela import Clientela, Table

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


def test_a_bar_is_closed_whatever_comes_of_the_call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from clientela.progress import watching

    sys.modules["tqdm.auto"] = None  # type: ignore[assignment]
    try:
        with pytest.raises(ZeroDivisionError), watching(True) as told:
            assert told is not None
            told(3, 10, "rows")
            raise ZeroDivisionError
    finally:
        del sys.modules["tqdm.auto"]
    assert capsys.readouterr().err == "\rrows: 3 30 %\n"


def test_calls_of_a_store_say_how_far_they_are(network: Clientela, seller: Clientela, tmp_path: Path) -> None:
    manager = network.sign_in("u-verdi")
    manager.campaigns.define(
        "SPRING",
        name="Spring service",
        purpose="marketing",
        channel="email",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        rule="customer.country == 'IT'",
    )
    calls: list[tuple[Callable[..., object], str]] = [
        (lambda told: network.table("product", progress=told), "rows"),
        (lambda told: network.check(progress=told), "records"),
        (lambda told: network.backup(tmp_path / "copy", progress=told), "pages"),
        (lambda told: manager.campaigns.target("SPRING", progress=told), "customers"),
        (lambda told: manager.quotas.attainment("Trucks 2026", progress=told), "tables"),
        (lambda told: seller.customers.import_table(
            {"name": ["A"], "kind": ["company"], "country": ["IT"]}, progress=told
        ), "rows"),
    ]
    for call, stage in calls:
        heard: list[tuple[int, int, str]] = []
        call(lambda *words, heard=heard: heard.append(words))
        assert heard[-1][2] == stage
        assert heard[-1][0] >= 1, stage

    def enough(done: int, total: int, stage: str) -> None:
        raise TimeoutError

    for call, _ in calls[:2]:
        with pytest.raises(TimeoutError):
            call(enough)
    assert network.check() == []


LONG = {
    "table": "db.table('activity')",
    "target": "db.campaigns.target('RINNOVO-PARCO')",
    "check": "db.check()",
    "as_of": "db.table('opportunity', as_of='2026-06-01')",
}
FOLLOWER = """
import sys, threading, time, os, signal
import clientela as cl
with cl.open({path!r}, user="admin") as db:
    def press():
        time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)
    for number in range(5):
        threading.Thread(target=press, daemon=True).start()
        try:
            {call}
            time.sleep(0.2)
        except KeyboardInterrupt:
            pass
        else:
            sys.exit("the signal was lost")
    assert db.check() == []
"""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "network.clientela"
    cl.demo(path, customers=150, dealers=2, today=date(2026, 6, 30)).close()
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("call", LONG.values(), ids=list(LONG))
def test_ctrl_c_is_heard_in_every_long_call_of_a_store(history: Path, call: str) -> None:
    program = FOLLOWER.format(path=str(history), call=call)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


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
