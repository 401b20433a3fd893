"""South Korea: seven contacts in seven days for each debt, the night, and the debtor's right to rest."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

KR = Place(places.pack("kr"), region="KR")
CALL, LETTER = contact("CALL"), contact("LETTER")
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
COLLECTION = "REMIND COLLECT NEGOTIATE LOCATE RELAY"


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+09:00")


NOON = at("11-23T12:00:00")
MEDIA = ("CALL", "SMS", "EMAIL", "VISIT", "APP", "CHAT", "LETTER")
SEVEN = tuple(touch(at(f"11-{17 + n}T10:00:00"), medium, "SENT") for n, medium in enumerate(MEDIA))


class TestEveryRule(places.EveryRule):
    place = KR
    examples = {
        "KR-DEFER": Example(LETTER, NOON, status=("HARDSHIP_REVIEW",)),
        "KR-DEFER-VULNERABLE": Example(LETTER, NOON, status=("VULNERABLE",)),
        "KR-TIMEBAN-CALL": Example(CALL, NOON, status=("OPTED_OUT_CALL",)),
        "KR-TIMEBAN-SMS": Example(contact("SMS"), NOON, status=("OPTED_OUT_SMS",)),
        "KR-TIMEBAN-EMAIL": Example(contact("EMAIL"), NOON, status=("OPTED_OUT_EMAIL",)),
        "KR-HOURS": Example(CALL, at("11-23T21:00:00")),
        "KR-7IN7": Example(CALL, NOON, SEVEN),
        "KR-FDC-8-3": Example(contact("LETTER", relation="KIN"), NOON),
        "KR-FDC-8-3-DISCLOSURE": Example(contact("LETTER", relation="KIN"), NOON),
    }
    advised = "KR-DEFER-VULNERABLE"
    channels = {
        "KR-TIMEBAN-CALL": places.CALLS,
        "KR-TIMEBAN-SMS": "SMS",
        "KR-TIMEBAN-EMAIL": "EMAIL",
        "KR-HOURS": places.EVERY,
    }
    purposes = {
        **dict.fromkeys(examples, COLLECTION),
        "KR-HOURS": places.ALWAYS,
        "KR-FDC-8-3": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "KR-FDC-8-3-DISCLOSURE": places.ALWAYS,
    }
    relations = {"KR-FDC-8-3": places.THIRD, "KR-FDC-8-3-DISCLOSURE": places.THIRD}
    either = "KR-FDC-8-3-DISCLOSURE"
    counted_by = {"KR-7IN7": "debt"}
    known = "KR-7IN7 KR-DEFER KR-TIMEBAN KR-HOURS KR-RESTRUCT"


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("11-23T07:59:59", "11-23T08:00:00"),
        ("11-23T08:00:00", None),
        ("11-23T20:59:59", None),
        ("11-23T21:00:00", "11-24T08:00:00"),
    ],
)
@pytest.mark.parametrize("channel", places.EVERY.split())
def test_the_night(channel: str, local: str, opens: str | None) -> None:
    verdict = KR.judge(contact(channel), at(local))
    assert verdict.allowed is (opens is None)
    assert verdict.not_before == (opens and at(opens))


class TestSevenInSevenDays:
    def test_the_eighth_waits_until_the_first_is_seven_days_old(self) -> None:
        assert cited(KR.judge(CALL, NOON, SEVEN)) == ["KR-7IN7"]
        assert KR.judge(CALL, NOON, SEVEN).not_before == SEVEN[0].at + WEEK
        assert not KR.judge(CALL, SEVEN[0].at + WEEK - SECOND, SEVEN).allowed
        assert KR.judge(CALL, SEVEN[0].at + WEEK, SEVEN).allowed
        assert KR.judge(CALL, NOON, SEVEN[1:]).allowed

    def test_each_debt_by_itself(self) -> None:
        assert KR.judge(replace(CALL, debt_ids=("d2",)), NOON, SEVEN).allowed
        assert not KR.judge(replace(CALL, debt_ids=("d2", "d1")), NOON, SEVEN).allowed

    def test_the_fullest_of_its_debts_decides_and_what_names_none_counts_for_each(self) -> None:
        both = replace(CALL, debt_ids=("d1", "d2", "d3"))
        named = [replace(one, debt_ids=("d2",) if n < 4 else ("d1",)) for n, one in enumerate(SEVEN)]
        assert KR.judge(both, NOON, named).allowed
        full = KR.judge(both, NOON, [*named, *[replace(one, debt_ids=()) for one in SEVEN[:3]]])
        assert ([reason.counted for reason in full.reasons], full.allowed) == ([7], False)
        untold = KR.judge(both, NOON, [replace(one, debt_ids=()) for one in SEVEN])
        assert ([reason.counted for reason in untold.reasons], untold.allowed) == ([7], False)

    def test_many_debts_and_a_long_past_are_judged_in_moments(self) -> None:
        many = replace(CALL, debt_ids=tuple(f"d{n}" for n in range(500)))
        past = [touch(NOON - timedelta(minutes=n), debt_ids=(f"d{n % 900}",)) for n in range(10_000)]
        began = time.monotonic()
        assert KR.judge(many, NOON, past).reasons[0].counted == 12
        assert time.monotonic() - began < 10  # each debt over the whole past took minutes

    @pytest.mark.parametrize("purpose", ["LEGAL_NOTICE", "RESPOND"])
    def test_a_notice_and_an_answer_neither_count_nor_wait(self, purpose: str) -> None:
        assert KR.judge(contact("CALL", purpose), NOON, SEVEN).allowed
        assert KR.judge(CALL, NOON, (replace(SEVEN[0], purpose=purpose), *SEVEN[1:])).allowed


def test_a_deferral_forbids_and_a_vulnerability_advises() -> None:
    assert not KR.judge(CALL, NOON, status=["HARDSHIP_REVIEW"]).allowed
    assert KR.judge(contact("LETTER", "LEGAL_NOTICE"), NOON, status=["HARDSHIP_REVIEW"]).allowed
    assert KR.judge(CALL, NOON, status=["VULNERABLE"]).allowed
