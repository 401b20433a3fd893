"""Judge again what was judged before: the same contact and past, by the law of its day and by today's.

Called by the compliance desk. It reads and judges; nothing is kept and nobody is contacted. A verdict is judged again
on exactly the facts it was given on, which stand beside it; what has become known since counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Q

from arrears.actions import contact_gate, house
from arrears.kernel.errors import Refusal
from arrears.records.compliance import queries
from arrears.records.compliance.queries import VerdictRow
from arrears.rules.compliance import judging, reading, told
from arrears.rules.compliance.facts import Case, Reason, Verdict
from arrears.rules.compliance.packs import Pack

#: How many of a lender's former policies are searched for the text that a verdict was given by, the latest first.
KEPT_MAX = 40


@dataclass(frozen=True)
class Under:
    """What a law says. law : its text by name; on : the day whose rules were taken; fault : why it says nothing

    is_same_text : it is to the letter the text that the verdict was given by
    since        : it would count contacts from there on, of which those before the verdict's own were not looked up
    """

    law: str
    on: date | None = None
    verdict: Verdict | None = None
    fault: str = ""
    is_same_text: bool = False
    since: datetime | None = None

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(reason.rule for reason in self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.verdict.reasons if self.verdict else ()


@dataclass(frozen=True)
class Rejudged:
    """stored : the verdict as it is on record. facts : what it was given on, as a line of `arrears permit`; None when
    it was given before that was kept, and then it is not judged again. since : how far back its past was looked up"""

    stored: VerdictRow
    facts: dict[str, Any] | None
    case: Case | None = None
    since: datetime | None = None
    then: Under | None = None
    now: Under | None = None

    @property
    def agrees(self) -> bool:
        """Does the law of its day say again what is on record?"""
        again = self.then.verdict if self.then else None
        if again is None:
            return False
        given = [reason.as_dict() for reason in again.reasons]
        return (again.allowed, again.not_before, given) == (
            *(self.stored.allowed, self.stored.not_before),
            self.stored.reasons,
        )


def rejudge(verdict_id: int, *, today: date, pack_name: str) -> Rejudged:
    """A verdict on record, and what it would be under the rules of its day, and under those of another.

    verdict_id : of one that the caller has accessed
    today     : whose rules are the other ones
    pack_name : of the packs that hold for this installation now, such as `cn+house`
    raises    : queries.NoSuchVerdict
    """
    stored = queries.verdict(verdict_id, within=Q())
    facts = queries.facts_of(verdict_id)
    row = json.loads(facts) if facts else None
    case = told.read(facts.encode()).case if facts else None
    if row is None or case is None:
        return Rejudged(stored, None)
    since, overruled = datetime.fromisoformat(row["since"]), frozenset(row.get("overruled", ()))
    then = _under(_of_that_day(stored.pack), case, since, overruled, stored)
    now = _under(_named(pack_name), case, since, overruled, stored, today)
    return Rejudged(stored, row, case, since, then, now)


def _of_that_day(name: str) -> Pack | Refusal:
    """The text that a verdict names, from among those that are kept; else today's text of the same packs."""
    pack_id = name.partition("@")[0]
    live = _named(pack_id)
    if isinstance(live, Pack) and live.name == name:
        return live
    for folder in _kept_folders():
        pack = _named(pack_id, folder)
        if isinstance(pack, Pack) and pack.name == name:
            return pack
    return live


def _kept_folders() -> Iterator[Path]:
    """The policies that were in force here before, the latest first."""
    kept = [path for path in (house.here().home / "cache" / "policies").glob("*") if path.is_dir()]
    yield from sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)[:KEPT_MAX]


def _named(pack_name: str, folder: Path | None = None) -> Pack | Refusal:
    try:
        return reading.named(folder or house.policies_in_force(), pack_name)
    except Refusal as wrong:
        return wrong


def _under(
    pack: Pack | Refusal,
    case: Case,
    since: datetime,
    overruled: frozenset[str],
    stored: VerdictRow,
    on: date | None = None,
) -> Under:
    """on : whose rules are taken as if they had always been; None = each moment's own"""
    if isinstance(pack, Refusal):
        return Under(stored.pack if on is None else "", on, fault=str(pack))
    law = (pack if on is None else pack.as_if_always(on)).with_guidance_held(overruled)
    reaches = contact_gate.looks_back_to(law, case.at, relations=frozenset({case.contact.relation}))
    return Under(
        law=pack.name,
        on=on or contact_gate.local_on(pack, region="", timezone="", at=case.at),
        verdict=judging.judge(law, case.contact, case.borrower, case.history, at=case.at),
        is_same_text=pack.name == stored.pack,
        since=reaches if reaches < since else None,
    )
