"""Importing files: planned, shown, committed, gone on with."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import pytest

import clientela
from clientela import Clientela
from clientela.pages import Outreach
from clientela.imports import Upsert

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
    assert (report.changed, report.unchanged, report.conflicting, report.rejected_rows) == (0, 0, 0, 2)
    assert report.reasons == plan.reasons == {"field.missing": 1, "vat_number.check_digit": 1}
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


def test_a_mapping_is_saved_and_found_again(network: Clientela, file: Path) -> None:
    seller = network.sign_in("u-rossi")
    with file.open(newline="", encoding="utf-8") as opened:
        headers, *rows = csv.reader(opened, delimiter=";")
    guess = seller.imports.guess(headers, rows)
    told = {row.header: row for row in guess.table().rows()}
    assert (told["Partita IVA"].target, told["Partita IVA"].confidence) == ("vat_number", "synonym")
    # A state can be a country too; its cells say that it is not.
    assert (told["Stato"].target, told["Stato"].confidence, told["Stato"].filled) == ("status", "content", 4)
    assert (guess.missing, guess.saved) == (["kind", "country"], None)
    network.imports.save_mapping("dms", {**guess.mapping, "Codice": "number", "Stato": "status", "Note": None}, upsert=Upsert(["number"]), **OPTIONS)  # type: ignore[arg-type]
    saved = seller.imports.mappings(target="customer")
    assert [(line["name"], line["options"]["words"]) for line in saved] == [("dms", {"status": {"attivo": "customer"}})]
    plan = seller.customers.import_csv(file, saved="dms")
    assert plan.size == 2
    network.imports.retire_mapping("dms")
    assert (len(seller.imports.mappings()), len(seller.imports.mappings(retired=True))) == (0, 1)


def test_rows_change_records_that_are_there(network: Clientela, file: Path, tmp_path: Path) -> None:
    seller = network.sign_in("u-rossi")
    seller.customers.import_csv(file, mapping=MAPPING, **OPTIONS).commit()  # type: ignore[arg-type]
    later = tmp_path / "later.csv"
    later.write_text("Codice;Ragione sociale;Città\nC-1;Autotrasporti Uno;Bobbio\nC-3;Autotrasporti Tre;\n", encoding="utf-8")
    mapping = {"Codice": "number", "Ragione sociale": "name", "Città": "locality"}
    assert seller.customers.import_csv(later, mapping=mapping, defaults=OPTIONS["defaults"]).size == 0  # type: ignore[arg-type]
    plan = seller.customers.import_csv(later, mapping=mapping, upsert=Upsert(["number"], clear=["locality"], conflicts="store"))
    assert (plan.size, plan.changed, plan.unchanged, plan.conflicting) == (2, 2, 0, 0)
    assert plan.commit().changed == 2
    assert (seller.customers.get("C-1").locality, seller.customers.get("C-3").locality) == ("Bobbio", None)
    assert seller.customers.get("C-1").status == "customer"
    runs = {line["id"]: line for line in seller.imports.runs(state="finished")}
    assert (len(runs), runs[str(plan.id)]["changed"], runs[str(plan.id)]["unchanged"]) == (2, 2, 0)
    assert seller.imports.revert(plan.id, reason="the wrong file") == (2, 0, 0)
    assert seller.customers.get("C-1").locality == "Piacenza"
    assert sorted(row.state for row in seller.imports.runs().table().rows()) == ["finished", "reverted"]


def test_what_is_written_out_comes_in_again(network: Clientela, file: Path, tmp_path: Path) -> None:
    seller = network.sign_in("u-rossi")
    seller.customers.import_csv(file, mapping=MAPPING, **OPTIONS).commit()  # type: ignore[arg-type]
    out = tmp_path / "customers.csv"
    report = seller.customers.export_csv(out, separator="semicolon", record_ids=True)
    assert report == (2, 0)
    with out.open(newline="", encoding="utf-8-sig") as written:
        rows = list(csv.DictReader(written, delimiter=";"))
    assert sorted((row["number"], row["name"]) for row in rows) == [("C-1", "Autotrasporti Uno"), ("C-3", "Autotrasporti Tre")]
    again = seller.customers.import_csv(out, upsert=Upsert(["record_id"]))
    assert again.commit().added == 2
    assert [line["unchanged"] for line in seller.imports.runs() if line["id"] == str(again.id)] == [2]
    # Nobody has said that he may be written to.
    mail = Outreach("marketing", "email")
    assert seller.customers.export_csv(tmp_path / "mail.csv", outreach=mail) == (0, 2)
    assert seller.customers.export_csv(tmp_path / "fleet.csv", target="vehicle", customer="C-1").rows == 0


def test_bytes_and_streams_come_in_and_rejected_rows_are_written_as_they_come(
    network: Clientela, tmp_path: Path
) -> None:
    pa = pytest.importorskip("pyarrow")
    seller = network.sign_in("u-rossi")
    rejected = tmp_path / "rejected.csv"
    plan = seller.customers.import_csv(DIRTY.encode(), mapping=MAPPING, **OPTIONS)  # type: ignore[arg-type]
    assert plan.commit(rejected=rejected).rejected_rows == 2
    assert rejected.read_text(encoding="utf-8-sig").count("vat_number.check_digit") == 1

    batches = (pa.record_batch({"number": [f"B-{at}"], "name": [f"Ditta {at}"]}) for at in range(3))
    stream = pa.RecordBatchReader.from_batches(pa.schema([("number", pa.string()), ("name", pa.string())]), batches)
    plan = seller.customers.import_table(stream, defaults=OPTIONS["defaults"])  # type: ignore[arg-type]
    assert (plan.read, plan.commit().added) == (3, 3)


def test_consents_are_written_out_and_found_again(network: Clientela, tmp_path: Path) -> None:
    seller = network.sign_in("u-rossi")
    seller.customers.create("Autotrasporti Uno", country="IT", number="C-1")
    table = "customer_number,purpose,channel,decision,basis,at\nC-1,marketing,email,granted,consent,2026-01-01T10:00:00Z\n"
    assert seller.customers.import_csv(table.encode(), target="consent").commit().added == 1
    out = tmp_path / "consents.csv"
    assert seller.customers.export_csv(out, target="consent").rows == 1
    again = seller.customers.import_csv(out, target="consent", upsert=Upsert(["at"]))
    assert (again.size, again.unchanged) == (1, 1)
