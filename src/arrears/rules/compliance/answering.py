"""Contacts as lines of JSON in, verdicts as rows out: for `arrears permit`, and for the page that tries a contact.

One way for both, so that they cannot differ. Nothing is raised for what a line holds; see `told`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from arrears.rules.compliance import columns, told
from arrears.rules.compliance.facts import Verdict
from arrears.rules.compliance.packs import Pack
from arrears.rules.compliance.told import Told

#: Lines judged at a time.
PIECE = 20_000


def answers(lines: Iterable[bytes], law: Pack) -> Iterator[dict[str, Any]]:
    """One row a line, in order; blank lines are none.

    returns : {"id", "allowed", "not_before", "reasons"} and, where guidance spoke, "advice"; docs/algorithms/gate.md
    """
    filled = (line for line in lines if line.strip())
    while piece := [told.read(line) for line in islice(filled, PIECE)]:
        verdicts = iter(columns.judge_many(law, [one.case for one in piece if one.case is not None]))
        for one in piece:
            yield _row(one, one.refusal if one.case is None else next(verdicts))


def _row(one: Told, verdict: Verdict) -> dict[str, Any]:
    advice = [reason.rule for reason in verdict.reasons if reason.nature == "guidance"]
    row: dict[str, Any] = {"id": one.line_id, "allowed": verdict.allowed, "not_before": None}
    if verdict.not_before is not None and one.case is not None:
        row["not_before"] = verdict.not_before.astimezone(one.case.at.tzinfo).isoformat()
    row["reasons"] = [reason.as_dict() for reason in verdict.reasons]
    return row | {"advice": advice} if advice else row
