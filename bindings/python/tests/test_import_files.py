"""Importing files: planned, shown, committed, gone on with."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import pytest

import clientela
from clientela import Clientela

DIRTY = """Codice;Ragione sociale;Partita IVA;Città;Stato
C-1;Autotrasporti Uno;IT00743110157;Piacenza;attivo
C-2;Autotrasporti Due;IT00743110158;Lodi;attivo
C-3;Autotrasporti Tre;;Cremona;attivo
C-4;;;Parma;attivo
"""

MAPPING = {
    "Codice": "number",
    "Ragione sociale": "name",
    "Partita IVA": "vat_number",
    "Città": "locality",
    "Stato": "status",
}
OPTIONS = {"defaults": {"kind": "company", "country": "IT"}, "words": {"status": {"Attivo": "customer"}}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clienti.csv"
    path.write_text(DIRTY, encoding="utf-8")
    return path


def test_nothing_is_written_before_commit(network: Clientela, file: Path, tmp_path: Path) -> None:
    seller = network.sign_in("u-rossi")
    plan = seller.customers.import_csv(file, mapping=MAPPING, **OPTIONS)  # type: ignore[arg-type]
    assert (plan.read, plan.size, len(plan)) == (4, 2, 2)
    assert plan.mapping == MAPPING
    assert {(row.line, row.field) for row in plan.rejected.rows()} == {(3, "vat_number"), (5, "name")}
    assert "00743110158" not in str(plan.rejected.rows())
    assert plan.preview[0]["name"] == "Autotrasporti Uno"
    assert len(seller.customers.table()) == 0

    told: list[int] = []
    report = plan.commit(progress=lambda done, total, stage: told.append(done))
    assert (report.read, report.added, len(report.rejected)) == (4, 2, 2)
    assert told[-1] == 4
    assert seller.customers.get("C-1").status == "customer"

    again = seller.customers.import_csv(file, mapping=MAPPING, **OPTIONS)  # type: ignore[arg-type]
    assert again.id == plan.id
    assert again.commit().added_before == 2
    assert len(seller.customers.table()) == 2

    assert plan.write_rejected(tmp_path / "rejected.csv") == 2
    with (tmp_path / "rejected.csv").open(newline="", encoding="utf-8-sig") as rejected:
        rows = list(csv.reader(rejected, delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["C-2", "C-4"]


def test_a_mapping_is_guessed_and_shown(network: Clientela, file: Path) -> None:
    plan = network.sign_in("u-rossi").customers.import_csv(file, **OPTIONS)  # type: ignore[arg-type]
    assert plan.mapping["Partita IVA"] == "vat_number"
    assert "4 rows" in repr(plan)
    assert "Partita IVA" in plan._repr_html_()
    with pytest.raises(clientela.WrongType):
        pickle.dumps(plan)


def test_a_file_that_cannot_be_read_is_said(network: Clientela, tmp_path: Path) -> None:
    with pytest.raises(clientela.StorageError) as caught:
        network.customers.import_csv(tmp_path / "none.csv")
    assert caught.value.code == "import.file"


def test_cards_become_contacts(network: Clientela, tmp_path: Path) -> None:
    seller = network.sign_in("u-rossi")
    seller.customers.create("Autotrasporti Uno", country="IT", number="C-1")
    path = tmp_path / "contacts.vcf"
    path.write_bytes(
        b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Mario Rossi\r\nN:Rossi;Mario;;;\r\nEMAIL:m@esempio.example\r\nEND:VCARD\r\n"
    )
    report = seller.customers.import_cards(path, customer="C-1").commit()
    assert report.added == 1
    assert seller.customers.snapshot("C-1").contacts[0].family_name == "Rossi"
