"""South Africa: an old debt is looked into before it is collected."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.policies.packs import places
from tests.policies.packs.places import Example, Place, cited, contact

from arrears.rules.compliance import judging
from arrears.rules.compliance.facts import BorrowerFacts

ZA = Place(places.pack("za"), region="ZA")
NOON = datetime.fromisoformat("2026-11-23T12:00:00+02:00")


class TestEveryRule(places.EveryRule):
    place = ZA
    examples = {"ZA-NCA-PRESCRIPTION": Example(contact("CALL"), NOON)}
    advised = "ZA-NCA-PRESCRIPTION"
    known = "ZA-NCA"


class TestPrescription:
    @pytest.mark.parametrize(
        ("dpd", "rules"),
        [(0, []), (1094, []), (1095, ["ZA-NCA-PRESCRIPTION"]), (None, ["ZA-NCA-PRESCRIPTION"])],
    )
    def test_three_years_overdue_are_looked_into(self, dpd: int | None, rules: list[str]) -> None:
        verdict = judging.judge(ZA.pack, contact("CALL"), BorrowerFacts(region="ZA", dpd=dpd), (), at=NOON)
        assert (cited(verdict), verdict.allowed, verdict.not_before) == (rules, True, None)
