"""Hong Kong: a bankrupt is left alone, and so are referees, family and friends."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

HK = Place(places.pack("hk"), region="HK")


def at(clock: str, day: int = 23) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}+08:00")


NOON = at("12:00:00")


class TestEveryRule(places.EveryRule):
    place = HK
    examples = {
        "HK-CBP-BK": Example(contact("LETTER"), NOON, status=("BANKRUPT",)),
        "HK-CBP-THIRD": Example(contact("CALL", relation="KIN"), NOON),
        "HK-CBP-CONDUCT-WHEREABOUTS": Example(contact("CALL", "LOCATE", "KIN"), NOON),
        "HK-CBP-THIRD-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON),
        "HK-CBP-CONDUCT-HOURS": Example(contact("CALL"), at("21:00:00")),
    }
    presumed = "HK-CBP-CONDUCT-HOURS"
    lifted_by = {"HK-CBP-CONDUCT-HOURS": "HOURS"}
    channels = {"HK-CBP-CONDUCT-HOURS": places.TIMED}
    purposes = {
        "HK-CBP-THIRD": "REMIND COLLECT NEGOTIATE RELAY LEGAL_NOTICE",
        "HK-CBP-CONDUCT-WHEREABOUTS": "LOCATE",
        "HK-CBP-THIRD-DISCLOSURE": places.ALWAYS,
        "HK-CBP-CONDUCT-HOURS": places.ALWAYS,
    }
    relations = {"HK-CBP-THIRD": places.THIRD, "HK-CBP-CONDUCT-WHEREABOUTS": places.THIRD}
    relations["HK-CBP-THIRD-DISCLOSURE"] = places.THIRD
    either = "HK-CBP-THIRD HK-CBP-THIRD-DISCLOSURE"
    known = "HK-CBP-CONDUCT HK-CBP-THIRD HK-CBP-NOTICE HK-CBP-BK"


@pytest.mark.parametrize("purpose", places.DUNNING.split())
class TestWhoIsLeftAlone:
    def test_a_bankrupt(self, purpose: str) -> None:
        made = contact("LETTER", purpose)
        verdict = HK.judge(made, NOON, status=["BANKRUPT"])
        assert (cited(verdict), verdict.not_before) == (["HK-CBP-BK"], None)
        assert HK.judge(made, NOON).allowed

    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_who_gave_no_guarantee(self, purpose: str, relation: str) -> None:
        made = contact("CALL", purpose, relation, discloses_debt=False)
        verdict = HK.judge(made, NOON, status=["UNREACHABLE"])
        assert cited(verdict) == ["HK-CBP-CONDUCT-WHEREABOUTS" if purpose == "LOCATE" else "HK-CBP-THIRD"]
        assert verdict.not_before is None

    def test_a_guarantor_may_be_asked(self, purpose: str) -> None:
        assert HK.judge(contact("CALL", purpose, "GUARANTOR"), NOON).allowed


@pytest.mark.parametrize(
    ("clock", "opens"),
    [
        ("07:59:59", at("08:00:00")),
        ("08:00:00", None),
        ("20:59:59", None),
        ("21:00:00", at("08:00:00", 24)),
    ],
)
def test_unreasonable_hours_by_our_own_figures(clock: str, opens: datetime | None) -> None:
    verdict = HK.judge(contact("CALL"), at(clock))
    assert (verdict.allowed, verdict.not_before) == (opens is None, opens)
    assert HK.judge(contact("CALL", consents=frozenset({"HOURS"})), at(clock)).allowed
    [rule] = [rule for rule in HK.pack.rules if rule.rule_id == "HK-CBP-CONDUCT-HOURS"]
    assert rule.confidence == "own_choice"


def test_an_answer_stays_lawful() -> None:
    assert HK.judge(contact("LETTER", "RESPOND"), NOON, status=["BANKRUPT"]).allowed
    assert HK.judge(contact("CALL", "RESPOND", "KIN", discloses_debt=False), NOON).allowed
    assert cited(HK.judge(contact("CALL", "RESPOND", "KIN"), NOON)) == ["HK-CBP-THIRD-DISCLOSURE"]
