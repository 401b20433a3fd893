"""The shipped packs of mainland China, one by one and composed, and contacts to judge by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from arrears import policies
from arrears.rules import regions
from arrears.rules.compliance import judging, reading
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Touch, Verdict
from arrears.rules.compliance.packs import Pack

REGIONS = regions.read(policies.folder() / "regions.toml")


def shipped(name: str) -> Pack:
    return reading.read(policies.folder() / "packs" / f"{name}.toml", region_zones=REGIONS)


CN, HOUSE, BASE = (shipped(name) for name in ("cn", "house", "base"))
ALL = Pack.composed([CN, HOUSE, BASE])

SHANGHAI = BorrowerFacts(region="CN-31")
SMS = ContactFacts(channel="SMS", purpose="REMIND", relation="SELF", contact_point_id="p1")
CALL = ContactFacts(channel="CALL", purpose="COLLECT", relation="SELF", contact_point_id="p1")
VISIT = ContactFacts(
    channel="VISIT", purpose="COLLECT", relation="SELF", staff_count=2, consents=frozenset({"VISIT_HOME"})
)
#: Asks a third party where the borrower is, and says nothing of a debt.
ASKS = ContactFacts(channel="CALL", purpose="LOCATE", relation="KIN", contact_point_id="k1", discloses_debt=False)
NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")
SECOND = timedelta(seconds=1)
THIRD_PARTIES = ("SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER")


def at(local: str, zone: str = "+08:00") -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}{zone}")


def while_(*statuses: str) -> BorrowerFacts:
    return replace(SHANGHAI, status=frozenset(statuses))


def judge(
    contact: ContactFacts,
    when: datetime = NOON,
    history: Sequence[Touch] = (),
    borrower: BorrowerFacts = SHANGHAI,
    pack: Pack = ALL,
) -> Verdict:
    return judging.judge(pack, contact, borrower, history, at=when)


def rules(verdict: Verdict) -> list[str]:
    return [reason.rule for reason in verdict.reasons]


def calls(count: int, outcome: str, *, channel: str = "CALL", point: str = "p1") -> list[Touch]:
    return [Touch(at(f"23T09:0{n}:00"), channel, outcome, contact_point_id=point) for n in range(count)]
