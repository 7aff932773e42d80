"""The scenario files every language runs: the same commands give the same bytes."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from clientela import Clientela, ClientelaError, create

SCENARIOS = Path(__file__).parents[3] / "tests" / "scenarios"


def read(name: str) -> Any:
    return json.loads((SCENARIOS / name).read_text(encoding="utf-8"))


def test_a_deal_gives_the_receipts_on_file(tmp_path: Path) -> None:
    steps = [{"as": "admin", "command": command} for command in read("network.json")] + read("deal.json")
    at = datetime(2026, 3, 4, 9, 0, tzinfo=timezone.utc)
    lines: list[str] = []
    with create(
        tmp_path / "network.clientela", user="admin", user_name="Ada Bianchi", country="IT", clock=at, seed=7
    ) as admin:
        sessions: dict[str, Clientela] = {"admin": admin}
        for number, step in enumerate(steps, start=1):
            login = step["as"]
            session = sessions.get(login) or sessions.setdefault(login, admin.sign_in(login))
            id = f"01950000-0000-7000-8000-{number:012}"
            if "refused" in step:
                with pytest.raises(ClientelaError) as caught:
                    session.execute(step["command"], id=id)
                codes = {caught.value.code, *(issue.code for issue in caught.value.issues)}
                assert step["refused"] in codes, caught.value
                lines.append(json.dumps(step["refused"]))
            else:
                receipt = session.execute(step["command"], id=id)
                assert session.execute(step["command"], id=id) == receipt
                assert session.receipt(id) == receipt
                lines.append(receipt.to_json())
    kept = (SCENARIOS / "deal.receipts.jsonl").read_text(encoding="utf-8")
    assert lines == kept.splitlines()
