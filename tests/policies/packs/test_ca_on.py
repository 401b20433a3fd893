"""Ontario: hours by weekday, Sunday and holiday; three contacts in seven days for a creditor after the first talk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

ON = Place(places.pack("ca-on"), timezone="America/Toronto")
TEXT, CALL = contact("SMS"), contact("CALL")
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}-05:00")


NOON = at("11-23T12:00:00")
TALK = touch(at("11-02T12:00:00"), outcome="RIGHT_PARTY")
THREE = (
    touch(at("11-18T10:00:00"), "CALL", "VOICEMAIL"),
    touch(at("11-19T10:00:00"), "SMS", "SENT"),
    touch(at("11-20T10:00:00"), "EMAIL", "DELIVERED"),
)


class TestEveryRule(places.EveryRule):
    place = ON
    third_parties_only = "CA-ON-HOURS CA-ON-HOURS-SUNDAY CA-ON-HOURS-HOLIDAY CA-ON-FREQ CA-ON-NOTICE"
    if_told = "CA-ON-NOTICE"
    examples = {
        "CA-ON-THIRDPARTY": Example(contact("CALL", relation="SPOUSE", discloses_debt=False), NOON),
        "CA-ON-THIRDPARTY-DISCLOSE": Example(contact("CALL", "LOCATE", "KIN"), NOON),
        "CA-ON-HOURS": Example(TEXT, at("11-23T21:00:00")),
        "CA-ON-HOURS-SUNDAY": Example(TEXT, at("11-22T17:00:00")),
        "CA-ON-HOURS-HOLIDAY": Example(TEXT, at("12-25T12:00:00")),
        "CA-ON-FREQ": Example(CALL, NOON, (TALK, *THREE)),
        "CA-ON-NOTICE": Example(contact("CALL", collector="AGENCY"), NOON),
    }
    lifted_by = {"CA-ON-THIRDPARTY": "THIRD_PARTY", "CA-ON-THIRDPARTY-DISCLOSE": "THIRD_PARTY"}
    channels = {"CA-ON-FREQ": places.TIMED, "CA-ON-NOTICE": "CALL AI_CALL SMS APP CHAT VISIT"}
    purposes = {
        "CA-ON-THIRDPARTY": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "CA-ON-THIRDPARTY-DISCLOSE": places.ALWAYS,
        "CA-ON-HOURS": places.ALWAYS,
        "CA-ON-HOURS-SUNDAY": places.ALWAYS,
        "CA-ON-HOURS-HOLIDAY": places.ALWAYS,
        "CA-ON-NOTICE": "REMIND COLLECT NEGOTIATE",
    }
    relations = {"CA-ON-NOTICE": "SELF", "CA-ON-THIRDPARTY": places.THIRD, "CA-ON-THIRDPARTY-DISCLOSE": places.THIRD}
    either = "CA-ON-THIRDPARTY CA-ON-THIRDPARTY-DISCLOSE"
    counted_by = {"CA-ON-FREQ": "creditor"}
    uncounted = {"CA-ON-FREQ": "NO_ANSWER BUSY FAILED NOT_MET WRONG_PLACE"}
    known = "CA-ON-FREQ CA-ON-NOTICE CA-ON-HOURS"


class TestHours:
    @pytest.mark.parametrize(
        ("local", "allowed"),
        [
            ("11-23T06:59:59", False),
            ("11-23T07:00:00", True),
            ("11-21T20:59:59", True),  # a Saturday
            ("11-21T21:00:00", False),
            ("11-22T12:59:59", False),  # a Sunday
            ("11-22T13:00:00", True),
            ("11-22T16:59:59", True),
            ("11-22T17:00:00", False),
            ("12-25T12:00:00", False),
            ("02-16T12:00:00", False),  # Family Day, a Monday
            ("11-11T12:00:00", True),  # Remembrance Day is no holiday in Ontario
        ],
    )
    @pytest.mark.parametrize("channel", ["CALL", "SMS", "EMAIL", "VISIT"])
    def test_the_edges(self, channel: str, local: str, allowed: bool) -> None:
        assert ON.judge(contact(channel), at(local)).allowed is allowed

    def test_a_letter_is_posted_within_them(self) -> None:
        assert cited(ON.judge(contact("LETTER"), at("12-25T12:00:00"))) == ["CA-ON-HOURS-HOLIDAY"]

    def test_saturday_night_waits_for_sunday_afternoon(self) -> None:
        assert ON.judge(TEXT, at("11-21T21:00:00")).not_before == at("11-22T13:00:00")

    def test_two_holidays_wait_for_the_sunday_after(self) -> None:
        christmas = ON.judge(TEXT, at("12-25T09:00:00"))  # a Friday; Boxing Day on Saturday
        assert (cited(christmas), christmas.not_before) == (["CA-ON-HOURS-HOLIDAY"], at("12-27T13:00:00"))

    def test_somewhere_in_the_province_both_clocks_bind(self) -> None:
        somewhere = Place(ON.pack, region="CA-ON")
        assert not somewhere.judge(TEXT, at("11-23T07:59:59")).allowed  # 06:59:59 in Kenora
        assert somewhere.judge(TEXT, at("11-23T08:00:00")).allowed


class TestThreeInSevenDays:
    def test_for_a_creditor_after_the_first_conversation(self) -> None:
        verdict = ON.judge(CALL, NOON, [TALK, *THREE])
        assert (cited(verdict), verdict.not_before) == (["CA-ON-FREQ"], THREE[0].at + WEEK)
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (3, 3)
        assert not ON.judge(CALL, THREE[0].at + WEEK - SECOND, [TALK, *THREE]).allowed
        assert ON.judge(CALL, THREE[0].at + WEEK, [TALK, *THREE]).allowed
        assert ON.judge(CALL, NOON, [TALK, *THREE[1:]]).allowed
        assert ON.judge(replace(CALL, creditor_id="k2"), NOON, [TALK, *THREE]).allowed
        assert not ON.judge(replace(CALL, debt_ids=("d2",)), NOON, [TALK, *THREE]).allowed

    def test_before_any_conversation_nothing_is_counted(self) -> None:
        assert ON.judge(CALL, NOON, THREE).allowed

    @pytest.mark.parametrize(
        ("channel", "outcome"), [("LETTER", "SENT"), ("CALL", "NO_ANSWER"), ("CALL", "BUSY"), ("VISIT", "NOT_MET")]
    )
    def test_letters_and_what_reached_nobody_are_no_contacts(self, channel: str, outcome: str) -> None:
        assert ON.judge(CALL, NOON, [TALK, *THREE[1:], touch(at("11-21T10:00:00"), channel, outcome)]).allowed

    @pytest.mark.parametrize("made", [contact("LETTER"), contact("CALL", "RESPOND")])
    def test_not_limited(self, made) -> None:
        assert ON.judge(made, NOON, [TALK, *THREE]).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_asked_where_the_debtor_is_and_nothing_else(self, relation: str) -> None:
        quiet = contact("CALL", relation=relation, discloses_debt=False)
        assert cited(ON.judge(quiet, NOON)) == ["CA-ON-THIRDPARTY"]
        assert ON.judge(replace(quiet, purpose="LOCATE"), NOON).allowed
        assert not ON.judge(contact("CALL", "LOCATE", relation), NOON).allowed


class TestTheNotice:
    """Six whole days of the debtor's lie between the notice and the first call."""

    CALL = contact("CALL", collector="AGENCY")
    SENT = touch(at("11-16T18:00:00"), "LETTER", "SENT")

    @pytest.mark.parametrize(("day", "allowed"), [("11-21", False), ("11-23", True)])
    def test_it_waits_six_whole_days(self, day: str, allowed: bool) -> None:
        assert ON.judge(self.CALL, at(f"{day}T13:30:00"), [self.SENT]).allowed is allowed

    def test_it_says_when_the_wait_is_over(self) -> None:
        verdict = ON.judge(self.CALL, at("11-18T13:30:00"), [self.SENT])
        assert cited(verdict) == ["CA-ON-NOTICE"]
        assert verdict.not_before == at("11-23T07:00:00")

    def test_without_a_notice_no_day_helps(self) -> None:
        verdict = ON.judge(self.CALL, NOON)
        assert (verdict.allowed, verdict.not_before, cited(verdict)) == (False, None, ["CA-ON-NOTICE"])

    @pytest.mark.parametrize(
        "told",
        [
            {"outcome": "FAILED"},
            {"outcome": ""},
            {"channel": "SMS"},
            {"initiated_by": "BORROWER"},
            {"relation": "SPOUSE"},
            {"creditor_id": "k2"},
        ],
    )
    def test_what_is_not_known_to_have_told_them_is_no_notice(self, told: dict[str, str]) -> None:
        assert "CA-ON-NOTICE" in cited(ON.judge(self.CALL, NOON, [replace(self.SENT, **told)]))

    def test_of_two_the_first_counts(self) -> None:
        again = touch(at("11-22T13:30:00"), "EMAIL", "DELIVERED")
        assert ON.judge(self.CALL, NOON, [again, self.SENT]).allowed

    def test_where_nobody_knows_the_zone_the_last_of_the_territory_binds(self) -> None:
        late = touch(at("11-17T00:30:00"), "LETTER", "SENT")  # still the 16th in Winnipeg
        wide = replace(ON, timezone="")
        assert wide.judge(self.CALL, at("11-23T12:00:00"), [late]).not_before == at("11-24T08:00:00")
