"""The run of ``benches/src/bin/assignment.rs`` with its rules in polars.

    cargo run --release -p clientela-benches --bin assignment -- --customers 1000000 --sellers 2000
    target/venv/bin/python benches/python/assignment_peers.py --folder target/benches/assignment-1000000

polars asks the rules, adds the scores up for each set of rules that hold together, and puts the customers in their order. Who is
full and whose turn it is depends on every customer before, which is no question to tables: that part is a loop over heaps in
Python, the same for both ways. Loading is not measured, nor is finding whom rules name. Medians of processor seconds over all
threads; the first of several rounds warms up. How many customers each seller has then must be what the library finds, otherwise the program fails.
"""

from __future__ import annotations

import argparse
import heapq
import json
import statistics
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc

MASK = (1 << 64) - 1
STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
OPERATORS = {"==": "__eq__", "!=": "__ne__", ">=": "__ge__", ">": "__gt__", "<": "__lt__"}


def mix(state: int) -> int:
    state = (state + STEP) & MASK
    state = ((state ^ (state >> 30)) * FIRST) & MASK
    state = ((state ^ (state >> 27)) * SECOND) & MASK
    return state ^ (state >> 31)


def draw(seed: int, high: int, low: int, count: int) -> int:
    """The number drawn for an id: SplitMix64, as in the library."""
    return mix(mix(mix(mix(seed) ^ high) ^ low) ^ count)


def bit(place: int) -> pl.Expr:
    return pl.lit(1 << place, pl.UInt64)


class Model:
    """Rules and sellers, as the library wrote them."""

    def __init__(self, folder: Path) -> None:
        self.whole = json.loads((folder / "model.json").read_text())
        self.rules = self.whole["rules"]
        table = pa.ipc.open_file(pa.memory_map(str(folder / "customers.arrow"))).read_all()
        self.customers = pl.DataFrame(table)
        self.draws = pl.Series("draw", [draw(self.whole["seed"], 0, one + 1, 0) for one in range(len(self.customers))], pl.UInt64)
        rows = [(place, *one) for place, rule in enumerate(self.rules) for one in rule["named"]]
        self.named = pl.DataFrame(rows, schema={"rule": pl.Int64, "seller": pl.UInt32, "score": pl.Int64}, orient="row")

    def holding(self) -> pl.DataFrame:
        """The customers with the rules that hold for them, as bits."""
        bits = pl.lit(0, pl.UInt64)
        for place, rule in enumerate(self.rules):
            condition = pl.lit(True)
            for column, operator, value in rule["tests"]:
                condition = condition & getattr(pl.col(column), OPERATORS[operator])(value)
            bits = bits | pl.when(condition).then(bit(place)).otherwise(pl.lit(0, pl.UInt64))
        for place, rule in enumerate(self.rules):
            if rule["stop"]:
                kept = pl.lit((1 << (place + 1)) - 1, pl.UInt64)
                bits = pl.when((bits & bit(place)) != 0).then(bits & kept).otherwise(bits)
        return self.customers.lazy().select("owner", bits.alias("holds")).with_row_index("customer").collect()

    def sums(self, holding: pl.DataFrame) -> pl.DataFrame:
        """Sets of rules that hold together, with the sums of scores of those they name."""
        sets = holding.lazy().select("holds").unique()
        rules = pl.LazyFrame({"rule": range(len(self.rules)), "bit": [1 << place for place in range(len(self.rules))]},
                             schema={"rule": pl.Int64, "bit": pl.UInt64})
        pairs = sets.join(rules, how="cross").filter((pl.col("holds") & pl.col("bit")) != 0)
        return (
            pairs.join(self.named.lazy(), on="rule").group_by("holds", "seller").agg(pl.col("score").sum()).sort("holds", "seller").collect()
        )

    def relations(self, holding: pl.DataFrame) -> pl.DataFrame:
        """What the present owner gets besides, by set of rules."""
        amount, there = pl.lit(0, pl.Int64), pl.lit(False)
        for place, rule in enumerate(self.rules):
            if rule["relation"] is not None:
                has = (pl.col("holds") & bit(place)) != 0
                amount = amount + pl.when(has).then(rule["relation"]).otherwise(0)
                there = there | has
        return holding.select(pl.col("holds").unique()).with_columns(relation=pl.when(there).then(amount))

    def ordered(self) -> tuple[pl.DataFrame, dict[int, list[tuple[int, list[int]]]]]:
        """The customers in their order, and for each set of rules the sellers that pass, best score first."""
        # A join may change the order of rows, so each customer takes its draw along.
        holding = self.holding().with_columns(draw=self.draws)
        sums, relations = self.sums(holding), self.relations(holding)
        sellers = pl.DataFrame(self.whole["sellers"]).with_row_index("seller")
        passing = pl.col("score") >= self.whole["passing_score"]
        present = sums.lazy().join(sellers.lazy(), on="seller").filter(passing & ~pl.col("absent"))
        best = present.group_by("holds").agg(pl.col("score").max().alias("best"))
        own = (
            holding.lazy()
            .join(relations.lazy(), on="holds", how="left")
            .join(sums.lazy().rename({"seller": "owner", "score": "named"}), on=["holds", "owner"], how="left")
            .join(sellers.lazy().select(pl.col("seller").alias("owner"), "absent"), on="owner", how="left")
            .with_columns(score=pl.when(pl.col("owner").is_not_null())
                          .then(pl.sum_horizontal("named", "relation", ignore_nulls=True)))
            .with_columns(score=pl.when((pl.col("named").is_not_null() | pl.col("relation").is_not_null()) & passing & ~pl.col("absent"))
                          .then("score"))
        )
        order = (
            own.join(best, on="holds", how="left")
            .with_columns(
                kept=pl.col("score").is_not_null() & (pl.col("best").is_null() | (pl.col("score") >= pl.col("best"))),
                top=pl.max_horizontal("score", "best"),
            )
            .sort("top", "kept", "draw", "customer", descending=[True, True, False, False], nulls_last=True)
            .select("holds", "owner", "score")
            .collect()
        )
        tiers = present.group_by("holds", "score").agg("seller").sort("holds", "score", descending=[False, True]).collect()
        by_set: dict[int, list[tuple[int, list[int]]]] = {}
        for holds, score, members in tiers.iter_rows():
            by_set.setdefault(holds, []).append((score, members))
        return order, by_set

    def give(self, order: pl.DataFrame, by_set: dict[int, list[tuple[int, list[int]]]]) -> list[int]:
        """How many customers each seller has then: one customer after another."""
        seed, capacities = self.whole["seed"], [one["capacity"] for one in self.whole["sellers"]]
        loads = [0] * len(capacities)

        def turn(seller: int) -> tuple[int, int, int]:
            load = loads[seller]
            return load * 1_000_000 // max(capacities[seller], 1), draw(seed, 1, seller, load), seller

        waiting: dict[int, list[tuple[int, list[tuple[int, int, int]]]]] = {}
        for holds, tiers in by_set.items():
            waiting[holds] = [(score, sorted(turn(seller) for seller in members)) for score, members in reversed(tiers)]
        for holds, owner, score in order.iter_rows():
            if score is not None and loads[owner] >= capacities[owner]:
                score = None
            tiers = waiting.get(holds, [])
            other = None
            while tiers:
                least, heap = tiers[-1]
                if not heap:
                    tiers.pop()
                    continue
                first = heap[0]
                if loads[first[2]] >= capacities[first[2]]:
                    heapq.heappop(heap)
                    continue
                now = turn(first[2])
                if now != first:
                    heapq.heapreplace(heap, now)
                    continue
                other = (least, first[2])
                break
            if score is not None and (other is None or score >= other[0]):
                loads[owner] += 1
            elif other is not None:
                loads[other[1]] += 1
        return loads


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    folder = arguments.folder
    library = json.loads((folder / "answer.json").read_text())
    model = Model(folder)
    rules, tables, loop, loads = [], [], [], []
    for number in range(arguments.rounds):
        begun = time.process_time()
        model.holding()
        asked = time.process_time()
        order, by_set = model.ordered()
        ordered = time.process_time()
        loads = model.give(order, by_set)
        ended = time.process_time()
        if number or arguments.rounds == 1:
            rules.append(asked - begun)
            tables.append(ordered - asked)
            loop.append(ended - ordered)
    nobody = len(model.customers) - sum(loads)
    same = loads == library["loads"] and nobody == sum(library["nobody"].values())
    if not same:
        differing = sum(one != two for one, two in zip(loads, library["loads"], strict=True))
        print(f"{differing} sellers have other numbers of customers, {nobody} customers go to nobody")
    ways = {"rules": statistics.median(rules), "tables": statistics.median(tables), "loop": statistics.median(loop)}
    whole = ways["tables"] + ways["loop"]
    print(f"customers  {len(model.customers)}, rounds {arguments.rounds}")
    print(f"rules      library {library['rules_seconds'] * 1000:.0f} ms, polars {ways['rules'] * 1000:.0f} ms: "
          f"{library['rules_seconds'] / ways['rules']:.2f}")
    print(f"whole      library {library['seconds']:.2f} s, polars {ways['tables']:.2f} s and {ways['loop']:.2f} s for the giving in Python: "
          f"{library['seconds'] / ways['tables']:.2f} of the tables alone, {library['seconds'] / whole:.2f} of all")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
