"""SajG's gate before a message, as a pack of our own kinds of rule: consent, pause, hours, a daily and a weekly cap."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from arrears.rules.compliance import judging, reading
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Touch
from arrears.rules.compliance.packs import Pack

CONTACT = {"channel": "SMS", "purpose": "REMIND", "relation": "SELF"}
STATUS = {"OPTED_OUT": "OPTED_OUT_SMS", "PAUSED": "STOPPED"}


def pack_of(settings: dict[str, Any]) -> Pack:
    """Without consent only a relation that is never contacted here may be: consent is what lifts that rule."""
    shared = {"media": ["SMS"], "nature": "hard", "author": "lender", "citation": "a public case", "text_zh": "案例",
              "text_en": "case", "effective": date(2000, 1, 1), "confidence": "own_choice"}  # fmt: skip
    cap = {"kind": "limit", "unit": "message", "scope": "person"}
    rules = [
        *({"id": reason, "kind": "ban", "while_status": [status]} for reason, status in STATUS.items()),
        {"id": "NO_CONSENT", "kind": "ban", "override": "SMS"},
        {"id": "QUIET_HOURS", "kind": "hours", "opens": time(settings["allowed_from_hour"]),
         "closes": time(settings["allowed_until_hour"])},
        {**cap, "id": "DAILY_CAP", "window": "calendar_day", "max": settings["max_per_local_day"]},
        {**cap, "id": "WEEKLY_CAP", "window": "rolling_days", "rolling_days": 7, "excluded": ["FAILED"],
         "max": settings["max_per_rolling_7d"]},
    ]  # fmt: skip
    head = {"id": "case", "version": "1", "title_zh": "案例", "title_en": "Case", "zones": [settings["timezone"]]}
    table = {"pack": head, "rules": [{**shared, **rule} for rule in rules]}
    return reading.parse(table, file="case", region_zones={})


def gate(case: dict[str, Any]) -> list[tuple]:
    """The verdict, and the first reason against."""
    pack, zone = pack_of(case["settings"]), case["settings"]["timezone"]
    found = []
    for vector in case["vectors"]:
        said, theirs = vector["in"], vector["out"]
        status = {"OPTED_OUT"} & {said["consent"]} | ({"PAUSED"} if said["paused"] else set())
        borrower = BorrowerFacts(timezone=zone, status=frozenset(STATUS[word] for word in status))
        consents = frozenset() if said["consent"] == "UNKNOWN" else frozenset({"SMS"})
        history = [
            Touch(datetime.fromisoformat(moment), "SMS", outcome)
            for key, outcome in (("sent_at", "SENT"), ("failed_at", "FAILED"))
            for moment in said[key]
        ]
        contact = ContactFacts(**CONTACT, consents=consents)
        verdict = judging.judge(pack, contact, borrower, history, at=datetime.fromisoformat(said["now"]))
        found.append((str(said), theirs["allowed"], verdict.allowed))
        if "reason" in theirs:
            found.append((str(said), theirs["reason"], verdict.reasons[0].rule if verdict.reasons else None))
    return found
