"""Viet Nam: five reminders a day, from seven to nine, to nobody but who is liable."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

VN = Place(places.pack("vn"), region="VN")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+07:00")


NOON = at("23T12:00:00")
FIVE = tuple(
    touch(at(f"23T0{hour}:00:00"), channel, "SENT")
    for hour, channel in zip((7, 8, 8, 9, 9), ("SMS", "CALL", "APP", "CHAT", "AI_CALL"), strict=True)
)


class TestEveryRule(places.EveryRule):
    place = VN
    examples = {
        "VN-DCBIZ-BAN": Example(contact("CALL", collector="AGENCY"), NOON),
        "VN-18-FREQ-THIRDPARTY": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "VN-18-FREQ-DISCLOSURE": Example(contact("CALL", "RESPOND", "KIN"), NOON),
        "VN-18-FREQ-HOURS": Example(TEXT, at("23T21:00:00")),
        "VN-18-FREQ": Example(TEXT, NOON, FIVE),
    }
    purposes = {"VN-18-FREQ-DISCLOSURE": places.ALWAYS, "VN-18-FREQ-HOURS": places.ALWAYS}
    relations = {"VN-18-FREQ-THIRDPARTY": places.THIRD, "VN-18-FREQ-DISCLOSURE": places.THIRD}
    third_parties_only = if_told = "VN-DCBIZ-BAN"
    either = "VN-18-FREQ-DISCLOSURE"
    counted_by = {"VN-18-FREQ": "person"}
    known = "VN-18-FREQ VN-DCBIZ-BAN"


class TestHours:
    @pytest.mark.parametrize("channel", places.EVERY.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("06:59:59", False), ("07:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_seven_to_nine_on_any_day(self, channel: str, clock: str, allowed: bool) -> None:
        for day in range(23, 30):
            assert VN.judge(contact(channel), at(f"{day}T{clock}")).allowed is allowed

    def test_the_night_waits(self) -> None:
        assert VN.judge(TEXT, at("23T23:00:00")).not_before == at("24T07:00:00")


class TestCount:
    def test_five_reminders_a_day_by_whatever_way(self) -> None:
        verdict = VN.judge(TEXT, NOON, FIVE)
        assert (cited(verdict), verdict.not_before) == (["VN-18-FREQ"], at("24T07:00:00"))
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (5, 5)
        assert VN.judge(TEXT, NOON, FIVE[1:]).allowed

    @pytest.mark.parametrize(("channel", "outcome"), [("LETTER", "SENT"), ("VISIT", "MET")])
    def test_a_letter_and_a_visit_are_reminders_too(self, channel: str, outcome: str) -> None:
        assert cited(VN.judge(TEXT, NOON, [touch(at("23T10:00:00"), channel, outcome), *FIVE[1:]])) == ["VN-18-FREQ"]
        assert cited(VN.judge(contact(channel), NOON, FIVE)) == ["VN-18-FREQ"]

    def test_the_day_is_the_borrowers(self) -> None:
        late = [touch(at("22T23:59:59"), "SMS", "SENT"), *FIVE[1:]]
        assert VN.judge(TEXT, NOON, late).allowed
        assert not VN.judge(TEXT, NOON, [touch(at("23T00:00:00"), "SMS", "SENT"), *FIVE[1:]]).allowed

    def test_an_answer_is_no_reminder(self) -> None:
        assert VN.judge(contact("SMS", "RESPOND"), NOON, FIVE).allowed
        answer = touch(at("23T10:00:00"), "SMS", "SENT", purpose="RESPOND")
        assert VN.judge(TEXT, NOON, [answer, *FIVE[1:]]).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_who_does_not_owe_is_neither_asked_nor_told(self, relation: str) -> None:
        verdict = VN.judge(contact("CALL", "REMIND", relation, discloses_debt=False), NOON)
        assert (cited(verdict), verdict.not_before) == (["VN-18-FREQ-THIRDPARTY"], None)
        assert VN.judge(contact("CALL", "RESPOND", relation, discloses_debt=False), NOON).allowed
        assert not VN.judge(contact("CALL", "RESPOND", relation), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert VN.judge(contact("CALL", relation=relation), NOON).reasons == ()
