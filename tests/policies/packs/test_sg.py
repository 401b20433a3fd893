"""Singapore: telling others is taken for harassment."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

SG = Place(places.pack("sg"), region="SG")
NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")


class TestEveryRule(places.EveryRule):
    place = SG
    examples = {"SG-POHA-DISCLOSURE": Example(contact("CALL", relation="KIN"), NOON)}
    presumed = "SG-POHA-DISCLOSURE"
    lifted_by = {"SG-POHA-DISCLOSURE": "THIRD_PARTY"}
    purposes = {"SG-POHA-DISCLOSURE": places.ALWAYS}
    relations = {"SG-POHA-DISCLOSURE": places.THIRD}
    either = "SG-POHA-DISCLOSURE"
    known = "SG-POHA SG-LICENCE"


class TestPrivacy:
    @pytest.mark.parametrize("relation", places.THIRD.split())
    def test_third_parties_are_not_told(self, relation: str) -> None:
        verdict = SG.judge(contact("LETTER", relation=relation), NOON)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (["SG-POHA-DISCLOSURE"], False, None)
        assert SG.judge(contact("LETTER", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert SG.judge(contact("LETTER", relation=relation), NOON).reasons == ()
