"""The European Union: what the directives say of a single contact is that nobody else learns of the debt."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

EU = Place(places.pack("eu"), region="DE-BE")
NOON = datetime.fromisoformat("2026-11-23T12:00:00+01:00")


class TestEveryRule(places.EveryRule):
    place = EU
    examples = {"EU-NPL-10-PRIVACY": Example(contact("CALL", relation="KIN"), NOON)}
    lifted_by = {"EU-NPL-10-PRIVACY": "THIRD_PARTY"}
    purposes = {"EU-NPL-10-PRIVACY": places.ALWAYS}
    relations = {"EU-NPL-10-PRIVACY": places.THIRD}
    either = "EU-NPL-10-PRIVACY"
    known = "EU-NPL-10 EU-NPL-10-2 EU-NPL-7 EU-CCD2-35 EU-GDPR"


class TestPrivacy:
    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_third_parties_are_not_told(self, relation: str) -> None:
        verdict = EU.judge(contact("LETTER", relation=relation), NOON)
        assert (cited(verdict), verdict.not_before) == (["EU-NPL-10-PRIVACY"], None)
        assert EU.judge(contact("LETTER", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert EU.judge(contact("LETTER", relation=relation), NOON).reasons == ()
