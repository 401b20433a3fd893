"""Packs as a caller asks for them, the common ground with them: lines of JSON in, verdicts out, a few for every place.

The tests of single packs hold each rule at its edges; these hold that nothing is lost between a line and its verdict.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from arrears import policies
from arrears.rules.compliance import answering, reading

ZONES = {
    "cn": "Asia/Shanghai",
    "us": "America/New_York",
    "us+ma": "America/New_York",
    "us+nyc": "America/New_York",
    "us+dc": "America/New_York",
    "uk": "Europe/London",
    "eu": "Europe/Berlin",
    "in": "Asia/Kolkata",
    "hk": "Asia/Hong_Kong",
    "tw": "Asia/Taipei",
    "kr": "Asia/Seoul",
    "au": "Australia/Sydney",
    "id": "Asia/Jakarta",
    "ph": "Asia/Manila",
    "vn": "Asia/Ho_Chi_Minh",
    "jp": "Asia/Tokyo",
    "th": "Asia/Bangkok",
    "sg": "Asia/Singapore",
    "my": "Asia/Kuala_Lumpur",
    "za": "Africa/Johannesburg",
    "br": "America/Sao_Paulo",
    "mx": "America/Mexico_City",
    "ca-on": "America/Toronto",
    "ca-qc": "America/Toronto",
}
PLACES = sorted(ZONES)
OTHERS = ("SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER")
#: A Tuesday on which nobody rests.
DAY = "2026-11-24"


def moment(pack: str, local: str) -> datetime:
    return datetime.fromisoformat(local if "T" in local else f"{DAY}T{local}").replace(tzinfo=ZoneInfo(ZONES[pack]))


def before(pack: str, count: int, apart: timedelta, **told: Any) -> list[dict[str, Any]]:
    """So many contacts before noon, the last one `apart` before it."""
    plain = {"channel": "CALL", "initiated_by": "COLLECTOR", "relation": "SELF", "outcome": "NO_ANSWER"}
    plain |= {"contact_point_id": "c1", "debt_ids": ["d1"], "creditor_id": "k1"}  # type: ignore[dict-item]
    noon = moment(pack, "12:00:00")
    return [{**plain, "at": (noon - apart * number).isoformat(), **told} for number in range(1, count + 1)]


def verdict(
    pack: str, local: str = "12:00:00", history: Any = (), status: Any = (), borrower: Any = None, **told: Any
) -> dict[str, Any]:
    contact = {"at": moment(pack, local).isoformat(), "channel": "CALL", "initiated_by": "COLLECTOR"}
    contact |= {"purpose": "COLLECT", "relation": "SELF", "contact_point_id": "c1", "creditor_id": "k1"}
    contact |= {"debt_ids": ["d1"], "discloses_debt": True, "staff_count": 1, "consents": [], **told}  # type: ignore[dict-item]
    whom = {"timezone": ZONES[pack]} if borrower is None else dict(borrower)
    row = {
        "id": 1,
        "contact": contact,
        "borrower": {"dpd": 12, "status": list(status), **whom},
        "history": list(history),
    }
    [answer] = answering.answers([json.dumps(row).encode()], reading.named(policies.folder(), pack))
    return answer


def rules(answer: dict[str, Any]) -> list[str]:
    return [reason["rule"] for reason in answer["reasons"]]


@pytest.mark.parametrize("pack", PLACES)
class TestEverywhere:
    def test_the_borrower_is_rung_at_noon(self, pack: str) -> None:
        assert verdict(pack) == {"id": 1, "allowed": True, "not_before": None, "reasons": []}

    @pytest.mark.parametrize("relation", OTHERS)
    def test_nobody_else_is_told_or_asked_to_pay(self, pack: str, relation: str) -> None:
        for told in ({}, {"discloses_debt": False}, {"purpose": "RESPOND", "initiated_by": "BORROWER"}):
            answer = verdict(pack, relation=relation, **told)
            assert (answer["allowed"], answer["not_before"]) == (False, None), told

    def test_whom_to_leave_alone_and_whom_to_answer(self, pack: str) -> None:
        for status in ("SELF_HARM_RISK", "MINOR", "DECEASED", "DISPUTED", "BANKRUPT", "REPRESENTED", "CEASED"):
            answer = verdict(pack, status=[status])
            assert (answer["allowed"], answer["not_before"]) == (False, None), status
            assert verdict(pack, status=[status], purpose="RESPOND")["allowed"], status

    def test_what_nobody_knows_is_refused(self, pack: str) -> None:
        told = [{"channel": "PIGEON"}, {"purpose": ""}, {"relation": "NEIGHBOUR"}, {"at": f"{DAY}T12:00:00"}]
        for unknown in (*told, {"status": ["WHATEVER"]}, {"history": [{"channel": "CALL"}]}):
            assert all(rule.startswith("GATE-UNKNOWN-") for rule in rules(verdict(pack, **unknown))), unknown
            assert not verdict(pack, **unknown)["allowed"], unknown

    def test_at_three_in_the_morning_who_rings_us_is_answered_and_nobody_is_rung(self, pack: str) -> None:
        night = verdict(pack, "03:00:00")
        assert night["allowed"] is (pack == "au")  # whose hours are guidance
        assert night["reasons"]
        assert verdict(pack, "03:00:00", initiated_by="BORROWER", purpose="RESPOND")["reasons"] == []


DAYS, HALF_HOUR = timedelta(days=1), timedelta(minutes=30)


@pytest.mark.parametrize(
    ("pack", "rule", "most", "apart", "touch", "opens"),
    [
        ("cn", "CN-GBT45251-VOICE-3", 3, HALF_HOUR, {"outcome": "WRONG_PARTY"}, "2026-11-25T08:00:00"),
        ("cn", "CN-CBA26-ATTEMPT-6", 6, HALF_HOUR, {"outcome": "VOICEMAIL"}, "2026-11-25T08:00:00"),
        ("us", "US-REGF-14B-7IN7", 7, DAYS / 2, {}, "2026-11-28T08:00:00"),
        ("us+ma", "US-MA-FREQ", 2, DAYS, {"channel": "SMS", "outcome": "SENT"}, "2026-11-29T12:00:00"),
        ("us+nyc", "US-NYC-RULES", 3, DAYS, {"channel": "LETTER", "outcome": "SENT"}, "2026-11-28T12:00:00"),
        ("us+dc", "US-DC-FREQ", 3, DAYS, {}, "2026-11-28T12:00:00"),
        ("jp", "JP-JFSA-FREQ", 3, HALF_HOUR, {}, "2026-11-25T08:00:00"),
        ("kr", "KR-7IN7", 7, DAYS / 2, {"channel": "VISIT", "outcome": "MET"}, "2026-11-28T08:00:00"),
        ("vn", "VN-18-FREQ", 5, HALF_HOUR, {"channel": "APP", "outcome": "SENT"}, "2026-11-25T07:00:00"),
        ("th", "TH-DCA", 1, HALF_HOUR, {"channel": "SMS", "outcome": "SENT"}, "2026-11-25T08:00:00"),
    ],
)
def test_a_cap_is_reached_at_its_figure_and_counts_what_nobody_told(
    pack: str, rule: str, most: int, apart: timedelta, touch: dict[str, Any], opens: str
) -> None:
    past = before(pack, most, apart, **touch)
    assert rule not in rules(verdict(pack, history=past[1:]))
    full = verdict(pack, history=past)
    assert [(one["counted"], one["max"]) for one in full["reasons"] if one["rule"] == rule] == [(most, most)]
    assert not full["allowed"]
    assert datetime.fromisoformat(full["not_before"]) == moment(pack, opens)
    by_them = [{**one, "initiated_by": "BORROWER"} for one in past]
    assert rule not in rules(verdict(pack, history=by_them))
    for key in ("outcome", "relation", "contact_point_id", "debt_ids", "channel", "initiated_by"):
        untold = [{name: value for name, value in one.items() if name != key} for one in past]
        assert rule in rules(verdict(pack, history=untold)), key


@pytest.mark.parametrize(
    ("borrower", "local", "allowed"),
    [
        ({"region": "US-NYC"}, "08:00:00", True),
        ({"region": "US-NYC"}, "07:59:59", False),
        ({"region": "US-NY", "timezone": "America/Los_Angeles"}, "10:59:59", False),
        ({"region": "US-NY", "timezone": "America/Los_Angeles"}, "23:59:59", True),
        ({"region": "US-TX"}, "09:59:59", False),  # El Paso keeps mountain time
        ({"region": "US-TX"}, "10:00:00", True),
        ({"region": "US-NY", "timezone": 5}, "12:00:00", False),
        ({"region": "US"}, "12:59:59", False),
        ({}, "13:00:00", True),  # eight in Honolulu
        ({}, "21:00:00", False),
    ],
)
def test_whose_clock_it_is(borrower: dict[str, Any], local: str, allowed: bool) -> None:
    assert verdict("us+nyc", local, borrower=borrower)["allowed"] is allowed


def test_guidance_advises_and_never_refuses() -> None:
    answer = verdict("au", history=before("au", 3, DAYS, channel="SMS", outcome="DELIVERED"))
    assert (answer["allowed"], answer["not_before"], answer["advice"]) == (True, None, ["AU-RG96-FREQ"])
    assert "advice" not in verdict("au")


@pytest.mark.parametrize("pack", ["cn+us", "us+cn", "cn+uk+us", "cn"])
def test_a_law_begins_with_the_borrowers_day_in_whatever_order_packs_are_named(pack: str) -> None:
    """China's hours of 2025-02-28: half past midnight in Shanghai is the day before in New York and London."""
    begins = datetime.fromisoformat("2025-02-28T00:30:00+08:00")
    for at, is_law in ((begins, True), (begins - timedelta(hours=1), False)):
        line = {
            "id": "x",
            "contact": {"at": at.isoformat(), "channel": "CALL", "initiated_by": "COLLECTOR", "purpose": "COLLECT"}
            | {"relation": "SELF"},
            "borrower": {"timezone": "Asia/Shanghai", "status": []},
            "history": [],
        }
        law = reading.named(policies.folder(), pack)
        [answer] = answering.answers([json.dumps(line).encode()], law)
        assert ("CN-GBT45251-HOURS" in rules(answer)) is is_law, at
