"""The network that never was, from Python and from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

import clientela as cl
from clientela import demonstration

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "network.clientela"
    cl.demo(path, customers=60, dealers=2, seed=7, today=DAY).close()
    return path


@pytest.fixture
def demo(store: Path) -> Iterator[cl.Clientela]:
    with cl.open(store, user="admin", clock=datetime(2026, 6, 30, 8, tzinfo=timezone.utc)) as db:
        yield db


def test_it_is_a_whole_network_in_order(demo: cl.Clientela) -> None:
    assert len(demo.customers.table()) == 60
    assert len(demo.table("opportunity")) > 10
    assert demo.check() == []
    assert set(demo.campaigns.target("RINNOVO-PARCO").reasons) & {"campaign.selected", "campaign.rule_fails"}
    assert len(demo.quotas.attainment("Veicoli 2026")) > 2


def test_the_same_seed_makes_the_same_network(store: Path, tmp_path: Path) -> None:
    with cl.demo(tmp_path / "again.clientela", customers=60, dealers=2, seed=7, today=DAY) as again:
        with cl.open(store, user="admin") as first:
            for entity in ("customer", "opportunity", "offer_item", "credit"):
                assert first.table(entity).rows() == again.table(entity).rows(), entity
            assert first.info["version"] == again.info["version"]
        assert again.now.date() == DAY


def test_without_a_path_it_leaves_nothing_behind() -> None:
    db = cl.demo(customers=5, dealers=1, seed=1, today=DAY)
    place = Path(db.info["path"])
    assert place.exists()
    other = db.sign_in("vendite1.d-to")
    db.close()
    assert other.closed
    assert not place.parent.exists()


def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    for wrong in ({"customers": 0}, {"dealers": 13}):
        with pytest.raises(cl.InvalidValue) as caught:
            cl.demo(**wrong)  # type: ignore[arg-type]
        assert caught.value.code == "argument.range"
    (tmp_path / "there").write_text("something")
    with pytest.raises(cl.AlreadyExists):
        cl.demo(tmp_path / "there")
    assert (tmp_path / "there").read_text() == "something"
    with pytest.raises(cl.NotFound):
        cl.demo(tmp_path / "no folder" / "x", customers=1)
    with pytest.raises(cl.ClientelaError) as caught_user:
        cl.demo(tmp_path / "x", customers=1, dealers=1, user="nobody")
    assert caught_user.value.code == "session.unknown_user"
    assert [entry.name for entry in tmp_path.iterdir()] == ["there"]


def test_progress_that_raises_stops_it_and_leaves_nothing(tmp_path: Path) -> None:
    stages = set()

    def enough(done: int, total: int, stage: str) -> None:
        stages.add(stage)
        if stage == "history":
            raise TimeoutError

    with pytest.raises(TimeoutError):
        cl.demo(tmp_path / "x", customers=2_000, progress=enough)
    assert "history" in stages
    assert list(tmp_path.iterdir()) == []


def test_a_messy_list_to_practise_on(demo: cl.Clientela, tmp_path: Path) -> None:
    assert demonstration.messy_csv(tmp_path / "list.csv") > 10_000
    plan = demo.customers.import_csv(
        tmp_path / "list.csv", defaults={"kind": "company", "country": "IT"}, owner="D-TO Vendite 1"
    )
    assert 100 < plan.size < plan.read
    assert {row.code for row in plan.rejected.rows()} >= {"vat_number.check_digit", "field.missing"}


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clientela", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=folder,
    )


def test_the_command_line_makes_it_and_works_on_it(tmp_path: Path) -> None:
    made = run(
        "demo", "d.clientela", "--customers", "40", "--dealers", "2", "--seed", "3", "--today", "2026-06-30",
        "--messy-csv", "list.csv", "--json", folder=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout)
    assert facts["records"]["customer"] == 40
    assert "admin" in facts["users"]
    again = run("demo", "d.clientela", folder=tmp_path)
    assert (again.returncode, "store.target_exists" in again.stderr) == (1, True)

    planned = run(
        "import", "d.clientela", "list.csv", "--user", "admin", "--owner", "D-TO Vendite 1",
        "--default", "kind=company", "--default", "country=IT", "--rejected", "no.csv", "--json", folder=tmp_path,
    )  # fmt: skip
    assert planned.returncode == 1, planned.stderr
    plan = json.loads(planned.stdout)
    assert plan["rejected"] and plan["acceptable"] > 100 and "added" not in plan
    assert (tmp_path / "no.csv").exists()
    with cl.open(tmp_path / "d.clientela", user="admin") as db:
        assert len(db.customers.table()) == 40
        number = db.customers.table(columns=["id"], limit=1).rows()[0].id
    explained = run("explain", "d.clientela", "RINNOVO-PARCO", number, "--user", "admin", folder=tmp_path)
    assert (explained.returncode, explained.stdout.startswith("campaign.")) == (0, True), explained.stderr
    wrong = run("import", "d.clientela", "list.csv", "--user", "admin", "--default", "kind", folder=tmp_path)
    assert (wrong.returncode, "argument.invalid" in wrong.stderr) == (1, True)
    assert run("demo", "--today", "yesterday", folder=tmp_path).returncode == 2


def test_the_program_of_the_examples_shows_frames(store: Path) -> None:
    program = Path(__file__).parents[3] / "examples" / "dataframes.py"
    done = subprocess.run(
        [sys.executable, str(program), str(store)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "revenue won, by quarter" in done.stdout
    assert "stage_name" in done.stdout


CHILD = """
import clientela as cl, sys
try:
    cl.demo({path!r}, customers=20_000, progress=lambda done, total, stage: print(stage, flush=True))
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_stops_it_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.clientela"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(path=str(path))], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline()
    time.sleep(0.5)
    os.kill(child.pid, signal.SIGINT)
    child.communicate(timeout=60)
    assert child.returncode == 7
    assert list(tmp_path.iterdir()) == []
