"""Customers given to sellers by rules, dealers' claims, and the organisation with who could see what."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError, NotAllowed, NotFound
from clientela.leads import Distribution
from clientela.territories import Among, Evenness, TerritoryRule, WantedSkill

PIACENZA, PARMA = "Trucks Piacenza", "Trucks Parma"
EMILIA = TerritoryRule("emilia", "customer.postal_code.startsWith('29')", 10, units=["D-0042"])


@pytest.fixture
def branch(network: Clientela) -> Clientela:
    """The manager above both dealers."""
    organisation = network.organisation
    organisation.create_position("Manager Italia", unit="IT", function="zone_manager", profile="manager")
    organisation.create_user("u-italia", name="Livia Conti", position="Manager Italia", since=date(2025, 1, 1))
    return network.sign_in("u-italia")


@pytest.fixture
def customers(network: Clientela) -> None:
    """Six customers of one seller where a rule speaks of them, and two elsewhere."""
    for place in range(8):
        network.customers.create(
            f"Company {place}",
            country="IT",
            postal_code="29122" if place < 6 else "20100",
            number=f"C-{place}",
            owner=PIACENZA,
        )


def owners(branch: Clientela) -> dict[str, int]:
    """How many customers each position has."""
    counts: dict[str, int] = {}
    titles = {row.id: row.title for row in branch.table("position", columns=["id", "title"]).rows()}
    for row in branch.customers.table(columns=["owner"]).rows():
        counts[titles[row.owner]] = counts.get(titles[row.owner], 0) + 1
    return counts


@pytest.mark.usefixtures("customers")
def test_a_version_is_tried_applied_and_explained(network: Clientela, branch: Clientela) -> None:
    network.territories.set_capacity(PIACENZA, capacity=4)
    network.territories.set_capacity(PARMA, capacity=3)
    made = network.territories.define("sales", [EMILIA], seed=7)
    assert made.key == "sales/1"
    assert network.territories.get("sales/1").state == "draft"
    network.territories.activate("sales/1")

    tried = branch.territories.dry_run("sales")
    assert (tried["customers"], tried["moving"]) == (8, 3)
    assert {(move["from"], move["to"], move["rule"], move["score"]) for move in tried["moves"]} == {(PIACENZA, PARMA, "emilia", 10)}
    assert {row.to for row in tried.table().rows()} == {PARMA}
    assert [(row.reason, row.customers) for row in tried.table(lines="staying").rows()] == [("no_rule", 2), ("no_room", 1)]
    loads = {row.title: (row.before, row.after, row.capacity) for row in tried.table(lines="positions").rows()}
    assert loads == {PIACENZA: (8, 5, 4), PARMA: (0, 3, 3)}
    first = branch.territories.dry_run("sales", limit=1)
    rest = branch.territories.dry_run("sales", after=first["moves"][0]["customer"])
    assert first["moves"] + rest["moves"] == tried["moves"]
    assert owners(branch) == {PIACENZA: 8}, "nothing was written"

    moved = tried["moves"][0]["number"]
    told = branch.territories.explain(moved, model="sales")
    assert (told["owner"], told["to"]) == (PIACENZA, PARMA)
    assert told.table().rows()[0].holds
    assert told.why is not None
    assert branch.territories.apply("sales").why.value("moved") == "3"
    assert owners(branch) == {PIACENZA: 5, PARMA: 3}
    assert branch.territories.dry_run("sales")["moving"] == 0
    assert network.territories.archive("sales/1").key == "sales/1"
    with pytest.raises(NotFound):
        branch.territories.dry_run("sales")


@pytest.mark.usefixtures("customers")
def test_skills_leave_and_versions_are_compared(network: Clientela, branch: Clientela) -> None:
    tankers = TerritoryRule("tankers", "customer.country == 'IT'", 1, skills=[WantedSkill("tanker", at_least=2, weight=5)])
    with pytest.raises(ClientelaError) as caught:
        network.territories.define("sales", [tankers])
    assert (caught.value.code, caught.value.field) == ("territory_model.unknown", "rules[0].skills[0].skill")
    network.territories.set_skill(PARMA, skill="tanker", level=3)
    network.territories.define("sales", [EMILIA._replace(positions=[PIACENZA], units=())])
    network.territories.define("sales", [tankers], passing_score=5, valid_from=date(2026, 1, 1))

    compared = branch.territories.compare("sales/1", "sales/2", measure="purchases")
    assert compared["differing"] == {"customers": 8, "value": "0"}
    assert {(row.now, row.to, row.value) for row in compared.table().rows()} == {(PIACENZA, PARMA, Decimal(0))}
    assert [(row.to, row.moving_customers) for row in compared.table(lines="flows").rows()] == [(PARMA, 8)]
    few = branch.territories.compare("sales/1", "sales/2", among=Among(condition="customer.postal_code == '20100'"))
    assert few["customers"] == 2
    assert branch.territories.dry_run("sales/2", among=Among(unit="D-0042", customers=["C-1", "C-2"]))["moving"] == 2

    network.territories.set_leave(PARMA, first_day=date(2026, 3, 1), last_day=date(2026, 9, 30))
    assert branch.territories.dry_run("sales/2")["moving"] == 0
    network.territories.set_leave(PARMA, first_day=None)
    assert branch.territories.dry_run("sales/2")["moving"] == 8


@pytest.mark.usefixtures("customers")
def test_customers_are_shared_more_evenly(network: Clientela, branch: Clientela) -> None:
    network.territories.define("sales", [EMILIA])
    network.territories.activate("sales/1")
    even = Evenness(target=4, tolerance_percent=0)
    tried = branch.territories.rebalancing("sales", evenness=even)
    assert (tried["over_before"], tried["moving"]) == (4, 4)
    assert len(tried.table()) == 4
    assert owners(branch) == {PIACENZA: 8}, "nothing was written"
    assert branch.territories.rebalance("sales", evenness=even).why.value("moved") == "4"
    assert owners(branch) == {PIACENZA: 4, PARMA: 4}
    assert branch.territories.rebalancing("sales")["moving"] == 0


@pytest.mark.usefixtures("branch")
def test_leads_go_by_the_same_rules(network: Clientela) -> None:
    network.territories.define("leads", [EMILIA._replace(positions=[PARMA], units=())])
    network.territories.activate("leads/1")
    got = network.sign_in("u-verdi").leads.receive(
        channel="call",
        company="Nuova S.r.l.",
        email="info@example.com",
        postal_code="29122",
        country="IT",
        distribute=Distribution(model="leads"),
    )
    assert got.key is not None
    owner = network.leads.get(got.key).owner
    assert network.get("position", owner).title == PARMA


def test_two_dealers_claim_one_party(seller: Clientela, network: Clientela, branch: Clientela) -> None:
    vat, rival = "IT00743110157", network.sign_in("u-neri")
    assert rival.claims.state(vat_number=vat)["standing"] == "free"
    seller.claims.make("C-1001")
    mine = seller.claims.state("C-1001")
    assert mine["standing"] == "yours"
    assert [row.dealer for row in mine.table().rows()] == ["D-0042"]
    assert rival.claims.make(vat_number=vat).why.value("ask") == "IT"
    told = rival.claims.state(vat_number=vat)
    assert (told["standing"], told["protected_until"], told["ask"]) == ("contested", None, "IT")
    assert "D-0042" not in json.dumps(told.data)
    with pytest.raises(ClientelaError) as caught:
        rival.claims.arbitrate(vat_number=vat, dealer="D-0043")
    assert caught.value.code == "claim.not_arbiter"
    branch.claims.arbitrate(vat_number=vat, dealer="D-0043")
    assert rival.claims.state(vat_number=vat)["standing"] == "yours"
    rival.claims.release(vat_number=vat)
    assert seller.claims.state("C-1001")["standing"] == "free"


def test_the_tree_is_told_as_it_was(network: Clientela) -> None:
    tree = network.organisation.tree()
    assert [(depth, unit["code"]) for depth, unit in tree.walk()] == [(0, "HQ"), (1, "IT"), (2, "D-0042"), (2, "D-0043")]
    assert len(tree) == 4
    assert [row.positions for row in tree.table().rows() if row.code == "D-0042"] == [3]
    dealer = network.organisation.tree("D-0042")
    held = {row.title: row.login for row in dealer.positions().rows()}
    assert held == {"Principal Emilia": "u-verdi", PIACENZA: "u-rossi", PARMA: "u-gallo"}
    network.organisation.create_position("Vans Parma", unit="D-0042", function="seller", profile="seller")
    free = {row.title: row.login for row in network.organisation.tree("D-0042").positions().rows()}
    assert free["Vans Parma"] is None
    assert "Concessionaria Emilia" in dealer._repr_html_()
    with pytest.raises(NotFound):
        network.organisation.tree("D-9999")


def test_who_could_see_what_and_why(seller: Clientela, network: Clientela) -> None:
    today = network.now.date()
    network.organisation.substitute("u-neri", position=PIACENZA, first_day=today, last_day=today)
    told = network.access.who_could_see("customer", "C-1001")
    seen = {row.login: json.loads(row.rules) for row in told.table().rows()}
    assert {"owner"} == set(seen["u-rossi"])
    assert {"u-rossi", "u-verdi", "u-neri"} <= seen.keys()
    assert "u-gallo" not in seen
    assert told["existed"]
    assert "Autotrasporti" not in json.dumps(told.data)

    why = network.access.why_visible("u-neri", entity="customer", record="C-1001")
    assert why["visible"]
    assert {row.title: (row.substitute, row.visible) for row in why.table().rows()} == {
        PIACENZA: (True, True),
        "Trucks Milano": (False, False),
    }
    before = network.access.why_visible("u-neri", entity="customer", record="C-1001", day=today - timedelta(days=1))
    assert not before["visible"]
    with pytest.raises(NotAllowed):
        seller.access.who_could_see("customer", "C-1001")


@pytest.mark.usefixtures("customers")
def test_customers_are_shared_between_the_dealers_of_a_branch(network: Clientela, branch: Clientela) -> None:
    network.territories.define("sales", [TerritoryRule("all", "true", 1, units=["IT"])])
    network.territories.activate("sales/1")
    evenness = Evenness(tolerance_percent=0, within="branch")
    told = branch.territories.rebalancing("sales", evenness=evenness)
    assert told["held"] == []
    assert {move["why"]["reason"] for move in told["moves"]} == {"assignment.relieved"}
    done = branch.territories.rebalance("sales", evenness=evenness)
    assert done.why.value("moved") == str(len(told["moves"]))
    # So few are written in one transaction: there is no run to go on with.
    assert branch.territories.runs().data == []
    with pytest.raises(NotFound):
        branch.territories.resume("019cb813-5280-7e08-8e6b-5f61fc08b00e")
