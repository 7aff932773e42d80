"""A table of a million rows handed to polars through the Arrow capsule, against pyarrow handing over the same table.

    cargo run --release -p clientela-benches --bin table -- --rows 1000000   # makes the store
    target/venv/bin/python benches/polars_capsule.py

Prints what the hand-over took, what it added to the memory of the process, and for every column whether the frame's buffers are
the table's own. Closed lists become ``Categorical``, which polars keeps in a form of its own: those columns are copied by polars,
whoever hands them over.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa

import clientela as cl

STORE = Path(__file__).resolve().parent.parent / "target/benches/table-1000000/network.clientela"
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes of this process in memory; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def measured(work: Callable[[], object], rounds: int) -> tuple[float, float, int]:
    """Median wall and processor time in milliseconds, and the most memory one call added."""
    walls, processors, grown = [], [], 0
    for _ in range(rounds):
        gc.collect()
        before, wall, processor = resident(), time.perf_counter(), time.process_time()
        made = work()
        walls.append((time.perf_counter() - wall) * 1000)
        processors.append((time.process_time() - processor) * 1000)
        grown = max(grown, resident() - before)
        del made
    return statistics.median(walls), statistics.median(processors), grown


def addresses(array: pa.Array) -> set[int]:
    """Where the buffers with content of an array are."""
    return {buffer.address for buffer in array.buffers() if buffer is not None and buffer.size > 0}


def shared(frame: pl.DataFrame, table: pa.Table) -> dict[str, bool]:
    """For every column whether all buffers of the frame are buffers of the table."""
    same = {}
    for name in table.column_names:
        given = set().union(*(addresses(chunk) for chunk in table.column(name).chunks))
        chunks = (chunk.to_arrow(compat_level=pl.CompatLevel.newest()) for chunk in frame[name].get_chunks())
        taken = set().union(*(addresses(chunk) for chunk in chunks))
        same[name] = bool(taken) and taken <= given
    return same


def main() -> None:
    """Measures and prints."""
    words = argparse.ArgumentParser(description="A table handed to polars without copying.")
    words.add_argument("--store", type=Path, default=STORE)
    words.add_argument("--user", default="u-rossi")
    words.add_argument("--rounds", type=int, default=7)
    given = words.parse_args()

    with cl.open(given.store, user=given.user, read_only=True) as db:
        start = time.perf_counter()
        table = db.customers.table()
        built = (time.perf_counter() - start) * 1000
    print(f"{len(table):,} rows, {len(table.columns)} columns, {table.nbytes / 2**20:.0f} MiB; built in {built:.0f} ms")

    arrow = pa.table(table)
    plain = [field.name for field in arrow.schema if not pa.types.is_dictionary(field.type)]
    print(f"{'':42} {'wall':>10} {'cpu':>10} {'memory added':>14}")
    for what, ours, theirs in (
        ("without closed lists", table.select(plain), arrow.select(plain)),
        ("all columns", table, arrow),
    ):
        times = {}
        for who, work in (
            ("clientela to polars", lambda: pl.DataFrame(ours)),
            ("pyarrow to polars", lambda: pl.DataFrame(theirs)),
            ("clientela to pyarrow", lambda: pa.table(ours)),
        ):
            wall, processor, grown = measured(work, given.rounds)
            times[who] = wall
            print(f"{who + ', ' + what:42} {wall:7.2f} ms {processor:7.2f} ms {grown / 2**20:10.1f} MiB")
        ratio = times["clientela to polars"] / times["pyarrow to polars"]
        print(f"{'ratio clientela over pyarrow, ' + what:42} {ratio:7.2f}")

    same = shared(pl.DataFrame(table), arrow)
    copied = [name for name, is_same in same.items() if not is_same]
    print(f"{len(same) - len(copied)} of {len(same)} columns are on the table's own buffers; copied: {', '.join(copied) or 'none'}")


if __name__ == "__main__":
    main()
