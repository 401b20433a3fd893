"""Australia: the regulators' figures advise and never refuse; the law refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

AU = Place(places.pack("au"), region="AU-QLD")
CALL, TEXT, VISIT = contact("CALL"), contact("SMS"), contact("VISIT")
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+10:00")


NOON = at("11-23T12:00:00")
THREE = (
    touch(at("11-18T10:00:00"), "CALL", "VOICEMAIL"),
    touch(at("11-19T10:00:00"), "SMS", "SENT"),
    touch(at("11-20T10:00:00"), "EMAIL", "DELIVERED"),
)
TEN = tuple(touch(at(f"11-{day:02}T10:00:00"), "SMS", "SENT") for day in range(2, 12))


class TestEveryRule(places.EveryRule):
    place = AU
    examples = {
        "AU-NCCP-72": Example(contact("LETTER", "LEGAL_NOTICE"), NOON, status=("HARDSHIP_REVIEW",)),
        "AU-PRIVACY-APP6": Example(contact("CALL", relation="KIN"), NOON),
        "AU-RG96-HOURS": Example(CALL, at("11-23T21:00:00")),
        "AU-RG96-HOURS-WEEKEND": Example(CALL, at("11-22T08:30:00")),
        "AU-RG96-HOURS-HOLIDAY": Example(CALL, at("12-25T12:00:00")),
        "AU-RG96-F2F-HOURS": Example(VISIT, at("11-23T08:30:00")),
        "AU-RG96-F2F-HOURS-HOLIDAY": Example(VISIT, at("12-25T12:00:00")),
        "AU-RG96-FREQ": Example(CALL, NOON, THREE),
        "AU-RG96-FREQ-MONTH": Example(CALL, NOON, TEN),
        "AU-RG96-F2F-FREQ": Example(VISIT, NOON, (touch(at("11-03T12:00:00"), "VISIT", "MET"),)),
    }
    lifted_by = {
        "AU-PRIVACY-APP6": "THIRD_PARTY",
        "AU-RG96-HOURS": "HOURS",
        "AU-RG96-HOURS-WEEKEND": "HOURS",
        "AU-RG96-HOURS-HOLIDAY": "HOURS",
        "AU-RG96-F2F-HOURS": "HOURS",
        "AU-RG96-F2F-HOURS-HOLIDAY": "HOURS",
    }
    advised = """
        AU-RG96-HOURS AU-RG96-HOURS-WEEKEND AU-RG96-HOURS-HOLIDAY AU-RG96-F2F-HOURS AU-RG96-F2F-HOURS-HOLIDAY
        AU-RG96-FREQ AU-RG96-FREQ-MONTH AU-RG96-F2F-FREQ
    """
    channels = {
        "AU-RG96-HOURS": places.CALLS,
        "AU-RG96-HOURS-WEEKEND": places.CALLS,
        "AU-RG96-HOURS-HOLIDAY": places.CALLS,
        "AU-RG96-F2F-HOURS": "VISIT",
        "AU-RG96-F2F-HOURS-HOLIDAY": "VISIT",
        "AU-RG96-FREQ": f"{places.CALLS} {places.MESSAGES}",
        "AU-RG96-FREQ-MONTH": f"{places.CALLS} {places.MESSAGES}",
        "AU-RG96-F2F-FREQ": "VISIT",
    }
    purposes = {
        "AU-NCCP-72": "LEGAL_NOTICE",
        "AU-PRIVACY-APP6": places.ALWAYS,
        "AU-RG96-HOURS": places.ALWAYS,
        "AU-RG96-HOURS-WEEKEND": places.ALWAYS,
        "AU-RG96-HOURS-HOLIDAY": places.ALWAYS,
        "AU-RG96-F2F-HOURS": places.ALWAYS,
        "AU-RG96-F2F-HOURS-HOLIDAY": places.ALWAYS,
        "AU-RG96-F2F-FREQ": places.ALWAYS,
    }
    relations = {"AU-PRIVACY-APP6": places.THIRD}
    either = "AU-PRIVACY-APP6"
    counted_by = {"AU-RG96-FREQ": "debt", "AU-RG96-FREQ-MONTH": "debt", "AU-RG96-F2F-FREQ": "person"}
    uncounted = {
        "AU-RG96-FREQ": "NO_ANSWER BUSY FAILED NOT_MET WRONG_PLACE",
        "AU-RG96-FREQ-MONTH": "NO_ANSWER BUSY FAILED NOT_MET WRONG_PLACE",
        "AU-RG96-F2F-FREQ": "NOT_MET WRONG_PLACE",
    }
    known = "AU-RG96-HOURS AU-RG96-F2F-HOURS AU-RG96-FREQ AU-RG96-F2F-FREQ AU-NCCP-72"


def advised(made, when: datetime, history=()) -> list[str]:
    """What is advised against; nothing of it refuses."""
    verdict = AU.judge(made, when, history)
    assert verdict.allowed
    assert verdict.not_before is None
    assert all(reason.nature == "guidance" for reason in verdict.reasons)
    return cited(verdict)


class TestHours:
    @pytest.mark.parametrize(
        ("local", "rules"),
        [
            ("11-23T07:29:59", ["AU-RG96-HOURS"]),
            ("11-23T07:30:00", []),
            ("11-23T20:59:59", []),
            ("11-23T21:00:00", ["AU-RG96-HOURS"]),
            ("11-22T08:59:59", ["AU-RG96-HOURS-WEEKEND"]),
            ("11-22T09:00:00", []),
            ("11-21T21:00:00", ["AU-RG96-HOURS-WEEKEND"]),
            ("01-26T12:00:00", ["AU-RG96-HOURS-HOLIDAY"]),
        ],
    )
    def test_of_calls(self, local: str, rules: list[str]) -> None:
        assert advised(CALL, at(local)) == rules
        assert advised(TEXT, at(local)) == []

    @pytest.mark.parametrize(
        ("local", "rules"),
        [
            ("11-22T08:59:59", ["AU-RG96-F2F-HOURS"]),
            ("11-22T09:00:00", []),
            ("11-23T20:59:59", []),
            ("11-23T21:00:00", ["AU-RG96-F2F-HOURS"]),
            ("12-25T12:00:00", ["AU-RG96-F2F-HOURS-HOLIDAY"]),
        ],
    )
    def test_of_visits(self, local: str, rules: list[str]) -> None:
        assert advised(VISIT, at(local)) == rules


class TestCounts:
    def test_three_contacts_a_week_for_an_account(self) -> None:
        assert advised(CALL, NOON, THREE) == ["AU-RG96-FREQ"]
        assert advised(CALL, THREE[0].at + WEEK - SECOND, THREE) == ["AU-RG96-FREQ"]
        assert advised(CALL, THREE[0].at + WEEK, THREE) == []
        assert advised(CALL, NOON, THREE[1:]) == []
        assert advised(replace(CALL, debt_ids=("d2",)), NOON, THREE) == []

    @pytest.mark.parametrize("outcome", ["NO_ANSWER", "BUSY", "FAILED"])
    def test_an_attempt_that_reached_nobody_is_no_contact(self, outcome: str) -> None:
        assert advised(CALL, NOON, [*THREE[1:], touch(at("11-21T10:00:00"), outcome=outcome)]) == []

    def test_ten_contacts_a_calendar_month(self) -> None:
        assert advised(CALL, NOON, TEN) == ["AU-RG96-FREQ-MONTH"]
        assert advised(CALL, NOON, TEN[1:]) == []
        assert advised(CALL, at("12-01T10:00:00"), TEN) == []

    def test_one_visit_a_month_where_somebody_was_met(self) -> None:
        assert advised(VISIT, NOON, [touch(at("11-01T12:00:00"), "VISIT", "MET")]) == ["AU-RG96-F2F-FREQ"]
        assert advised(VISIT, NOON, [touch(at("11-01T12:00:00"), "VISIT", "NOT_MET")]) == []
        assert advised(VISIT, NOON, [touch(at("10-31T12:00:00"), "VISIT", "MET")]) == []


class TestLaw:
    def test_enforcement_rests_while_hardship_is_looked_at(self) -> None:
        notice = contact("LETTER", "LEGAL_NOTICE")
        verdict = AU.judge(notice, NOON, status=["HARDSHIP_REVIEW"])
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (["AU-NCCP-72"], False, None)
        assert AU.judge(notice, NOON).allowed
        assert AU.judge(replace(notice, purpose="NEGOTIATE"), NOON, status=["HARDSHIP_REVIEW"]).allowed

    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_third_parties_are_not_told(self, relation: str) -> None:
        assert not AU.judge(contact("CALL", relation=relation), NOON).allowed
        assert AU.judge(contact("CALL", "LOCATE", relation, discloses_debt=False), NOON).allowed
        assert AU.judge(contact("CALL", relation=relation, consents=frozenset({"THIRD_PARTY"})), NOON).allowed
