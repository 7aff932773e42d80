"""The rules of ``benches/rules/rules.json`` over the tables of a market, in polars and in DuckDB.

    cargo run --release -p clientela-benches --bin rules_data -- --customers 1000000
    target/venv/bin/python benches/python/rules_peers.py --tables target/benches/market-1000000

Loading is not measured; closed lists become enumerations in both. Each way runs once to warm up and then some rounds; medians
are of processor seconds over all threads and of wall seconds. Both must find the same number of customers for every rule,
otherwise the program fails. It writes counts and times as JSON.

| way | what it is |
| --- | --- |
| polars, one plan | all rules in one lazy plan: each child table filtered and grouped, joined to the customers |
| polars, grouped once | the same, but each child table is grouped once, for all its rules together |
| polars, a plan a rule | a plan for each rule; also gives the time of each rule |
| polars, lists | children as lists of structs in the customers' table, which no join is needed for; all rules in one plan |
| polars, lists, a plan a rule | the same, a plan for each rule |
| …, streaming | in the streaming engine |
| duckdb, a query a rule | the SQL conditions, each in a query of its own |
| duckdb, one query | all conditions as counts of one query |

Nesting the children is not measured either: it is polars' form of what lies in memory as the library has it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.ipc

TABLES = ("customers", "fleet", "purchases", "contacts")
TODAY = date(2026, 6, 30)
RULES = Path(__file__).resolve().parent.parent / "rules/rules.json"

Expression = pl.Expr
Times = dict[str, float]
Counts = dict[str, int]


class Found(NamedTuple):
    """What the ways took, and what each rule took by itself, by its name and then by the peer's."""

    ways: dict[str, Times]
    rules: dict[str, dict[str, Times]]


def load(folder: Path) -> dict[str, pa.Table]:
    """The tables, mapped into memory."""
    return {name: pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all() for name in TABLES}


def measured(work: Callable[[], object], rounds: int) -> Times:
    """Medians of the rounds after one that is not counted."""
    work()
    walls, processors = [], []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return {"cpu": statistics.median(processors), "wall": statistics.median(walls)}


def before(*, days: int = 0, months: int = 0, years: int = 0) -> Expression:
    """The day so long before today; a day the month does not have becomes its last."""
    return pl.lit(TODAY).dt.offset_by(f"{-12 * years - months}mo").dt.offset_by(f"{-days}d")


def constant(expression: Expression) -> Expression:
    """The value of an expression without columns, worked out once."""
    return pl.lit(pl.select(expression).item())


def vocabulary(children: Tables | Lists) -> dict[str, object]:
    """What the texts of the rules may use; ``field`` is a column of a child."""
    return {
        "col": pl.col,
        "field": children.field,
        "is_in": lambda column, *words: pl.any_horizontal(column == word for word in words),
        "is_not": lambda column, value: column.ne_missing(value),
        "money": lambda amount: pl.lit(Decimal(amount), dtype=pl.Decimal(18, 2)),
        "day": lambda *day: pl.lit(date(*day)),
        "before": lambda **back: constant(before(**back)),
        "some": children.some,
        "count": children.count,
        "total": children.total,
        "some_with": lambda *given, on: children.paired(*given, on=on, agree=True),
        "some_without": lambda *given, on: children.paired(*given, on=on, agree=False),
    }


class Tables:
    """Children in tables of their own: conditions on them become tables that are joined to the customers."""

    def __init__(self, frames: dict[str, pl.LazyFrame], *, grouped_once: bool = False) -> None:
        self.frames = frames
        self.grouped_once = grouped_once
        self.joined: list[pl.LazyFrame] = []
        self.grouped: dict[str, list[Expression]] = {}
        self.columns = 0

    field = staticmethod(pl.col)

    def column(self) -> str:
        """A name nobody has yet."""
        self.columns += 1
        return f"child_{self.columns}"

    def aggregate(self, table: str, value: Expression, filtered: Expression, condition: Expression | None) -> str:
        """A column with ``value`` of the rows that fulfil the condition, by customer; ``filtered`` is the same over all rows."""
        name = self.column()
        if self.grouped_once:
            self.grouped.setdefault(table, []).append(filtered.alias(name))
        else:
            rows = self.frames[table] if condition is None else self.frames[table].filter(condition)
            self.joined.append(rows.group_by("customer").agg(value.alias(name)))
        return name

    def count(self, table: str, condition: Expression | None = None) -> Expression:
        """How many children fulfil it."""
        filtered = pl.len() if condition is None else condition.sum()
        return pl.col(self.aggregate(table, pl.len(), filtered, condition)).fill_null(0)

    def total(self, table: str, column: str, condition: Expression) -> Expression:
        """The sum of a column of the children that fulfil it."""
        value = pl.col(column).sum()
        return pl.col(self.aggregate(table, value, pl.col(column).filter(condition).sum(), condition))

    def some(self, table: str, condition: Expression) -> Expression:
        """Whether a child fulfils it."""
        if self.grouped_once:
            return pl.col(self.aggregate(table, condition.any(), condition.any(), None)).fill_null(value=False)
        return self.mark(self.frames[table].filter(condition))

    def paired(
        self, table: str, condition: Expression, other: str, beside: Expression | None, *, on: str, agree: bool
    ) -> Expression:
        """Whether a child fulfils it that agrees, or agrees not, with one of another table."""
        others = self.frames[other] if beside is None else self.frames[other].filter(beside)
        how = "semi" if agree else "anti"
        return self.mark(self.frames[table].filter(condition).join(others, on=["customer", on], how=how))

    def mark(self, rows: pl.LazyFrame) -> Expression:
        """Whether a customer is among them."""
        name = self.column()
        self.joined.append(rows.select("customer").unique().with_columns(pl.lit(value=True).alias(name)))
        return pl.col(name).fill_null(value=False)

    def customers(self) -> pl.LazyFrame:
        """The customers with all that has been asked of their children."""
        found = self.frames["customers"]
        for table, columns in self.grouped.items():
            self.joined.append(self.frames[table].group_by("customer").agg(columns))
        for table in self.joined:
            found = found.join(table, left_on="id", right_on="customer", how="left")
        return found


class Lists:
    """Children as lists of structs beside their customers."""

    def __init__(self, nested: pl.LazyFrame) -> None:
        self.nested = nested

    @staticmethod
    def field(name: str) -> Expression:
        """A field of the struct."""
        return pl.element().struct.field(name)

    @staticmethod
    def count(table: str, condition: Expression | None = None) -> Expression:
        """How many children fulfil it."""
        return pl.col(table).list.len() if condition is None else pl.col(table).list.eval(condition).list.sum()

    def total(self, table: str, column: str, condition: Expression) -> Expression:
        """The sum of a column of the children that fulfil it; in cents, since lists of decimals are slow to add up."""
        cents = self.field(column).to_physical().cast(pl.Int64)
        return Cents(pl.col(table).list.eval(condition.cast(pl.Int64) * cents).list.sum())

    @staticmethod
    def some(table: str, condition: Expression) -> Expression:
        """Whether a child fulfils it."""
        return pl.col(table).list.eval(condition).list.any()

    def paired(
        self, table: str, condition: Expression, other: str, beside: Expression | None, *, on: str, agree: bool
    ) -> Expression:
        """Whether a child fulfils it that agrees, or agrees not, with one of another list."""
        key = self.field(on).to_physical()
        mine = pl.col(table).list.eval(key.filter(condition).drop_nulls())
        others = pl.col(other).list.eval((key if beside is None else key.filter(beside)).drop_nulls())
        return (mine.list.set_intersection(others) if agree else mine.list.set_difference(others)).list.len() > 0

    def customers(self) -> pl.LazyFrame:
        """The customers."""
        return self.nested


class Cents:
    """A sum in cents, to be compared with amounts."""

    def __init__(self, sum_: Expression) -> None:
        self.sum = sum_

    def __gt__(self, amount: Expression) -> Expression:
        return self.sum > constant(amount.to_physical().cast(pl.Int64))

    def __ge__(self, amount: Expression) -> Expression:
        return self.sum >= constant(amount.to_physical().cast(pl.Int64))


def plan(children: Tables | Lists, rules: list[dict[str, str]]) -> pl.LazyFrame:
    """For every customer whether each of the rules holds."""
    words = vocabulary(children)
    # The texts are those of the file beside this program.
    made = [eval(rule["polars"], words).fill_null(value=False).alias(rule["name"]) for rule in rules]  # noqa: S307
    return children.customers().select(made)


def frame_of(table: pa.Table) -> pl.DataFrame:
    """The table with closed lists as enumerations."""
    closed = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    words = {name: table.column(name).chunk(0).dictionary.to_pylist() for name in closed}
    frame = pl.from_arrow(table, rechunk=True)
    return frame.with_columns(pl.col(name).cast(pl.Enum(words[name])) for name in closed).rechunk()


def nest(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The customers with their children as lists of structs, empty where there are none."""
    found = frames["customers"]
    for name in TABLES[1:]:
        rows = frames[name]
        struct = pl.struct(column for column in rows.columns if column != "customer")
        lists = rows.group_by("customer", maintain_order=True).agg(struct.alias(name))
        found = found.join(lists, left_on="id", right_on="customer", how="left", maintain_order="left")
    return found.with_columns(pl.col(TABLES[1:]).fill_null([])).rechunk()


def summed(times: dict[str, Times]) -> Times:
    """All rules, one after another."""
    return {unit: sum(spent[unit] for spent in times.values()) for unit in ("cpu", "wall")}


def in_polars(tables: dict[str, pa.Table], rules: list[dict[str, str]], rounds: int) -> tuple[Counts, Found]:
    """Counts, and times of each way."""
    frames = {name: frame_of(table) for name, table in tables.items()}
    lazy, nested = {name: frame.lazy() for name, frame in frames.items()}, nest(frames).lazy()
    plans = {
        "polars, one plan": plan(Tables(lazy), rules),
        "polars, grouped once": plan(Tables(lazy, grouped_once=True), rules),
        "polars, lists": plan(Lists(nested), rules),
    }
    singles = {
        "polars, a plan a rule": {rule["name"]: plan(Tables(lazy), [rule]) for rule in rules},
        "polars, lists, a plan a rule": {rule["name"]: plan(Lists(nested), [rule]) for rule in rules},
    }
    counts = [made.collect(engine=engine).sum().row(0, named=True) for made in plans.values() for engine in ("in-memory", "streaming")]
    if any(other != counts[0] for other in counts):
        sys.exit("polars disagrees with itself")
    ways, each = {}, {}
    for name, made in plans.items():
        ways[name] = measured(made.collect, rounds)
        ways[f"{name}, streaming"] = measured(lambda made=made: made.collect(engine="streaming"), rounds)
    for way, by_rule in singles.items():
        each[way] = {name: measured(made.collect, rounds) for name, made in by_rule.items()}
        ways[way] = summed(each[way])
    rules_found = {
        rule["name"]: {"polars": each["polars, a plan a rule"][rule["name"]], "polars, lists": each["polars, lists, a plan a rule"][rule["name"]]}
        for rule in rules
    }
    return counts[0], Found(ways, rules_found)


def in_duckdb(tables: dict[str, pa.Table], rules: list[dict[str, str]], rounds: int) -> tuple[Counts, Found]:
    """Counts, and times of each way."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE MACRO today() AS DATE '{TODAY}'")
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            connection.unregister("given")
        queries = {rule["name"]: f"SELECT count(*) FROM customers c WHERE {rule['sql']}" for rule in rules}
        filtered = ", ".join(f"count(*) FILTER (WHERE {rule['sql']})" for rule in rules)
        together = f"SELECT {filtered} FROM customers c"
        counts = {name: connection.execute(query).fetchone()[0] for name, query in queries.items()}
        if list(connection.execute(together).fetchone()) != list(counts.values()):
            sys.exit("DuckDB disagrees with itself")
        each = {
            name: measured(lambda query=query: connection.execute(query).fetchone(), rounds)
            for name, query in queries.items()
        }
        ways = {
            "duckdb, a query a rule": summed(each),
            "duckdb, one query": measured(lambda: connection.execute(together).fetchone(), rounds),
        }
        return counts, Found(ways, {name: {"duckdb": spent} for name, spent in each.items()})


def main() -> None:
    """Runs both, compares them and writes what they took."""
    words = argparse.ArgumentParser(description="Rules over a market in polars and DuckDB.")
    words.add_argument("--tables", type=Path, required=True, help="folder with the tables of a market")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--times", type=Path, help="file for counts and times; standard output if not given")
    words.add_argument("--counts", type=Path, help="file for the counts alone")
    given = words.parse_args()

    tables, rules = load(given.tables), json.loads(RULES.read_text(encoding="utf-8"))
    counts, polars_times = in_polars(tables, rules, given.rounds)
    other, duckdb_times = in_duckdb(tables, rules, given.rounds)
    apart = [f"{name}: polars {count}, DuckDB {other[name]}" for name, count in counts.items() if count != other[name]]
    if apart:
        sys.exit("they disagree: " + "; ".join(apart))
    found = {
        "versions": {"polars": pl.__version__, "duckdb": duckdb.__version__},
        "customers": tables["customers"].num_rows,
        "rounds": given.rounds,
        "counts": counts,
        "ways": polars_times.ways | duckdb_times.ways,
        "rules": {name: polars_times.rules[name] | duckdb_times.rules[name] for name in counts},
    }
    text = json.dumps(found, indent=2) + "\n"
    if given.times is None:
        print(text, end="")
    else:
        given.times.write_text(text, encoding="utf-8")
    if given.counts is not None:
        given.counts.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
