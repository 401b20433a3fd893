"""India: eight to seven for calls and visits by law, for every message by a draft that advises; no family."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

IN = Place(places.pack("in"), region="IN")
DEMANDS = "REMIND COLLECT NEGOTIATE LEGAL_NOTICE"


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+05:30")


NOON, EVENING = at("11-23T12:00:00"), at("11-23T19:00:00")


class TestEveryRule(places.EveryRule):
    place = IN
    examples = {
        "IN-RBI22-CONDUCT-THIRDPARTY": Example(contact("CALL", relation="KIN"), NOON),
        "IN-RBI22-CONDUCT-PRIVACY": Example(contact("CALL", "LOCATE", "KIN", discloses_debt=False), NOON),
        "IN-RBI22-CONDUCT-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON),
        "IN-RBI22-HOURS": Example(contact("CALL"), EVENING),
        "IN-RBI26-DRAFT-HOURS": Example(contact("CALL"), EVENING),
    }
    presumed = "IN-RBI22-CONDUCT-PRIVACY"
    advised = "IN-RBI26-DRAFT-HOURS"
    channels = {"IN-RBI22-HOURS": f"{places.CALLS} VISIT", "IN-RBI26-DRAFT-HOURS": places.TIMED}
    purposes = {**dict.fromkeys(examples, places.ALWAYS), "IN-RBI22-CONDUCT-THIRDPARTY": DEMANDS}
    purposes["IN-RBI22-CONDUCT-PRIVACY"] = "LOCATE RELAY"
    relations = {"IN-RBI22-CONDUCT-THIRDPARTY": places.THIRD, "IN-RBI22-CONDUCT-DISCLOSURE": places.THIRD}
    relations["IN-RBI22-CONDUCT-PRIVACY"] = places.THIRD
    either = "IN-RBI22-CONDUCT-THIRDPARTY IN-RBI22-CONDUCT-DISCLOSURE"
    known = "IN-RBI22-HOURS IN-RBI22-CONDUCT IN-RBI26-DRAFT IN-LIMIT"


HOURS = [
    ("11-23T07:59:59", "11-23T08:00:00"),
    ("11-23T08:00:00", None),
    ("11-23T18:59:59", None),
    ("11-23T19:00:00", "11-24T08:00:00"),
]


@pytest.mark.parametrize(("local", "opens"), HOURS)
@pytest.mark.parametrize("channel", ["CALL", "AI_CALL", "VISIT"])
def test_calls_and_visits_wait_for_the_morning(channel: str, local: str, opens: str | None) -> None:
    verdict = IN.judge(contact(channel), at(local))
    assert verdict.allowed is (opens is None)
    assert verdict.not_before == (opens and at(opens))


@pytest.mark.parametrize(("local", "opens"), HOURS)
@pytest.mark.parametrize("channel", places.MESSAGES.split())
def test_messages_are_advised_against(channel: str, local: str, opens: str | None) -> None:
    verdict = IN.judge(contact(channel), at(local))
    assert verdict.allowed
    assert cited(verdict) == (["IN-RBI26-DRAFT-HOURS"] if opens else [])


@pytest.mark.parametrize("relation", places.THIRD.split())
def test_a_third_party_is_neither_asked_nor_told(relation: str) -> None:
    silent = contact("CALL", relation=relation, discloses_debt=False)
    assert cited(IN.judge(silent, NOON)) == ["IN-RBI22-CONDUCT-THIRDPARTY"]
    assert IN.judge(silent, NOON).not_before is None
    for purpose in ("LOCATE", "RELAY"):
        asked = IN.judge(contact("CALL", purpose, relation, discloses_debt=False), NOON, status=["UNREACHABLE"])
        assert (cited(asked), asked.allowed, asked.not_before) == (["IN-RBI22-CONDUCT-PRIVACY"], False, None)
    assert cited(IN.judge(contact("CALL", "RESPOND", relation), NOON)) == ["IN-RBI22-CONDUCT-DISCLOSURE"]
    assert IN.judge(contact("CALL", "RESPOND", relation, discloses_debt=False), NOON).allowed
