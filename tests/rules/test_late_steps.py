"""The lists of agencies and legal steps: what ships can be read in both languages, and a bad edit names its key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import arrears.policies
from arrears.rules import cases, late_steps

SHIPPED = late_steps.read(arrears.policies.folder())
AGENCIES = '[[agency]]\ncode = "A"\nzh-hans = "甲"\nen = "A"\nfrom = 2025-01-01\n'
STEPS = '[[step]]\ncode = "S"\npending = true\nzh-hans = "诉"\nen = "S"\nsource = "law"\n'


def lists(folder: Path, *, agencies: str = AGENCIES, steps: str = STEPS) -> late_steps.Lists:
    (folder / "agencies.toml").write_text(agencies, encoding="utf-8")
    (folder / "legal_steps.toml").write_text(steps, encoding="utf-8")
    return late_steps.read(folder)


class TestShipped:
    def test_the_steps_go_from_letter_to_enforcement_and_each_names_its_law(self) -> None:
        kinds = list(SHIPPED.steps)
        assert kinds.index("LAWYERS_LETTER") < kinds.index("SUIT_FILED") < kinds.index("ENFORCEMENT")
        assert SHIPPED.steps["SUIT_FILED"].is_pending
        assert not SHIPPED.steps["ENDED"].is_pending
        assert all(step.source and set(step.texts) == {"zh-hans", "en"} for step in SHIPPED.steps.values())

    def test_an_ended_contract_takes_no_case(self) -> None:
        old = SHIPPED.agencies["EXAMPLE_OLD"]
        assert old.to_on is not None
        assert not old.works(old.to_on)
        assert old.works(old.from_on)
        assert any(one.works(date(2026, 11, 23)) for one in SHIPPED.agencies.values())


class TestTerms:
    def test_a_matter_rests_three_years_by_the_calendar(self) -> None:
        assert SHIPPED.terms.rests_until(date(2026, 11, 23)) == date(2029, 11, 23)
        assert SHIPPED.terms.rests_until(date(2024, 2, 29)) == date(2027, 2, 28)

    def test_a_list_from_before_the_terms_asks_nothing(self, tmp_path: Path) -> None:
        terms = lists(tmp_path).terms
        assert (terms.rests_until(date(2026, 11, 23)), terms.claim_percent_most) == (date.max, None)


class TestBadEdits:
    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"agencies": AGENCIES + AGENCIES}, "agencies.toml:7: agency[A].code: is given twice"),
            ({"agencies": AGENCIES.replace('en = "A"\n', "")}, "agencies.toml:1: agency[A].en: is missing"),
            ({"agencies": AGENCIES + "to = 2024-01-01\n"}, "agencies.toml:6: agency[A].to: is not after from"),
            ({"agencies": AGENCIES + "until = 2026-01-01\n"}, "agencies.toml:6: agency[A].until: unknown key"),
            ({"agencies": AGENCIES.replace("[[agency]]", "[[agencies]]")}, "agencies.toml:1: agencies: unknown key"),
            ({"agencies": AGENCIES.replace("from = 2025-01-01", 'from = "2025"')}, "must be a date"),
            ({"agencies": AGENCIES.replace('code = "A"', "code = 7")}, "agencies.toml:2: agency[0].code: must be a"),
            ({"agencies": "agency = 3"}, "agencies.toml:1: agency: must be tables such as [[agency]]"),
            ({"steps": STEPS.replace("true", '"yes"')}, "legal_steps.toml:3: step[S].pending: must be true or false"),
            (
                {"steps": STEPS.replace("pending", "is_pending")},
                "there are body, code, en, pending, presses, source, zh-hans",
            ),
            ({"steps": STEPS.replace('source = "law"', 'source = " "')}, "step[S].source: must be a non-empty text"),
            ({"steps": STEPS.replace('"S"\np', f'"{"S" * 25}"\np')}, "at most 24 letters"),
            ({"steps": "[[step"}, "legal_steps.toml:1: -"),
            ({"steps": "[terms]\nrests_years_at_most = 3\n" + STEPS}, "terms.rests_source: is missing"),
            ({"steps": "[terms]\nyears = 3\n" + STEPS}, "legal_steps.toml:2: terms.years: unknown key"),
        ],
    )
    def test_the_file_and_key_are_named(self, tmp_path: Path, given: dict[str, str], told: str) -> None:
        with pytest.raises(late_steps.WrongLateSteps) as refusal:
            lists(tmp_path, **given)
        assert told in str(refusal.value)


class TestEnds:
    @pytest.mark.parametrize("kind", sorted(cases.WITHOUT))
    def test_every_end_fits_its_column_and_a_kind_is_never_ended_by_hand_as_done(self, kind: str) -> None:
        assert all(len(end) <= 20 for end in cases.ends(kind))
        assert cases.DOING.get(kind) not in cases.ends_by_hand(kind)  # CARE is done by nothing but its ends by hand
