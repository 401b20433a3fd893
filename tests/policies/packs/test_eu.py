"""The European Union: what the directives say of a single contact is that nobody else learns of the debt; the night is
our own rule."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

EU = Place(places.pack("eu"), region="DE-BE")
NOON = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
NIGHT = datetime.fromisoformat("2026-11-23T21:00:00+01:00")


class TestEveryRule(places.EveryRule):
    place = EU
    examples = {
        "EU-NPL-10-PRIVACY": Example(contact("CALL", relation="KIN"), NOON),
        "EU-HOURS": Example(contact("CALL"), NIGHT),
    }
    lifted_by = {"EU-NPL-10-PRIVACY": "THIRD_PARTY", "EU-HOURS": "HOURS"}
    channels = {"EU-HOURS": places.TIMED}
    purposes = dict.fromkeys(examples, places.ALWAYS)
    relations = {"EU-NPL-10-PRIVACY": places.THIRD}
    either = "EU-NPL-10-PRIVACY"
    known = "EU-NPL-10 EU-NPL-10-2 EU-NPL-7 EU-CCD2-35 EU-GDPR"


def test_the_night_is_our_own_rule_by_the_clock_of_the_place() -> None:
    assert EU.judge(contact("CALL"), NIGHT).not_before == datetime.fromisoformat("2026-11-24T08:00:00+01:00")
    assert Place(EU.pack, region="IE").judge(contact("CALL"), NIGHT).allowed
    [rule] = [rule for rule in EU.pack.rules if rule.rule_id == "EU-HOURS"]
    assert (rule.author, rule.confidence) == ("lender", "own_choice")


class TestPrivacy:
    @pytest.mark.parametrize("relation", ["SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"])
    def test_third_parties_are_not_told(self, relation: str) -> None:
        verdict = EU.judge(contact("LETTER", relation=relation), NOON)
        assert (cited(verdict), verdict.not_before) == (["EU-NPL-10-PRIVACY"], None)
        assert EU.judge(contact("LETTER", "LOCATE", relation, discloses_debt=False), NOON).allowed

    @pytest.mark.parametrize("relation", ["SELF", "GUARANTOR"])
    def test_who_owes_is(self, relation: str) -> None:
        assert EU.judge(contact("LETTER", relation=relation), NOON).reasons == ()


@pytest.mark.parametrize(
    ("clock", "opens"),
    [("08:59:59", "23T09:00:00"), ("09:00:00", None), ("18:59:59", None), ("19:00:00", "24T09:00:00")],
)
def test_where_nobody_knows_the_place_it_is_day_from_the_azores_to_finland(clock: str, opens: str | None) -> None:
    verdict = Place(EU.pack).judge(contact("CALL"), datetime.fromisoformat(f"2026-11-23T{clock}+00:00"))
    assert verdict.not_before == (opens and datetime.fromisoformat(f"2026-11-{opens}+00:00"))
    assert verdict.allowed is (opens is None)
