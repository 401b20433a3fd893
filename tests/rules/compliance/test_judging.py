"""What judging forbids, what it counts, until when, and in which order it says so, by the packs of mainland China."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.policies.packs.mainland import ALL, CALL, SHANGHAI, SMS, VISIT, at, calls, judge, rules

from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Touch
from arrears.rules.compliance.packs import Pack


class TestHours:
    @pytest.mark.parametrize(
        ("local", "allowed"),
        [
            ("23T07:59:59", False),
            ("23T08:00:00", True),
            ("23T21:59:59", True),
            ("23T22:00:00", False),
        ],
    )
    def test_the_edges_are_the_second(self, local: str, allowed: bool) -> None:
        assert judge(SMS, at(local)).allowed is allowed

    def test_before_dawn_waits_for_the_same_day_and_late_for_the_next(self) -> None:
        assert judge(SMS, at("23T03:00:00")).not_before == at("23T08:00:00")
        assert judge(SMS, at("23T23:00:00")).not_before == at("24T08:00:00")

    def test_the_zone_wins_over_the_region(self) -> None:
        noon = at("23T12:00:00")
        assert judge(SMS, noon).allowed
        assert not judge(SMS, noon, borrower=BorrowerFacts(region="CN-31", timezone="America/New_York")).allowed

    def test_consent_to_other_hours_lifts_them(self) -> None:
        assert judge(replace(SMS, consents=frozenset({"HOURS"})), at("23T23:00:00")).allowed

    def test_a_borrower_who_calls_us_is_answered_at_any_hour(self) -> None:
        asked = replace(CALL, initiated_by="BORROWER", purpose="RESPOND")
        assert judge(asked, at("23T03:00:00")).allowed

    def test_where_nobody_knows_the_zone_every_zone_of_the_territory_binds(self) -> None:
        wide = replace(ALL, zones=("Asia/Shanghai", "Asia/Kolkata"))
        for borrower in (BorrowerFacts(), BorrowerFacts(region="XX-1"), BorrowerFacts(timezone="Mars/Olympus")):
            verdict = judge(SMS, at("23T08:30:00"), borrower=borrower, pack=wide)  # six in the morning in Kolkata
            assert verdict.not_before == at("23T10:30:00")
            assert not judge(SMS, at("23T22:30:00"), borrower=borrower, pack=wide).allowed


class TestCounting:
    @pytest.mark.parametrize("outcome", ["CONNECTED", "RIGHT_PARTY", "WRONG_PARTY"])
    def test_three_connected_calls_a_day_human_and_automatic_together(self, outcome: str) -> None:
        history = [*calls(2, outcome), *calls(1, outcome, channel="AI_CALL")]
        verdict = judge(CALL, at("23T15:00:00"), history)
        assert rules(verdict) == ["CN-GBT45251-VOICE-3"]
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (3, 3)
        assert verdict.not_before == at("24T08:00:00")
        assert judge(CALL, at("23T15:00:00"), history[:2]).allowed
        assert judge(SMS, at("23T15:00:00"), history).allowed

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL"])
    def test_six_unanswered_attempts_a_day_to_one_contact_point(self, outcome: str) -> None:
        history = calls(6, outcome)
        assert rules(judge(CALL, at("23T15:00:00"), history)) == ["CN-CBA26-ATTEMPT-6"]
        assert judge(replace(CALL, contact_point_id="p2"), at("23T15:00:00"), history).allowed
        assert judge(CALL, at("23T15:00:00"), history[:5]).allowed

    def test_a_point_that_is_not_known_may_be_any(self) -> None:
        assert not judge(replace(CALL, contact_point_id=""), at("23T15:00:00"), calls(6, "BUSY")).allowed
        assert not judge(CALL, at("23T15:00:00"), calls(6, "BUSY", point="")).allowed

    def test_an_outcome_that_is_not_known_counts_as_every_outcome(self) -> None:
        assert rules(judge(CALL, at("23T15:00:00"), calls(3, ""))) == ["CN-GBT45251-VOICE-3"]
        assert "CN-CBA26-ATTEMPT-6" in rules(judge(CALL, at("23T15:00:00"), calls(6, "NEW WORD")))

    @pytest.mark.parametrize(("channel", "outcome"), [("CALL", "DELIVERED"), ("SMS", "BUSY"), ("VISIT", "SENT")])
    def test_an_outcome_that_its_channel_cannot_have_counts_as_whatever_it_might_have_been(
        self, channel: str, outcome: str
    ) -> None:
        history = calls(6, outcome, channel=channel)
        counted = rules(judge(CALL, at("23T15:00:00"), history))
        assert {"CN-GBT45251-VOICE-3", "CN-CBA26-ATTEMPT-6"} <= set(counted)
        assert "LENDER-SMS-1" in rules(judge(SMS, at("23T15:00:00"), history[:1]))
        assert "LENDER-VISIT-1" in rules(judge(VISIT, at("23T15:00:00"), history[:1]))

    def test_it_is_left_out_by_its_purpose_alone(self) -> None:
        [limit] = [rule for rule in ALL.rules if rule.rule_id == "CN-GBT45251-VOICE-3"]
        pack = replace(ALL, rules=(replace(limit, excluded=frozenset({"BUSY", "RESPOND"})),))
        odd = calls(3, "BUSY", channel="SMS")
        assert not judge(CALL, at("23T15:00:00"), odd, pack=pack).allowed
        asked = [replace(touch, purpose="RESPOND") for touch in odd]
        assert judge(CALL, at("23T15:00:00"), asked, pack=pack).allowed

    def test_calls_of_the_borrower_to_us_are_not_counted(self) -> None:
        history = [replace(touch, initiated_by="BORROWER") for touch in calls(5, "CONNECTED")]
        assert judge(CALL, at("23T15:00:00"), history).allowed

    def test_the_day_is_the_borrowers(self) -> None:
        history = [Touch(datetime(2026, 11, 23, 15, minute, tzinfo=UTC), "CALL", "CONNECTED") for minute in range(3)]
        noon_of_the_24th = at("24T12:00:00")  # 23:00 of the 23rd in New York, where the calls were at ten
        assert judge(CALL, noon_of_the_24th, history).allowed
        new_york = BorrowerFacts(timezone="America/New_York")
        evening = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # the 24th in Shanghai, still the 23rd in New York
        assert rules(judge(CALL, evening, history, new_york)) == ["CN-GBT45251-VOICE-3"]


class TestNever:
    @pytest.mark.parametrize(
        ("contact", "borrower", "rule"),
        [
            (replace(SMS, channel="PIGEON"), SHANGHAI, "GATE-UNKNOWN-CHANNEL"),
            (replace(SMS, purpose=""), SHANGHAI, "GATE-UNKNOWN-PURPOSE"),
            (replace(SMS, relation="NEIGHBOUR"), SHANGHAI, "GATE-UNKNOWN-RELATION"),
            (replace(SMS, initiated_by="ROBOT"), SHANGHAI, "GATE-UNKNOWN-INITIATOR"),
            (SMS, BorrowerFacts(region="CN-31", status=frozenset({"SAD"})), "GATE-UNKNOWN-STATUS"),
        ],
    )
    def test_unknown_facts(self, contact: ContactFacts, borrower: BorrowerFacts, rule: str) -> None:
        verdict = judge(contact, at("23T12:00:00"), borrower=borrower)
        assert (rules(verdict), verdict.allowed, verdict.not_before) == ([rule], False, None)

    def test_a_moment_without_a_zone(self) -> None:
        naive = datetime(2026, 11, 23, 12, 0)
        assert rules(judge(SMS, naive)) == ["GATE-UNKNOWN-MOMENT"]


class TestPrecedence:
    def test_reasons_come_in_a_fixed_order(self) -> None:
        borrower = BorrowerFacts(region="CN-31", status=frozenset({"CEASED"}))
        contact = replace(VISIT, relation="KIN", staff_count=1, consents=frozenset())
        history = [Touch(at("23T09:00:00"), "VISIT", "MET", relation="KIN")]
        verdict = judge(contact, at("23T23:00:00"), history, borrower)
        assert rules(verdict) == [
            "CN-CIV-1033",
            "CN-GBT45251-TARGET",
            "CN-GBT45251-CONTACT-COND-DISCLOSURE",
            "CN-CBA26-THIRDPARTY-PURPOSE",
            "CN-CBA26-THIRDPARTY-DISCLOSURE",
            "CN-CC11-68",
            "CN-CC22-COLLECT",
            "CN-CONSFIN24-CONDUCT",
            "CN-SMALLLOAN25",
            "CN-CBA26-VISIT-2-ENTER",
            "LENDER-THIRD-PARTY",
            "LENDER-CEASED",
            "LENDER-OTHERS-NOT-ASKED",
            "LENDER-OTHERS-NOT-TOLD",
            "CN-CBA26-VISIT-2",
            "CN-GBT45251-HOURS",
            "CN-CBA26-HOURS",
            "LENDER-VISIT-HOURS",
            "LENDER-VISIT-1",
        ]
        assert verdict.not_before is None

    def test_a_hold_ends_when_the_last_of_its_rules_does(self) -> None:
        history = [Touch(at("23T09:00:00"), "SMS", "SENT")]
        verdict = judge(SMS, at("23T06:00:00"), history)
        assert rules(verdict) == ["CN-GBT45251-HOURS", "CN-CBA26-HOURS", "LENDER-SMS-1"]
        assert verdict.not_before == at("24T08:00:00")


class TestTypedLimits:
    """What other jurisdictions count, on a pack of one rule."""

    def limited(self, **changes: object) -> Pack:
        template = next(rule for rule in ALL.rules if rule.rule_id == "CN-GBT45251-VOICE-3")
        return replace(ALL, rules=(replace(template, **changes),))  # type: ignore[arg-type]

    def test_a_rolling_window_is_counted_to_the_second(self) -> None:
        pack = self.limited(unit="placed", window="rolling", rolling=timedelta(days=7), max=2)
        first = at("10T10:00:00")
        history = [Touch(first, "CALL", "BUSY"), Touch(first + timedelta(days=1), "CALL", "BUSY")]
        frees = first + timedelta(days=7)
        assert judge(CALL, frees - timedelta(seconds=1), history, pack=pack).not_before == frees
        assert judge(CALL, frees, history, pack=pack).allowed

    def test_a_touch_dated_further_ahead_than_clocks_differ_has_not_been(self) -> None:
        window = {"unit": "placed", "window": "rolling", "rolling": timedelta(days=7)}
        now, pack = at("10T10:00:00"), self.limited(**window, max=1)
        blocking = self.limited(**window, max=7, block_after="conversation", block_days=7)
        for ahead, is_allowed in ((timedelta(hours=12), False), (timedelta(days=2), True)):
            touch = Touch(now + ahead, "CALL", "RIGHT_PARTY")
            assert judge(CALL, now, [touch], pack=pack).allowed == is_allowed
            assert judge(CALL, now, [touch], pack=blocking).allowed == is_allowed

    def test_a_conversation_blocks_for_days(self) -> None:
        pack = self.limited(
            unit="placed", window="rolling", rolling=timedelta(days=7), max=7, block_after="conversation", block_days=7
        )
        spoke = Touch(at("10T10:00:00"), "CALL", "RIGHT_PARTY")
        assert judge(CALL, at("12T10:00:00"), [spoke], pack=pack).not_before == at("17T10:00:00")
        assert judge(CALL, at("12T10:00:00"), [replace(spoke, outcome="BUSY")], pack=pack).allowed

    def test_guidance_speaks_but_does_not_forbid(self) -> None:
        verdict = judge(CALL, at("23T15:00:00"), calls(3, "CONNECTED"), pack=self.limited(nature="guidance"))
        assert verdict.allowed
        assert [reason.nature for reason in verdict.reasons] == ["guidance"]

    def test_a_month_ends_with_the_calendar(self) -> None:
        pack = self.limited(window="calendar_month", max=1)
        held = judge(CALL, at("23T15:00:00"), [Touch(at("01T00:00:00"), "CALL", "CONNECTED")], pack=pack)
        assert held.not_before == datetime.fromisoformat("2026-12-01T00:00:00+08:00")
        before = Touch(datetime.fromisoformat("2026-10-31T23:59:59+08:00"), "CALL", "CONNECTED")
        assert judge(CALL, at("23T15:00:00"), [before], pack=pack).allowed


class TestDates:
    def test_a_past_decision_is_judged_by_the_law_of_its_day(self) -> None:
        then = datetime.fromisoformat("2017-02-28T23:00:00+08:00")
        assert rules(judge(SMS, then)) == ["LENDER-HOURS"]
        kin = judge(replace(SMS, relation="KIN"), then.replace(hour=12))
        assert rules(kin) == [
            "CN-CC11-68",
            "LENDER-THIRD-PARTY",
            "LENDER-OTHERS-NOT-ASKED",
            "LENDER-OTHERS-NOT-TOLD",
        ]
