"""Rules from Python: over a store, over any table, put together, explained, and when they are wrong."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import polars as pl
import pyarrow as pa
import pytest

import clientela as cl

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "network.clientela"
    cl.demo(path, customers=200, dealers=2, seed=11, today=TODAY).close()
    return path


@pytest.fixture
def demo(store: Path) -> Iterator[cl.Clientela]:
    with cl.open(store, user="admin", clock=datetime(2026, 6, 30, 8, tzinfo=timezone.utc)) as db:
        yield db


# A rule about customers, and the same with polars over their table.
OF_CUSTOMERS = [
    ("customer.status == 'customer'", pl.col("status") == "customer"),
    ("customer.country == 'IT' && customer.locality.startsWith('T')", pl.col("locality").str.starts_with("T")),
    ("customer.size in ['large', 'key']", pl.col("size").cast(pl.String).is_in(["large", "key"])),
    ("customer.vat_number == null", pl.col("vat_number").is_null()),
    ("customer.since >= date('2025-01-01')", pl.col("since") >= date(2025, 1, 1)),
]


@pytest.mark.parametrize(("text", "expression"), OF_CUSTOMERS, ids=[text for text, _ in OF_CUSTOMERS])
def test_a_store_finds_whom_polars_finds(demo: cl.Clientela, text: str, expression: pl.Expr) -> None:
    rule = cl.rule(text, about="customer")
    selection = rule.select(demo)
    expected = demo.customers.table(columns=[]).to_polars().filter(expression)
    assert 0 < len(selection) < selection.asked == len(demo.customers.table())
    assert sorted(map(str, selection.ids)) == sorted(expected["id"])
    assert rule.count(demo, workers=2) == len(expected)
    assert selection.table().to_polars()["id"].to_list() == [str(id) for id in selection.ids]


def test_lists_and_opportunities_are_asked_too(demo: cl.Clientela) -> None:
    old = cl.rule("customer.fleet.exists(v, v.first_registration < today - years(8))", about="customer")
    vehicles = demo.table("vehicle", columns=["party", "first_registration"]).to_polars()
    parties = vehicles.filter(pl.col("first_registration") < date(2018, 6, 30))["party"].unique()
    customers = demo.customers.table(columns=["id", "party", "country"]).to_polars()
    assert set(map(str, old.select(demo).ids)) == set(customers.filter(pl.col("party").is_in(parties.implode()))["id"])
    won = cl.rule("opportunity.state == 'won' && customer.country == 'IT'", about="opportunity")
    italian = customers.filter(pl.col("country") == "IT")["id"]
    opportunities = demo.opportunities.table(where="state == 'won'").to_polars()
    assert 0 < won.count(demo) == len(opportunities.filter(pl.col("customer").is_in(italian.implode())))


def test_what_a_position_does_not_see_is_not_asked(network: cl.Clientela, seller: cl.Clientela) -> None:
    anybody = cl.rule("customer.number != null", about="customer")
    assert anybody.count(seller) == 1
    other = network.sign_in("u-neri")
    assert (anybody.select(other).asked, anybody.count(other)) == (0, 0)
    with pytest.raises(cl.NotFound):
        anybody.holds(other, "C-1001")


def test_one_record_and_why(seller: cl.Clientela) -> None:
    seller.customers.add_vehicle("C-1001", make="Orsa")
    rule = cl.rule("customer.fleet.size() > 0", about="customer") & cl.rule(
        "customer.locality == 'Parma'", about="customer"
    )
    assert (rule.holds(seller, "C-1001"), (~rule).holds(seller, "C-1001")) == (False, True)
    why = rule.explain(seller, "C-1001")
    assert why.reason == "rule.false"
    assert "Piacenza" in str(why)
    unknown = cl.rule("customer.fleet.all(v, v.mileage_km > 100)", about="customer")
    assert not unknown.holds(seller, "C-1001")
    assert unknown.explain(seller, "C-1001").reason == "rule.unknown"


def test_the_funnel_counts_what_each_condition_removes(demo: cl.Clientela) -> None:
    first, second = "customer.status == 'customer'", "customer.fleet.size() > 3"
    funnel = cl.rule(f"{first} && {second}", about="customer").funnel(demo)
    counts = [cl.rule(text, about="customer").count(demo) for text in (first, second)]
    assert [(step.condition, step.alone) for step in funnel.steps] == list(zip((first, second), counts, strict=True))
    assert funnel.steps[0].left == funnel.asked - funnel.steps[0].removed == counts[0]
    assert funnel.left == cl.rule(f"{first} && {second}", about="customer").count(demo)
    assert [row.left for row in funnel.data.rows()] == [funnel.asked, *(step.left for step in funnel.steps)]
    assert "&amp;&amp;" not in funnel._repr_html_() and "fleet" in funnel._repr_html_()
    pytest.importorskip("plotly")
    drawn = funnel.plot(backend="plotly")
    assert list(drawn.data[0].x) == [funnel.asked, counts[0], funnel.left]
    assert pickle.loads(pickle.dumps(funnel)) == funnel


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Rows with an id, a decimal, a day, a moment, a word of a list, a number, each now and then missing."""
    rows = 3_001
    towns = ["Torino", "Lyon", None, "Lodi"]
    return pl.DataFrame(
        {
            "id": [str(UUID(int=row)) for row in range(rows)],
            "revenue": pl.Series(
                [None if row % 7 == 0 else Decimal(row * 37 % 20_000) / 100 for row in range(rows)], dtype=pl.Decimal(18, 2)
            ),
            "since": [None if row % 11 == 0 else date(2020, 1, 1 + row % 28) for row in range(rows)],
            "at": [datetime(2026, 1, 1 + row % 28, 12, tzinfo=timezone.utc) for row in range(rows)],
            "town": pl.Series([towns[row % 4] for row in range(rows)], dtype=pl.Categorical),
            "trucks": [None if row % 5 == 0 else row % 40 for row in range(rows)],
            "share": [row / 8 for row in range(rows)],
        }
    )


OF_TABLES = [
    ("revenue >= 100.50", pl.col("revenue") >= Decimal("100.50")),
    ("revenue * decimal('2') > decimal('150.01')", pl.col("revenue") > Decimal("75.00")),
    ("town == 'Torino' || town == 'Lodi'", pl.col("town").cast(pl.String).is_in(["Torino", "Lodi"])),
    ("town == null", pl.col("town").is_null()),
    ("since < today - years(6) - months(5) - days(15)", pl.col("since") < date(2020, 1, 15)),
    ("at < timestamp('2026-01-10T00:00:00Z')", pl.col("at") < datetime(2026, 1, 10, tzinfo=timezone.utc)),
    ("trucks > 20 && !(town == 'Lyon')", (pl.col("trucks") > 20) & (pl.col("town").cast(pl.String).fill_null("") != "Lyon")),
    ("share < 100.25", pl.col("share") < 100.25),
    (f"id == '{UUID(int=7)}'", pl.col("id") == str(UUID(int=7))),
]


@pytest.mark.parametrize(("text", "expression"), OF_TABLES, ids=[text for text, _ in OF_TABLES])
def test_a_table_is_asked_as_polars_asks_it(frame: pl.DataFrame, text: str, expression: pl.Expr) -> None:
    expected = frame.filter(expression)
    rule = cl.rule(text)
    mask = rule.mask(frame, today=TODAY)
    assert 0 < mask.count == len(expected)
    assert frame.filter(mask.to_polars()).equals(expected)
    assert rule.filter(frame, today=TODAY).to_polars()["id"].to_list() == expected["id"].to_list()
    assert rule.mask(frame, today=TODAY, workers=2).to_list() == mask.to_list()


def test_every_kind_of_table_gives_the_same_rows(frame: pl.DataFrame) -> None:
    rule = cl.rule("trucks > 20 && revenue >= 100.50")
    expected = rule.mask(frame).to_list()
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    pandas = frame.to_pandas()
    relation = duckdb.sql("from arrow order by id")
    for table in (arrow, pandas.astype({"trucks": "Int64"}), relation, cl.Table.from_(frame), arrow.to_pylist()):
        assert rule.mask(table).to_list() == expected, type(table)
    mask = rule.mask(arrow)
    assert arrow.filter(mask.to_arrow()).num_rows == mask.count == len(pandas[mask.to_numpy()]) == sum(expected)
    assert mask.unknown > 0
    assert len(mask) == len(frame)
    assert rule.filter(frame.head(0)).shape == (0, 7)
    assert f"{mask.count:,} of 3,001 rows" in repr(mask)


def test_ids_of_16_bytes_are_ids() -> None:
    ids = pa.array([UUID(int=1).bytes, UUID(int=2).bytes], pa.binary(16))
    table = pa.table({"id": ids, "other": ids})
    assert cl.rule("id == other").mask(table).to_list() == [True, True]


def test_rules_are_values(tmp_path: Path) -> None:
    one = cl.rule("customer.size == 'large'", about="customer")
    two = cl.rule("customer.country == 'IT'", about="customer")
    both = one & two
    assert str(both) == "(customer.size == 'large') && (customer.country == 'IT')"
    assert str(one | ~two) == "(customer.size == 'large') || (!(customer.country == 'IT'))"
    assert (both & one).conditions == ["(customer.size == 'large')", "(customer.country == 'IT')", "(customer.size == 'large')"]
    assert [field.path for field in both.reads] == ["customer.country", "customer.size"]
    for rule in (both, cl.rule("trucks > 5")):
        again = pickle.loads(pickle.dumps(rule))
        assert (again, hash(again), repr(again)) == (rule, hash(rule), repr(rule))
        assert again & again == rule & rule
        assert eval(repr(rule), {"rule": cl.rule}) == rule
    assert both != two & one
    commented = cl.rule("trucks > 5 // the large ones")
    assert (commented & cl.rule("trucks < 9")).mask({"trucks": [4, 7, 12]}).to_list() == [False, True, False]
    with pytest.raises(AttributeError, match="frozen"):
        one.text = "true"
    with pytest.raises(cl.WrongType, match="no truth of its own"):
        bool(one)
    with pytest.raises(cl.InvalidValue, match="about different things"):
        one & cl.rule("trucks > 5")
    with pytest.raises(cl.WrongType, match="combined with a rule"):
        one & "trucks > 5"  # type: ignore[operator]


def test_filters_become_rules(frame: pl.DataFrame, demo: cl.Clientela) -> None:
    made = cl.rule((cl.col("revenue") >= Decimal("100.50")) & cl.col("town").is_in(["Torino", "Lodi"]))
    assert made.mask(frame).count == len(
        frame.filter((pl.col("revenue") >= Decimal("100.50")) & pl.col("town").cast(pl.String).is_in(["Torino", "Lodi"]))
    )
    assert (cl.rule("trucks > 5") & (cl.col("town") == "Lodi")).mask(frame).count == len(
        frame.filter((pl.col("trucks") > 5) & (pl.col("town").cast(pl.String) == "Lodi"))
    )
    of_store = cl.rule(cl.col("customer.status") == "customer", about="customer")
    assert of_store.count(demo) == len(demo.customers.table(where="status == 'customer'"))


def test_a_misspelt_field_is_shown_where_it_stands(demo: cl.Clientela) -> None:
    with pytest.raises(cl.InvalidValue) as caught:
        cl.rule("customer.country == 'IT' &&\n  customer.flet.size() > 2 && customer.sise == 'large'", about="customer")
    error = caught.value
    assert error.code == "rule.invalid"
    assert [(issue.code, issue.field) for issue in error.issues] == [
        ("rule.unknown_field", "2:12"),
        ("rule.unknown_field", "2:40"),
    ]
    assert "line 2, column 12" in str(error)
    assert "fleet" in error.issues[0].message and "size" in error.issues[1].message
    shown = "".join(traceback.format_exception(error))
    assert "no field flet; did you mean fleet?\n  customer.flet.size() > 2" in shown and "\n           ^^^^" in shown
    again = pickle.loads(pickle.dumps(error))
    assert again.__notes__ == error.__notes__ and again.issues == error.issues
    with pytest.raises(cl.InvalidValue, match="there is no truks") as caught:
        cl.rule("truks > 5").mask({"trucks": [1]})
    assert "did you mean trucks?" in caught.value.issues[0].message
    with pytest.raises(cl.InvalidValue) as caught:
        demo.rules.check("customer.nme == 'A'")
    assert caught.value.code == "rule.invalid"


def test_what_is_asked_wrongly_is_said(demo: cl.Clientela) -> None:
    rule = cl.rule("customer.status == 'customer'", about="customer")
    assert demo.rules.check(str(rule)) == rule
    assert demo.rules.select(str(rule)) == rule.select(demo)
    tries: list[tuple[Any, str]] = [
        (lambda: cl.rule("trucks > 5").select(demo), "over columns of tables"),
        (lambda: rule.select(demo, workers=0), "workers is below one"),
        (lambda: cl.rule("true", about="offer"), "expected one of customer, opportunity"),  # type: ignore[arg-type]
    ]
    for call, text in tries:
        with pytest.raises(cl.InvalidValue, match=text):
            call()
    selection = rule.select(demo)
    assert pickle.loads(pickle.dumps(selection)) == selection
    assert selection.version == demo.info["version"]
    assert f"{len(selection)} of 200 records" in repr(selection) and f"{len(selection)}" in selection._repr_html_()
    with pytest.raises(cl.WrongType, match="no truth"):
        bool(cl.rule("true").mask({"a": [1]}))
    with pytest.raises(cl.WrongType, match="not pickled"):
        pickle.dumps(cl.rule("true").mask({"a": [1]}))


INTERVAL = """
name: visit_interval
version: {version}
valid_from: {valid_from}
environment: customer
rule:
  match:
    - condition: customer.fleet.exists(v, v.make == 'Orsa')
      value: {days}
      reason: "{{customer.fleet.size()}} vehicles"
  otherwise: {{value: 180}}
"""


def test_a_rule_set_is_saved_asked_and_retired(network: cl.Clientela, seller: cl.Clientela) -> None:
    seller.customers.add_vehicle("C-1001", make="Orsa")
    seller.opportunities.open("C-1001", title="T", method="with-configurator", currency="EUR", number="O-1")
    saved = network.rule_sets.save(INTERVAL.format(version=1, valid_from="2026-01-01", days=30))
    assert saved.key == "visit_interval/1"
    network.rule_sets.save(INTERVAL.format(version=2, valid_from="2026-06-01", days=20))
    answer = seller.rule_sets.evaluate("visit_interval", customer="C-1001")
    assert (answer.rule_set, answer.outcome, answer.value) == ("visit_interval/1", "value", 30)
    assert answer.why.value("reason") == "1 vehicles"
    later = seller.rule_sets.evaluate("visit_interval", opportunity="O-1", on=date(2026, 6, 1))
    assert (later.rule_set, later.value) == ("visit_interval/2", 20)
    network.rule_sets.retire("visit_interval/2")
    assert seller.rule_sets.evaluate("visit_interval", customer="C-1001", on=date(2026, 6, 1)).value == 30
    for customer, opportunity in ((None, None), ("C-1001", "O-1")):
        with pytest.raises(cl.InvalidValue, match="one of customer, opportunity and lead"):
            seller.rule_sets.evaluate("visit_interval", customer=customer, opportunity=opportunity)
    with pytest.raises(cl.ClientelaError) as caught:
        network.rule_sets.save(INTERVAL.format(version=3, valid_from="2026-01-01", days=30).replace("fleet", "flet"))
    assert caught.value.code == "rule_set.invalid" and caught.value.issues


def test_every_command_takes_a_reason(seller: cl.Clientela) -> None:
    change: dict[str, object] = {"command": "customer.change", "customer": "C-1001", "change": {"source": "fair"}}
    seller.execute(change, reason="told at the fair")
    seller.execute({**change, "change": {"source": "call"}, "reason": "called us"})
    seller.because("asked for trucks").customers.add_vehicle("C-1001", make="Orsa")
    seller.because("overruled").execute({**change, "change": {"source": "web"}, "reason": "wrote to us"})
    assert [entry.reason for entry in seller.customers.history("C-1001")] == [
        "",
        "told at the fair",
        "called us",
        "wrote to us",
    ]
    (vehicle,) = seller.table("vehicle").rows()
    assert seller.history("vehicle", vehicle.id)[0].reason == "asked for trucks"


def test_an_anchor_kept_elsewhere_is_checked(network: cl.Clientela, seller: cl.Clientela) -> None:
    anchor = network.anchor()
    seller.customers.create("Esempio S.r.l.", country="IT", number="C-2")
    assert network.check_since(anchor) == []
    origin, sequence, digest = anchor.split(":")
    forged = f"{origin}:{sequence}:{'0' * len(digest)}"
    (finding,) = network.check_since(forged)
    assert finding.startswith("journal.anchor: ")
    with pytest.raises(cl.InvalidValue, match="the anchor cannot be read"):
        network.check_since("elsewhere")


def test_rules_know_the_fields_an_installation_adds(network: cl.Clientela, seller: cl.Clientela) -> None:
    field = {"name": "credit", "type": "money"}
    network.execute({"command": "custom_field.define", "field": field})
    value = {"amount": "5000.00", "currency": "EUR"}
    seller.execute({"command": "customer.set_field", "customer": "C-1001", "field": "credit", "value": value})
    text = "customer.custom.credit.amount > 1000.00"
    rule = cl.rule(text, about="customer")
    assert rule.count(seller) == 1 and rule.holds(seller, "C-1001")
    checked = seller.rules.check(text)
    assert [read.path for read in checked.reads] == ["customer.custom.credit.amount"]
    assert not checked.reads[0].confidential and checked.estimated_steps > 0
    assert len(seller.rules.select(text)) == 1
    assert "credit" in seller.rules.sentence(text)["sentence"].lower()
    with pytest.raises(cl.InvalidValue, match="rule|credit"):
        seller.rules.check("customer.custom.credti.amount > 1000.00")
    with pytest.raises(cl.InvalidValue):
        cl.rule("customer.custom.credti.amount > 1000.00", about="customer").select(seller)


def test_a_table_tells_which_condition_removed_whom_and_why() -> None:
    rule = cl.rule("trucks > 5 && town != 'Lyon'")
    table = {"town": ["Torino", "Lyon", "Lodi"], "trucks": [12, 7, 2]}
    funnel = rule.table_funnel(table, today=TODAY)
    assert [(step.removed, step.left) for step in funnel.steps] == [(1, 2), (1, 1)]
    assert "Lyon" in str(rule.explain_row(table, 1, today=TODAY))
    with pytest.raises(cl.InvalidValue):
        rule.explain_row(table, 3, today=TODAY)
