"""The scores of ``benches/src/bin/lead_scoring.rs`` in polars.

    cargo run --release -p clientela-benches --bin lead_scoring -- --leads 1000000
    target/venv/bin/python benches/python/lead_scoring_peers.py --folder target/benches/lead_scoring-1000000

Loading is not measured. Medians of processor seconds over all threads. The points of all leads and the mean chance must be what the
library finds, otherwise the program fails.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

ROUNDS = 3
Found = TypeVar("Found")
OPERATORS = {"==": "__eq__", "!=": "__ne__", ">=": "__ge__", ">": "__gt__", "<": "__lt__"}
PEOPLE = [(250, "large"), (50, "medium"), (10, "small"), (0, "micro")]
VEHICLES = [(100, "100_or_more"), (20, "20_to_99"), (5, "5_to_19"), (1, "1_to_4"), (0, "none")]


def band(column: str, bands: list[tuple[int, str]]) -> pl.Expr:
    value = pl.lit(None, pl.String)
    for least, word in reversed(bands):
        value = pl.when(pl.col(column) >= least).then(pl.lit(word)).otherwise(value)
    return value.alias(column)


def points(leads: pl.DataFrame, rules: list[dict[str, object]]) -> pl.Series:
    total = pl.lit(0, pl.Int64)
    for rule in rules:
        condition = pl.lit(True)
        for column, operator, value in rule["tests"]:  # type: ignore[attr-defined]
            condition = condition & getattr(pl.col(column), OPERATORS[operator])(value)
        total = total + pl.when(condition).then(rule["points"]).otherwise(0)
    return leads.lazy().select(total.clip(0, 100).alias("points")).collect()["points"]


def known(leads: pl.DataFrame) -> pl.DataFrame:
    """What is known of each lead, as words: not measured, as the library is given codes."""
    half = pl.when(pl.col("qualification") >= 50).then(pl.lit("half")).when(pl.col("qualification") < 50).then(pl.lit("less"))
    words = leads.with_columns(band("employees", PEOPLE), band("fleet_size", VEHICLES), half.alias("qualification"))
    return words.with_columns(pl.exclude("converted").cast(pl.Categorical))


def learn(leads: pl.DataFrame) -> dict[str, pl.DataFrame]:
    won = pl.col("converted").sum().cast(pl.Int64).alias("won")
    names = [name for name in leads.columns if name != "converted"]
    frames = [leads.lazy().filter(pl.col(name).is_not_null()).group_by(name).agg(won, pl.len().alias("all")) for name in names]
    return dict(zip(names, pl.collect_all(frames), strict=True))


def foretell(leads: pl.DataFrame, learnt: dict[str, pl.DataFrame], smoothing: float) -> pl.Series:
    won = int(leads["converted"].sum())
    odds = pl.lit((won + 1) / (len(leads) - won + 1)).log()
    frame = leads.lazy()
    for name, counts in learnt.items():
        of_won, of_all = pl.col("won"), pl.col("all")
        pooled = of_all / of_all.sum()
        share = (of_won + smoothing * pooled) / (of_won.sum() + smoothing)
        lost = ((of_all - of_won) + smoothing * pooled) / ((of_all - of_won).sum() + smoothing)
        told = counts.lazy().select(name, (share / lost).log().alias(f"of_{name}"))
        frame = frame.join(told, on=name, how="left")
        odds = odds + pl.col(f"of_{name}").fill_null(0.0)
    return frame.select((1 / (1 + (-odds).exp())).alias("chance")).collect()["chance"]


def measured(name: str, work: Callable[[], Found]) -> tuple[Found, float]:
    taken, found = [], work()
    for _ in range(ROUNDS):
        begin = time.process_time()
        found = work()
        taken.append(time.process_time() - begin)
    seconds = statistics.median(taken)
    print(f"{name:12} {seconds:10.3f} s of the processor in polars")
    return found, seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder
    model = json.loads((folder / "rules.json").read_text())
    answer = json.loads((folder / "answer.json").read_text())
    leads = pl.read_ipc(folder / "leads.arrow")
    words = known(leads)
    found, ruled = measured("rules", lambda: points(leads, model["rules"]))
    learnt, counted = measured("learning", lambda: learn(words))
    chances, told = measured("chances", lambda: foretell(words, learnt, model["smoothing"]))
    for name, seconds in [("rules", ruled), ("learn", counted), ("foretell", told)]:
        print(f"{name:12} {answer[f'{name}_seconds'] / seconds:10.3f} of it in the library")
    if int(found.sum()) != answer["points"] or abs(chances.mean() - answer["chance"]) > 1e-9:
        raise SystemExit(f"points {found.sum()} and chance {chances.mean()} differ from {answer}")


if __name__ == "__main__":
    main()
