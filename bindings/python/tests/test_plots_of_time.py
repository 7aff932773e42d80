"""Time bars, the heat map of visits and an offer's waterfall: three libraries, the same picture."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clientela import InvalidValue, Table, plotting
from clientela.plotting import style
from clientela.time_spent import TimeShares
from clientela.visit_hours import VisitHours

SHARES = TimeShares(
    "time.shares",
    {
        "lines": [
            {"category": "face_to_face", "percent": "75.00", "best_percent": "80.00", "team_percent": "70.00"},
            {"category": "reports", "percent": "25.00", "best_percent": "20.00", "team_percent": "30.00"},
            {"category": "personal", "percent": "0.00", "best_percent": "0.00", "team_percent": "0.00"},
        ]
    },
)
VISITS = VisitHours(
    [datetime(2026, 3, day, hour, tzinfo=timezone.utc) for day, hour in ((2, 8), (2, 8), (3, 10))],
    zone=ZoneInfo("Europe/Rome"),
)
CELLS = [[2, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
HOURS = ["09", "10", "11"]


def test_time_has_a_bar_for_seller_best_and_team() -> None:
    pytest.importorskip("plotly")
    figure = SHARES.plot(backend="plotly")
    assert [bar.name for bar in figure.data] == ["seller", "best", "team"]
    assert list(figure.data[0].y) == ["face to face", "reports"]
    assert list(figure.data[1].x) == [80.0, 20.0]
    lines = [{name: value for name, value in line.items() if name != "best_percent"} for line in SHARES.data["lines"]]
    alone = TimeShares("time.shares", {"lines": lines}).plot(backend="plotly")
    assert [bar.name for bar in alone.data] == ["seller", "team"]


def cells_of(backend: str, figure: Any) -> tuple[list[str], list[str], list[list[int]]]:
    if backend == "matplotlib":
        axes = figure.axes[0]
        columns = [label.get_text() for label in axes.get_xticklabels()]
        rows = [label.get_text() for label in axes.get_yticklabels()]
        return columns, rows, axes.images[0].get_array().tolist()
    if backend == "plotly":
        drawn = figure.data[0]
        return list(drawn.x), list(drawn.y), [list(row) for row in drawn.z]
    tree = figure.to_dict()
    columns, rows = tree["encoding"]["x"]["sort"], tree["encoding"]["y"]["sort"]
    found = {(cell["row"], cell["column"]): cell["value"] for cell in tree["data"]["values"]}
    return columns, rows, [[found[row, column] for column in columns] for row in rows]


@pytest.mark.parametrize("backend", ["altair", "matplotlib", "plotly"])
def test_every_library_draws_the_same_cells(backend: str) -> None:
    library = pytest.importorskip(backend)
    if backend == "matplotlib":
        library.use("Agg")
    figure = VISITS.plot(backend=backend)  # type: ignore[arg-type]
    assert cells_of(backend, figure) == (HOURS, DAYS, CELLS)
    if backend == "matplotlib":
        library.pyplot.close(figure)


def test_visits_on_a_sunday_show_the_whole_week() -> None:
    pytest.importorskip("plotly")
    sunday = VisitHours([datetime(2026, 3, 8, 8, tzinfo=timezone.utc)], zone=timezone.utc)
    assert len(sunday.plot(backend="plotly").data[0].y) == 7
    with pytest.raises(InvalidValue, match="no lines to draw"):
        VisitHours([], zone=timezone.utc).plot()


def test_totals_within_a_waterfall_stand_on_zero() -> None:
    pytest.importorskip("plotly")
    steps = Table.from_(
        {
            "step": ["list price", "net", "cost", "margin"],
            "amount": [Decimal(100), Decimal(90), Decimal(-60), Decimal(30)],
            "begins": [Decimal(0), Decimal(0), Decimal(90), Decimal(0)],
            "total": [False, True, False, True],
        }
    )
    drawn = plotting.waterfall(steps, title="Offer", unit="EUR", backend="plotly").data[0]
    assert list(drawn.marker.color) == [style.MAIN, style.MAIN, style.POOR, style.MAIN]
