"""Conditions and next actions of public systems as DMN tables, asked by `arrears decide`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.decisions.tables import dmn
from typer.testing import CliRunner

from arrears.interfaces.cli import main

FLAGS = ("do_not_contact", "dispute", "vulnerable", "hardship")
#: Which flag comes first, then by days; the bounds between the asserted days are the usual thirties.
ACTIONS = [
    (["true", "-", "-", "-", "-", "-", "-"], ['"HOLD_DO_NOT_CONTACT"']),
    (["-", "true", "-", "-", "-", "-", "-"], ['"HOLD_DISPUTE"']),
    (["-", "-", "true", "-", "-", "-", "-"], ['"HOLD_VULNERABILITY_REVIEW"']),
    (["-", "-", "-", "true", "-", "-", "-"], ['"OFFER_HARDSHIP_PLAN"']),
    (["-", "-", "-", "-", "<= 7", "false", "-"], ['"SEND_WHATSAPP_REMINDER"']),
    (["-", "-", "-", "-", "<= 7", "true", "-"], ['"SEND_SMS_REMINDER"']),
    (["-", "-", "-", "-", "(7..30]", "-", ">= 3"], ['"ESCALATE_SUPERVISOR"']),
    (["-", "-", "-", "-", "(7..30]", "-", "-"], ['"CALL_NOW"']),
    (["-", "-", "-", "-", "(30..60]", "-", "-"], ['"ESCALATE_FIELD"']),
    (["-", "-", "-", "-", "(60..90]", "-", "-"], ['"SEND_DEMAND_LETTER"']),
    (["-", "-", "-", "-", "> 90", "-", "-"], ['"ESCALATE_LEGAL"']),
]


def decide(logic: str, inputs: dict[str, str], row: dict[str, Any]) -> Any:
    """The result of one row, from files."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "t.dmn").write_text(dmn.definitions({"Answer": logic}, inputs), encoding="utf-8")
        (folder / "in.jsonl").write_text(json.dumps(row, default=str) + "\n", encoding="utf-8")
        files = ["--table", folder / "t.dmn", "--in", folder / "in.jsonl", "--out", folder / "out.jsonl"]
        done = CliRunner().invoke(main.app, ["decide", *map(str, files)])
        assert done.exception is None, done.exception
        return json.loads((folder / "out.jsonl").read_text(encoding="utf-8"))["result"]


def entry_conditions(case: dict[str, Any]) -> list[tuple]:
    """Kill Bill: each condition is a table of one rule; which tags an account has are columns of its row."""
    kinds = {
        "n_unpaid_gte": ("n_unpaid", "number", ">= {}"),
        "total_gte": ("total", "number", ">= {}"),
        "days_since_oldest_gte": ("oldest_days", "number", ">= {}"),
        "last_failure_in": ("last_failure", "string", "{}"),
        "has_tag": ("has_tag", "boolean", "true"),
    }
    found = []
    for vector in case["vectors"]:
        ((kind, wanted),) = vector["in"]["condition"].items()
        column, type_ref, test = kinds[kind]
        account = vector["in"]["account"]
        value = wanted in account["tags"] if kind == "has_tag" else account[column]
        words = ", ".join(f'"{word}"' for word in wanted) if isinstance(wanted, list) else wanted
        logic = dmn.table("UNIQUE", [column], ["match"], [([test.format(words)], ["true"])])
        ours = decide(logic, {column: type_ref}, {column: value}) is True
        found.append((str(vector["in"]), vector["out"]["match"], ours))
    return found


def next_best_action(case: dict[str, Any]) -> list[tuple]:
    """Zotta: a flag that forbids or helps comes before every action by days."""
    inputs = dict.fromkeys(FLAGS, "boolean") | {
        "dpd": "number",
        "contacted_before": "boolean",
        "broken_promises": "number",
    }
    logic = dmn.table("FIRST", list(inputs), ["action"], ACTIONS)
    found = []
    for vector in case["vectors"]:
        row = {**vector["in"], **{flag: flag in vector["in"]["flags"] for flag in FLAGS}}
        ours = decide(logic, inputs, {name: row[name] for name in inputs})
        found.append((str(vector["in"]), vector["out"]["action"], ours))
    return found
