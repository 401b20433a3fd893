"""`arrears bench gate`: verdicts a second, in the night's form and from file to file through `arrears permit`.

Contacts of a working day and its evening, each with up to four touches of the last fortnight; a fixed seed draws them.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from arrears.interfaces.cli import own_policies, permit
from arrears.interfaces.cli.benches import rows
from arrears.interfaces.cli.benches.rows import Row
from arrears.kernel import garbage
from arrears.rules.compliance import columns, reading, told
from arrears.rules.compliance.facts import Case
from arrears.rules.compliance.packs import Pack

CONTACTS = 100_000
SEED = 20_261_126
GOAL = 50_000
PACKS = ("cn+house", "us+ma")
SHANGHAI = timezone(timedelta(hours=8))
MORNING = datetime(2026, 11, 23, 6, tzinfo=SHANGHAI)
OUTCOMES = {"CALL": ("NO_ANSWER", "BUSY", "VOICEMAIL", "RIGHT_PARTY"), "SMS": ("SENT", "DELIVERED", "FAILED")}


def lines() -> list[bytes]:
    """The contacts as `arrears permit` reads them."""
    draw = random.Random(SEED)  # noqa: S311 (a book to measure, not a secret)
    return [json.dumps(_line(draw, number)).encode() for number in range(CONTACTS)]


def _line(draw: random.Random, number: int) -> dict[str, object]:
    at = MORNING + timedelta(minutes=draw.randrange(17 * 60))
    contact = {
        "at": at.isoformat(),
        "channel": draw.choice(("CALL", "SMS")),
        "initiated_by": "COLLECTOR",
        "purpose": draw.choice(("REMIND", "COLLECT")),
        "relation": "SELF",
        "contact_point_id": "c1",
        "debt_ids": ["d1"],
        "creditor_id": "k1",
        "discloses_debt": True,
        "staff_count": 1,
        "consents": [],
    }
    borrower = {"region": "CN-31", "timezone": "Asia/Shanghai", "dpd": draw.randrange(120), "status": []}
    history = [_touch(draw, at) for _ in range(draw.randrange(5))]
    return {"id": f"x{number}", "contact": contact, "borrower": borrower, "history": history}


def _touch(draw: random.Random, at: datetime) -> dict[str, object]:
    channel = draw.choice(tuple(OUTCOMES))
    return {
        "at": (at - timedelta(minutes=draw.randrange(14 * 24 * 60))).astimezone(UTC).isoformat(),
        "channel": channel,
        "initiated_by": "COLLECTOR",
        "relation": "SELF",
        "contact_point_id": draw.choice(("c1", "c2")),
        "debt_ids": ["d1"],
        "creditor_id": "k1",
        "outcome": draw.choice(OUTCOMES[channel]),
    }


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """As columns for each pack, and through the command for the first."""
    book = lines()
    cases = [one.case for one in map(told.read, book) if one.case is not None]
    size = f"{CONTACTS:,} contacts"
    found = []
    for pack in PACKS:
        law = reading.named(own_policies.folder(), pack)
        with garbage.uncollected():  # as in the night
            seconds = rows.median_seconds(partial(_judge, law, cases), runs)
        found.append(rows.at_least(name, size, pack, CONTACTS / seconds, "verdicts/s", GOAL))
    contacts, verdicts = folder / "contacts.jsonl", folder / "verdicts.jsonl"
    contacts.write_bytes(b"\n".join(book))
    seconds = rows.median_seconds(lambda: permit.command(PACKS[0], contacts, verdicts), runs)
    found.append(Row(name, size, "jsonl files", CONTACTS / seconds, "verdicts/s", "reported", True))
    return found


def _judge(law: Pack, cases: list[Case]) -> None:
    assert len(columns.judge_many(law, cases)) == CONTACTS
