"""The lender's own choices: what it forbids itself beside the law, and what bridges the days before the standards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.policies.packs.mainland import (
    ALL,
    ASKS,
    CALL,
    CN,
    HOUSE,
    NOON,
    SECOND,
    SMS,
    THIRD_PARTIES,
    VISIT,
    at,
    calls,
    judge,
    rules,
    while_,
)

from arrears.rules.compliance import packs
from arrears.rules.compliance.facts import ContactFacts, Touch

#: The house's rules on the clock of a place, without its law.
OWN = replace(HOUSE, zones=CN.zones)


def spoken(contact: ContactFacts, when: datetime = NOON, history: Sequence[Touch] = ()) -> list[str]:
    return rules(judge(contact, when, history, pack=OWN))


class TestThirdParties:
    @pytest.mark.parametrize("relation", [*THIRD_PARTIES, "GUARANTOR"])
    def test_none_at_all_even_where_the_law_would_allow_it(self, relation: str) -> None:
        for initiator in ("COLLECTOR", "BORROWER"):
            asks = replace(ASKS, relation=relation, initiated_by=initiator)
            assert rules(judge(asks, borrower=while_("UNREACHABLE"))) == ["LENDER-THIRD-PARTY"]
        assert judge(replace(ASKS, relation="SELF")).allowed


class TestHours:
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("19:59:59", True), ("20:00:00", False)]
    )
    def test_visits_end_at_eight_in_the_evening(self, clock: str, allowed: bool) -> None:
        assert spoken(VISIT, at(f"23T{clock}")) == ([] if allowed else ["LENDER-VISIT-HOURS"])

    def test_a_visit_in_the_evening_waits_for_the_morning(self) -> None:
        verdict = judge(VISIT, at("23T20:30:00"))
        assert (rules(verdict), verdict.not_before) == (["LENDER-VISIT-HOURS"], at("24T08:00:00"))
        assert judge(replace(VISIT, consents=VISIT.consents | {"HOURS"}), at("23T20:30:00")).allowed


class TestHowOften:
    def test_one_text_message_a_day(self) -> None:
        sent = [Touch(at("23T09:00:00"), "SMS", "FAILED")]
        verdict = judge(SMS, at("23T15:00:00"), sent)
        assert (rules(verdict), verdict.not_before) == (["LENDER-SMS-1"], at("24T08:00:00"))
        assert judge(SMS, at("24T08:00:00"), sent).allowed
        assert judge(replace(SMS, channel="EMAIL"), at("23T15:00:00"), sent).allowed

    def test_one_visit_a_day(self) -> None:
        visited = [Touch(at("23T09:00:00"), "VISIT", "NOT_MET")]
        verdict = judge(VISIT, NOON, visited)
        assert (rules(verdict), verdict.not_before) == (["LENDER-VISIT-1"], at("24T08:00:00"))
        assert judge(VISIT, at("24T08:00:00"), visited).allowed

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL"])
    def test_half_an_hour_after_an_unanswered_attempt_is_advised(self, outcome: str) -> None:
        [rang] = calls(1, outcome)
        again = rang.at + timedelta(minutes=30)
        for channel in ("CALL", "AI_CALL"):
            verdict = judge(replace(CALL, channel=channel), again - SECOND, [rang])
            assert (rules(verdict), verdict.allowed) == (["LENDER-REDIAL-30"], True)
        assert rules(judge(CALL, again, [rang])) == []
        assert rules(judge(replace(CALL, contact_point_id="p2"), again - SECOND, [rang])) == []
        assert rules(judge(CALL, again - SECOND, [replace(rang, outcome="RIGHT_PARTY")])) == []


class TestBeforeTheStandards:
    @pytest.mark.parametrize(
        ("rule", "first_without"),
        [
            ("LENDER-HOURS", "2025-02-28"),
            ("LENDER-VOICE-3", "2025-02-28"),
            ("LENDER-ATTEMPT-6", "2026-01-30"),
            ("LENDER-VISIT-2", "2026-01-30"),
        ],
    )
    def test_a_rule_of_our_own_ends_as_the_standard_begins(self, rule: str, first_without: str) -> None:
        morning = datetime.fromisoformat(f"{first_without}T23:00:00+08:00")
        for when, speaks in ((morning, False), (morning - timedelta(days=1), True)):
            made = [
                Touch(when - timedelta(hours=1), "CALL", outcome, contact_point_id="p1")
                for outcome in [*["CONNECTED"] * 3, *["BUSY"] * 6]
            ]
            found = {*spoken(CALL, when, made), *spoken(replace(VISIT, staff_count=1), when)}
            assert (rule in found) is speaks

    def test_no_day_is_without_hours_caps_and_third_party_rules(self) -> None:
        day = datetime(2016, 1, 1, 4, tzinfo=UTC)
        while day.year < 2028:
            held = ALL.holding(day, ALL.zones)
            assert {type(rule) for rule in held} == {packs.Ban, packs.Staff, packs.Hours, packs.Limit}, day
            units = {rule.unit for rule in held if isinstance(rule, packs.Limit)}
            assert units >= {"connected", "attempt", "message", "visit"}, day
            bans = [rule for rule in held if isinstance(rule, packs.Ban)]
            assert any(rule.relations.isdisjoint({"SELF"}) for rule in bans), day
            assert any("STOPPED" in rule.while_status for rule in bans), day
            day += timedelta(days=1)


def test_it_adds_to_any_pack_and_is_the_lenders_own() -> None:
    assert HOUSE.zones == ()
    assert {(rule.author, rule.confidence) for rule in HOUSE.rules} == {("lender", "own_choice")}
    assert {(duty.author, duty.confidence, duty.topic) for duty in HOUSE.duties} == {
        *(("lender", "own_choice", topic) for topic in ("complaints", "retention", "subject_requests"))
    }
