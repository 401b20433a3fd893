"""Strategy tables of public systems, written as DMN and decided by `arrears decide`, file to file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.decisions.tables import dmn

from arrears.interfaces.cli import decide

LISTS = '<itemDefinition name="tTexts" isCollection="true"><typeRef>string</typeRef></itemDefinition>'


def decided(logic: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The result of each row."""
    with tempfile.TemporaryDirectory() as folder:
        table, given, out = (Path(folder) / name for name in ("t.dmn", "rows.jsonl", "out.jsonl"))
        table.write_text(dmn.definitions({"Answer": logic}, types, LISTS), encoding="utf-8")
        given.write_text("".join(json.dumps(row, default=float) + "\n" for row in rows), encoding="utf-8")
        decide.command(table=table, rows_from=given, results_to=out)
        return [json.loads(line)["result"] for line in out.read_text(encoding="utf-8").splitlines()]


def next_best_action(case: dict[str, Any]) -> list[tuple]:
    """Zotta: a hold or an offer by flag comes before anything; then days past due, contact, and broken promises."""
    flagged = [
        ("do_not_contact", "HOLD_DO_NOT_CONTACT"),
        ("dispute", "HOLD_DISPUTE"),
        ("vulnerable", "HOLD_VULNERABILITY_REVIEW"),
        ("hardship", "OFFER_HARDSHIP_PLAN"),
    ]
    rules = [([f'list contains(?, "{flag}")', "-", "-", "-"], [f'"{action}"']) for flag, action in flagged]
    rules += [
        (["-", dpd, contacted, broken], [f'"{action}"'])
        for dpd, contacted, broken, action in (
            ("> 90", "-", "-", "ESCALATE_LEGAL"),
            ("(60..90]", "-", "-", "SEND_DEMAND_LETTER"),
            ("(30..60]", "-", "-", "ESCALATE_FIELD"),
            ("(10..30]", "-", ">= 3", "ESCALATE_SUPERVISOR"),
            ("(10..30]", "-", "-", "CALL_NOW"),
            ("-", "true", "-", "SEND_SMS_REMINDER"),
            ("-", "-", "-", "SEND_WHATSAPP_REMINDER"),
        )
    ]
    types = {"flags": "tTexts", "dpd": "number", "contacted_before": "boolean", "broken_promises": "number"}
    told = decided(dmn.table("FIRST", list(types), ["action"], rules), types, [v["in"] for v in case["vectors"]])
    return [(str(v["in"]), v["out"]["action"], ours) for v, ours in zip(case["vectors"], told, strict=True)]


#: Kill Bill's conditions: the fact of the account that each looks at, and the cell that says it.
CONDITIONS = {
    "n_unpaid_gte": ("n_unpaid", ">= {}".format),
    "total_gte": ("total", ">= {}".format),
    "days_since_oldest_gte": ("oldest_days", ">= {}".format),
    "last_failure_in": ("last_failure", lambda codes: ", ".join(f'"{code}"' for code in codes)),
    "has_tag": ("tags", 'list contains(?, "{}")'.format),
}
ACCOUNT = {
    "n_unpaid": "number",
    "total": "number",
    "oldest_days": "number",
    "last_failure": "string",
    "tags": "tTexts",
}


def entry_condition(case: dict[str, Any]) -> list[tuple]:
    """Kill Bill: an account enters when the condition's one cell holds."""
    found = []
    for vector in case["vectors"]:
        ((name, wanted),) = vector["in"]["condition"].items()
        fact, cell = CONDITIONS[name]
        logic = dmn.table("UNIQUE", [fact], [("match", "", "false")], [([cell(wanted)], ["true"])])
        (ours,) = decided(logic, {fact: ACCOUNT[fact]}, [vector["in"]["account"]])
        found.append((str(vector["in"]), vector["out"]["match"], ours))
    return found
