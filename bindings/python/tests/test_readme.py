"""What the READMEs show runs."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import pytest

import clientela
from clientela import Clientela

ROOT = Path(__file__).parents[3]


def snippets(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def desk(network: Clientela, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the network the READMEs speak of, and the user they sign in as."""
    seller = network.sign_in("u-rossi")
    seller.customers.create("Autotrasporti Esempio S.r.l.", country="IT", vat_number="IT00743110157", number="C-1001")
    seller.opportunities.open(
        "C-1001", title="Fleet renewal", method="with-configurator", currency="EUR", number="O-3001", vehicles=3
    )
    network.close()
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "user", "count"), [("README.md", "u-rossi", 2), ("bindings/python/README.md", "u-verdi", 1)]
)
def test_snippets_run_in_order(
    desk: Path, path: str, user: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = snippets(ROOT / path)
    assert len(found) == count
    names: dict[str, object] = {}
    for number, snippet in enumerate(found):
        exec(compile(snippet, f"{path}, snippet {number + 1}", "exec"), names)
    if path == "README.md":
        told = capsys.readouterr().out
        assert "campaign.selected" in told
        assert "credit.win" in told
        with clientela.open(desk / "network.clientela", user=user) as db:
            assert db.opportunities.get("O-3001").state == "won"
