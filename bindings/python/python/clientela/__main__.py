"""``python -m clientela``: what a report of a fault must contain, the data dictionary, a check of a store.

Exit codes: 0 done, 1 refused or something found, 2 wrong arguments. ``--json`` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any

from . import _native
from .errors import ClientelaError

_LIBRARIES = ("polars", "pandas", "pyarrow", "duckdb", "numpy", "matplotlib", "altair", "tqdm")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit code."""
    parser = argparse.ArgumentParser(prog="clientela", description="A CRM that lives inside other programs.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("info", help="versions, for a report")
    dictionary = commands.add_parser("data-dictionary", help="every column of every entity")
    dictionary.add_argument("entity", nargs="?", help="only this entity")
    check = commands.add_parser("check", help="check a store and its journal")
    check.add_argument("path")
    check.add_argument("--user", required=True, help="who signs in")
    # The same switch after the command's name; not given there, it keeps what was given before it.
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    options = parser.parse_args(arguments)
    run: dict[str, Callable[[argparse.Namespace], int]] = {
        "info": _info,
        "data-dictionary": _dictionary,
        "check": _check,
    }
    try:
        return run[options.command](options)
    except ClientelaError as error:
        _print(options, {"code": error.code, "message": str(error)}, f"{error.code}: {error}", stream=sys.stderr)
        return 1


def _info(options: argparse.Namespace) -> int:
    facts: dict[str, str] = {
        "clientela": _native.version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        **dict(_native.build_info()),
    }
    for name in _LIBRARIES:
        try:
            facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            facts[name] = "not installed"
    _print(options, facts, "\n".join(f"{name:<12}{fact}" for name, fact in facts.items()))
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


def _check(options: argparse.Namespace) -> int:
    from .store import open

    with open(options.path, user=options.user, read_only=True) as db:
        findings = db.check()
    _print(options, {"findings": findings}, "\n".join(findings) or "in order")
    return 1 if findings else 0


def _print(options: argparse.Namespace, tree: object, text: str, stream: Any = None) -> None:
    print(json.dumps(tree, indent=2, ensure_ascii=False) if options.json else text, file=stream or sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
