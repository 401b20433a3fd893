"""The Philippines: the night until sixteen days past due, and nobody but who is liable."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

from arrears.rules.compliance import judging
from arrears.rules.compliance.facts import BorrowerFacts

PH = Place(places.pack("ph"), region="PH")
TEXT = contact("SMS")


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{local}+08:00")


NOON = at("23T12:00:00")


class TestEveryRule(places.EveryRule):
    place = PH
    examples = {
        "PH-MC18-CONDUCT-THIRDPARTY": Example(contact("CALL", relation="KIN", discloses_debt=False), NOON),
        "PH-MC18-CONDUCT-DISCLOSURE": Example(contact("CALL", "RESPOND", "KIN"), NOON),
        "PH-MC18-HOURS": Example(TEXT, at("23T22:00:00")),
    }
    lifted_by = {"PH-MC18-CONDUCT-DISCLOSURE": "THIRD_PARTY", "PH-MC18-HOURS": "HOURS"}
    channels = {"PH-MC18-HOURS": places.EVERY}
    purposes = {"PH-MC18-CONDUCT-DISCLOSURE": places.ALWAYS, "PH-MC18-HOURS": places.ALWAYS}
    relations = {"PH-MC18-CONDUCT-THIRDPARTY": places.THIRD, "PH-MC18-CONDUCT-DISCLOSURE": places.THIRD}
    either = "PH-MC18-CONDUCT-DISCLOSURE"
    known = "PH-MC18-HOURS PH-MC18-CONDUCT"


class TestHours:
    @pytest.mark.parametrize("channel", places.EVERY.split())
    @pytest.mark.parametrize(
        ("clock", "allowed"), [("05:59:59", False), ("06:00:00", True), ("21:59:59", True), ("22:00:00", False)]
    )
    def test_from_six_to_ten(self, channel: str, clock: str, allowed: bool) -> None:
        assert PH.judge(contact(channel), at(f"23T{clock}")).allowed is allowed

    def test_the_night_waits(self) -> None:
        assert PH.judge(TEXT, at("23T23:00:00")).not_before == at("24T06:00:00")

    @pytest.mark.parametrize(("dpd", "allowed"), [(None, False), (0, False), (15, False), (16, True)])
    def test_more_than_fifteen_days_past_due_have_no_hours(self, dpd: int | None, allowed: bool) -> None:
        borrower = BorrowerFacts(region="PH", dpd=dpd)
        assert judging.judge(PH.pack, TEXT, borrower, (), at=at("23T23:00:00")).allowed is allowed


class TestThirdParties:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_are_not_contacted_nor_told(self, relation: str) -> None:
        verdict = PH.judge(contact("CALL", "LOCATE", relation, discloses_debt=False), NOON)
        assert (cited(verdict), verdict.not_before) == (["PH-MC18-CONDUCT-THIRDPARTY"], None)
        assert PH.judge(contact("CALL", "RESPOND", relation, discloses_debt=False), NOON).allowed
        assert not PH.judge(contact("CALL", "RESPOND", relation), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert PH.judge(contact("CALL", relation=relation), NOON).reasons == ()
