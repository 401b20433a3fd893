"""Massachusetts beside the federal pack: two calls or texts a week for a debt, a visit by day once in thirty days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

MA = Place(places.pack("us+ma"), region="US-MA")
TEXT, CALL, VISIT = contact("SMS"), contact("CALL"), contact("VISIT")
SECOND, WEEK, MONTH = timedelta(seconds=1), timedelta(days=7), timedelta(days=30)


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}-05:00")


NOON = at("23T12:00:00")
TWO = (touch(at("19T10:00:00")), touch(at("20T10:00:00"), "SMS", "SENT"))


class TestEveryRule(places.EveryRule):
    place = MA
    examples = {
        "US-MA-VISIT-WORK": Example(contact("VISIT", "LOCATE", "EMPLOYER"), NOON),
        "US-MA-VISIT": Example(VISIT, at("23T21:00:00")),
        "US-MA-VISIT-30D": Example(VISIT, NOON, (touch(at("01T12:00:00"), "VISIT", "MET"),)),
        "US-MA-FREQ": Example(CALL, NOON, TWO),
    }
    lifted_by = {"US-MA-VISIT-WORK": "WORKPLACE", "US-MA-VISIT": "HOURS"}
    channels = {
        "US-MA-VISIT-WORK": "VISIT",
        "US-MA-VISIT": "VISIT",
        "US-MA-VISIT-30D": "VISIT",
        "US-MA-FREQ": "CALL AI_CALL SMS",
    }
    purposes = {"US-MA-VISIT": places.ALWAYS, "US-MA-VISIT-30D": places.ALWAYS}
    relations = {"US-MA-VISIT-WORK": "EMPLOYER COLLEAGUE"}
    counted_by = {"US-MA-VISIT-30D": "debt", "US-MA-FREQ": "debt"}
    uncounted = {"US-MA-VISIT-30D": "NOT_MET WRONG_PLACE"}
    known = "US-MA-FREQ US-MA-VISIT US-MA-WORKNOTICE"


class TestTwoInSevenDays:
    @pytest.mark.parametrize("made", [CALL, TEXT, replace(CALL, purpose="LEGAL_NOTICE")])
    def test_calls_and_texts_together(self, made) -> None:
        verdict = MA.judge(made, NOON, TWO)
        assert (cited(verdict), verdict.allowed) == (["US-MA-FREQ"], False)
        assert (verdict.reasons[0].counted, verdict.reasons[0].max) == (2, 2)
        assert verdict.not_before == TWO[0].at + WEEK
        assert MA.judge(made, TWO[0].at + WEEK, TWO).allowed
        assert not MA.judge(made, TWO[0].at + WEEK - SECOND, TWO).allowed
        assert MA.judge(made, NOON, TWO[1:]).allowed

    @pytest.mark.parametrize(
        "other",
        [
            touch(at("20T10:00:00"), "EMAIL", "SENT"),
            touch(at("20T10:00:00"), "LETTER", "SENT"),
            touch(at("20T10:00:00"), debt_ids=("d2",)),
            touch(at("20T10:00:00"), purpose="RESPOND"),
            touch(at("20T10:00:00"), initiated_by="BORROWER"),
        ],
    )
    def test_not_counted(self, other) -> None:
        assert MA.judge(CALL, NOON, [TWO[0], other]).allowed

    @pytest.mark.parametrize("made", [contact("EMAIL"), contact("LETTER"), contact("CALL", "RESPOND")])
    def test_not_limited(self, made) -> None:
        assert MA.judge(made, NOON, TWO).allowed

    def test_the_federal_law_holds_beside_it(self) -> None:
        assert cited(MA.judge(TEXT, at("23T21:30:00"), TWO)) == ["US-REGF-6B1-HOURS", "US-MA-FREQ"]
        assert cited(MA.judge(CALL, NOON, [touch(at("21T10:00:00"), outcome="RIGHT_PARTY")])) == ["US-REGF-14B-7IN7"]


class TestVisits:
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False)]
    )
    def test_by_day(self, clock: str, allowed: bool) -> None:
        verdict = MA.judge(VISIT, at(f"23T{clock}"))
        assert ("US-MA-VISIT" not in cited(verdict)) is allowed
        assert verdict.allowed is allowed

    def test_once_in_thirty_days_where_somebody_was_met(self) -> None:
        met = touch(at("01T12:00:00") - timedelta(days=4), "VISIT", "MET")
        verdict = MA.judge(VISIT, NOON, [met])
        assert (cited(verdict), verdict.not_before) == (["US-MA-VISIT-30D"], met.at + MONTH)
        assert not MA.judge(VISIT, met.at + MONTH - SECOND, [met]).allowed
        assert MA.judge(VISIT, met.at + MONTH, [met]).allowed
        assert MA.judge(VISIT, NOON, [replace(met, outcome="NOT_MET")]).allowed
        assert MA.judge(VISIT, NOON, [replace(met, debt_ids=("d2",))]).allowed
        assert not MA.judge(VISIT, NOON, [replace(met, outcome="REFUSED")]).allowed
