"""Customers entered twice: found, looked at, merged, taken apart, on a stored store."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from clientela import Clientela, ClientelaError

OTHERS = """Abate Barbieri Cattaneo Donati Esposito Ferraris Guidi Iacono Lombardo Marchetti Negri Orlando Pellegrino Quaranta
    Rinaldi Sartori Tedesco Ungaro Valentini Zanetti""".split()


@pytest.fixture
def twice(network: Clientela) -> Clientela:
    """A seller who has the same company twice among others that have nothing in common."""
    seller = network.sign_in("u-rossi")
    for place, name in enumerate(OTHERS):
        street, town = OTHERS[(place * 7 + 3) % 20], OTHERS[(place * 11 + 5) % 20]
        seller.customers.create(
            name, country="IT", number=f"X-{place}", street=f"Via {street} {place}", locality=f"San {town}", postal_code=f"{10_000 + place * 977}"
        )
    address = {"street": "Via Garibaldi 12", "postal_code": "29121", "locality": "Piacenza"}
    seller.customers.create("F.lli Rossi S.n.c.", country="IT", number="C-1", phone="+39 0523 123456", **address)  # type: ignore[arg-type]
    seller.customers.create(
        "FRATELLI ROSSI & C. SNC", country="IT", number="C-2", email="info@rossi.example", notes="pays late", **address  # type: ignore[arg-type]
    )
    return seller


def test_whoever_enters_a_customer_is_asked(twice: Clientela, network: Clientela) -> None:
    found = twice.duplicates.like(name="Rossi Fratelli snc", street="via garibaldi, 12", locality="PIACENZA", country="IT")
    assert sorted(line["number"] for line in found) == ["C-1", "C-2"]
    row = found.table().rows()[0]
    assert row.likely
    assert 0.9 < row.probability <= 1
    reasons = {(line.number, line.field): line for line in found.reasons().rows()}
    street = reasons["C-1", "street"]
    assert (street.agrees, street.feature) == (True, "street")
    assert street.weight > Decimal(3)
    assert "aribaldi" not in str(found.data)
    assert network.sign_in("u-neri").duplicates.like(name="F.lli Rossi", locality="Piacenza", country="IT").data == []


def test_one_that_is_there_has_a_twin(twice: Clientela) -> None:
    assert [line["number"] for line in twice.duplicates.of("C-1", limit=5)] == ["C-2"]
    assert len(twice.duplicates.of("X-3", limit=5)) == 0
    assert len(twice.duplicates.of("X-3").reasons()) == 0


def test_all_are_looked_at(twice: Clientela) -> None:
    clusters = twice.duplicates.clusters(limit=10)
    assert repr(clusters).startswith("<Clusters: 1 of 22 customers")
    assert [(row.cluster, row.number) for row in clusters.table().rows()] == [(1, "C-1"), (1, "C-2")]
    assert clusters.table(lines="clusters").shape[0] == 1
    assert {(row.one, row.other) for row in clusters.reasons().rows()} <= {("C-1", "C-2"), ("C-2", "C-1")}
    assert {row.field for row in clusters.reasons().rows() if row.agrees} >= {"name", "street"}
    # The rules can be given with the question; whole numbers need no decimals.
    assert len(twice.duplicates.clusters(policy={"keys": [["vat_number"]]})) == 0


def test_merged_and_taken_apart(twice: Clientela, network: Clientela) -> None:
    twice.activities.plan("C-2", kind="visit", subject="coffee", planned_at=datetime(2026, 3, 5, 9, 0, tzinfo=timezone.utc))
    preview = twice.duplicates.preview("C-1", "C-2", fields={"name": "merged"})
    assert preview.allowed
    told = {row.field: row for row in preview.differing().rows()}
    assert (told["name"].taken, told["name"].reason) == ("merged", "chosen")
    assert (told["email"].merged, told["email"].reason) == ("info@rossi.example", "filled")
    assert "country" not in told
    assert [(row.entity, row.records) for row in preview.table(lines="relations").rows()] == [("activity", 1)]
    assert "come along" in repr(preview)

    twice.duplicates.merge("C-1", "C-2", fields={"name": "merged"}, reason="entered twice")
    one = twice.customers.get("C-1")
    assert (one.name, one.email, one.phone) == ("FRATELLI ROSSI & C. SNC", "info@rossi.example", "+390523123456")
    assert twice.customers.get("C-2")["id"] == one["id"]
    assert len(twice.customers.table()) == 21
    assert any(entry.reason == "entered twice" for entry in twice.customers.history("C-1"))

    twice.duplicates.unmerge("C-2", reason="two companies after all")
    assert (twice.customers.get("C-1").name, twice.customers.get("C-1").email) == ("F.lli Rossi S.n.c.", None)
    assert twice.customers.get("C-2").name == "FRATELLI ROSSI & C. SNC"
    assert len(twice.customers.table()) == 22


def test_a_later_change_stands_against_it(twice: Clientela) -> None:
    twice.duplicates.merge("C-1", "C-2")
    twice.customers.change("C-1", {"email": "office@rossi.example"})
    with pytest.raises(ClientelaError) as caught:
        twice.duplicates.unmerge("C-2")
    assert caught.value.code == "merge.changed_since"
    twice.duplicates.unmerge("C-2", keep_later=True)
    assert twice.customers.get("C-1").email == "office@rossi.example"


def test_refused(twice: Clientela, network: Clientela) -> None:
    with pytest.raises(ClientelaError) as caught:
        twice.duplicates.merge("C-1", "C-1")
    assert caught.value.code == "merge.same"
    with pytest.raises(ClientelaError) as caught:
        twice.duplicates.preview("C-1", "C-2", fields={"colour": "merged"})
    assert caught.value.code == "merge.field_unknown"
    with pytest.raises(ClientelaError) as caught:
        network.sign_in("u-neri").duplicates.of("C-1")
    assert caught.value.code == "record.not_found"
