"""Plans of several measures, what persons carry of them, market totals from tables, forecasts and funnels over columns."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from clientela import Clientela, InvalidValue, Money, Table
from clientela.pipeline import Pipeline, PipelineStage
from clientela.quotas import CreditShare, IncentiveStep, Limit, PlanMeasure

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
QUARTER = (date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture
def plan(network: Clientela) -> Clientela:
    """The administrator with a plan of a dealer over three measures."""
    network.quotas.define(
        "Emilia 2026",
        unit="D-0042",
        first_day=YEAR[0],
        last_day=YEAR[1],
        currency="EUR",
        weights={"Trucks Piacenza": 2},
        measures=[
            PlanMeasure("units", 90, weight=3),
            PlanMeasure(
                "revenue", 9_000_000, step=1_000, limits=[Limit("Trucks Parma", period=date(2026, 8, 15), maximum=0)]
            ),
            PlanMeasure("visits", 600, weights={"Trucks Piacenza": 1}),
        ],
    )
    return network


def test_several_measures_are_read_one_by_one_and_over_all(plan: Clientela, deal: Clientela) -> None:
    deal.opportunities.change("O-3001", {"vehicles": 6, "amount": Money("300000", "EUR")}, reason="known")
    deal.opportunities.win("O-3001", reason="price")
    units, revenue = (plan.quotas.attainment("Emilia 2026", measure=name) for name in ("units", "revenue"))
    assert (units.measured_in, revenue.measured_in, len(units)) == ("units", "EUR", 3)
    assert {row.position: row.target for row in revenue.table().rows()} == {
        None: Decimal("9000000.00"),
        "Trucks Piacenza": Decimal("6000000.00"),
        "Trucks Parma": Decimal("3000000.00"),
    }
    assert plan.quotas.attainment("Emilia 2026").plan == "Emilia 2026"
    overall = plan.quotas.overall("Emilia 2026")
    assert [line["percent"] for line in overall if line["owner"] is None] == ["4.67"]
    plan.quotas.set_incentives("Emilia 2026", [IncentiveStep(5, "fixed", Money("500", "EUR"))])
    earned = [line["incentive"]["earned"] for line in plan.quotas.incentives("Emilia 2026") if line["measure"] is None]
    assert sorted(map(Decimal, earned)) == [0, 0, 500]


def test_measures_are_answered_and_revised(plan: Clientela, seller: Clientela) -> None:
    seller.quotas.answer("Emilia 2026", answer="accepted")
    with pytest.raises(InvalidValue, match="several"):
        seller.quotas.answer("Emilia 2026", answer="rejected", proposed=50)
    plan.quotas.change_target("Emilia 2026", of="Trucks Parma", measure="revenue", amount=2_500_000)
    plan.quotas.revise("Emilia 2026", from_day=date(2026, 7, 1), measures=[PlanMeasure("units", 105)])
    totals = {one["measure"]: Decimal(one["total"]) for one in plan.quotas.versions("Emilia 2026")[1]["measures"]}
    assert totals == {"units": 105, "revenue": 9_000_000, "visits": 600}
    changed = plan.quotas.compare("Emilia 2026", measure="units").table().rows()
    assert sum(row.difference for row in changed) == 30


def test_persons_carry_the_days_they_held_a_position(plan: Clientela) -> None:
    plan.execute({"command": "holding.end", "user": "u-gallo", "last_day": date(2026, 3, 31)})
    found = plan.quotas.personal("Emilia 2026", measure="units", basis="season")
    targets = {line["name"]: Decimal(line["target"]) for line in found}
    assert targets["Mario Rossi"] == 60
    assert targets["Anna Gallo"] + targets[None] == 30
    assert len(found.table()) == len(targets)


def test_market_totals_come_from_files_and_frames(network: Clientela, tmp_path: Path) -> None:
    file = tmp_path / "market.csv"
    file.write_text("Concessionario;Mese;Immatricolazioni\nD-0042;01/03/2026;30\nD-9;01/03/2026;1\n", encoding="utf-8")
    plan = network.quotas.import_market(file, defaults={"source": "registry"})
    assert [row.code for row in plan.rejected.rows()] == ["record.not_found"]
    assert plan.commit().added == 1
    frame = {"unit": ["D-0042", "D-0043"], "first_day": [date(2026, 3, 1)] * 2, "registrations": [15, 10]}
    assert network.quotas.import_market(Table.from_(frame)).commit().added == 2
    totals = network.table("market_total", columns=["registrations", "last_day"]).rows()
    assert sorted((row[0], row[1]) for row in totals) == [(10, date(2026, 3, 31)), (15, date(2026, 3, 31))]


def test_columns_of_a_store_say_what_the_questions_say(network: Clientela, deal: Clientela) -> None:
    deal.opportunities.change(
        "O-3001",
        {"amount": Money("100000.50", "EUR"), "expected_close": date(2026, 5, 10), "vehicles": 2},
        reason="known",
    )
    network.set_clock(datetime(2026, 3, 20, 9, tzinfo=timezone.utc))
    deal.opportunities.win("O-3001", reason="price")
    (pipeline,) = network.forecast.columns()
    assert (pipeline.currency, len(pipeline)) == ("EUR", 1)
    day = date(2026, 3, 10)
    told = network.forecast.rollup(*QUARTER, as_of=day).table(lines="currencies.nodes").rows()
    found = {row.id: row for row in pipeline.rollup(*QUARTER, as_of=day).rows()}
    assert told
    for line in told:
        row = found[line.id]
        for name in ("closed", "commit", "best_case", "pipeline", "omitted"):
            assert getattr(row, name) == getattr(line, f"amounts_{name}")
            assert getattr(row, f"{name}_count") == getattr(line, f"counts_{name}")
        assert round(row.weighted, 2) == line.weighted
    steps = {row.step: row for row in pipeline.change(*QUARTER, since=day, until=date(2026, 3, 20)).rows()}
    assert steps["won"].opportunities == 1
    assert pipeline.funnel([date(2026, 3, 1)], date(2026, 3, 31), as_of=date(2026, 3, 20)).rows()[0].won == 1
    assert network.forecast.columns(by="unit")[0].passages == pipeline.passages


def test_a_plan_counts_by_a_credit_rule(plan: Clientela) -> None:
    plan.quotas.save_credit_rule(
        "fleet",
        condition="opportunity.vehicles >= 3",
        shares=[CreditShare("owner", 60), CreditShare("position", 40, position="Trucks Parma")],
    )
    plan.quotas.credit_by("Emilia 2026", "fleet", measure="units")
    plan.quotas.credit_by("Emilia 2026", None)
    plan.quotas.retire_credit_rule("fleet/1")
    with pytest.raises(InvalidValue):
        plan.quotas.save_credit_rule("half", shares=[CreditShare("owner", 50)])


PASSAGES = {
    "opportunity": ["A", "A", "B"],
    "day": [date(2026, 3, 1), date(2026, 3, 20), date(2026, 3, 5)],
    "state": ["open", "won", "open"],
    "stage": [0, 1, 0],
    "owner": [1, 1, 2],
    "category": ["commit", "commit", "pipeline"],
    "probability": [80, 100, 10],
    "amount": [Decimal("10000.50"), Decimal("9000.00"), Decimal("50.00")],
    "close": [date(2026, 5, 1), date(2026, 3, 20), None],
}


def test_a_table_of_anybodys_is_forecast() -> None:
    pipeline = Pipeline.from_table(PASSAGES, parents=[None, 0, 0], stages=[PipelineStage(0, 10), (0, 50)])
    assert repr(pipeline) == "<Pipeline: 2 opportunities, 3 passages>"
    top = pipeline.rollup(*QUARTER, as_of=date(2026, 3, 10)).rows()[0]
    assert (top.commit, top.commit_count, top.weighted) == (Decimal("10000.50"), 1, Decimal("8000.4000"))
    change = pipeline.change(*QUARTER, since=date(2026, 3, 10), until=date(2026, 3, 31), node=1).rows()
    assert {row.step: row.amount for row in change if row.amount} == {
        "start": Decimal("10000.50"),
        "down": Decimal("-1000.50"),
        "won": Decimal("-9000.00"),
    }


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("opportunity", ["B", "A", "A"]),
        ("state", ["open", "sold", "open"]),
        ("owner", [1, 1, 7]),
        ("day", [date(2026, 3, 20), date(2026, 3, 1), date(2026, 3, 5)]),
        ("amount", ["1", "2", "3"]),
    ],
)
def test_a_table_that_cannot_be_read_names_its_column(column: str, values: list[object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        Pipeline.from_table(PASSAGES | {column: values}, parents=[None, 0, 0], stages=[(0, 10), (0, 50)])
    assert refused.value.field == column
