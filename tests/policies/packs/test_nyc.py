"""New York City beside the federal pack: three of any kind in seven days, none after an exchange, consent to texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

from arrears.rules.compliance import facts

NYC = Place(places.pack("us+nyc"), timezone="America/New_York")
LETTER, CALL = contact("LETTER"), contact("CALL")
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-05:00")


NOON = at("23T12:00:00")
THREE = (
    touch(at("18T10:00:00"), "CALL", "NO_ANSWER"),
    touch(at("19T10:00:00"), "EMAIL", "SENT"),
    touch(at("20T10:00:00"), "LETTER", "SENT"),
)


class TestEveryRule(places.EveryRule):
    place = NYC
    examples = {
        "US-NYC-RULES": Example(CALL, NOON, THREE),
        "US-NYC-RULES-EXCHANGE": Example(CALL, NOON, (touch(at("20T10:00:00"), "SMS", "REPLIED"),)),
        "US-NYC-RULES-CONSENT-SMS": Example(contact("SMS"), NOON),
        "US-NYC-RULES-CONSENT-EMAIL": Example(contact("EMAIL"), NOON),
    }
    lifted_by = {"US-NYC-RULES-CONSENT-SMS": "SMS", "US-NYC-RULES-CONSENT-EMAIL": "EMAIL"}
    channels = {"US-NYC-RULES-CONSENT-SMS": "SMS", "US-NYC-RULES-CONSENT-EMAIL": "EMAIL"}
    counted_by = {"US-NYC-RULES": "debt", "US-NYC-RULES-EXCHANGE": "debt"}
    uncounted = {"US-NYC-RULES-EXCHANGE": " ".join(facts.OUTCOMES - {"REPLIED", "RIGHT_PARTY", "MET"})}
    known = "US-NYC-RULES"


class TestThreeInSevenDays:
    @pytest.mark.parametrize("made", [CALL, LETTER, contact("VISIT"), contact("CHAT")])
    def test_of_any_kind(self, made) -> None:
        verdict = NYC.judge(made, NOON, THREE)
        assert (cited(verdict), verdict.not_before) == (["US-NYC-RULES"], THREE[0].at + WEEK)
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (3, 3)
        assert not NYC.judge(made, THREE[0].at + WEEK - SECOND, THREE).allowed
        assert NYC.judge(made, THREE[0].at + WEEK, THREE).allowed
        assert NYC.judge(made, NOON, THREE[1:]).allowed
        assert NYC.judge(replace(made, debt_ids=("d2",)), NOON, THREE).allowed


class TestAfterAnExchange:
    @pytest.mark.parametrize(
        ("channel", "outcome"),
        [("CALL", "RIGHT_PARTY"), ("VISIT", "MET"), ("SMS", "REPLIED"), ("EMAIL", "REPLIED"), ("CHAT", "RIGHT_PARTY")],
    )
    def test_seven_days_of_silence(self, channel: str, outcome: str) -> None:
        talk = touch(at("10T10:00:00"), channel, outcome)
        verdict = NYC.judge(LETTER, talk.at + WEEK - SECOND, [talk])
        assert (verdict.allowed, verdict.not_before) == (False, talk.at + WEEK)
        assert NYC.judge(LETTER, talk.at + WEEK, [talk]).allowed
        assert NYC.judge(replace(LETTER, purpose="RESPOND"), talk.at + SECOND, [talk]).allowed

    def test_also_when_they_rang(self) -> None:
        talk = touch(at("20T10:00:00"), "CALL", "RIGHT_PARTY", initiated_by="BORROWER")
        assert cited(NYC.judge(LETTER, NOON, [talk])) == ["US-NYC-RULES"]

    @pytest.mark.parametrize("channel", ["SMS", "EMAIL", "CHAT", "LETTER"])
    @pytest.mark.parametrize("outcome", ["REPLIED", "DELIVERED", "READ", ""])
    def test_also_when_they_wrote(self, channel: str, outcome: str) -> None:
        """As the books keep an answer to a message of ours: as a message of theirs."""
        wrote = touch(at("10T10:00:00"), channel, outcome, initiated_by="BORROWER")
        verdict = NYC.judge(LETTER, wrote.at + WEEK - SECOND, [wrote])
        assert (cited(verdict), verdict.not_before) == (["US-NYC-RULES-EXCHANGE"], wrote.at + WEEK)
        assert NYC.judge(LETTER, wrote.at + WEEK, [wrote]).allowed
        assert NYC.judge(replace(LETTER, purpose="RESPOND"), wrote.at + SECOND, [wrote]).allowed

    def test_what_they_wrote_is_none_of_our_three(self) -> None:
        wrote = touch(at("10T10:00:00"), "EMAIL", "DELIVERED", initiated_by="BORROWER")
        ours = [touch(moment.at - timedelta(days=7), "LETTER", "SENT") for moment in THREE[:2]]
        assert NYC.judge(LETTER, wrote.at + WEEK, [wrote, *ours]).allowed

    @pytest.mark.parametrize("outcome", ["SENT", "DELIVERED", "READ", "FAILED"])
    def test_a_message_without_reply_is_no_exchange(self, outcome: str) -> None:
        assert NYC.judge(LETTER, NOON, [touch(at("20T10:00:00"), "SMS", outcome)]).allowed


class TestConsent:
    @pytest.mark.parametrize("channel", ["SMS", "EMAIL"])
    def test_to_each_kind_of_message(self, channel: str) -> None:
        assert cited(NYC.judge(contact(channel), NOON)) == [f"US-NYC-RULES-CONSENT-{channel}"]
        assert NYC.judge(contact(channel, consents=frozenset({channel})), NOON).allowed
        assert NYC.judge(contact(channel, "RESPOND"), NOON).allowed
