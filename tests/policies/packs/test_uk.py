"""The United Kingdom: reasonable hours as we read them, breathing space, disputes, the vulnerable, third parties."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

UK = Place(places.pack("uk"), region="GB-SCT")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+00:00")


NOON = at("23T12:00:00")
AGREED = frozenset({"VISIT_HOME"})


class TestEveryRule(places.EveryRule):
    place = UK
    examples = {
        "UK-BREATHING": Example(TEXT, NOON, status=("BREATHING_SPACE",)),
        "UK-CONC-7.14": Example(TEXT, NOON, status=("DISPUTED",)),
        "UK-CONC-7.10": Example(TEXT, NOON, status=("INCAPACITATED",)),
        "UK-CONC-7.10-HOLD": Example(TEXT, NOON, status=("HARDSHIP_REVIEW",)),
        "UK-CONC-7.9.14-VULNERABLE": Example(contact("VISIT"), NOON, status=("VULNERABLE",)),
        "UK-CONC-7.9.14-AGREED": Example(contact("VISIT"), NOON),
        "UK-CONC-7.9.4-CALL": Example(contact("AI_CALL"), NOON, status=("OPTED_OUT_CALL",)),
        "UK-CONC-7.9.4-SMS": Example(TEXT, NOON, status=("OPTED_OUT_SMS",)),
        "UK-CONC-7.9.4-EMAIL": Example(contact("EMAIL"), NOON, status=("OPTED_OUT_EMAIL",)),
        "UK-CONC-7.9.6": Example(contact("CALL", "LOCATE", "SPOUSE"), NOON),
        "UK-CONC-7.9.6-PURPOSE": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "UK-CONC-7.9.4": Example(TEXT, at("23T21:00:00")),
    }
    lifted_by = {"UK-CONC-7.9.6": "THIRD_PARTY", "UK-CONC-7.9.6-PURPOSE": "THIRD_PARTY", "UK-CONC-7.9.4": "HOURS"}
    lifted_by["UK-CONC-7.9.14-AGREED"] = "VISIT_HOME"
    presumed = "UK-CONC-7.9.4 UK-CONC-7.9.14-AGREED"
    channels = {
        "UK-CONC-7.9.14-VULNERABLE": "VISIT",
        "UK-CONC-7.9.14-AGREED": "VISIT",
        "UK-CONC-7.9.4-CALL": places.CALLS,
        "UK-CONC-7.9.4-SMS": "SMS",
        "UK-CONC-7.9.4-EMAIL": "EMAIL",
        "UK-CONC-7.9.4": places.EVERY,
    }
    purposes = {
        "UK-CONC-7.9.14-VULNERABLE": places.ALWAYS,
        "UK-CONC-7.9.14-AGREED": places.ALWAYS,
        "UK-CONC-7.9.6": places.ALWAYS,
        "UK-CONC-7.9.6-PURPOSE": "REMIND COLLECT NEGOTIATE LEGAL_NOTICE",
        "UK-CONC-7.9.4": places.ALWAYS,
    }
    relations = {"UK-CONC-7.9.6": places.THIRD, "UK-CONC-7.9.6-PURPOSE": places.THIRD}
    either = "UK-CONC-7.9.6 UK-CONC-7.9.6-PURPOSE"
    known = """
        UK-CONC-7.3.4 UK-CONC-7.3.5 UK-CONC-7.3.10 UK-CONC-7.9.4 UK-CONC-7.9.2 UK-CONC-7.9.6 UK-CONC-7.9.14
        UK-CONC-7.9.5 UK-CONC-7.11 UK-CONC-7.14 UK-CONC-7.15 UK-CONC-7.10 UK-CONSUMER-DUTY UK-BREATHING UK-MHCM
        UK-CCA-NOTICES UK-DISP
    """


class TestHours:
    @pytest.mark.parametrize("channel", ["CALL", "AI_CALL", "SMS", "EMAIL", "VISIT"])
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_eight_to_nine_by_presumption(self, channel: str, clock: str, allowed: bool) -> None:
        verdict = UK.judge(contact(channel, consents=AGREED), at(f"23T{clock}"))
        assert verdict.allowed is allowed
        assert [(reason.rule, reason.nature) for reason in verdict.reasons] == (
            [] if allowed else [("UK-CONC-7.9.4", "presumption")]
        )

    def test_the_night_waits(self) -> None:
        assert UK.judge(TEXT, at("23T23:00:00")).not_before == at("24T08:00:00")

    def test_in_summer_the_clock_is_that_of_the_place(self) -> None:
        july = datetime.fromisoformat("2026-07-20T07:00:00+00:00")
        assert UK.judge(TEXT, july).allowed
        assert not UK.judge(TEXT, july.replace(hour=20)).allowed


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "rule"),
        [
            ("BREATHING_SPACE", "UK-BREATHING"),
            ("DISPUTED", "UK-CONC-7.14"),
            ("INCAPACITATED", "UK-CONC-7.10"),
            ("HARDSHIP_REVIEW", "UK-CONC-7.10-HOLD"),
        ],
    )
    def test_recovery_rests_and_questions_are_answered(self, status: str, rule: str) -> None:
        for purpose in ("REMIND", "COLLECT", "NEGOTIATE", "LEGAL_NOTICE"):
            verdict = UK.judge(contact("LETTER", purpose), NOON, status=[status])
            assert (cited(verdict), verdict.allowed, verdict.not_before) == ([rule], False, None)
        assert UK.judge(contact("LETTER", "RESPOND"), NOON, status=[status]).allowed

    def test_the_vulnerable_are_not_visited_and_may_be_written_to(self) -> None:
        assert cited(UK.judge(contact("VISIT", consents=AGREED), NOON, status=["VULNERABLE"])) == [
            "UK-CONC-7.9.14-VULNERABLE"
        ]
        assert UK.judge(contact("LETTER"), NOON, status=["VULNERABLE"]).allowed

    def test_a_visit_is_agreed(self) -> None:
        assert UK.judge(contact("VISIT", consents=AGREED), NOON).allowed
        unasked = UK.judge(contact("VISIT", consents=frozenset({"WORKPLACE", "HOURS"})), NOON)
        assert (cited(unasked), unasked.allowed, unasked.not_before) == (["UK-CONC-7.9.14-AGREED"], False, None)

    def test_how_somebody_asked_to_be_contacted(self) -> None:
        assert not UK.judge(TEXT, NOON, status=["OPTED_OUT_SMS"]).allowed
        assert UK.judge(contact("CALL"), NOON, status=["OPTED_OUT_SMS"]).allowed
        assert UK.judge(contact("SMS", "RESPOND"), NOON, status=["OPTED_OUT_SMS"]).allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_they_are_not_told_and_not_asked_to_pay(self, relation: str) -> None:
        assert cited(UK.judge(contact("CALL", relation=relation), NOON)) == ["UK-CONC-7.9.6", "UK-CONC-7.9.6-PURPOSE"]
        quiet = contact("CALL", "RELAY", relation, discloses_debt=False)
        assert UK.judge(quiet, NOON).allowed
        assert cited(UK.judge(replace(quiet, purpose="COLLECT"), NOON)) == ["UK-CONC-7.9.6-PURPOSE"]
        assert UK.judge(contact("CALL", relation=relation, consents=frozenset({"THIRD_PARTY"})), NOON).allowed

    def test_a_guarantor_is_liable(self) -> None:
        assert UK.judge(contact("CALL", relation="GUARANTOR"), NOON).allowed
