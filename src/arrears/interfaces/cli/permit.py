"""`arrears permit --pack us+ma --in contacts.jsonl --out verdicts.jsonl`: may these contacts be made, by whose law?

Stateless: each line brings its own history (docs/gate.md). One output line for each input line, in order; what cannot
be understood is refused by verdict, with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.interfaces.cli import json_rows, own_policies
from arrears.kernel.errors import InvalidInput
from arrears.rules.compliance import columns, reading, told
from arrears.rules.compliance.facts import Verdict
from arrears.rules.compliance.packs import Pack
from arrears.rules.compliance.told import Told

#: Lines judged at a time.
PIECE = 20_000


def command(
    pack: Annotated[str, typer.Option("--pack", help="whose rules: cn, us+ma, ca-on …; several joined by +")],
    contacts: Annotated[Path, typer.Option("--in", help="contacts with their histories, .jsonl")],
    verdicts: Annotated[Path, typer.Option("--out", help="verdicts, .jsonl")],
) -> None:
    """Judge contacts by the rules of a place, each with its own history."""
    law = reading.named(own_policies.folder(), pack)
    try:
        with contacts.open("rb") as lines:
            json_rows.write(verdicts, judged(lines, law))
    except OSError as wrong:
        raise InvalidInput(f"{wrong.filename or verdicts}: {wrong.strerror or wrong}") from None


def judged(lines: Iterable[bytes], law: Pack) -> Iterator[str]:
    """One verdict a line, as JSON; blank lines are none."""
    filled = (line for line in lines if line.strip())
    while piece := [told.read(line) for line in islice(filled, PIECE)]:
        verdicts = iter(columns.judge_many(law, [one.case for one in piece if one.case is not None]))
        for one in piece:
            yield _written(one, one.refusal if one.case is None else next(verdicts))


def _written(one: Told, verdict: Verdict) -> str:
    advice = [reason for reason in verdict.reasons if reason.nature == "guidance"]
    row: dict[str, Any] = {"id": one.line_id, "allowed": verdict.allowed, "not_before": None}
    if verdict.not_before is not None and one.case is not None:
        row["not_before"] = verdict.not_before.astimezone(one.case.at.tzinfo).isoformat()
    row["reasons"] = [reason.as_dict() for reason in verdict.reasons]
    if advice:
        row["advice"] = [reason.rule for reason in advice]
    try:
        return json.dumps(row, ensure_ascii=False).encode().decode()
    except UnicodeEncodeError:  # an id with half a character in it
        return json.dumps(row)
