"""The federal pack of the United States at its edges: hours, calls in seven days, third parties, statuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

from arrears.rules.compliance import facts

US = Place(places.pack("us"), timezone="America/New_York")
TEXT = contact("SMS")
CALL = contact("CALL")
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


def at(local: str, zone: str = "-05:00") -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}{zone}")


NOON = at("23T12:00:00")
SEVEN = (*(touch(at(f"{day}T12:00:01")) for day in range(17, 23)), touch(at("23T11:00:00")))


class TestEveryRule(places.EveryRule):
    place = US
    examples = {
        "US-BK-STAY": Example(contact("LETTER"), NOON, status=("BANKRUPT",)),
        "US-REGF-6B2-ATTY": Example(contact("LETTER", "LEGAL_NOTICE"), NOON, status=("REPRESENTED",)),
        "US-REGF-6C-CEASE": Example(contact("LETTER"), NOON, status=("CEASED",)),
        "US-REGF-38-DISPUTE": Example(TEXT, NOON, status=("DISPUTED",)),
        "US-REGF-14H-MEDIUM": Example(CALL, NOON, status=("OPTED_OUT_CALL",)),
        "US-REGF-14H-MEDIUM-SMS": Example(TEXT, NOON, status=("OPTED_OUT_SMS",)),
        "US-REGF-14H-MEDIUM-EMAIL": Example(contact("EMAIL"), NOON, status=("OPTED_OUT_EMAIL",)),
        "US-TCPA-CONSENT": Example(contact("AI_CALL"), NOON),
        "US-REGF-6D-THIRD": Example(contact("LETTER", relation="KIN", discloses_debt=False), NOON),
        "US-REGF-6D-THIRD-DISCLOSE": Example(contact("CALL", "LOCATE", "EMPLOYER"), NOON),
        "US-REGF-10-LOC": Example(
            contact("CALL", "LOCATE", "OTHER", discloses_debt=False),
            NOON,
            (touch(at("01T12:00:00"), outcome="CONNECTED", relation="OTHER"),),
        ),
        "US-REGF-6B1-HOURS": Example(TEXT, at("23T22:00:00")),
        "US-REGF-14B-7IN7": Example(CALL, NOON, SEVEN),
        "US-REGF-14-PATTERN": Example(CALL, NOON, (touch(NOON - timedelta(minutes=3)),)),
        "US-REGF-14-PATTERN-DAY": Example(
            CALL, NOON, tuple(touch(at(f"23T{hour:02}:00:00"), outcome="CONNECTED") for hour in (8, 9, 9, 10, 11, 11))
        ),
    }
    lifted_by = {
        "US-REGF-6D-THIRD": "THIRD_PARTY",
        "US-REGF-6D-THIRD-DISCLOSE": "THIRD_PARTY",
        "US-REGF-6B1-HOURS": "HOURS",
    }
    third_parties_only = """
        US-REGF-6B2-ATTY US-REGF-6C-CEASE US-REGF-38-DISPUTE US-REGF-14H-MEDIUM US-REGF-14H-MEDIUM-SMS
        US-REGF-14H-MEDIUM-EMAIL US-REGF-6D-THIRD US-REGF-6D-THIRD-DISCLOSE US-REGF-10-LOC US-REGF-6B1-HOURS
        US-REGF-14B-7IN7 US-REGF-14-PATTERN US-REGF-14-PATTERN-DAY
    """
    presumed = "US-REGF-6B1-HOURS US-REGF-14B-7IN7"
    advised = "US-REGF-14-PATTERN US-REGF-14-PATTERN-DAY US-TCPA-CONSENT"
    channels = {
        "US-REGF-14H-MEDIUM": places.CALLS,
        "US-REGF-14H-MEDIUM-SMS": "SMS",
        "US-REGF-14H-MEDIUM-EMAIL": "EMAIL",
        "US-TCPA-CONSENT": "AI_CALL",
        "US-REGF-6B1-HOURS": places.EVERY,
        "US-REGF-14B-7IN7": places.CALLS,
        "US-REGF-14-PATTERN": places.CALLS,
        "US-REGF-14-PATTERN-DAY": places.CALLS,
    }
    purposes = {
        "US-REGF-6C-CEASE": "REMIND COLLECT NEGOTIATE LOCATE RELAY",
        "US-TCPA-CONSENT": places.ALWAYS,
        "US-REGF-6D-THIRD": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "US-REGF-6D-THIRD-DISCLOSE": places.ALWAYS,
        "US-REGF-10-LOC": "LOCATE",
        "US-REGF-6B1-HOURS": places.ALWAYS,
    }
    relations = dict.fromkeys(["US-REGF-6D-THIRD", "US-REGF-6D-THIRD-DISCLOSE"], "KIN COLLEAGUE EMPLOYER OTHER")
    relations["US-REGF-10-LOC"] = places.THIRD
    either = "US-REGF-6D-THIRD US-REGF-6D-THIRD-DISCLOSE"
    counted_by = {
        "US-REGF-10-LOC": "contact_point",
        "US-REGF-14B-7IN7": "debt",
        "US-REGF-14-PATTERN": "contact_point",
        "US-REGF-14-PATTERN-DAY": "debt",
    }
    uncounted = {
        "US-REGF-10-LOC": "NO_ANSWER BUSY FAILED NOT_MET",
        "US-REGF-14B-7IN7": "FAILED",
        "US-REGF-14-PATTERN": " ".join(facts.OUTCOMES - facts.UNANSWERED),
        "US-REGF-14-PATTERN-DAY": "FAILED",
    }
    known = """
        US-FDCPA-SCOPE US-REGF-6B1-HOURS US-REGF-6B1-PLACE US-REGF-6B2-ATTY US-REGF-6B3-WORK US-REGF-6C-CEASE
        US-REGF-6D-THIRD US-REGF-6D-EMAIL US-REGF-6E-OPTOUT US-REGF-10-LOC US-REGF-14B-7IN7 US-REGF-14B-EXCL
        US-REGF-14-PATTERN US-REGF-14H-MEDIUM US-FDCPA-1692D US-FDCPA-1692E US-FDCPA-1692E11 US-FDCPA-1692F
        US-REGF-26-TIMEBARRED US-REGF-30A-PASSIVE US-REGF-30B-SALE US-REGF-34-VALIDATION US-REGF-34-CONTENT
        US-REGF-38-DISPUTE US-REGF-100-RET US-1692K US-TCPA-CONSENT US-FCRA-FURNISH US-BK-STAY US-SCRA-6
        US-REGZ-LATEFEE US-CHARGEOFF US-REAGE US-SOL-STATES US-REC-CONSENT
    """


class TestHours:
    @pytest.mark.parametrize("channel", ["CALL", "SMS", "EMAIL", "APP", "CHAT", "VISIT"])
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_eight_to_nine_at_the_consumers_place(self, channel: str, clock: str, allowed: bool) -> None:
        verdict = US.judge(contact(channel), at(f"23T{clock}"))
        assert verdict.allowed is allowed
        assert [reason.nature for reason in verdict.reasons] == ([] if allowed else ["presumption"])

    def test_a_letter_is_posted_within_them(self) -> None:
        assert US.judge(contact("LETTER"), at("23T03:00:00")).not_before == at("23T08:00:00")

    def test_the_night_waits_for_the_morning(self) -> None:
        assert US.judge(TEXT, at("23T21:00:00")).not_before == at("24T08:00:00")
        assert US.judge(TEXT, at("23T05:00:00")).not_before == at("23T08:00:00")

    def test_a_state_in_two_zones_keeps_the_hours_of_both(self) -> None:
        texas = Place(US.pack, region="US-TX")
        assert not texas.judge(TEXT, at("23T08:59:59", "-06:00")).allowed  # 07:59:59 in El Paso
        assert texas.judge(TEXT, at("23T09:00:00", "-06:00")).allowed
        assert not texas.judge(TEXT, at("23T21:00:00", "-06:00")).allowed

    @pytest.mark.parametrize("region", ["", "US", "XX"])
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("12:59:59", False), ("13:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_from_hawaii_to_new_york_where_nobody_knows_the_place(self, region, clock, allowed) -> None:
        assert Place(US.pack, region=region).judge(TEXT, at(f"23T{clock}")).allowed is allowed


class TestSevenCallsInSevenDays:
    def test_the_eighth_call_waits_until_the_first_is_seven_days_old(self) -> None:
        verdict = US.judge(CALL, NOON, SEVEN)
        assert (cited(verdict), verdict.allowed) == (["US-REGF-14B-7IN7"], False)
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (7, 7)
        assert verdict.not_before == SEVEN[0].at + WEEK
        assert US.judge(CALL, verdict.not_before, SEVEN).allowed
        assert not US.judge(CALL, verdict.not_before - SECOND, SEVEN).allowed

    def test_the_seventh_is_allowed(self) -> None:
        assert US.judge(CALL, NOON, SEVEN[1:]).allowed

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL", "CONNECTED", "WRONG_PARTY", ""])
    def test_every_placed_call_counts_by_person_or_machine(self, outcome: str) -> None:
        history = [*SEVEN[1:], touch(at("20T12:00:00"), "AI_CALL", outcome)]
        assert "US-REGF-14B-7IN7" in cited(US.judge(CALL, NOON, history))

    @pytest.mark.parametrize(
        "other",
        [
            touch(at("20T12:00:00"), outcome="FAILED"),
            touch(at("20T12:00:00"), debt_ids=("d2",)),
            touch(at("20T12:00:00"), relation="SPOUSE"),
            touch(at("20T12:00:00"), "SMS", "SENT"),
            touch(at("20T12:00:00"), initiated_by="BORROWER"),
        ],
    )
    def test_not_counted(self, other) -> None:
        assert US.judge(CALL, NOON, [*SEVEN[1:], other]).allowed

    def test_it_is_by_debt_and_the_fullest_decides(self) -> None:
        assert US.judge(replace(CALL, debt_ids=("d2",)), NOON, SEVEN).allowed
        assert not US.judge(replace(CALL, debt_ids=("d2", "d1")), NOON, SEVEN).allowed

    @pytest.mark.parametrize("made", [TEXT, contact("EMAIL"), contact("LETTER"), contact("CALL", "RESPOND")])
    def test_what_is_not_a_call_of_our_own_is_free(self, made) -> None:
        assert US.judge(made, NOON, [*SEVEN, touch(at("23T09:00:00"), outcome="RIGHT_PARTY")]).allowed


class TestAfterAConversation:
    TALK = at("10T12:00:00")

    @pytest.mark.parametrize("who", ["COLLECTOR", "BORROWER"])
    @pytest.mark.parametrize("channel", ["CALL", "AI_CALL"])
    def test_seven_days_of_silence_whoever_rang(self, who: str, channel: str) -> None:
        history = [touch(self.TALK, channel, "RIGHT_PARTY", initiated_by=who)]
        verdict = US.judge(CALL, self.TALK + WEEK - SECOND, history)
        assert (cited(verdict), verdict.not_before) == (["US-REGF-14B-7IN7"], self.TALK + WEEK)
        assert US.judge(CALL, self.TALK + WEEK, history).allowed

    @pytest.mark.parametrize("outcome", ["CONNECTED", "WRONG_PARTY", "VOICEMAIL"])
    def test_a_call_without_conversation_blocks_nothing(self, outcome: str) -> None:
        assert US.judge(CALL, self.TALK + SECOND * 600, [touch(self.TALK, outcome=outcome)]).allowed

    def test_another_debt_is_not_blocked(self) -> None:
        history = [touch(self.TALK, outcome="RIGHT_PARTY")]
        assert US.judge(replace(CALL, debt_ids=("d2",)), self.TALK + SECOND, history).allowed


class TestPatterns:
    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "VOICEMAIL"])
    def test_a_second_attempt_within_five_minutes_is_advised_against(self, outcome: str) -> None:
        history = [touch(NOON, outcome=outcome)]
        verdict = US.judge(CALL, NOON + timedelta(minutes=5) - SECOND, history)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (["US-REGF-14-PATTERN"], True, None)
        assert US.judge(CALL, NOON + timedelta(minutes=5), history).reasons == ()
        assert US.judge(replace(CALL, contact_point_id="c2"), NOON + SECOND, history).reasons == ()

    def test_a_seventh_call_in_one_day_is_advised_against(self) -> None:
        day = [touch(at(f"23T{hour:02}:00:00"), outcome="CONNECTED") for hour in range(8, 14)]
        verdict = US.judge(CALL, at("23T15:00:00"), day)
        assert (cited(verdict), verdict.allowed) == (["US-REGF-14-PATTERN-DAY"], True)
        assert US.judge(CALL, at("23T15:00:00"), day[1:]).reasons == ()
        assert US.judge(CALL, at("24T08:00:00"), day).reasons == ()


class TestThirdParties:
    @pytest.mark.parametrize("relation", ["SELF", "SPOUSE", "GUARANTOR"])
    def test_consumers_are_no_third_parties(self, relation: str) -> None:
        assert US.judge(contact("CALL", relation=relation), NOON).reasons == ()

    @pytest.mark.parametrize("relation", ["KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    @pytest.mark.parametrize("purpose", ["REMIND", "COLLECT", "NEGOTIATE", "RELAY", "LEGAL_NOTICE"])
    def test_others_are_asked_where_the_consumer_is_and_nothing_else(self, relation: str, purpose: str) -> None:
        quiet = contact("CALL", purpose, relation, discloses_debt=False)
        assert cited(US.judge(quiet, NOON)) == ["US-REGF-6D-THIRD"]
        assert US.judge(replace(quiet, purpose="LOCATE"), NOON).reasons == ()

    def test_never_disclosing_the_debt_not_even_when_they_ring(self) -> None:
        told = contact("CALL", "LOCATE", "KIN")
        assert cited(US.judge(told, NOON)) == ["US-REGF-6D-THIRD-DISCLOSE"]
        asked = replace(told, purpose="RESPOND", initiated_by="BORROWER")
        assert cited(US.judge(asked, NOON)) == ["US-REGF-6D-THIRD-DISCLOSE"]
        assert US.judge(replace(asked, discloses_debt=False), NOON).reasons == ()

    def test_the_consumers_consent_lifts_both(self) -> None:
        consented = contact("CALL", relation="KIN", consents=frozenset({"THIRD_PARTY"}))
        assert US.judge(consented, NOON).reasons == ()

    @pytest.mark.parametrize("outcome", ["CONNECTED", "WRONG_PARTY", "VOICEMAIL", "REFUSED", ""])
    def test_once_ever_at_a_contact_point(self, outcome: str) -> None:
        where = contact("CALL", "LOCATE", "KIN", discloses_debt=False)
        once = [touch(NOON - timedelta(days=900), outcome=outcome, relation="KIN")]
        verdict = US.judge(where, NOON, once)
        assert (cited(verdict), verdict.not_before) == (["US-REGF-10-LOC"], None)
        assert US.judge(replace(where, contact_point_id="c2"), NOON, once).allowed

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "FAILED"])
    def test_what_reached_nobody_was_not_the_once(self, outcome: str) -> None:
        where = contact("CALL", "LOCATE", "KIN", discloses_debt=False)
        assert US.judge(where, NOON, [touch(at("20T12:00:00"), outcome=outcome, relation="KIN")]).allowed


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "rule", "notices"),
        [
            ("CEASED", "US-REGF-6C-CEASE", True),
            ("REPRESENTED", "US-REGF-6B2-ATTY", False),
            ("DISPUTED", "US-REGF-38-DISPUTE", False),
            ("BANKRUPT", "US-BK-STAY", False),
        ],
    )
    def test_what_stays_lawful(self, status: str, rule: str, notices: bool) -> None:
        for purpose in ("REMIND", "COLLECT", "NEGOTIATE", "LOCATE", "RELAY"):
            verdict = US.judge(contact("LETTER", purpose), NOON, status=[status])
            assert (cited(verdict), verdict.allowed, verdict.not_before) == ([rule], False, None)
        assert US.judge(contact("LETTER", "LEGAL_NOTICE"), NOON, status=[status]).allowed is notices
        assert US.judge(contact("LETTER", "RESPOND"), NOON, status=[status]).allowed

    @pytest.mark.parametrize(
        ("status", "barred"),
        [("OPTED_OUT_CALL", {"CALL", "AI_CALL"}), ("OPTED_OUT_SMS", {"SMS"}), ("OPTED_OUT_EMAIL", {"EMAIL"})],
    )
    def test_a_medium_that_was_refused_is_not_used_and_others_are(self, status: str, barred: set[str]) -> None:
        for channel in ("CALL", "SMS", "EMAIL", "LETTER", "APP"):
            assert US.judge(contact(channel), NOON, status=[status]).allowed is (channel not in barred)

    def test_an_artificial_voice_is_advised_against_for_the_gate_is_not_told_of_that_consent(self) -> None:
        everything = frozenset({"HOURS", "VISIT_HOME", "WORKPLACE", "SMS", "EMAIL", "THIRD_PARTY"})
        verdict = US.judge(contact("AI_CALL", consents=everything), NOON)
        assert (cited(verdict), verdict.allowed) == (["US-TCPA-CONSENT"], True)
        assert US.judge(contact("AI_CALL", "RESPOND", initiated_by="BORROWER"), NOON).reasons == ()
