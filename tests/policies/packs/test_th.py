"""Thailand: from eight to eight, to six on weekends and holidays, once a day, and others are only asked the way."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

TH = Place(places.pack("th"), region="TH")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+07:00")


NOON = at("11-23T12:00:00")
ONE = (touch(at("11-23T09:00:00"), "SMS", "SENT"),)


class TestEveryRule(places.EveryRule):
    place = TH
    examples = {
        "TH-DCA-THIRDPARTY": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "TH-DCA-DISCLOSURE": Example(contact("CALL", "LOCATE", "KIN"), NOON),
        "TH-DCA-HOURS": Example(TEXT, at("11-23T20:00:00")),
        "TH-DCA-HOURS-HOLIDAY": Example(TEXT, at("12-10T18:00:00")),
        "TH-DCA": Example(TEXT, NOON, ONE),
    }
    lifted_by = {"TH-DCA-THIRDPARTY": "THIRD_PARTY", "TH-DCA-DISCLOSURE": "THIRD_PARTY"}
    channels = {"TH-DCA-HOURS": places.EVERY, "TH-DCA-HOURS-HOLIDAY": places.EVERY}
    purposes = {
        "TH-DCA-THIRDPARTY": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "TH-DCA-DISCLOSURE": places.ALWAYS,
        "TH-DCA-HOURS": places.ALWAYS,
        "TH-DCA-HOURS-HOLIDAY": places.ALWAYS,
    }
    relations = {"TH-DCA-THIRDPARTY": places.THIRD, "TH-DCA-DISCLOSURE": places.THIRD}
    either = "TH-DCA-DISCLOSURE"
    counted_by = {"TH-DCA": "person"}
    uncounted = {"TH-DCA": "NO_ANSWER BUSY FAILED NOT_MET WRONG_PLACE"}
    known = "TH-DCA"


class TestHours:
    @pytest.mark.parametrize("channel", places.EVERY.split())
    @pytest.mark.parametrize(
        ("clock", "rules"),
        [
            ("11-23T07:59:59", ["TH-DCA-HOURS"]),
            ("11-23T08:00:00", []),
            ("11-23T19:59:59", []),
            ("11-23T20:00:00", ["TH-DCA-HOURS"]),
            ("11-21T07:59:59", ["TH-DCA-HOURS-HOLIDAY"]),
            ("11-21T08:00:00", []),
            ("11-22T17:59:59", []),
            ("11-22T18:00:00", ["TH-DCA-HOURS-HOLIDAY"]),
            ("12-10T17:59:59", []),
            ("12-10T18:00:00", ["TH-DCA-HOURS-HOLIDAY"]),
        ],
    )
    def test_by_the_day(self, channel: str, clock: str, rules: list[str]) -> None:
        verdict = TH.judge(contact(channel), at(clock))
        assert (cited(verdict), verdict.allowed) == (rules, not rules)

    @pytest.mark.parametrize(
        ("moment", "until"), [("11-20T20:00:00", "11-21T08:00:00"), ("11-22T18:00:00", "11-23T08:00:00")]
    )
    def test_the_night_waits(self, moment: str, until: str) -> None:
        assert TH.judge(TEXT, at(moment)).not_before == at(until)


class TestCount:
    def test_once_a_day_by_whatever_way(self) -> None:
        for channel in ("CALL", "AI_CALL", "LETTER", "VISIT", *places.MESSAGES.split()):
            verdict = TH.judge(contact(channel), NOON, ONE)
            assert cited(verdict) == ["TH-DCA"]
            assert not verdict.allowed
        assert TH.judge(TEXT, NOON, ONE).not_before == at("11-24T08:00:00")

    def test_the_day_is_the_debtors(self) -> None:
        assert TH.judge(TEXT, NOON, [touch(at("11-22T23:59:59"), "SMS", "SENT")]).allowed
        assert not TH.judge(TEXT, NOON, [touch(at("11-23T00:00:00"), "SMS", "SENT")]).allowed

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "FAILED"])
    def test_who_was_not_reached_may_be_tried_again(self, outcome: str) -> None:
        assert TH.judge(TEXT, NOON, [touch(at("11-23T09:00:00"), outcome=outcome)]).allowed

    def test_an_answer_is_no_demand(self) -> None:
        assert TH.judge(contact("SMS", "RESPOND"), NOON, ONE).allowed
        assert TH.judge(TEXT, NOON, [touch(at("11-23T09:00:00"), "SMS", "SENT", purpose="RESPOND")]).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_are_asked_the_way_and_not_told(self, relation: str) -> None:
        asked = contact("CALL", "LOCATE", relation, discloses_debt=False)
        assert TH.judge(asked, NOON).allowed
        assert cited(TH.judge(contact("CALL", "LOCATE", relation), NOON)) == ["TH-DCA-DISCLOSURE"]
        relayed = TH.judge(contact("CALL", "RELAY", relation, discloses_debt=False), NOON)
        assert (cited(relayed), relayed.not_before) == (["TH-DCA-THIRDPARTY"], None)

    def test_whom_the_debtor_named_may_be_contacted(self) -> None:
        assert TH.judge(contact("CALL", relation="KIN", consents=frozenset({"THIRD_PARTY"})), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert TH.judge(contact("CALL", relation=relation), NOON).reasons == ()
