"""How long what is kept: the longest row counts, an unknown beginning has no end, a wrong row is refused by line."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from arrears import policies
from arrears.rules.compliance import reading, retention_terms
from arrears.rules.compliance.retention_terms import CASE_CLOSED, DEBT_SETTLED

ON = date(2026, 11, 23)
CN = retention_terms.schedule(reading.named(policies.folder(), "cn+house").duties, on=ON)


def terms(kind: str, **starts: date | None):
    return retention_terms.terms(CN, kind=kind, starts=starts)


def test_every_kind_has_a_row_with_its_source_in_the_shipped_schedule():
    assert {row.kind for row in CN} == set(retention_terms.KINDS)
    assert all(row.citation and row.confidence and row.text_zh and row.text_en for row in CN)


def test_of_several_rows_the_latest_day_counts():
    found = terms("WORDS", CASE_CLOSED=date(2020, 6, 1), DEBT_SETTLED=date(2021, 6, 1))

    assert retention_terms.until(found) == date(2026, 6, 1)
    assert not retention_terms.is_due(found, on=date(2026, 6, 1))
    assert retention_terms.is_due(found, on=date(2026, 6, 2))


def test_a_beginning_that_nobody_knows_has_no_end():
    found = terms("IDENTITY", DEBT_SETTLED=None)

    assert retention_terms.until(found) is None
    assert not retention_terms.is_due(found, on=date(2100, 1, 1))


def test_a_start_that_has_nothing_to_do_with_the_person_does_not_hold_them():
    assert {term.row.start for term in terms("WORDS", DEBT_SETTLED=ON)} == {DEBT_SETTLED}
    assert {term.row.start for term in terms("WORDS", CASE_CLOSED=ON)} == {CASE_CLOSED}


def test_what_no_row_speaks_of_is_never_due():
    assert not retention_terms.is_due((), on=date(2100, 1, 1))


def test_only_rows_in_force_speak():
    duties = reading.named(policies.folder(), "cn+house").duties
    before = {row.rule_id for row in retention_terms.schedule(duties, on=date(2024, 12, 31))}

    assert "CN-AML-RET" not in before
    assert "CN-AML-RET" in {row.rule_id for row in CN}


def test_a_leap_day_is_not_cut_short():
    assert retention_terms.years_after(date(2024, 2, 29), 5) == date(2029, 3, 1)
    assert retention_terms.years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("values", "key", "line"),
    [
        ('{ keep_years = 0, keep_from = "CASE_CLOSED", keeps = ["WORDS"] }', "keep_years", 28),
        ('{ keep_years = 500, keep_from = "CASE_CLOSED", keeps = ["WORDS"] }', "keep_years", 28),
        ('{ keep_years = 5, keep_from = "BIRTH", keeps = ["WORDS"] }', "keep_from", 28),
        ('{ keep_years = 5, keep_from = "CASE_CLOSED", keeps = ["SECRETS"] }', "keeps", 28),
        ('{ keep_years = 5, keeps = ["WORDS"] }', "keep_from", 28),
        ('{ keeps = ["WORDS"] }', "keep_years", 28),
        ("{ stranger_days = 0 }", "stranger_days", 28),
        ("{ stranger_days = 3661 }", "stranger_days", 28),
        ('{ stranger_days = "90" }', "stranger_days", 28),
    ],
)
def test_a_wrong_row_is_refused_with_file_line_and_key(values, key, line):
    text = _pack(values)
    with pytest.raises(reading.WrongPack) as refused:
        reading.parse(tomllib.loads(text), file="x.toml", region_zones={}, text=text)
    assert f"x.toml:{line}" in str(refused.value)
    assert key in str(refused.value)


def _pack(values: str) -> str:
    return f"""[pack]
id = "x"
version = "1"
title_zh = "x"
title_en = "x"
zones = ["Asia/Shanghai"]

[[rules]]
id = "R"
kind = "ban"
media = ["ANY"]
nature = "hard"
author = "law"
citation = "x"
effective = 2000-01-01
confidence = "own_choice"
text_zh = "x"
text_en = "x"

[[duties]]
id = "D"
topic = "retention"
author = "law"
citation = "x"
effective = 2000-01-01
confidence = "own_choice"
text_zh = "x"
values = {values}
text_en = "x"
"""


class TestStrangers:
    HOUSE = reading.named(policies.folder(), "cn+house").duties

    def test_the_shipped_days_are_our_own_and_say_so(self):
        duty = retention_terms.of_strangers(self.HOUSE, on=ON)
        assert duty is not None
        assert (retention_terms.stranger_days(duty), duty.author, duty.confidence) == (90, "lender", "own_choice")
        assert duty.citation

    def test_the_longest_of_those_in_force_counts(self):
        own = retention_terms.of_strangers(self.HOUSE, on=ON)
        assert own is not None
        longer = replace(own, rule_id="LONGER", values={"stranger_days": 180})
        later = replace(own, rule_id="LATER", values={"stranger_days": 365}, effective_on=date(2027, 1, 1))
        assert retention_terms.of_strangers([own, longer, later], on=ON) == longer
        assert retention_terms.of_strangers([own, longer, later], on=date(2027, 1, 1)) == later
        assert retention_terms.of_strangers([one for one in self.HOUSE if one != own], on=ON) is None
