"""Quebec: when a debtor may be contacted, whom else one may ask, and what he may wish in writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

QC = Place(places.pack("ca-qc"), timezone="America/Toronto")
TEXT, CALL = contact("SMS"), contact("CALL")
WHERE = contact("CALL", "LOCATE", "KIN", discloses_debt=False)


def at(local: str, zone: str = "-05:00") -> datetime:
    return datetime.fromisoformat(f"2026-{local}{zone}")


NOON = at("11-23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = QC
    examples = {
        "CA-QC-LAWYER": Example(contact("LETTER"), NOON, status=("REPRESENTED",)),
        "CA-QC-DISPUTE": Example(CALL, NOON, status=("DISPUTED",)),
        "CA-QC-WRITTEN": Example(contact("VISIT"), NOON, status=("OPTED_OUT_CALL",)),
        "CA-QC-THIRDPARTY": Example(contact("LETTER", relation="SPOUSE"), NOON),
        "CA-QC-THIRDPARTY-DISCLOSE": Example(contact("CALL", "LOCATE", "KIN"), NOON),
        "CA-QC-THIRDPARTY-ONCE": Example(
            WHERE, NOON, (touch(at("11-01T12:00:00"), outcome="CONNECTED", relation="KIN"),)
        ),
        "CA-QC-HOURS": Example(CALL, at("11-23T20:00:00")),
        "CA-QC-HOURS-SUNDAY": Example(CALL, at("11-22T12:00:00")),
        "CA-QC-HOURS-HOLIDAY": Example(CALL, at("12-25T12:00:00")),
        "CA-QC-NOTICE": Example(contact("CALL", collector="AGENCY"), NOON),
    }
    third_parties_only = if_told = "CA-QC-NOTICE"
    lifted_by = {"CA-QC-THIRDPARTY-DISCLOSE": "THIRD_PARTY"}
    channels = {
        **dict.fromkeys(["CA-QC-DISPUTE", "CA-QC-WRITTEN", "CA-QC-NOTICE"], "CALL AI_CALL VISIT"),
        **dict.fromkeys(["CA-QC-HOURS", "CA-QC-HOURS-SUNDAY", "CA-QC-HOURS-HOLIDAY"], places.EVERY),
    }
    purposes = {
        "CA-QC-THIRDPARTY": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "CA-QC-THIRDPARTY-DISCLOSE": places.ALWAYS,
        "CA-QC-THIRDPARTY-ONCE": "LOCATE",
        "CA-QC-HOURS": places.ALWAYS,
        "CA-QC-HOURS-SUNDAY": places.ALWAYS,
        "CA-QC-HOURS-HOLIDAY": places.ALWAYS,
        "CA-QC-NOTICE": "REMIND COLLECT NEGOTIATE",
    }
    relations = {
        **dict.fromkeys(["CA-QC-THIRDPARTY", "CA-QC-THIRDPARTY-DISCLOSE", "CA-QC-THIRDPARTY-ONCE"], places.THIRD),
        "CA-QC-NOTICE": "SELF",
    }
    either = "CA-QC-THIRDPARTY CA-QC-THIRDPARTY-DISCLOSE"
    counted_by = {"CA-QC-THIRDPARTY-ONCE": "contact_point"}
    uncounted = {"CA-QC-THIRDPARTY-ONCE": "NO_ANSWER BUSY FAILED NOT_MET"}
    known = "CA-QC-HOURS"


class TestHours:
    @pytest.mark.parametrize(
        ("local", "allowed"),
        [
            ("11-23T07:59:59", False),
            ("11-23T08:00:00", True),
            ("11-21T19:59:59", True),  # a Saturday
            ("11-21T20:00:00", False),
            ("11-22T12:00:00", False),  # a Sunday
            ("12-25T12:00:00", False),
        ],
    )
    @pytest.mark.parametrize("channel", places.EVERY.split())
    def test_of_talking_and_writing(self, channel: str, local: str, allowed: bool) -> None:
        assert QC.judge(contact(channel), at(local)).allowed is allowed

    def test_the_national_day_is_quebecs_own(self) -> None:
        day = at("06-24T12:00:00", "-04:00")
        assert cited(QC.judge(CALL, day)) == ["CA-QC-HOURS-HOLIDAY"]
        assert QC.judge(CALL, day).not_before == at("06-25T08:00:00", "-04:00")

    def test_saturday_night_waits_for_monday(self) -> None:
        assert QC.judge(CALL, at("11-21T20:00:00")).not_before == at("11-23T08:00:00")


class TestWishes:
    def test_writing_alone(self) -> None:
        assert not QC.judge(CALL, NOON, status=["OPTED_OUT_CALL"]).allowed
        assert QC.judge(TEXT, NOON, status=["OPTED_OUT_CALL"]).allowed

    def test_a_contested_debt_is_not_talked_about(self) -> None:
        assert not QC.judge(CALL, NOON, status=["DISPUTED"]).allowed
        assert QC.judge(contact("LETTER"), NOON, status=["DISPUTED"]).allowed

    def test_a_legal_adviser_is_contacted_instead(self) -> None:
        assert not QC.judge(contact("LETTER"), NOON, status=["REPRESENTED"]).allowed
        assert QC.judge(contact("LETTER", "RESPOND"), NOON, status=["REPRESENTED"]).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_asked_once_where_the_debtor_is(self, relation: str) -> None:
        where = replace(WHERE, relation=relation)
        assert QC.judge(where, NOON).allowed
        once = [touch(at("11-01T12:00:00"), outcome="CONNECTED", relation=relation)]
        assert cited(QC.judge(where, NOON, once)) == ["CA-QC-THIRDPARTY-ONCE"]
        assert QC.judge(replace(where, contact_point_id="c2"), NOON, once).allowed
        assert not QC.judge(replace(where, purpose="RELAY"), NOON).allowed


def test_a_letter_goes_first_and_talking_waits_five_whole_days() -> None:
    call, sent = contact("CALL", collector="AGENCY"), touch(at("11-17T18:00:00"), "LETTER", "SENT")
    assert cited(QC.judge(call, NOON)) == ["CA-QC-NOTICE"]
    assert QC.judge(call, at("11-20T12:00:00"), [sent]).not_before == at("11-23T08:00:00")
    assert QC.judge(call, NOON, [sent]).allowed
    assert not QC.judge(call, NOON, [replace(sent, channel="EMAIL")]).allowed
