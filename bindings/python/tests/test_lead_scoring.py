"""Leads qualified by a questionnaire, scored by rules, foretold from history, on a stored store."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError
from clientela.lead_scoring import Band, Question

QUESTIONS: list[Question] = [
    {"code": "budget", "text": "Is there a budget?", "weight": 3, "answers": {"approved": 10, "planned": 5, "none": 0}},
    {"code": "decides", "text": "Does the person decide?", "kind": "yes_no", "weight": 2, "answers": {"yes": 10}},
    {"code": "fleet", "text": "How many vehicles?", "kind": "number", "weight": 1, "bands": [Band(1, 2), Band(10, 10)]},
    {"code": "start", "text": "From when?", "kind": "date"},
    {"code": "note", "text": "Anything else?", "kind": "text"},
]

RULES = """
name: lead_score
version: 1
environment: lead
semantic: all_matches
rule:
  match:
    - condition: lead.horizon == 'month'
      value: 40
      reason: wants it within a month
    - condition: lead.answers.exists(a, a.question == 'budget' && a.word == 'approved')
      value: 30
"""


def receive(seller: Clientela, place: int, *, source: str = "portal", horizon: str = "quarter") -> str:
    made = seller.leads.receive(
        channel="web_form",
        source=source,
        company=f"Esempio {place}",
        email=f"info{place}@esempio.example",
        country="IT",
        horizon=horizon,  # type: ignore[arg-type]
        owner="Trucks Piacenza",
    )
    assert made.key is not None
    return made.key


def test_a_lead_is_qualified(network: Clientela) -> None:
    seller = network.sign_in("u-rossi")
    lead = receive(seller, 1)
    asked = seller.leads.questionnaire()
    assert (asked["questionnaire"], asked.percent, asked.unanswered) == ("bant/0", None, [])
    assert network.leads.define_questionnaire("bant", QUESTIONS).key == "bant/1"
    seller.leads.answer(lead, {"budget": "planned", "decides": True, "fleet": 12, "start": date(2026, 9, 1)})
    told = seller.leads.questionnaire(lead)
    # 3 x 5 + 2 x 10 + 1 x 10 of 60.
    assert told.percent is not None
    assert told.percent.quantize(Decimal("0.1")) == Decimal("75.0")
    assert told.unanswered == ["note"]
    rows = {row.code: row for row in told.table().rows()}
    assert (rows["fleet"].answer, rows["fleet"].points, rows["note"].answer) == ("12", 10, None)
    assert rows["budget"].kind == "choice"
    assert seller.leads.get(lead).qualification == 75
    with pytest.raises(ClientelaError) as caught:
        seller.leads.answer(lead, {"budget": "maybe"})
    assert (caught.value.code, caught.value.field) == ("questionnaire.answer", "answers.budget")
    network.leads.retire_questionnaire("bant/1")
    assert seller.leads.questionnaire(name="bant")["questionnaire"] == "bant/0"


def test_rules_give_points(network: Clientela) -> None:
    seller = network.sign_in("u-rossi")
    network.rule_sets.save(RULES)
    soon, late = receive(seller, 1, horizon="month"), receive(seller, 2, horizon="year")
    receipt = network.sign_in("u-verdi").leads.score(unit="D-0042")
    assert receipt.why.value("leads") == "2"
    assert seller.leads.get(soon).score == 40
    seller.leads.score(late)
    seller.leads.answer(soon, {"budget": "approved"})
    told = seller.leads.score_of(soon, passed_over=True)
    assert (told["rules"]["score"], told["rules"]["grade"]) == (70, "B")
    assert "wants it within a month" in str(told["rules"]["why"])
    assert told["history"][0]["score"] == 70
    assert told["not_predicted"]["reason"] == "lead_score.no_model"
    ranked = seller.leads.ranking(owner="Trucks Piacenza", limit=5)
    assert [(row.number, row.score) for row in ranked.table().rows()] == [(soon, 70), (late, 0)]
    assert network.sign_in("u-neri").leads.ranking().data == []


def test_what_became_of_leads_foretells_others(network: Clientela) -> None:
    seller, manager = network.sign_in("u-rossi"), network.sign_in("u-verdi")
    for place in range(60):
        won = place % 3 == 0
        lead = receive(seller, place, source="friend" if won or place % 5 == 0 else "portal", horizon="month" if won else "later")
        if won:
            seller.leads.contact(lead)
            seller.leads.convert(lead, method="with-configurator", currency="EUR")
        else:
            seller.leads.disqualify(lead, reason="no money")
        network.set_clock(network.now + timedelta(minutes=10))
    fresh, other = receive(seller, 900, source="friend", horizon="month"), receive(seller, 901, horizon="later")
    assert manager.leads.train("parma", unit="D-0042", smoothing=2, minimum=40).key == "parma/1"
    manager.leads.activate("parma/1")
    told = seller.leads.score_of(fresh)
    assert told["model"] == "parma/1"
    assert Decimal(told["prediction"]["percent"]) > 50
    ranked = seller.leads.ranking(unit="D-0042").table().rows()
    assert [row.number for row in ranked] == [fresh, other]
    assert ranked[0].percent > ranked[1].percent
    quality = manager.leads.quality("parma/1", held_out=30)
    assert quality["judged_by"] == 18
    assert Decimal(quality["auc"]) > Decimal("0.9")
    bands = quality.table().rows()
    assert sum(row.leads for row in bands) == 18
    assert isinstance(bands[0].told, Decimal)
    assert isinstance(bands[0].auc, Decimal)
    with pytest.raises(ClientelaError) as caught:
        seller.leads.train("parma", unit="D-0042")
    assert caught.value.code == "access.not_allowed"
