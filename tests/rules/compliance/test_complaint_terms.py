"""By when a complaint is acknowledged and answered: every duty speaks, and the earliest day counts."""

from __future__ import annotations

from datetime import date

import pytest
from tests import gatehouse

from arrears import policies
from arrears.rules import regions
from arrears.rules.compliance import complaint_terms, reading
from arrears.rules.compliance.complaint_terms import ACKNOWLEDGE, ANSWER
from arrears.rules.compliance.packs import Duty

#: A Friday.
ON = date(2026, 11, 6)


def law(name: str) -> tuple[Duty, ...]:
    return reading.named(policies.folder(), name).duties


def due(name: str, what: str, *, on: date = ON, intake: str = "PHONE", extended: int = 0) -> date | None:
    found = complaint_terms.terms(law(name), from_on=on, intake=intake, country="CN", extended=extended)
    return complaint_terms.due(found, what)


class TestShipped:
    @pytest.mark.parametrize(("extended", "day"), [(0, 21), (1, 6), (2, 5), (3, 5)])
    def test_the_mainland_answers_in_fifteen_thirty_and_sixty_days(self, extended, day):
        month = {0: (2026, 11), 1: (2026, 12), 2: (2027, 1), 3: (2027, 1)}[extended]
        assert due("cn", ANSWER, extended=extended) == date(*month, day)

    def test_the_house_acknowledges_within_two_working_days_over_a_week_end(self):
        assert due("cn+house", ACKNOWLEDGE) == date(2026, 11, 10)

    def test_a_regulator_is_answered_for_within_one(self):
        assert due("cn+house", ACKNOWLEDGE, intake="REGULATOR") == date(2026, 11, 9)

    def test_working_days_know_the_holidays_and_the_days_worked_instead(self):
        # 2026-09-30 is a Wednesday; the National Day holiday lasts until 7 October.
        assert due("cn+house", ACKNOWLEDGE, on=date(2026, 9, 30)) == date(2026, 10, 9)

    def test_eight_weeks_in_the_united_kingdom_but_the_house_is_stricter(self):
        assert due("uk", ANSWER) == date(2027, 1, 1)
        assert due("uk+house", ANSWER) == date(2026, 11, 21)

    def test_australia_has_both_terms(self):
        assert (due("au", ACKNOWLEDGE), due("au", ANSWER)) == (date(2026, 11, 9), date(2026, 12, 6))

    def test_before_the_law_was_in_force_it_does_not_speak(self):
        assert due("cn", ANSWER, on=date(2019, 5, 6)) == date(2019, 5, 6)

    def test_without_any_duty_it_is_due_at_once(self):
        [term] = complaint_terms.terms((), from_on=ON, intake="PHONE", country="CN")
        assert (term.what, term.due_on, term.rule_id) == (ANSWER, ON, "")

    def test_each_term_has_its_source(self):
        found = complaint_terms.terms(law("cn+house"), from_on=ON, intake="REGULATOR", country="CN")
        assert [term.rule_id for term in found] == [
            "LENDER-COMPLAINT-REGULATOR",
            "LENDER-COMPLAINT-ACK",
            "CN-COMPLAINT20",
            "LENDER-COMPLAINT-ANSWER",
        ]
        assert all(term.citation and term.text_zh and term.text_en for term in found)


class TestReading:
    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ('days = "fifteen"', "whole number"),
            ("days = 0", "at least 1"),
            ("weeks = 400", "at most 366"),
            ('intakes = ["FAX"]', "unknown word"),
            ("acknowledge_working_days = true", "whole number"),
        ],
    )
    def test_a_figure_that_cannot_be_a_term_refuses_the_pack(self, values, why, tmp_path):
        text = (policies.folder() / "packs" / "cn.toml").read_text(encoding="utf-8")
        changed = text.replace("values = { days = 15, days_extended = 30, days_max = 60 }", f"values = {{ {values} }}")
        assert changed != text
        path = tmp_path / "cn.toml"
        path.write_text(changed, encoding="utf-8")
        with pytest.raises(reading.WrongPack, match=why) as refused:
            reading.read(path, region_zones=regions.read(policies.folder() / "regions.toml"))
        assert "CN-COMPLAINT20" in str(refused.value) or "duties" in str(refused.value)


def test_the_gate_of_the_tests_knows_the_duties_of_complaints():
    assert {one.rule_id for one in gatehouse.shipped_gate().pack.duties} >= {"CN-COMPLAINT20", "LENDER-COMPLAINT-ACK"}
