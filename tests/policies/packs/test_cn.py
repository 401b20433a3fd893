"""The pack of mainland law and standards alone: each rule at both its edges, and every fact that must stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.policies.packs.mainland import (
    ASKS,
    CALL,
    CN,
    NOON,
    SECOND,
    SHANGHAI,
    SMS,
    THIRD_PARTIES,
    VISIT,
    at,
    calls,
    rules,
    while_,
)
from tests.policies.packs.mainland import judge as judge_by

from arrears.rules.compliance import facts
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Touch, Verdict
from arrears.rules.compliance.packs import Ban

#: Every fact of mainland law and standards that we hold, and the two of international standards.
FACT_IDS = """
CN-GBT45251-SCOPE CN-GBT45251-HOURS CN-GBT45251-VOICE-3 CN-GBT45251-TARGET CN-GBT45251-CONTACT-COND
CN-GBT45251-AGENCY-EVAL CN-GBT45251-STRUCT CN-NIFA24-SCOPE CN-NIFA24-STAFF CN-NIFA24-LENDING-DISC CN-CBA26-SCOPE
CN-CBA26-HOURS CN-CBA26-ATTEMPT-6 CN-CBA26-THIRDPARTY CN-CBA26-IDENTIFY CN-CBA26-INFORM-CHANNELS CN-CBA26-RECORDING
CN-CBA26-VISIT-2 CN-CBA26-BAN-POSTING CN-CBA26-BAN-EXTRA-FEE CN-CBA26-BAN-INDUCE-BORROW CN-CBA26-BAN-PRIVACY-SPREAD
CN-CBA26-BAN-THREAT CN-CBA26-BAN-IMPERSONATE CN-CBA26-AI CN-CBA26-AGENCY CN-CC11-68 CN-CC11-68-RET CN-CC11-69
CN-CC11-70 CN-CC22-COLLECT CN-CC22-INSTAL-5Y CN-CONSFIN24-CONDUCT CN-CONSFIN24-RECORDS CN-INET20-AGENCY CN-ZHUDAI25
CN-CP22-OUTSOURCE-NOTICE CN-CP22-BANS CN-COMPLAINT20 CN-CRIM-293-1 CN-CRIM-293 CN-CRIM-238-245 CN-CRIM-246
CN-CRIM-253-1 CN-CRIM-274 CN-CRIM-279-280 CN-CRIM-307-1 CN-CRIM-196-EFFECTIVE CN-LAWYER-13 CN-PSAPL-42 CN-CIV-1033
CN-CIV-188 CN-CIV-189 CN-CIV-192 CN-CIV-195 CN-SPC-LIM-14-17 CN-CIV-546 CN-CIV-548 CN-CIV-560 CN-CIV-561 CN-CIV-585
CN-CIV-676 CN-CIV-680 CN-CIV-1064 CN-CIV-1161 CN-LPR4 CN-LPR4-SCOPE CN-FIN-24 CN-PENALTY-RATE CN-CC-RATE
CN-DELAY-INTEREST CN-CPL-PAYORDER CN-CPL-SMALL CN-CPL-SUMMARY CN-CPL-MEDIATION CN-CPL-ENFORCE CN-HIGHCONS CN-PIPL-6
CN-PIPL-21 CN-PIPL-23 CN-PIPL-24 CN-PIPL-28-29 CN-PIPL-47 CN-PIPL-51 CN-PIPL-55 CN-PIPL-57 CN-PIPL-66 CN-CREDIT-15
CN-CREDIT-16 CN-CREDIT-25 CN-CREDIT-REPAIR25 CN-NPL-TRANSFER CN-5CAT CN-RESTRUCT-OBS CN-WRITEOFF17 CN-AI-LABEL25
CN-SMALLLOAN25 CN-ARBITRATION CN-PIPL-13 CN-PIPL-25 CN-CIV-524 CN-CIV-678 IFRS9-STAGE BASEL-DEFAULT
"""
FACTS = FACT_IDS.split()


def judge(
    contact: ContactFacts, when: datetime = NOON, history: Sequence[Touch] = (), borrower: BorrowerFacts = SHANGHAI
) -> Verdict:
    return judge_by(contact, when, history, borrower, CN)


def on(day: str, clock: str = "12:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+08:00")


class TestComplete:
    def test_every_fact_stands_once_as_rule_or_duty(self) -> None:
        assert len(FACTS) == len(set(FACTS)) == 104
        rows = [(one.rule_id, one.effective_on) for one in (*CN.rules, *CN.duties)]
        assert len(rows) == len(set(rows))
        assert sorted(set(FACTS) - {rule_id for rule_id, _ in rows}) == []

    def test_no_lenders_own_choice_stands_in_it(self) -> None:
        assert {one.author for one in (*CN.rules, *CN.duties)} == {"law", "standard"}
        assert "own_choice" not in {one.confidence for one in (*CN.rules, *CN.duties)}

    @pytest.mark.parametrize(
        ("duty", "figures"),
        [
            ("CN-CBA26-RECORDING", {"record_calls": True}),
            ("CN-CC11-68-RET", {"keep_years": 2}),
            ("CN-CONSFIN24-RECORDS", {"keep_years": 5}),
            ("CN-CC11-70-PLAN", {"term_months_max": 60, "oral_is_recorded": True}),
            ("CN-CC22-INSTAL-5Y", {"term_months_max": 60}),
            ("CN-CP22-OUTSOURCE-NOTICE", {"before": "placement"}),
            ("CN-CREDIT-15", {"before": "report_negative"}),
            ("CN-CREDIT-25", {"days": 20}),
            ("CN-COMPLAINT20", {"days": 15, "days_extended": 30, "days_max": 60}),
            ("CN-CIV-188", {"years": 3, "years_longest": 20}),
            ("CN-CIV-561", {"order": ["enforcement_costs", "interest", "principal"]}),
            ("CN-5CAT", {"substandard_dpd_over": 90, "doubtful_dpd_over": 270, "loss_dpd_over": 360}),
            ("CN-CRIM-196-EFFECTIVE", {"effective_demands": 2, "demands_apart_days": 30, "principal_cny_min": 50_000}),
            ("CN-GBT45251-AGENCY-EVAL", {"evaluations_per_year_min": 1, "before_contract_end": True}),
            ("CN-AI-LABEL25", {"explicit_label": True}),
            ("CN-PIPL-55", {"report_years_min": 3}),
            ("CN-DELAY-INTEREST", {"daily_rate": "0.000175"}),
            ("IFRS9-STAGE", {"stage2_dpd_over": 30, "default_dpd_from": 90}),
        ],
    )
    def test_duties_have_their_figures(self, duty: str, figures: dict[str, object]) -> None:
        [found] = [one for one in CN.duties if one.rule_id == duty]
        assert {key: found.values[key] for key in figures} == figures

    def test_the_law_that_changed_stands_once_for_each_period(self) -> None:
        old, new = sorted((one for one in CN.duties if one.rule_id == "CN-PSAPL-42"), key=lambda one: one.effective_on)
        assert old.expired_on == new.effective_on == date(2026, 1, 1)
        assert "fine_cny_max" not in new.values  # raised, and not verified to what


class TestHours:
    HOURS = ("CN-GBT45251-HOURS", "CN-CBA26-HOURS")

    @pytest.mark.parametrize("channel", sorted(facts.CHANNELS))
    @pytest.mark.parametrize(
        ("clock", "opens"),
        [("07:59:59", "23T08:00:00"), ("08:00:00", ""), ("21:59:59", ""), ("22:00:00", "24T08:00:00")],
    )
    def test_from_eight_to_ten_in_the_evening(self, channel: str, clock: str, opens: str) -> None:
        verdict = judge(replace(VISIT, channel=channel), at(f"23T{clock}"))
        assert rules(verdict) == (list(self.HOURS) if opens else [])
        assert verdict.not_before == (at(opens) if opens else None)

    def test_consent_lifts_them(self) -> None:
        assert judge(replace(SMS, consents=frozenset({"HOURS"})), at("23T23:00:00")).allowed
        assert not judge(replace(SMS, consents=frozenset({"SMS"})), at("23T23:00:00")).allowed

    @pytest.mark.parametrize(
        ("day", "spoken"),
        [
            ("2025-02-27", []),
            ("2025-02-28", ["CN-GBT45251-HOURS"]),
            ("2026-01-29", ["CN-GBT45251-HOURS"]),
            ("2026-01-30", list(HOURS)),
        ],
    )
    def test_since_when(self, day: str, spoken: list[str]) -> None:
        assert rules(judge(SMS, on(day, "23:00:00"))) == spoken


class TestHowOften:
    def test_the_fourth_connected_call_of_a_day(self) -> None:
        three = [*calls(2, "RIGHT_PARTY"), *calls(1, "CONNECTED", channel="AI_CALL")]
        assert judge(CALL, NOON, three[:2]).allowed
        for channel in ("CALL", "AI_CALL"):
            verdict = judge(replace(CALL, channel=channel), NOON, three)
            assert (rules(verdict), verdict.not_before) == (["CN-GBT45251-VOICE-3"], at("24T08:00:00"))
        assert judge(
            replace(CALL, contact_point_id="p2"), NOON, three
        ).reasons  # a day of the person, not of the number
        assert judge(SMS, NOON, three).allowed

    def test_the_seventh_unanswered_attempt_of_a_day_to_one_number(self) -> None:
        six = calls(6, "NO_ANSWER")
        assert judge(CALL, NOON, six[:5]).allowed
        verdict = judge(CALL, NOON, six)
        assert (rules(verdict), verdict.not_before) == (["CN-CBA26-ATTEMPT-6"], at("24T08:00:00"))
        assert judge(replace(CALL, contact_point_id="p2"), NOON, six).allowed

    def test_since_when(self) -> None:
        def day_of(day: str, outcome: str) -> list[str]:
            made = [Touch(on(day, f"09:0{n}:00"), "CALL", outcome, contact_point_id="p1") for n in range(6)]
            return rules(judge(CALL, on(day), made))

        assert day_of("2025-02-27", "CONNECTED") == []
        assert day_of("2025-02-28", "CONNECTED") == ["CN-GBT45251-VOICE-3"]
        assert day_of("2026-01-29", "BUSY") == []
        assert day_of("2026-01-30", "BUSY") == ["CN-CBA26-ATTEMPT-6"]


FAMILY = ("SPOUSE", "KIN")


class TestThirdParties:
    COLLECTING = (
        "CN-GBT45251-TARGET",
        "CN-CBA26-THIRDPARTY-PURPOSE",
        "CN-CC11-68",
        "CN-CC22-COLLECT",
        "CN-CONSFIN24-CONDUCT",
        "CN-SMALLLOAN25",
    )

    @pytest.mark.parametrize("relation", THIRD_PARTIES)
    @pytest.mark.parametrize("purpose", ["COLLECT", "REMIND", "NEGOTIATE", "LEGAL_NOTICE"])
    def test_nobody_is_collected_from_who_does_not_owe(self, relation: str, purpose: str) -> None:
        contact = replace(ASKS, relation=relation, purpose=purpose)
        for who in (SHANGHAI, while_("UNREACHABLE"), while_("DECEASED")):
            verdict = judge(contact, borrower=who)
            assert (rules(verdict), verdict.not_before) == (list(self.COLLECTING), None)

    def test_a_guarantor_owes(self) -> None:
        for purpose in facts.PURPOSES:
            assert judge(replace(CALL, relation="GUARANTOR", purpose=purpose)).allowed

    @pytest.mark.parametrize("relation", THIRD_PARTIES)
    @pytest.mark.parametrize("purpose", ["LOCATE", "RELAY"])
    def test_asked_only_when_the_borrower_cannot_be_reached(self, relation: str, purpose: str) -> None:
        contact = replace(ASKS, relation=relation, purpose=purpose)
        of_the_guideline = "CN-CBA26-THIRDPARTY" + ("-FAMILY" if relation in FAMILY else "")
        assert sorted(rules(judge(contact))) == sorted(["CN-GBT45251-CONTACT-COND", of_the_guideline])
        assert judge(contact, borrower=while_("UNREACHABLE")).allowed
        assert rules(judge(contact, borrower=while_("VULNERABLE"))) == rules(judge(contact))

    @pytest.mark.parametrize("status", ["DECEASED", "INCAPACITATED"])
    @pytest.mark.parametrize("relation", THIRD_PARTIES)
    def test_of_the_dead_and_the_incapable_the_family_alone_is_asked(self, relation: str, status: str) -> None:
        contact = replace(ASKS, relation=relation)
        spoken = [] if relation in FAMILY else ["CN-CBA26-THIRDPARTY"]
        assert rules(judge(contact, borrower=while_(status))) == spoken
        assert judge(contact, on("2026-01-29"), borrower=while_(status)).allowed

    @pytest.mark.parametrize("initiator", ["COLLECTOR", "BORROWER"])
    @pytest.mark.parametrize("purpose", ["LOCATE", "RELAY", "RESPOND"])
    def test_nothing_is_said_of_the_debt(self, initiator: str, purpose: str) -> None:
        lost = while_("UNREACHABLE")
        contact = replace(ASKS, purpose=purpose, initiated_by=initiator)
        assert judge(contact, borrower=lost).allowed
        told = judge(replace(contact, discloses_debt=True), borrower=lost)
        assert rules(told) == ["CN-GBT45251-CONTACT-COND-DISCLOSURE", "CN-CBA26-THIRDPARTY-DISCLOSURE"]

    def test_who_asks_us_is_answered(self) -> None:
        assert judge(replace(ASKS, purpose="RESPOND")).allowed
        assert judge(replace(ASKS, purpose="RESPOND", initiated_by="BORROWER"), at("23T03:00:00")).allowed

    def test_who_refused_once_is_never_contacted_again(self) -> None:
        lost = while_("UNREACHABLE")
        refused = Touch(on("2019-05-01"), "CALL", "REFUSED", relation="KIN", contact_point_id="k1")
        verdict = judge(ASKS, NOON, [refused], lost)
        assert (rules(verdict), verdict.not_before) == (["CN-GBT45251-CONTACT-COND-REFUSAL"], None)
        assert judge(ASKS, NOON, [replace(refused, outcome="RIGHT_PARTY")], lost).allowed
        by_themselves = replace(refused, initiated_by="BORROWER")
        assert rules(judge(ASKS, NOON, [by_themselves], lost)) == rules(verdict)
        assert rules(judge(replace(ASKS, relation="OTHER"), NOON, [refused], lost)) == rules(verdict)
        unknown_point = replace(refused, contact_point_id="")
        assert rules(judge(ASKS, NOON, [unknown_point], lost)) == rules(verdict)
        assert judge(replace(ASKS, relation="OTHER"), NOON, [unknown_point], lost).allowed
        assert judge(replace(ASKS, contact_point_id="k2"), NOON, [refused], lost).allowed
        assert judge(replace(ASKS, purpose="RESPOND"), NOON, [refused], lost).allowed
        assert judge(ASKS, on("2025-02-27"), [refused], lost).allowed

    @pytest.mark.parametrize(
        ("rule", "first"),
        [
            ("CN-CC11-68", "2011-01-13"),
            ("CN-CC22-COLLECT", "2022-07-07"),
            ("CN-CONSFIN24-CONDUCT", "2024-04-18"),
            ("CN-SMALLLOAN25", "2024-12-31"),
            ("CN-GBT45251-TARGET", "2025-02-28"),
            ("CN-GBT45251-CONTACT-COND-DISCLOSURE", "2025-02-28"),
            ("CN-CBA26-THIRDPARTY-PURPOSE", "2026-01-30"),
            ("CN-CBA26-THIRDPARTY-DISCLOSURE", "2026-01-30"),
        ],
    )
    def test_since_when(self, rule: str, first: str) -> None:
        contact = replace(CALL, relation="COLLEAGUE")
        assert rule in rules(judge(contact, on(first, "08:00:00")))
        assert rule not in rules(judge(contact, on(first, "08:00:00") - timedelta(days=1)))


class TestVisits:
    def test_by_two_and_with_consent_to_enter(self) -> None:
        assert judge(VISIT).allowed
        alone = judge(replace(VISIT, staff_count=1))
        assert (rules(alone), alone.reasons[0].counted) == (["CN-CBA26-VISIT-2"], 1)
        unasked = judge(replace(VISIT, consents=frozenset({"HOURS", "WORKPLACE"})))
        assert (rules(unasked), unasked.not_before) == (["CN-CBA26-VISIT-2-ENTER"], None)

    def test_since_when(self) -> None:
        contact = replace(VISIT, staff_count=1, consents=frozenset())
        assert rules(judge(contact, on("2026-01-30"))) == ["CN-CBA26-VISIT-2-ENTER", "CN-CBA26-VISIT-2"]
        assert judge(contact, on("2026-01-29")).allowed


class TestStatuses:
    @pytest.mark.parametrize("purpose", sorted(facts.PURPOSES))
    def test_a_plan_that_is_kept_stops_collection(self, purpose: str) -> None:
        verdict = judge(replace(CALL, purpose=purpose), borrower=while_("PLAN_ACTIVE"))
        stopped = purpose not in {"REMIND", "RESPOND"}
        assert rules(verdict) == (["CN-CC11-70"] if stopped else [])
        assert verdict.not_before is None

    def test_a_plan_since_when(self) -> None:
        assert not judge(CALL, on("2011-01-13"), borrower=while_("PLAN_ACTIVE")).allowed
        assert judge(CALL, on("2011-01-13", "00:00:00") - SECOND, borrower=while_("PLAN_ACTIVE")).allowed

    @pytest.mark.parametrize("channel", ["SMS", "CALL", "AI_CALL", "EMAIL", "APP", "CHAT", "LETTER"])
    def test_who_said_no_to_a_way_of_contact_is_not_disturbed_by_it(self, channel: str) -> None:
        contact = replace(SMS, channel=channel)
        for word, channels in (("SMS", {"SMS"}), ("CALL", facts.CALLS), ("EMAIL", {"EMAIL"})):
            verdict = judge(contact, borrower=while_(f"OPTED_OUT_{word}"))
            assert rules(verdict) == ([f"CN-CIV-1033-{word}"] if channel in channels else [])

    def test_who_asked_for_peace_gets_notices_and_answers_alone(self) -> None:
        for purpose in facts.PURPOSES:
            verdict = judge(replace(SMS, purpose=purpose), borrower=while_("CEASED"))
            assert rules(verdict) == ([] if purpose in {"LEGAL_NOTICE", "RESPOND"} else ["CN-CIV-1033"])

    def test_the_civil_code_since_when(self) -> None:
        for status in ("CEASED", "OPTED_OUT_SMS"):
            assert judge(SMS, on("2020-12-31"), borrower=while_(status)).allowed
            assert not judge(SMS, on("2021-01-01"), borrower=while_(status)).allowed

    def test_bans_alone_speak_of_statuses(self) -> None:
        assert all(isinstance(rule, Ban) for rule in CN.rules if rule.while_status)
