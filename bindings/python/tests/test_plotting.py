"""Plots: three libraries, the same picture, each the library's own figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from clientela import InvalidValue, NotFound, Table, options, plotting
from clientela.campaigns import TargetPlan
from clientela.forecast import PipelineChange
from clientela.funnels import StageDurations
from clientela.insight import Pyramid
from clientela.opportunities import Funnel, FunnelStage
from clientela.plotting import style
from clientela.quotas import Attainment
from clientela.selection import Condition, ConditionFunnel

FUNNEL = Funnel(
    (
        FunnelStage("classic", "Classic", "contact", "First contact", 1, 10, 7, ()),
        FunnelStage("classic", "Classic", "offer", "Offer made", 2, 50, 3, ()),
    )
)
CONDITIONS = ConditionFunnel(10, (Condition("trucks > 5", 6, 4, 1, 6),))
REACHED = Attainment(
    "Trucks 2026",
    "units",
    [
        {
            "unit": "D-1",
            "position": None,
            "target": Decimal(10),
            "reached": Decimal(4),
            "expected_by_now": Decimal("4.5"),
            "gap": Decimal(6),
            "percent": Decimal(40),
            "projection": Decimal(9),
            "rank": 1,
            "unit_id": None,
            "position_id": None,
            "why": "{}",
        }
    ],
)


class Plan:
    """What a campaign's plan answers, without a store."""

    campaign = "SPRING"
    size = 2
    reasons = [("campaign.selected", 2), ("consent.missing", 5)]


def target() -> TargetPlan:
    return TargetPlan(None, Plan())  # type: ignore[arg-type]


PLOTS = [
    (FUNNEL, "opportunities", ["First contact", "Offer made"], [[7.0, 3.0]]),
    (REACHED, "units", ["D-1"], [[10.0], [4.0]]),
    (target(), "customers", ["consent.missing", "campaign.selected"], [[5.0, 2.0]]),
    (CONDITIONS, "records", ["all", "trucks > 5"], [[10.0, 6.0]]),
]
NAMES = ["funnel", "attainment", "campaign", "conditions"]


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    yield
    options.reset()


def of_matplotlib(figure: Any) -> tuple[str, list[str], list[list[float]]]:
    axes = figure.axes[0]
    values = [[bar.get_width() for bar in bars] for bars in axes.containers]
    return axes.get_xlabel(), [label.get_text() for label in axes.get_yticklabels()], values


def of_altair(chart: Any) -> tuple[str, list[str], list[list[float]]]:
    tree = chart.to_dict()
    series: dict[str, list[float]] = {}
    for row in tree["data"]["values"]:
        series.setdefault(row["series"], []).append(row["value"])
    encoding = tree["layer"][0]["encoding"]
    return encoding["x"]["title"], encoding["y"]["sort"], list(series.values())


def of_plotly(figure: Any) -> tuple[str, list[str], list[list[float]]]:
    bars = [trace for trace in figure.data if trace.type == "bar"]
    return figure.layout.xaxis.title.text, list(bars[0].y), [list(bar.x) for bar in bars]


@pytest.mark.parametrize(("shown", "axis", "labels", "values"), PLOTS, ids=NAMES)
@pytest.mark.parametrize("backend", ["altair", "matplotlib", "plotly"])
def test_every_library_draws_the_same(
    shown: Any, axis: str, labels: list[str], values: list[list[float]], backend: str
) -> None:
    library = pytest.importorskip(backend)
    if backend == "matplotlib":
        library.use("Agg")
    figure = shown.plot(backend=backend)
    read = {"matplotlib": of_matplotlib, "altair": of_altair, "plotly": of_plotly}[backend]
    assert read(figure) == (axis, labels, values)
    assert type(figure).__module__.partition(".")[0] == backend
    assert isinstance(shown.data, Table)
    if backend == "matplotlib":
        library.pyplot.close(figure)


def test_colours_say_who_is_in_and_who_is_behind() -> None:
    pytest.importorskip("plotly")
    assert list(target().plot(backend="plotly").data[0].marker.color) == [style.QUIET, style.GOOD]
    assert list(REACHED.plot(backend="plotly").data[1].marker.color) == [style.POOR]


def test_every_library_says_what_a_colour_means_and_what_a_bar_is() -> None:
    """Colours stand in a legend, amounts beside their bars: exact, and without decimals where none has any."""
    for backend in ("matplotlib", "altair", "plotly"):
        pytest.importorskip(backend)
    library = pytest.importorskip("matplotlib")
    library.use("Agg")
    meanings, texts = ["target", "reached, behind"], ["10", "4"]
    figure = REACHED.plot(backend="matplotlib")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == meanings
    assert [text.get_text() for text in figure.axes[0].texts] == texts
    library.pyplot.close(figure)
    drawn = REACHED.plot(backend="plotly")
    assert [trace.name for trace in drawn.data if trace.type == "scatter"] == meanings
    assert [text for trace in drawn.data if trace.type == "bar" for text in trace.text] == texts
    tree = REACHED.plot(backend="altair").to_dict()
    assert tree["layer"][0]["encoding"]["color"]["scale"]["domain"] == meanings
    assert [row["text"] for row in tree["data"]["values"]] == texts


def test_a_day_as_a_label_is_a_name_and_numbers_have_room() -> None:
    pytest.importorskip("plotly")
    table = Table.from_(
        {
            "step": ["2026-03-01", "won", "2026-03-31"],
            "amount": [Decimal("18450000.00"), Decimal("-4120000.50"), Decimal("14329999.50")],
            "begins": [Decimal(0), Decimal("18450000.00"), Decimal(0)],
        }
    )
    drawn = plotting.waterfall(table, title="Pipeline", unit="EUR", backend="plotly")
    assert drawn.layout.yaxis.type == "category"
    assert list(drawn.data[0].text) == ["18,450,000.00", "-4,120,000.50", "14,329,999.50"]
    low, high = drawn.layout.xaxis.range
    assert (low, high > 18_450_000 * 1.2) == (0, True)
    behind = {"name": ["D-1"], "target": [5], "reached": [-2], "expected_by_now": [1]}
    drawn = plotting.attainment(Table.from_(behind), title="Revenue", unit="EUR", backend="plotly")
    assert drawn.layout.xaxis.range[0] < -2


def test_axes_of_ones_own_are_drawn_on() -> None:
    library = pytest.importorskip("matplotlib")
    library.use("Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    options.plot_backend = "altair"
    assert FUNNEL.plot(ax=axes) is figure
    with pytest.raises(InvalidValue, match="axes belong to matplotlib"):
        FUNNEL.plot(backend="altair", ax=axes)
    pyplot.close(figure)


def test_one_column_against_another(orders: Table) -> None:
    pytest.importorskip("altair")
    chart = plotting.bars(orders, label="number", value="trucks", unit="trucks", backend="altair")
    assert of_altair(chart) == ("trucks", ["B-3", "B-1"], [[7.0, 3.0]])


def test_options_are_checked_when_they_are_set() -> None:
    assert (options.plot_backend, options.rows_shown) == ("matplotlib", 20)
    tries: list[tuple[str, object]] = [("plot_backend", "excel"), ("rows_shown", -1), ("rows_shown", True)]
    for name, value in tries:
        with pytest.raises(InvalidValue):
            setattr(options, name, value)
    with pytest.raises(NotFound, match="rows_shown"):
        options.rows = 5
    options.rows_shown = 1
    assert "the first 1 of 2 rows" in Table.from_({"a": [1, 2]})._repr_html_()


def test_a_missing_library_says_how_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for backend in ("altair", "plotly", "matplotlib"):
        for module in [name for name in sys.modules if name.partition(".")[0] == backend]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, backend, None)
        with pytest.raises(ImportError, match=rf"clientela\[{backend}\]"):
            FUNNEL.plot(backend=backend)


def test_nothing_to_draw_and_no_such_library_are_said() -> None:
    with pytest.raises(InvalidValue, match="no lines to draw"):
        Funnel(()).plot()
    with pytest.raises(InvalidValue, match="expected 'altair', 'matplotlib' or 'plotly'"):
        FUNNEL.plot(backend="excel")  # type: ignore[arg-type]


CHANGE = PipelineChange(
    "forecast.change",
    [
        {
            "currency": "EUR",
            "start": {"amount": "100.00", "currency": "EUR"},
            "parts": [
                {"part": "won", "amount": {"amount": "-30.00", "currency": "EUR"}, "opportunities": []},
                {"part": "new", "amount": {"amount": "50.00", "currency": "EUR"}, "opportunities": []},
            ],
            "end": {"amount": "120.00", "currency": "EUR"},
        }
    ],
)


def test_a_waterfall_hangs_its_parts_between_start_and_end() -> None:
    library = pytest.importorskip("matplotlib")
    library.use("Agg")
    for backend in ("altair", "plotly"):
        pytest.importorskip(backend)
    figure = CHANGE.plot(backend="matplotlib")
    axis, labels, _ = of_matplotlib(figure)
    bars = figure.axes[0].containers[0]
    assert (axis, labels) == ("EUR", ["start", "new", "won", "end"])
    assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(0, 100), (100, 50), (150, -30), (0, 120)]
    library.pyplot.close(figure)
    drawn = CHANGE.plot(backend="plotly").data[0]
    assert (list(drawn.base), list(drawn.x)) == ([0, 100, 150, 0], [100, 50, -30, 120])
    assert list(drawn.marker.color) == [style.MAIN, style.GOOD, style.POOR, style.MAIN]
    rows = CHANGE.plot(backend="altair").to_dict()["data"]["values"]
    assert [(row["from"], row["to"]) for row in rows] == [(0, 100), (100, 150), (150, 120), (0, 120)]


def share(value: float) -> dict[str, float]:
    return {"value": value, "lower": value, "upper": value}


STAYING = StageDurations(
    "funnel.durations",
    [
        {"group": "all", "method": "classic", "stage": "contact", "curve": [{"days": 3, "still_there": share(0.5)}]},
        {"group": "all", "method": "classic", "stage": "offer", "curve": [{"days": 9, "still_there": share(0.25)}]},
        {"group": "all", "method": "classic", "stage": "never", "curve": []},
    ],
)
PYRAMID = Pyramid(
    "customer.pyramid",
    {
        "curve": [
            {"customers_percent": "20", "customers": 2, "value_percent": "80.5"},
            {"customers_percent": "100", "customers": 10, "value_percent": "100"},
        ]
    },
)
LINES = [
    (STAYING, "open days", {"contact": ([0, 3], [1, 0.5]), "offer": ([0, 9], [1, 0.25])}),
    (PYRAMID, "percent of customers", {"customers": ([20, 100], [80.5, 100]), "all alike": ([0, 100], [0, 100])}),
]


def lines_of(backend: str, figure: Any) -> tuple[str, dict[str, tuple[list[float], list[float]]]]:
    if backend == "matplotlib":
        axes = figure.axes[0]
        return axes.get_xlabel(), {
            line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()
        }
    if backend == "plotly":
        return figure.layout.xaxis.title.text, {line.name: (list(line.x), list(line.y)) for line in figure.data}
    tree = figure.to_dict()
    found: dict[str, tuple[list[float], list[float]]] = {}
    for row in tree["data"]["values"]:
        places, values = found.setdefault(row["line"], ([], []))
        places.append(row["place"])
        values.append(row["value"])
    return tree["encoding"]["x"]["title"], found


@pytest.mark.parametrize(("shown", "axis", "lines"), LINES, ids=["survival", "concentration"])
@pytest.mark.parametrize("backend", ["altair", "matplotlib", "plotly"])
def test_every_library_draws_the_same_lines(shown: Any, axis: str, lines: Any, backend: str) -> None:
    library = pytest.importorskip(backend)
    if backend == "matplotlib":
        library.use("Agg")
    figure = shown.plot(backend=backend)
    assert lines_of(backend, figure) == (axis, lines)
    if backend == "matplotlib":
        library.pyplot.close(figure)


def test_lines_of_nothing_are_refused() -> None:
    for nothing in (StageDurations("funnel.durations", []), Pyramid("customer.pyramid", {"curve": []})):
        with pytest.raises((InvalidValue, NotFound)):
            nothing.plot()
