"""Taiwan: seven to ten at night unless the debtor agrees, and nobody who is not liable is asked."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

TW = Place(places.pack("tw"), region="TW")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+08:00")


NOON = at("11-23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = TW
    examples = {
        "TW-CONDUCT-THIRDPARTY": Example(contact("LETTER", relation="KIN"), NOON),
        "TW-CONDUCT-DISCLOSURE": Example(contact("LETTER", relation="KIN"), NOON),
        "TW-LOCATE": Example(contact("CALL", "LOCATE", "KIN", discloses_debt=False), NOON),
        "TW-HOURS": Example(contact("CALL"), at("11-23T22:00:00")),
    }
    lifted_by = {"TW-HOURS": "HOURS"}
    channels = {"TW-HOURS": places.EVERY}
    purposes = {"TW-CONDUCT-THIRDPARTY": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE", "TW-HOURS": places.ALWAYS}
    purposes |= {"TW-CONDUCT-DISCLOSURE": places.ALWAYS, "TW-LOCATE": "LOCATE"}
    relations = {"TW-LOCATE": places.THIRD} | {
        "TW-CONDUCT-THIRDPARTY": places.THIRD,
        "TW-CONDUCT-DISCLOSURE": places.THIRD,
    }
    either = "TW-CONDUCT-THIRDPARTY TW-CONDUCT-DISCLOSURE"
    known = "TW-HOURS TW-CONDUCT TW-NOTICE TW-RECORD TW-LIABILITY"


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("11-23T06:59:59", "11-23T07:00:00"),
        ("11-23T07:00:00", None),
        ("11-23T21:59:59", None),
        ("11-23T22:00:00", "11-24T07:00:00"),
    ],
)
@pytest.mark.parametrize("channel", places.EVERY.split())
def test_the_night_unless_the_debtor_agrees(channel: str, local: str, opens: str | None) -> None:
    verdict = TW.judge(contact(channel), at(local))
    assert verdict.allowed is (opens is None)
    assert verdict.not_before == (opens and at(opens))
    assert TW.judge(contact(channel, consents=frozenset({"HOURS"})), at(local)).allowed


def test_a_third_party_is_not_disturbed_and_a_guarantor_may_be_asked() -> None:
    for purpose in ("COLLECT", "RELAY", "LOCATE"):
        verdict = TW.judge(contact("CALL", purpose, "SPOUSE", discloses_debt=False), NOON, status=["UNREACHABLE"])
        assert cited(verdict) == ["TW-LOCATE" if purpose == "LOCATE" else "TW-CONDUCT-THIRDPARTY"]
    assert TW.judge(contact("CALL", relation="SPOUSE"), NOON).not_before is None
    assert TW.judge(contact("CALL", relation="GUARANTOR"), NOON).allowed
