"""``python -m clientela``: what a report of a fault must contain, a network to try, imports, checks, reasons.

Exit codes: 0 done, 1 refused or something found, 2 wrong arguments, 130 stopped by Ctrl-C. ``--json`` prints JSON, also of
a refusal, which goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import metadata
from typing import Any

from . import _native
from .errors import ClientelaError

_LIBRARIES = ("polars", "pandas", "pyarrow", "duckdb", "numpy", "matplotlib", "altair", "plotly", "tqdm")
_COUNTED = ("unit", "user", "customer", "vehicle", "contact", "consent", "activity", "opportunity", "offer", "campaign")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit code."""
    options = _parser().parse_args(arguments)
    run: dict[str, Callable[[argparse.Namespace], int]] = {
        "info": _info,
        "demo": _demo,
        "data-dictionary": _dictionary,
        "import": _import,
        "explain": _explain,
        "check": _check,
    }
    try:
        return run[options.command](options)
    except ClientelaError as error:
        refusal = {"code": error.code, "field": error.field, "message": str(error), "hint": error.hint}
        _print(options, refusal, f"{error.code}: {error}", stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clientela",
        description="A CRM that lives inside other programs.",
        epilog="Exit codes: 0 done, 1 refused or something found, 2 wrong arguments, 130 stopped by Ctrl-C.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="command", required=True)

    commands.add_parser("info", help="versions and processor, for a report")

    demo = commands.add_parser("demo", help="make a network to try things on")
    demo.add_argument("path", nargs="?", default="demo.clientela", help="the file to make (%(default)s)")
    demo.add_argument("--customers", type=int, default=2_000, help="how many (%(default)s)")
    demo.add_argument("--dealers", type=int, default=6, help="1 to 12 (%(default)s)")
    demo.add_argument("--seed", type=int, default=2026, help="another seed, another network (%(default)s)")
    demo.add_argument("--today", type=date.fromisoformat, help="the day the history ends before (today)")
    demo.add_argument("--messy-csv", metavar="FILE", help="also write a customers' list to practise importing on")

    dictionary = commands.add_parser("data-dictionary", help="every column of every entity")
    dictionary.add_argument("entity", nargs="?", help="only this entity")

    imported = commands.add_parser("import", help="say what would come of a file, or bring it in")
    _store(imported)
    imported.add_argument("file", help="a .csv, a .vcf or a .parquet file")
    imported.add_argument("--target", choices=("customer", "vehicle", "contact", "consent", "market_total"), default="customer")
    imported.add_argument("--default", metavar="FIELD=VALUE", action="append", default=[], help="where the file is empty")
    imported.add_argument("--customer", help="whom all rows belong to")
    imported.add_argument("--owner", help="title of the position that looks after new customers")
    imported.add_argument("--rejected", metavar="FILE", help="write the rejected rows with their reasons")
    imported.add_argument("--commit", action="store_true", help="bring the rows in; nothing is written without it")
    imported.add_argument("--note", help="why, for the journal")

    explain = commands.add_parser("explain", help="why a campaign reaches a customer or not")
    _store(explain)
    explain.add_argument("campaign", help="its code")
    explain.add_argument("customer", help="its number or id")

    check = commands.add_parser("check", help="check a store and its journal")
    _store(check)

    # The same switch after the command's name; not given there, it keeps what was given before it.
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    return parser


def _store(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", help="the store")
    command.add_argument("--user", required=True, help="who signs in")
    command.add_argument("--position", help="title of the position he acts in; his first when not given")


def _info(options: argparse.Namespace) -> int:
    facts: dict[str, str] = {
        "clientela": _native.version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        **{name: fact for name, fact in _native.build_info() if name != "system"},
    }
    for name in _LIBRARIES:
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    _print(options, facts, "\n".join(f"{name:<12}{fact}" for name, fact in facts.items()))
    return 0


def _demo(options: argparse.Namespace) -> int:
    from .demonstration import demo, messy_csv

    made = demo(
        options.path, customers=options.customers, dealers=options.dealers, seed=options.seed, today=options.today
    )
    with made as db:
        counts = {entity: len(db.table(entity, columns=["id"])) for entity in _COUNTED}
        logins = [row.login for row in db.table("user", columns=["login"], limit=12).rows()]
    if options.messy_csv is not None:
        messy_csv(options.messy_csv)
    facts = {"path": options.path, "records": counts, "users": logins, "messy_csv": options.messy_csv}
    lines = [f"{options.path}: " + ", ".join(f"{count:,} {entity}" for entity, count in counts.items())]
    lines.append(f"users: {', '.join(logins)}")
    lines.append(f"next: python -c \"import clientela as cl; print(cl.open({options.path!r}, user='admin').opportunities.funnel())\"")
    _print(options, facts, "\n".join(lines))
    return 0


def _dictionary(options: argparse.Namespace) -> int:
    from .table import unknown_name

    meanings = {name: (meaning, key) for name, meaning, key in _native.entities()}
    if options.entity is not None and options.entity not in meanings:
        raise unknown_name(options.entity, meanings, what="entity")
    tree: dict[str, dict[str, Any]] = {
        name: {"meaning": meaning, "key": key, "columns": []}
        for name, (meaning, key) in meanings.items()
        if options.entity in (None, name)
    }
    for entity, column, label, kind, words, nullable, personal, confidential, meaning in _native.dictionary():
        if entity in tree:
            tree[entity]["columns"].append(
                {
                    "name": column,
                    "label": label,
                    "type": kind,
                    "words": words,
                    "nullable": nullable,
                    "personal": personal,
                    "confidential": confidential,
                    "meaning": meaning,
                }
            )
    lines = []
    for entity, facts in tree.items():
        lines.append(f"\n{entity}: {facts['meaning']}")
        for line in facts["columns"]:
            marks = "".join(f" [{mark}]" for mark in ("personal", "confidential") if line[mark])
            choices = f" ({', '.join(line['words'])})" if line["words"] else ""
            lines.append(f"  {line['name']:<20} {line['type']}{choices}{marks}: {line['meaning']}")
    _print(options, tree, "\n".join(lines).lstrip("\n"))
    return 0


def _import(options: argparse.Namespace) -> int:
    from .errors import InvalidValue
    from .store import open

    defaults = {}
    for given in options.default:
        field, sign, value = given.partition("=")
        if not sign:
            raise InvalidValue(
                "a default has no equals sign; expected such as country=IT", code="argument.invalid", field="default"
            )
        defaults[field] = value
    with open(options.path, user=options.user, position=options.position) as db:
        if options.file.lower().endswith(".vcf"):
            plan = db.customers.import_cards(options.file, customer=options.customer)
        else:
            bring = db.customers.import_table if options.file.lower().endswith(".parquet") else db.customers.import_csv
            plan = bring(
                options.file, target=options.target, defaults=defaults, customer=options.customer, owner=options.owner
            )
        facts: dict[str, Any] = {"read": plan.read, "acceptable": plan.size, "mapping": plan.mapping}
        rejected, text = plan.rejected, repr(plan)
        if options.commit:
            report = plan.commit(note=options.note)
            facts.update(added=report.added, added_before=report.added_before)
            rejected, text = report.rejected, repr(report)
        if options.rejected is not None:
            plan.write_rejected(options.rejected)
    rows = [row._asdict() for row in rejected.rows()]
    facts["rejected"] = rows
    lines = [text, *(f"  {row['line']}: {row['field'] or 'row'}: {row['message']} ({row['code']})" for row in rows[:20])]
    lines += [f"  and {len(rows) - 20:,} more"] if len(rows) > 20 else []
    _print(options, facts, "\n".join(lines))
    return 1 if rows else 0


def _explain(options: argparse.Namespace) -> int:
    from .store import open

    with open(options.path, user=options.user, position=options.position, read_only=True) as db:
        why = db.campaigns.explain(options.campaign, customer=options.customer)
    _print(options, why.to_dict(), str(why))
    return 0


def _check(options: argparse.Namespace) -> int:
    from .store import open

    with open(options.path, user=options.user, position=options.position, read_only=True) as db:
        findings = db.check()
    _print(options, {"findings": findings}, "\n".join(findings) or "in order")
    return 1 if findings else 0


def _print(options: argparse.Namespace, tree: object, text: str, stream: Any = None) -> None:
    print(json.dumps(tree, indent=2, ensure_ascii=False) if options.json else text, file=stream or sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
