"""Japan: the night, three calls a day, a lawyer's notice, and nobody else asked or told."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact, touch

JP = Place(places.pack("jp"), region="JP")
CALL = contact("CALL")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-{local}+09:00")


NOON = at("11-23T12:00:00")
THREE = tuple(touch(at(f"11-23T{hour:02}:00:00")) for hour in (9, 10, 11))


class TestEveryRule(places.EveryRule):
    place = JP
    examples = {
        "JP-21-OTHERS-REPRESENTED": Example(CALL, NOON, status=("REPRESENTED",)),
        "JP-21-OTHERS-THIRDPARTY": Example(contact("CALL", relation="KIN"), NOON),
        "JP-21-OTHERS-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON),
        "JP-21-PLACE-WORK": Example(contact("CALL", "LOCATE", "EMPLOYER", discloses_debt=False), NOON),
        "JP-JFSA-FREQ-VISITORS": Example(contact("VISIT", staff_count=3), NOON),
        "JP-21-HOURS": Example(CALL, at("11-23T21:00:00")),
        "JP-JFSA-FREQ": Example(CALL, NOON, THREE),
    }
    presumed = "JP-JFSA-FREQ JP-JFSA-FREQ-VISITORS"
    lifted_by = {"JP-21-HOURS": "HOURS", "JP-21-PLACE-WORK": "WORKPLACE"}
    channels = {"JP-21-HOURS": f"{places.CALLS} VISIT", "JP-JFSA-FREQ": places.CALLS}
    channels |= {"JP-21-PLACE-WORK": f"{places.CALLS} VISIT", "JP-JFSA-FREQ-VISITORS": "VISIT"}
    purposes = {
        "JP-21-OTHERS-THIRDPARTY": "REMIND COLLECT NEGOTIATE LEGAL_NOTICE",
        "JP-21-OTHERS-DISCLOSURE": places.ALWAYS,
        "JP-21-HOURS": places.ALWAYS,
        "JP-JFSA-FREQ": places.ALWAYS,
        "JP-JFSA-FREQ-VISITORS": places.ALWAYS,
    }
    relations = {"JP-21-PLACE-WORK": "COLLEAGUE EMPLOYER"} | {
        "JP-21-OTHERS-THIRDPARTY": places.THIRD,
        "JP-21-OTHERS-DISCLOSURE": places.THIRD,
    }
    either = "JP-21-OTHERS-THIRDPARTY JP-21-OTHERS-DISCLOSURE"
    counted_by = {"JP-JFSA-FREQ": "person"}
    known = "JP-21-HOURS JP-21-PLACE JP-21-OTHERS JP-JFSA-FREQ JP-LIMIT"


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("11-23T07:59:59", "11-23T08:00:00"),
        ("11-23T08:00:00", None),
        ("11-23T20:59:59", None),
        ("11-23T21:00:00", "11-24T08:00:00"),
    ],
)
@pytest.mark.parametrize("channel", ["CALL", "AI_CALL", "VISIT"])
def test_the_night(channel: str, local: str, opens: str | None) -> None:
    verdict = JP.judge(contact(channel), at(local))
    assert verdict.allowed is (opens is None)
    assert verdict.not_before == (opens and at(opens))
    assert JP.judge(contact(channel, consents=frozenset({"HOURS"})), at(local)).allowed
    assert JP.judge(contact("SMS"), at(local)).allowed


def test_the_fourth_call_of_a_day_waits_for_the_next_morning() -> None:
    assert JP.judge(CALL, NOON, THREE[1:]).allowed
    assert cited(JP.judge(CALL, NOON, THREE)) == ["JP-JFSA-FREQ"]
    assert JP.judge(CALL, NOON, THREE).not_before == at("11-24T08:00:00")
    assert JP.judge(CALL, at("11-24T08:00:00"), THREE).allowed
    assert JP.judge(contact("SMS"), NOON, THREE).allowed


@pytest.mark.parametrize("status", ["REPRESENTED", "BANKRUPT"])
def test_after_a_lawyers_or_a_courts_notice_only_an_answer_is_left(status: str) -> None:
    verdict = JP.judge(contact("LETTER"), NOON, status=[status])
    assert (cited(verdict), verdict.not_before) == (["JP-21-OTHERS-REPRESENTED"], None)
    assert JP.judge(contact("LETTER", "RESPOND"), NOON, status=[status]).allowed
    assert JP.judge(contact("LETTER"), NOON).allowed


def test_nobody_else_is_asked_or_told() -> None:
    assert cited(JP.judge(contact("CALL", relation="SPOUSE", discloses_debt=False), NOON)) == [
        "JP-21-OTHERS-THIRDPARTY"
    ]
    assert cited(JP.judge(contact("CALL", "LOCATE", "SPOUSE"), NOON)) == ["JP-21-OTHERS-DISCLOSURE"]
    assert JP.judge(contact("CALL", "LOCATE", "SPOUSE", discloses_debt=False), NOON).allowed
    assert JP.judge(contact("CALL", relation="GUARANTOR"), NOON).allowed


@pytest.mark.parametrize(("visitors", "allowed"), [(0, False), (1, True), (2, True), (3, False)])
def test_three_visitors_threaten_and_a_number_that_nobody_told_is_none(visitors: int, allowed: bool) -> None:
    verdict = JP.judge(contact("VISIT", staff_count=visitors), NOON)
    assert (verdict.allowed, verdict.not_before) == (allowed, None)
    told = [(reason.rule, reason.counted, reason.max) for reason in verdict.reasons]
    assert told == ([] if allowed else [("JP-JFSA-FREQ-VISITORS", visitors, 2)])


@pytest.mark.parametrize("relation", ["COLLEAGUE", "EMPLOYER"])
def test_nobody_is_rung_or_visited_at_work(relation: str) -> None:
    for channel in ("CALL", "VISIT"):
        made = contact(channel, "LOCATE", relation, discloses_debt=False)
        assert cited(JP.judge(made, NOON)) == ["JP-21-PLACE-WORK"]
    assert JP.judge(contact("LETTER", "LOCATE", relation, discloses_debt=False), NOON).allowed
