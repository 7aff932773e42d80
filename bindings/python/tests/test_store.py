"""A store from Python: a deal, tables, rights, refusals, and what a handle may not do."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import polars as pl
import pyarrow as pa
import pytest

import clientela
from clientela import Clientela, ClientelaError, Money, Record, Table, col


def test_a_deal_of_a_seller(network: Clientela, seller: Clientela) -> None:
    seller.customers.add_contact("C-1001", given_name="Mario", family_name="Rossi", role="fleet_manager")
    seller.customers.add_vehicle("C-1001", make="Marca", vin="VF6BA00A000000001", first_registration=date(2016, 5, 10))
    seller.customers.record_consent(
        "C-1001", purpose="marketing", channel="email", decision="granted", basis="consent"
    )
    opened = seller.opportunities.open(
        "C-1001", title="Fleet renewal", method="with-configurator", currency="EUR", number="O-3001", vehicles=3
    )
    assert opened.key == "O-3001"
    seller.opportunities.advance("O-3001", to="offer", note="wants three tractors")
    made = seller.offers.create(
        "O-3001",
        [
            {"product": "T480-4X2", "quantity": 3, "options": ["OPT-SLEEPER-XL", "OPT-RETARDER"]},
            {"product": "TRANSPORT", "quantity": Decimal(3)},
        ],
    )
    number = made.key
    assert number is not None
    assert seller.offers.get(number).net == Money("322500.00", "EUR")
    seller.offers.discount(number, percent=2, reason="three at once")
    offer = seller.offers.snapshot(number)
    assert (offer.offer.revision, offer.offer.net) == (2, Money("316050.00", "EUR"))
    assert [item.code for item in offer.items][:1] == ["T480-4X2"]
    with pytest.raises(clientela.ClientelaError) as caught:
        seller.offers.accept(number)
    assert caught.value.code == "offer.illegal_passage"
    seller.offers.issue(number)
    seller.offers.accept(number)
    won = seller.opportunities.win("O-3001", reason="price and delivery time")
    assert seller.opportunities.get("O-3001").state == "won"

    reached = network.sign_in("u-verdi").quotas.attainment("Trucks 2026")
    asked = network.sign_in("u-verdi").ask("quota_plan.attainment", plan="Trucks 2026")
    assert [Decimal(line["target"]) for line in asked] == [row.target for row in reached.table().rows()]
    rows = {(row.unit, row.position): row for row in reached.table().rows()}
    assert rows["D-0042", "Trucks Piacenza"].reached == Decimal(3)
    assert rows["D-0042", None].reached == Decimal(3)
    assert reached.explain(unit="D-0042", position="Trucks Piacenza").value("reached") == "3"
    with pytest.raises(clientela.NotFound):
        reached.explain(unit="nowhere")

    manager = network.sign_in("u-verdi")
    manager.campaigns.define(
        "SPRING",
        name="Spring service",
        purpose="marketing",
        channel="email",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        rule="customer.country == 'IT' && customer.fleet.exists(v, v.first_registration < today - years(5))",
    )
    plan = manager.campaigns.target("SPRING")
    assert (plan.size, plan.table().rows()[0].selected) == (1, True)
    assert plan.explain(customer="C-1001").mentions("campaign.selected")
    assert manager.campaigns.explain("SPRING", customer="C-1001").mentions("campaign.selected")
    plan.commit()
    assert manager.campaigns.get("SPRING").state == "active"

    history = seller.opportunities.history("O-3001")
    assert (history[-1].kind, history[-1].reason) == ("opportunity.win", "price and delivery time")
    assert [change.before for change in history[-1].changes if change.column == "state"] == ["open"]
    assert history[-1].command == won.id
    opportunity = seller.opportunities.get("O-3001").id
    assert seller.can("change", "opportunity", opportunity)
    assert not seller.can("administer", "opportunity", opportunity)
    assert seller.can("administer", "opportunity", opportunity).why.reason
    assert network.check() == []


def test_records_have_the_types_of_python(seller: Clientela) -> None:
    customer = seller.customers.get("C-1001")
    assert customer.name == customer["name"] == "Autotrasporti <Esempio> S.r.l."
    assert isinstance(customer.id, UUID)
    assert customer == seller.get("customer", customer.id)
    assert customer.version > 0
    again: Record = pickle.loads(pickle.dumps(customer))
    assert (again, again.version, hash(again)) == (customer, customer.version, hash(customer))
    assert "Esempio" not in repr(customer)
    assert "Esempio" not in customer._repr_html_()
    assert "Piacenza" in customer._repr_html_()
    with pytest.raises(AttributeError):
        customer.name = "x"
    with pytest.raises(clientela.NotFound, match="name"):
        customer["nam"]
    with pytest.raises(AttributeError):
        customer.nam  # noqa: B018


def test_every_entity_can_be_read_by_name(network: Clientela) -> None:
    from clientela import _native

    for entity, _, _ in _native.entities():
        rows = network.table(entity, limit=1).rows()
        key = rows[0].id if rows else UUID(int=1)
        try:
            assert str(network.get(entity, key).id) == str(key)
        except clientela.NotFound as missing:
            # Not "name.unknown": the binding knows every entity.
            assert missing.code == "record.not_found", entity


def test_tables_of_the_store_go_everywhere(network: Clientela, seller: Clientela) -> None:
    products = network.catalogue.table(where=col("kind") == "option", columns=["code", "name", "kind"])
    assert sorted(products.to_polars()["code"].to_list()) == ["OPT-RETARDER", "OPT-SLEEPER-XL"]
    assert products.entity == "product"
    prices = network.table("price")
    assert prices.to_arrow().schema.field("amount").type == pa.decimal128(38, 2)
    assert duckdb.sql("select max(amount) from prices").fetchall() == [(Decimal("98500.00"),)]  # type: ignore[union-attr]
    assert isinstance(prices.to_polars()["amount"].dtype, pl.Decimal)
    described = {row.column: row for row in seller.customers.table().describe().rows()}
    assert described["name"].personal
    assert described["amount"].currency == "EUR" if "amount" in described else True
    assert "Esempio" not in seller.customers.table()._repr_html_()
    assert "&lt;Esempio&gt;" in seller.customers.table().reveal()._repr_html_()


def test_filters_in_both_spellings_agree(network: Clientela) -> None:
    text = network.catalogue.table(where="kind in ['option', 'transport']")
    built = network.catalogue.table(where=col("kind").is_in(["option", "transport"]))
    assert text.rows() == built.rows()
    assert 0 < len(text) < len(network.catalogue.table())
    assert len(network.table("price", where=col("amount") > Money("0", "EUR"))) == len(network.table("price"))
    assert len(network.table("price", where=col("amount") > Money("0", "CHF"))) == 0
    assert len(network.table("price", where=col("amount").between(Money("98500", "EUR"), Money("98500.00", "EUR")))) == 1
    dated = network.table("price_list", where=col("valid_from") >= date(2026, 1, 1))
    assert len(dated) == 1


def test_a_table_as_of_a_moment(network: Clientela) -> None:
    before = network.now
    network.set_clock(before + timedelta(days=2))
    network.catalogue.define_product("NEW", name="New", kind="option")

    def codes(as_of: datetime | date | str | None = None) -> set[str]:
        return {row.code for row in network.catalogue.table(as_of=as_of).rows()}

    assert "NEW" in codes()
    assert "NEW" not in codes(as_of=before + timedelta(days=1))
    assert "NEW" not in codes(as_of="2026-03-05")
    assert "NEW" in codes(as_of=date(2026, 3, 6))


class Kind(StrEnum):
    OPTION = "option"


def test_commands_take_exact_values_only(network: Clientela) -> None:
    network.execute({"command": "product.define", "code": "X-1", "name": "X", "kind": Kind.OPTION})
    network.catalogue.define_price_list(
        "X", name="X", currency="EUR", valid_from=date(2026, 1, 1), prices={"X-1": Money("10.10", "EUR")}
    )
    line = {"product": "X-1", "from_quantity": Decimal("1E+1"), "amount": Money("9.90", "EUR")}
    network.execute(
        {"command": "price_list.define", "code": "Y", "name": "Y", "currency": "EUR", "valid_from": "2026-01-01", "prices": [line]}
    )
    assert [row.from_quantity for row in network.table("price", where="from_quantity > 1").rows()] == [Decimal(10)]
    refused: list[tuple[Mapping[str, Any], str, str]] = [
        ({"command": "x", "prices": [{"amount": 9.9}]}, "argument.float", "prices[0].amount"),
        ({"command": "x", "at": datetime(2026, 1, 1)}, "argument.naive_datetime", "at"),
        ({"command": "x", "a": {1: 2}}, "argument.type", "a key of a mapping"),
        ({"command": "x", "a": object()}, "argument.type", "a"),
        ({"command": "x", "a": 2**70}, "argument.range", "a"),
        ({"command": "x", "a": Decimal("NaN")}, "argument.range", "a"),
        ({"command": "x", "a": "\ud800"}, "argument.range", "a"),
    ]
    for command, code, field in refused:
        with pytest.raises(ClientelaError) as caught:
            network.execute(command)
        assert (caught.value.code, caught.value.field) == (code, field)
    deep: dict[str, Any] = {"command": "x"}
    for _ in range(40):
        deep = {"command": "x", "a": deep}
    with pytest.raises(ClientelaError):
        network.execute(deep)
    with pytest.raises(ClientelaError) as caught:
        network.execute({"command": "nothing.known"})
    assert caught.value.code == "command.unreadable"


def test_refusals_are_exceptions_of_their_class(network: Clientela, seller: Clientela, tmp_path: Path) -> None:
    cases: list[tuple[Any, type[ClientelaError], str]] = [
        (lambda: seller.customers.get("C-9"), clientela.NotFound, "record.not_found"),
        (lambda: network.table("custmer"), clientela.NotFound, "name.unknown"),
        (lambda: network.table("customer", columns=["nme"]), clientela.NotFound, "name.unknown"),
        (lambda: network.get("custmer", "1"), clientela.NotFound, "name.unknown"),
        (lambda: network.customers.table(where="nme == 'x'"), clientela.InvalidValue, "rule.invalid"),
        (lambda: network.customers.table(columns="name"), clientela.WrongType, "argument.type"),
        (lambda: network.customers.table(limit=-1), clientela.InvalidValue, "argument.range"),
        (lambda: network.customers.table(as_of="yesterday"), clientela.InvalidValue, "argument.invalid"),
        (lambda: network.customers.table(as_of=datetime(2026, 1, 1)), clientela.InvalidValue, "argument.naive_datetime"),
        (lambda: seller.customers.create("E", country="IT", vat_number="00743110157"), clientela.AlreadyExists, "customer.duplicate"),
        (lambda: seller.catalogue.define_product("Z", name="Z", kind="option"), clientela.NotAllowed, "access.not_allowed"),
        (lambda: clientela.open(tmp_path / "none", user="admin"), clientela.NotFound, "store.not_found"),
        (lambda: network.sign_in("nobody"), ClientelaError, "session.unknown_user"),
        (lambda: network.receipt(UUID(int=1)), clientela.NotFound, "record.not_found"),
        (lambda: network.receipt("x"), clientela.InvalidValue, "id.malformed"),
        (lambda: Clientela(), clientela.WrongType, "argument.type"),
    ]
    for call, kind, code in cases:
        with pytest.raises(kind) as caught:
            call()
        assert caught.value.code == code
        assert "Esempio" not in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).code == code
    with pytest.raises(clientela.AlreadyExists) as caught_twice:
        seller.customers.create("E", country="IT", vat_number="00743110157")
    assert caught_twice.value.entity == seller.customers.get("C-1001").id


def test_a_change_made_meanwhile_is_noticed(seller: Clientela) -> None:
    read = seller.customers.snapshot("C-1001")
    seller.customers.change("C-1001", {"locality": "Parma", "region": "PR", "source": "trade fair"})
    with pytest.raises(clientela.Conflict):
        seller.customers.change("C-1001", {"source": "web"}, version=read.version)
    seller.customers.change("C-1001", {"region": None}, version=seller.customers.get("C-1001").version)
    assert (seller.customers.get("C-1001").locality, seller.customers.get("C-1001").region) == ("Parma", None)
    assert [found.number for found in seller.customers.find(vat_number="IT 00743110157")] == ["C-1001"]


def test_receipts_are_values_and_say_why(seller: Clientela) -> None:
    receipt = seller.opportunities.open("C-1001", title="T", method="with-configurator", currency="EUR", number="O-1")
    assert pickle.loads(pickle.dumps(receipt)) == receipt
    assert receipt.why.reason
    assert repr(receipt).startswith("<Receipt of opportunity.open: opportunity O-1")
    assert receipt.id_of("opportunity") == seller.opportunities.get("O-1").id
    assert "opportunity" in receipt._repr_html_()


def test_a_handle_is_closed_once_and_for_all(network: Clientela, seller: Clientela) -> None:
    assert "admin" in repr(network)
    network.close()
    network.close()
    assert network.closed
    assert repr(network) == "<Clientela, closed>"
    tries: list[Any] = [lambda: network.table("customer"), lambda: seller.table("customer"), lambda: network.now]
    for use in tries:
        with pytest.raises(clientela.InvalidState) as caught:
            use()
        assert caught.value.code == "store.closed"


def test_a_handle_is_not_pickled(network: Clientela) -> None:
    with pytest.raises(clientela.WrongType, match="send its path") as caught:
        pickle.dumps(network)
    assert caught.value.code == "store.not_picklable"


def test_many_threads_share_a_handle(network: Clientela) -> None:
    def work(number: int) -> int:
        network.catalogue.define_product(f"P-{number}", name="P", kind="option")
        return len(network.catalogue.table(where=col("code") == f"P-{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(24))) == [1] * 24
    assert threading.active_count() >= 1


def _use(db: Clientela, outbox: Any) -> None:
    try:
        db.table("unit")
    except clientela.InvalidState as refused:
        outbox.put((refused.code, str(refused), repr(db)))
        # Tables and values go on.
        outbox.put(Table.from_({"a": [1]}).rows()[0].a)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_is_told_what_to_do(network: Clientela) -> None:
    context = multiprocessing.get_context("fork")
    outbox = context.Queue()
    child = context.Process(target=_use, args=(network, outbox))
    child.start()
    code, sentence, shown = outbox.get(timeout=60)
    assert code == "store.forked"
    assert "spawn" in sentence
    assert "another process" in shown
    assert outbox.get(timeout=60) == 1
    child.join(timeout=60)
    assert child.exitcode == 0
    network.catalogue.define_product("AFTER", name="After the child", kind="option")
    assert network.check() == []


def _use_plans(plans: list[Any], outbox: Any) -> None:
    for use in (lambda plan: plan.size, lambda plan: repr(plan), lambda plan: plan.commit()):
        for plan in plans:
            try:
                use(plan)
            except clientela.InvalidState as refused:
                outbox.put(refused.code)
    plans.clear()
    outbox.put("cleared")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_plans_belong_to_the_process_that_made_them(network: Clientela, seller: Clientela) -> None:
    manager = network.sign_in("u-verdi")
    manager.campaigns.define(
        "SPRING", name="S", purpose="marketing", channel="email", first_day=date(2026, 1, 1), last_day=date(2026, 12, 31),
        rule="customer.country == 'IT'",
    )  # fmt: skip
    plans: list[Any] = [manager.campaigns.target("SPRING"), seller.customers.import_table([{"name": "A", "kind": "company", "country": "IT"}])]
    context = multiprocessing.get_context("fork")
    outbox = context.Queue()
    child = context.Process(target=_use_plans, args=(plans, outbox))
    child.start()
    said = [outbox.get(timeout=60)]
    while said[-1] != "cleared":
        said.append(outbox.get(timeout=60))
    child.join(timeout=60)
    assert (child.exitcode, said) == (0, ["store.forked"] * 6 + ["cleared"])
    assert plans[1].commit().added == 1
    assert network.check() == []


def test_a_plan_is_committed_by_somebody_with_a_note(network: Clientela, seller: Clientela) -> None:
    manager = network.sign_in("u-verdi")
    manager.campaigns.define(
        "SPRING", name="S", purpose="marketing", channel="email", first_day=date(2026, 1, 1), last_day=date(2026, 12, 31),
        rule="customer.country == 'IT'",
    )  # fmt: skip
    network.campaigns.target("SPRING").commit(by="u-verdi", note="agreed on 4 March")
    entry = manager.campaigns.history("SPRING")[-1]
    assert (entry.kind, entry.reason) == ("campaign.activate", "agreed on 4 March")
    verdi = {row.login: row.id for row in network.table("user", columns=["id", "login"]).rows()}["u-verdi"]
    assert str(entry.actor) == verdi
    plan = network.customers.import_table([{"name": "A", "kind": "company", "country": "IT", "number": "C-77"}])
    assert plan.commit(by="u-rossi", note="from the fair").added == 1
    (made,) = seller.customers.history("C-77")
    assert (made.reason, made.kind) == ("from the fair", "import.chunk")


def test_anything_tabular_is_imported(seller: Clientela, tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Row:
        name: str
        number: str
        since: date
        kind: str = "company"

    sources: list[Any] = [
        [Row('Rossi "Trasporti", S.n.c.', "N-1", date(2020, 2, 1))],
        {"name": ["Due"], "number": ["N-2"], "kind": ["company"], "since": [date(2020, 2, 2)]},
        pl.DataFrame({"name": ["Tre"], "number": ["N-3"], "kind": ["company"], "since": [date(2020, 2, 3)]}),
        pa.table({"Ragione sociale": ["Quattro"], "Cod. cliente": ["N-4"], "kind": ["company"], "since": ["2020-02-04"]}),
        Table.from_([{"name": "=5", "number": "N-5", "kind": "company", "since": None}]),
    ]
    frame = tmp_path / "six.parquet"
    Table.from_([{"name": "Sei", "number": "N-6", "kind": "company", "since": date(2020, 2, 6)}]).write_parquet(frame)
    for source in [*sources, frame]:
        plan = seller.customers.import_table(source, defaults={"country": "IT"})
        assert (plan.size, len(plan.rejected)) == (1, 0), plan.rejected.rows()
        assert plan.commit(progress=False).added == 1
    rows = seller.customers.table(columns=["number", "name", "since"], where="number.startsWith('N-')").rows()
    assert sorted((row.number, row.name, row.since) for row in rows) == [
        ("N-1", 'Rossi "Trasporti", S.n.c.', date(2020, 2, 1)),
        ("N-2", "Due", date(2020, 2, 2)),
        ("N-3", "Tre", date(2020, 2, 3)),
        ("N-4", "Quattro", date(2020, 2, 4)),
        ("N-5", "=5", None),
        ("N-6", "Sei", date(2020, 2, 6)),
    ]
    # The same rows make the same plan: what is there already is not brought in twice.
    assert seller.customers.import_table(sources[1], defaults={"country": "IT"}).commit().added_before == 1
    wrong = seller.customers.import_table(
        {"name": ["X"], "kind": ["company"], "country": ["IT"], "vat_number": ["IT00743110158"]}
    )
    assert [(row.line, row.code) for row in wrong.rejected.rows()] == [(1, "vat_number.check_digit")]
    with pytest.raises(clientela.WrongType, match="an object with __arrow_c_stream__"):
        seller.customers.import_table(42)


def test_a_funnel_has_every_stage_and_is_shown(seller: Clientela) -> None:
    seller.opportunities.open(
        "C-1001", title="T", method="with-configurator", currency="EUR", number="O-1", amount=Money("10.50", "EUR")
    )
    seller.opportunities.open("C-1001", title="T", method="with-configurator", currency="EUR", number="O-2")
    seller.opportunities.advance("O-2", to="offer")
    seller.opportunities.open("C-1001", title="T", method="with-configurator", currency="EUR", number="O-3")
    seller.opportunities.lose("O-3", reason="price")
    funnel = seller.opportunities.funnel(method="with-configurator")
    assert [(stage.stage, stage.opportunities) for stage in funnel.stages][:1] == [("contact", 1)]
    assert sum(stage.opportunities for stage in funnel.stages) == 2
    assert funnel.stages[0].amounts == (Money("10.50", "EUR"),)
    assert repr(funnel).startswith("<Funnel: 2 open opportunities")
    assert funnel.table().rows()[0].amount == Decimal("10.50")
    with pytest.raises(clientela.NotFound):
        seller.opportunities.funnel(method="none")


def test_views_are_text_and_html_and_mask_what_is_personal(network: Clientela, seller: Clientela) -> None:
    rows = [{"name": name, "kind": "company", "country": "IT"} for name in ("Rossi Secret", "")]
    plan = seller.customers.import_table(rows)
    receipt = seller.opportunities.open("C-1001", title="T", method="with-configurator", currency="EUR")
    shown: list[Any] = [
        plan,
        plan.commit(),
        seller.customers.get("C-1001"),
        seller.customers.table(),
        receipt,
        receipt.why,
        seller.opportunities.funnel(),
        network.sign_in("u-verdi").quotas.attainment("Trucks 2026"),
    ]
    for thing in shown:
        bundle = thing._repr_mimebundle_()
        assert bundle["text/plain"] == repr(thing)
        assert bundle["text/html"] == thing._repr_html_()
        for text in bundle.values():
            assert "Esempio" not in text and "Secret" not in text, type(thing)
            assert "<script" not in text and "http" not in text


def test_copies_and_other_doors(network: Clientela, tmp_path: Path) -> None:
    network.backup(tmp_path / "copy.clientela")
    with clientela.open(tmp_path / "copy.clientela", user="u-verdi", read_only=True) as copy:
        assert len(copy.catalogue.table()) == len(network.catalogue.table())
        with pytest.raises(clientela.InvalidState):
            copy.set_clock(datetime.now(timezone.utc))
        assert copy.info["read_only"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clientela", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_the_command_line(network: Clientela, tmp_path: Path) -> None:
    info = json.loads(run("info", "--json").stdout)
    assert info["clientela"] == clientela.__version__
    assert info["polars"] != "not installed"
    assert "clientela" in run("info").stdout
    tree = json.loads(run("--json", "data-dictionary", "customer").stdout)
    assert {column["name"] for column in tree["customer"]["columns"] if column["personal"]} >= {"name", "vat_number"}
    assert "price_list:" in run("data-dictionary").stdout
    wrong = run("data-dictionary", "custmer")
    assert (wrong.returncode, "customer" in wrong.stderr) == (1, True)
    assert run("nothing").returncode == 2
    network.backup(tmp_path / "copy.clientela")
    checked = run("check", str(tmp_path / "copy.clientela"), "--user", "admin")
    assert (checked.returncode, checked.stdout) == (0, "in order\n")
    missing = run("check", str(tmp_path / "none"), "--user", "admin", "--json")
    assert json.loads(missing.stderr)["code"] == "store.not_found"


def test_quoting_messages_are_bytes(seller: Clientela) -> None:
    session = UUID("5e55105e-0000-4000-8000-000000000001")
    message = json.loads(seller.quoting.customer("C-1001", session=session, workstation="WS-07"))
    assert "C-1001" in json.dumps(message)
    answer = json.loads(seller.quoting.receive(b"not a message"))
    assert answer
    with pytest.raises(clientela.NotFound):
        seller.quoting.file("0" * 64)
