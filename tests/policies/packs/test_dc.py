"""The District of Columbia beside the federal pack: three calls, five messages by consent, no visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

DC = Place(places.pack("us+dc"), region="US-DC")
CALL = contact("CALL")
TEXT = contact("SMS", consents=frozenset({"SMS"}))
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-05:00")


NOON = at("23T12:00:00")
CALLS = tuple(touch(at(f"{day}T10:00:00")) for day in (18, 19, 20))
TEXTS = tuple(touch(at(f"{day}T10:00:00"), "SMS", "SENT") for day in (18, 19, 20, 21, 22))


class TestEveryRule(places.EveryRule):
    place = DC
    examples = {
        "US-DC-VISIT": Example(contact("VISIT"), NOON),
        "US-DC-THIRDPARTY": Example(contact("CALL", relation="SPOUSE"), NOON),
        "US-DC-CONSENT-SMS": Example(contact("SMS"), NOON),
        "US-DC-CONSENT-EMAIL": Example(contact("EMAIL"), NOON),
        "US-DC-FREQ": Example(CALL, NOON, CALLS),
        "US-DC-FREQ-MESSAGES": Example(TEXT, NOON, TEXTS),
    }
    lifted_by = {"US-DC-CONSENT-SMS": "SMS", "US-DC-CONSENT-EMAIL": "EMAIL"}
    channels = {
        "US-DC-VISIT": "VISIT",
        "US-DC-CONSENT-SMS": "SMS",
        "US-DC-CONSENT-EMAIL": "EMAIL",
        "US-DC-FREQ": places.CALLS,
        "US-DC-FREQ-MESSAGES": places.MESSAGES,
    }
    purposes = {"US-DC-VISIT": "REMIND COLLECT NEGOTIATE LOCATE RELAY", "US-DC-THIRDPARTY": places.ALWAYS}
    relations = {"US-DC-THIRDPARTY": places.THIRD}
    either = "US-DC-THIRDPARTY"
    counted_by = {"US-DC-FREQ": "person", "US-DC-FREQ-MESSAGES": "debt"}
    known = "US-DC-FREQ"


class TestCounts:
    def test_three_calls_in_seven_days_to_a_person(self) -> None:
        verdict = DC.judge(CALL, NOON, CALLS)
        assert (cited(verdict), verdict.not_before) == (["US-DC-FREQ"], CALLS[0].at + WEEK)
        assert not DC.judge(CALL, CALLS[0].at + WEEK - SECOND, CALLS).allowed
        assert DC.judge(CALL, CALLS[0].at + WEEK, CALLS).allowed
        assert DC.judge(CALL, NOON, CALLS[1:]).allowed
        assert not DC.judge(replace(CALL, debt_ids=("d2",)), NOON, CALLS).allowed
        assert DC.judge(contact("LETTER"), NOON, CALLS).allowed

    def test_five_messages_in_seven_days_for_an_account(self) -> None:
        verdict = DC.judge(TEXT, NOON, TEXTS)
        assert (cited(verdict), verdict.not_before) == (["US-DC-FREQ-MESSAGES"], TEXTS[0].at + WEEK)
        assert DC.judge(TEXT, NOON, TEXTS[1:]).allowed
        assert DC.judge(replace(TEXT, debt_ids=("d2",)), NOON, TEXTS).allowed
        assert DC.judge(CALL, NOON, TEXTS).allowed


class TestBans:
    @pytest.mark.parametrize("channel", ["SMS", "EMAIL"])
    def test_messages_by_consent(self, channel: str) -> None:
        assert cited(DC.judge(contact(channel), NOON)) == [f"US-DC-CONSENT-{channel}"]
        assert DC.judge(contact(channel, consents=frozenset({channel})), NOON).allowed

    def test_no_visit_but_to_serve_process(self) -> None:
        assert cited(DC.judge(contact("VISIT"), NOON)) == ["US-DC-VISIT"]
        assert DC.judge(contact("VISIT", "LEGAL_NOTICE"), NOON).allowed

    def test_a_spouse_is_not_told(self) -> None:
        assert cited(DC.judge(contact("CALL", relation="SPOUSE"), NOON)) == ["US-DC-THIRDPARTY"]
        assert DC.judge(contact("CALL", relation="SPOUSE", discloses_debt=False), NOON).allowed
