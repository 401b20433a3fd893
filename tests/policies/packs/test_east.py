"""Korea, India, Taiwan, Japan and Hong Kong: hours, counts, third parties and statuses, at both edges."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Place, cited, contact, touch

from arrears import policies

KR, IN, TW = (Place(places.pack(code), region=code.upper()) for code in ("kr", "in", "tw"))
JP, HK = (Place(places.pack(code), region=code.upper()) for code in ("jp", "hk"))
ZONES = {"KR": "+09:00", "IN": "+05:30", "TW": "+08:00", "JP": "+09:00", "HK": "+08:00"}
KNOWN = """
    KR-7IN7 KR-DEFER KR-TIMEBAN KR-HOURS KR-RESTRUCT IN-RBI22-HOURS IN-RBI22-CONDUCT IN-RBI26-DRAFT IN-LIMIT TW-HOURS
    TW-CONDUCT TW-NOTICE TW-RECORD TW-LIABILITY JP-21-HOURS JP-21-PLACE JP-21-OTHERS JP-JFSA-FREQ JP-LIMIT
    HK-CBP-CONDUCT HK-CBP-THIRD HK-CBP-NOTICE HK-CBP-BK
"""


def at(place: Place, local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}{ZONES[place.region]}")


def test_every_fact_stands_in_a_pack() -> None:
    told = {row.rule_id for one in (KR, IN, TW, JP, HK) for row in (*one.pack.rules, *one.pack.duties)}
    assert set(KNOWN.split()) <= told
    assert {file.stem for file in (policies.folder() / "packs").glob("*.toml")} >= {"kr", "in", "tw", "jp", "hk"}


@pytest.mark.parametrize(
    ("place", "channel", "opens", "closes", "rule"),
    [
        (KR, "SMS", "08:00", "21:00", "KR-HOURS"),
        (IN, "CALL", "08:00", "19:00", "IN-RBI22-HOURS"),
        (IN, "VISIT", "08:00", "19:00", "IN-RBI22-HOURS"),
        (TW, "SMS", "07:00", "22:00", "TW-HOURS"),
        (JP, "CALL", "08:00", "21:00", "JP-21-HOURS"),
    ],
    ids=lambda value: getattr(value, "region", None),
)
def test_hours_are_kept_to_the_second(place: Place, channel: str, opens: str, closes: str, rule: str) -> None:
    made = contact(channel)
    first, last = at(place, f"23T{opens}:00"), at(place, f"23T{closes}:00")
    second = timedelta(seconds=1)
    assert [place.judge(made, moment).allowed for moment in (first - second, first, last - second, last)] == [
        False,
        True,
        True,
        False,
    ]
    late = place.judge(made, last)
    assert rule in cited(late)
    assert late.not_before == first + timedelta(days=1)


def test_consent_lifts_the_hours_in_taiwan_alone() -> None:
    agreed = frozenset({"HOURS"})
    assert TW.judge(contact("CALL", consents=agreed), at(TW, "23T23:00:00")).allowed
    assert not KR.judge(contact("CALL", consents=agreed), at(KR, "23T23:00:00")).allowed


def test_a_text_in_the_indian_evening_is_advised_against() -> None:
    verdict = IN.judge(contact("SMS"), at(IN, "23T20:00:00"))
    assert (cited(verdict), verdict.allowed) == (["IN-RBI26-DRAFT"], True)


def test_seven_contacts_of_any_kind_in_seven_days_for_one_korean_claim() -> None:
    noon = at(KR, "23T12:00:00")
    channels = ["CALL", "SMS", "EMAIL", "VISIT", "CALL", "LETTER", "SMS"]
    past = [touch(noon - timedelta(hours=20 * n + 1), each, "SENT") for n, each in enumerate(channels)]
    verdict = KR.judge(contact("CALL"), noon, past)
    assert (cited(verdict), verdict.reasons[0].counted) == (["KR-7IN7"], 7)
    assert verdict.not_before == min(one.at for one in past) + timedelta(days=7)
    assert KR.judge(contact("CALL"), noon, past[1:]).allowed
    for purpose in ("LEGAL_NOTICE", "RESPOND"):
        assert KR.judge(contact("CALL", purpose), noon, past).allowed


def test_three_calls_a_day_in_japan() -> None:
    noon = at(JP, "23T12:00:00")
    past = [touch(noon - timedelta(minutes=30 * n), "CALL", "NO_ANSWER") for n in (1, 2, 3)]
    verdict = JP.judge(contact("CALL"), noon, past)
    assert (cited(verdict), verdict.not_before) == (["JP-JFSA-FREQ"], at(JP, "24T08:00:00"))
    assert JP.judge(contact("CALL"), noon, past[1:]).allowed


@pytest.mark.parametrize("place", [KR, IN, TW, JP, HK], ids=lambda place: place.region)
def test_nobody_but_who_is_liable_is_asked_to_pay_or_told(place: Place) -> None:
    noon = at(place, "23T12:00:00")
    for relation in ("SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"):
        assert not place.judge(contact("CALL", relation=relation), noon).allowed
        told = contact("CALL", "RESPOND", relation=relation, initiated_by="BORROWER", discloses_debt=True)
        assert not place.judge(told, noon).allowed
    assert place.judge(contact("CALL", relation="GUARANTOR"), noon).allowed
    locate = contact("CALL", "LOCATE", relation="KIN", discloses_debt=False)
    assert place.judge(locate, noon).allowed is (place.region in {"KR", "IN", "JP"})


@pytest.mark.parametrize(
    ("place", "status", "rule"),
    [
        (KR, "HARDSHIP_REVIEW", "KR-DEFER"),
        (JP, "REPRESENTED", "JP-21-OTHERS-LAWYER"),
        (HK, "BANKRUPT", "HK-CBP-BK"),
    ],
    ids=lambda value: getattr(value, "region", None),
)
def test_statuses_that_the_law_of_the_place_knows(place: Place, status: str, rule: str) -> None:
    noon = at(place, "23T12:00:00")
    assert rule in cited(place.judge(contact("CALL"), noon, status=[status]))
    assert place.judge(contact("CALL", "RESPOND"), noon, status=[status]).allowed
