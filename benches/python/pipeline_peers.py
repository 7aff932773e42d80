"""Forecast, funnel and change of ``benches/src/bin/pipeline.rs``, by the library from Python, in polars and in DuckDB.

    cargo run --release -p clientela-benches --bin pipeline -- --opportunities 1000000
    target/venv/bin/python benches/python/pipeline_peers.py --folder target/benches/pipeline-1000000

All three are called from Python in one run, on the same Arrow tables; loading is told but not compared. Each way runs once to warm up
and then some rounds; medians of processor seconds over all threads. Every answer is compared with that of the library in Rust, and
the program fails where they differ. It prints what the library took in terms of the faster peer, and what it took in Rust.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import clientela
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.ipc
from clientela import _native
from clientela.pipeline import Pipeline

DAY, LATER, FIRST, LAST, ROUNDS = 1_200, 1_230, 1_190, 1_281, 5
MONTHS = [month * 30 for month in range(49)]
OPEN, WON, LOST = 0, 2, 3
# Columns of a forecast: closed, commit, best case, pipeline, omitted.
COLUMN_OF_CATEGORY = {0: 4, 1: 3, 2: 2, 3: 1}


# Two methods of five stages.
STAGES = [(method, 10) for method in (0, 1) for _ in range(5)]


def on_day(number: int) -> date:
    """Days are counted from 1970."""
    return date(1970, 1, 1) + timedelta(days=number)


def load(folder: Path, name: str) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all()


def levels(parents: list[int | None]) -> list[int]:
    """The level of each node: parents come before their children."""
    found: list[int] = []
    for parent in parents:
        found.append(0 if parent is None else found[parent] + 1)
    return found


class Library:
    """The answers of the library, through its Python layer."""

    def __init__(self, passages: pa.Table, tree: pa.Table) -> None:
        parents = [None if one == 2**32 - 1 else one for one in tree["parent"].to_pylist()]
        self.pipeline = Pipeline.from_table(passages, parents=parents, stages=STAGES)

    def forecast(self) -> dict[str, object]:
        table = self.pipeline.rollup(on_day(FIRST), on_day(LAST), as_of=on_day(DAY), by_history=False)
        top = table.rows(limit=1)[0]
        amounts = (top.closed, top.commit, top.best_case, top.pipeline, top.omitted)
        return {"amounts": [str(int(one)) for one in amounts], "weighted": str(int(top.weighted * 100))}

    def funnel(self) -> dict[str, object]:
        starts = [on_day(month) for month in MONTHS[:-1]]
        rows = self.pipeline.funnel(starts, on_day(MONTHS[-1] - 1), as_of=on_day(DAY)).rows()
        return {name: sum(getattr(row, name) for row in rows) for name in ("reached", "onward", "won", "lost")}

    def change(self) -> dict[str, object]:
        table = self.pipeline.change(on_day(FIRST), on_day(LAST), since=on_day(DAY), until=on_day(LATER))
        amounts = [str(int(row.amount)) for row in table.rows()]
        return {"start": amounts[0], "end": amounts[-1], "parts": amounts[1:-1]}


class Polars:
    """The answers in polars."""

    def __init__(self, passages: pa.Table, tree: pa.Table) -> None:
        self.passages = pl.from_arrow(passages).with_columns(pl.col("amount").cast(pl.Int64))
        parents = [None if one == 2**32 - 1 else one for one in tree["parent"].to_pylist()]
        self.tree = pl.DataFrame({"node": list(range(len(parents))), "parent": parents, "level": levels(parents)})
        self.deepest = self.tree["level"].max()

    def on(self, day: int) -> pl.LazyFrame:
        """The last passage of each opportunity up to a day; passages lie in their order."""
        return self.passages.lazy().filter(pl.col("day") <= day).group_by("opportunity").last()

    def forecast(self) -> dict[str, object]:
        column = (
            pl.when(pl.col("state") == WON).then(0).otherwise(pl.col("category").replace_strict(COLUMN_OF_CATEGORY, default=4))
        )
        share = pl.when(pl.col("state") == WON).then(100).otherwise(pl.col("probability")).cast(pl.Int64)
        cells = (
            self.on(DAY)
            .filter(pl.col("close").is_between(FIRST, LAST) & pl.col("state").is_in([OPEN, WON]))
            .with_columns(column.alias("column"), (pl.col("amount") * share).alias("weighted"))
            .group_by("owner")
            .agg(
                *[pl.col("amount").filter(pl.col("column") == place).sum().alias(f"c{place}") for place in range(5)],
                pl.col("weighted").filter(pl.col("column") < 4).sum(),
            )
            .collect()
        )
        names = [f"c{place}" for place in range(5)] + ["weighted"]
        sums = self.tree.join(
            cells.with_columns(pl.col("owner").cast(pl.Int64)), left_on="node", right_on="owner", how="left"
        ).with_columns(pl.col(names).fill_null(0))
        for level in range(self.deepest, 0, -1):
            below = sums.filter(pl.col("level") == level).group_by("parent").agg(pl.col(names).sum())
            sums = (
                sums.join(below, left_on="node", right_on="parent", how="left", suffix="_below")
                .with_columns(*[pl.col(name) + pl.col(f"{name}_below").fill_null(0) for name in names])
                .select("node", "parent", "level", *names)
            )
        top = sums.filter(pl.col("level") == 0).select(names).row(0)
        return {"amounts": [str(one) for one in top[:5]], "weighted": str(top[5])}

    def funnel(self) -> dict[str, object]:
        known = self.passages.lazy().filter(pl.col("day") <= DAY)
        base = (pl.col("stage") // 5 * 5).alias("base")
        steps = known.with_columns(base, (pl.col("stage") % 5).alias("step"))
        whole = steps.group_by("opportunity").agg(
            *[pl.col("day").filter(pl.col("step") >= step).min().alias(f"d{step}") for step in range(5)],
            pl.col("base").first(),
            pl.col("state").last(),
        )
        rows = []
        for step in range(5):
            onward = pl.lit(False) if step == 4 else pl.col(f"d{step + 1}").is_not_null()
            rows.append(
                whole.filter(pl.col(f"d{step}").is_not_null() & (pl.col(f"d{step}") < MONTHS[-1])).select(
                    (pl.col("base") + step).alias("stage"),
                    (pl.col(f"d{step}") // 30).alias("month"),
                    (onward | (pl.col("state") == WON)).alias("onward"),
                    (pl.col("state") == WON).alias("won"),
                    (pl.col("state") == LOST).alias("lost"),
                )
            )
        cells = (
            pl.concat(rows)
            .group_by("stage", "month")
            .agg(pl.len().alias("reached"), pl.col("onward").sum(), pl.col("won").sum(), pl.col("lost").sum())
            .collect()
        )
        return {name: int(cells[name].sum()) for name in ("reached", "onward", "won", "lost")}

    def change(self) -> dict[str, object]:
        counts = (pl.col("state") == OPEN) & (pl.col("category") != 0) & pl.col("close").is_between(FIRST, LAST)
        frame = self.passages.lazy()
        before = self.on(DAY).with_columns(counts.alias("in"))
        after = self.on(LATER).with_columns(counts.alias("in"))
        del frame
        both = after.join(before, on="opportunity", how="left", suffix="_b").with_columns(
            pl.col("in_b").fill_null(False), pl.col("amount_b").fill_null(0), pl.col("state_b").is_null().alias("fresh")
        )
        was, now = pl.col("in_b"), pl.col("in")
        inside = pl.col("close").is_between(FIRST, LAST)
        won = (pl.col("state") == WON) & (pl.col("state_b").fill_null(9) != WON) & (was | inside)
        lost_new = (pl.col("state") == LOST) & pl.col("fresh") & inside
        worth, old = pl.col("amount"), pl.col("amount_b")
        here = now | won
        step = pl.when(was & here).then(worth - old).otherwise(0)
        entered = here & ~was
        was_open = pl.col("state_b") == OPEN
        leaves = was & ~here
        zero = pl.lit(0)
        parts = [
            pl.when((entered | lost_new) & pl.col("fresh")).then(worth).otherwise(zero),
            pl.when(entered & ~pl.col("fresh") & ~was_open).then(worth).otherwise(zero),
            pl.when(entered & ~pl.col("fresh") & was_open).then(worth).otherwise(zero),
            zero,
            pl.when(step > 0).then(step).otherwise(zero),
            pl.when(step < 0).then(step).otherwise(zero),
            pl.when(leaves & (pl.col("state") == OPEN)).then(-old).otherwise(zero),
            zero,
            pl.when(leaves & (pl.col("state") == 1)).then(-old).otherwise(zero),
            pl.when(won).then(-worth).otherwise(zero),
            pl.when(leaves & (pl.col("state") == LOST)).then(-old).when(lost_new).then(-worth).otherwise(zero),
        ]
        found = both.select(
            pl.when(was).then(old).otherwise(0).sum().alias("start"),
            pl.when(now).then(worth).otherwise(0).sum().alias("end"),
            *[part.sum().alias(f"p{place}") for place, part in enumerate(parts)],
        ).collect()
        row = found.row(0)
        return {"start": str(row[0]), "end": str(row[1]), "parts": [str(one) for one in row[2:]]}


class Duck:
    """The answers in DuckDB."""

    def __init__(self, passages: pa.Table, tree: pa.Table) -> None:
        self.base = duckdb.connect()
        parents = [None if one == 2**32 - 1 else one for one in tree["parent"].to_pylist()]
        nodes = pa.table({"node": list(range(len(parents))), "parent": parents, "level": levels(parents)})
        numbered = passages.append_column("row", pa.array(range(passages.num_rows), pa.int64()))
        self.base.register("passages_from", numbered)
        self.base.register("nodes_from", nodes)
        self.base.execute("create table passages as select * from passages_from")
        self.base.execute("create table nodes as select * from nodes_from")

    @staticmethod
    def on(day: int) -> str:
        fields = ", ".join(
            f"arg_max({name}, row) as {name}" for name in ("state", "owner", "category", "probability", "amount", "close")
        )
        return f"(select opportunity, {fields} from passages where day <= {day} group by opportunity)"

    def forecast(self) -> dict[str, object]:
        place = "case when state = 2 then 0 when category = 3 then 1 when category = 2 then 2 when category = 1 then 3 else 4 end"
        sums = ", ".join(f"coalesce(sum(amount) filter (place = {one}), 0)::hugeint c{one}" for one in range(5))
        names = [f"c{one}" for one in range(5)] + ["weighted"]
        added = ", ".join(f"sum({name})::hugeint {name}" for name in names)
        # Every owner's cells go to all above him: the tree is climbed once for the nodes, then summed.
        row = self.base.execute(f"""
            with recursive cells as (
                select owner, {sums}, coalesce(sum(amount * share) filter (place < 4), 0)::hugeint weighted
                from (select *, {place} place, case when state = 2 then 100 else probability end::bigint share
                      from {self.on(DAY)} where close between {FIRST} and {LAST} and state in (0, 2)) group by owner),
            climb(node, above) as (
                select node, node from nodes where node in (select owner from cells)
                union all select climb.node, nodes.parent from climb join nodes on nodes.node = climb.above
                where nodes.parent is not null),
            rolled as (select above, {added} from climb join cells on cells.owner = climb.node group by above)
            select {", ".join(names)}, (select count(*) from rolled) from rolled where above = 0
        """).fetchone()
        assert row is not None
        return {"amounts": [str(one) for one in row[:5]], "weighted": str(row[5])}

    def funnel(self) -> dict[str, object]:
        days = ", ".join(f"min(day) filter (stage % 5 >= {step}) d{step}" for step in range(5))
        parts = " union all ".join(
            f"select base + {step} stage, d{step} // 30 as month, "
            f"({'false' if step == 4 else f'd{step + 1} is not null'} or state = 2) onward, state = 2 won, state = 3 lost "
            f"from whole where d{step} is not null and d{step} < {MONTHS[-1]}"
            for step in range(5)
        )
        row = self.base.execute(f"""
            with whole as materialized (
                select opportunity, {days}, any_value(stage // 5 * 5) base, arg_max(state, row) state
                from passages where day <= {DAY} group by opportunity),
            cells as (select stage, month, count(*) reached, count(*) filter (onward) onward, count(*) filter (won) won,
                      count(*) filter (lost) lost from ({parts}) group by stage, month)
            select sum(reached), sum(onward), sum(won), sum(lost) from cells
        """).fetchone()
        assert row is not None
        return dict(zip(("reached", "onward", "won", "lost"), (int(one) for one in row), strict=True))

    def change(self) -> dict[str, object]:
        counts = f"(state = 0 and category <> 0 and close between {FIRST} and {LAST})"
        row = self.base.execute(f"""
            with b as (select *, {counts} was from {self.on(DAY)}), a as (select *, {counts} now from {self.on(LATER)}),
            x as (select a.amount worth, coalesce(b.amount, 0) old, coalesce(b.was, false) was, a.now, a.state, b.state sb,
                b.state is null fresh, a.close between {FIRST} and {LAST} inside from a left join b using (opportunity)),
            y as (select *, state = 2 and coalesce(sb, 9) <> 2 and (was or inside) won, state = 3 and fresh and inside lost_new from x),
            z as (select *, (now or won) here from y),
            p as (select *, here and not was entered, was and not here leaves, case when was and here then worth - old else 0 end step from z)
            select sum(case when was then old else 0 end), sum(case when now then worth else 0 end),
                sum(case when (entered or lost_new) and fresh then worth else 0 end),
                sum(case when entered and not fresh and sb <> 0 then worth else 0 end),
                sum(case when entered and not fresh and sb = 0 then worth else 0 end), 0,
                sum(greatest(step, 0)), sum(least(step, 0)), sum(case when leaves and state = 0 then -old else 0 end), 0,
                sum(case when leaves and state = 1 then -old else 0 end), sum(case when won then -worth else 0 end),
                sum(case when leaves and state = 3 then -old when lost_new then -worth else 0 end) from p
        """).fetchone()
        assert row is not None
        return {"start": str(row[0]), "end": str(row[1]), "parts": [str(one) for one in row[2:]]}


def timed(work: Callable[[], object]) -> tuple[object, float]:
    answer, seconds = work(), []
    for _ in range(ROUNDS):
        begun = time.process_time()
        answer = work()
        seconds.append(time.process_time() - begun)
    return answer, statistics.median(seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    expected = json.loads((folder / "answer.json").read_text())
    passages, tree = load(folder, "passages"), load(folder, "tree")
    print(f"{passages.num_rows:,} passages, clientela {clientela.__version__}, {dict(_native.build_info())['profile']}")
    same = True
    ways = {}
    for name, make in {"library": Library, "polars": Polars, "duckdb": Duck}.items():
        begun = time.process_time()
        ways[name] = make(passages, tree)
        print(f"{name:8} loads in {time.process_time() - begun:.2f} s")
    for name in ("forecast", "funnel", "change"):
        took = {}
        for way, answers in ways.items():
            answer, took[way] = timed(getattr(answers, name))
            if answer != expected[name]:
                same = False
                print(f"{name}: {way} finds {answer}, the library in Rust {expected[name]}")
        own = took.pop("library")
        fastest = min(took.values())
        shown = ", ".join(f"{peer} {seconds * 1000:.0f} ms" for peer, seconds in took.items())
        in_rust = expected["seconds"][name]
        print(
            f"{name:10} library {own * 1000:.1f} ms ({in_rust * 1000:.1f} in Rust), {shown}: {own / fastest:.3f} of the faster"
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
