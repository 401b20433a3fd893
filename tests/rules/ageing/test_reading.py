"""Does a product policy file say what it means, and is a wrong one refused by file and key?"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from arrears.rules.ageing import reading
from arrears.rules.ageing.policy import (
    Advance,
    Component,
    Confidence,
    DpdGrace,
    Grouping,
    InvalidPolicy,
    PenaltyGrace,
    Stage,
)

CODE = Path(reading.__file__).read_text(encoding="utf-8")
MANUAL = Path(__file__).resolve().parents[3] / "docs" / "policies.md"
GOOD = (reading.products_folder() / "cash_loan_cn.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


class TestShipped:
    def test_every_shipped_policy_is_read_and_says_where_its_rules_come_from(self):
        products = reading.read_folder(reading.products_folder())
        assert set(products) == {"cash_loan_cn", "bnpl_cn"}
        assert products["anything else"].code == "plain"
        for path in reading.products_folder().glob("*.toml"):
            if path.stem != "index":
                policy = reading.read(path)
                assert policy.code == path.stem
                assert policy.sources
                assert [b.code for b in policy.buckets] == ["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+"]

    def test_the_cash_loan_pays_costs_then_interest_then_principal_until_90_days(self):
        policy = reading.find("cash_loan_cn")
        early, late = policy.allocation.ranges
        fee, penalty, interest, principal = early.order
        assert (fee, penalty, interest, principal) == (
            Component.FEE,
            Component.PENALTY,
            Component.INTEREST,
            Component.PRINCIPAL,
        )
        assert (late.dpd_from, late.grouping, late.order[1]) == (91, Grouping.COMPONENT_FIRST, Component.PRINCIPAL)
        assert policy.penalty is not None
        assert policy.penalty.daily_rate == Fraction("0.234") / 360
        assert (policy.penalty.grace, policy.dpd_grace) == (PenaltyGrace.RETROACTIVE, DpdGrace.WAITED)
        assert Confidence.MEMORY in {source.confidence for source in policy.sources}

    @pytest.mark.parametrize(
        ("dpd", "bucket"),
        [(-1, "M0"), (0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (90, "M3"), (91, "M4"), (180, "M6"), (181, "M7+")],
    )
    def test_a_bucket_starts_where_its_table_says(self, dpd, bucket):
        assert reading.find("plain").bucket_of(dpd) == bucket


PLAIN = (reading.products_folder() / "plain.toml").read_text(encoding="utf-8")
ORDER = 'order = ["fee", "interest", "principal", "penalty"]'
STEPS = [f"{stage}-{part}" for part in ("fee", "principal", "interest", "penalty")
         for stage in ("past-due", "due", "in-advance")]  # fmt: skip
SEQUENCE = f"sequence = {STEPS}".replace("'", '"')
CHANNEL = '\n[[allocation.channels]]\nchannel = "REFUND"\nadvance = "even"\n'


class TestAllocation:
    def test_a_sequence_of_twelve_steps_stands_instead_of_an_order(self):
        said = reading.parse(PLAIN.replace(ORDER, SEQUENCE), file="ours.toml").allocation.ranges[0]
        assert said.sequence[:3] == tuple((stage, Component.FEE) for stage in Stage)
        assert said.order == (Component.FEE, Component.PRINCIPAL, Component.INTEREST, Component.PENALTY)

    def test_a_channel_differs_only_in_what_it_says(self):
        policy = reading.parse(PLAIN.replace(ORDER, ORDER + CHANNEL), file="ours.toml")
        (refund,) = policy.channels
        assert (refund.channel, refund.allocation.advance) == ("REFUND", Advance.EVEN)
        assert replace(refund.allocation, advance=policy.allocation.advance) == policy.allocation

    @pytest.mark.parametrize(
        ("text", "key", "problem"),
        [
            (SEQUENCE.replace('"due-fee", ', ""), "allocation.orders[0].sequence", "each once"),
            (f"{SEQUENCE}\n{ORDER}", "allocation.orders[0].sequence", "not beside it"),
            (ORDER + CHANNEL + CHANNEL, "allocation.channels", "twice"),
            (ORDER + CHANNEL + 'sort = "x"\n', "allocation.channels[0].sort", "is not a key"),
            (ORDER + CHANNEL.replace("even", "odd"), "allocation.channels[0].advance", "next-then-last, even"),
        ],
    )
    def test_what_makes_no_sense_is_refused_by_key(self, text, key, problem):
        with pytest.raises(InvalidPolicy, match=re.escape(problem)) as refused:
            reading.parse(PLAIN.replace(ORDER, text), file="ours.toml")
        assert re.match(rf"ours\.toml:\d+: {re.escape(key)}: ", str(refused.value))


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("old", "new", "key", "problem"),
        [
            ('code = "cash_loan_cn"', "", "code", "is missing"),
            ('code = "cash_loan_cn"', "code = 7", "code", "must be text"),
            ("grace_days = 3", "grace_days = 3.5", "ageing.grace_days", "whole number"),
            ("grace_days = 3", "grace_days = true", "ageing.grace_days", "whole number"),
            ("grace_days = 3", "grace_days = -1", "ageing.grace_days", "from 0"),
            ("grace_days = 3", "grace_dais = 3", "ageing.grace_dais", "is not a key"),
            ("due_day_offset = 0", "due_day_offset = 2", "ageing.due_day_offset", "from 0 to 1"),
            ('"0.234/360"', "0.00065", "penalty.daily_rate", "decimal text"),
            ('"0.234/360"', '"0.234/0"', "penalty.daily_rate", "not a decimal"),
            ('"0.234/360"', '"nan"', "penalty.daily_rate", "not a decimal"),
            ('"0.234/360"', '"0.2"', "penalty.daily_rate", "from 0 to 1/10"),
            ('"0.234/360"', '"0.00000000000001"', "penalty.daily_rate", "more digits"),
            ('base = ["principal"]', 'base = ["penalty"]', "penalty.base", "penalty on a penalty"),
            ('base = ["principal"]', 'base = ["capital"]', "penalty.base", "none of"),
            ('base = ["principal"]', 'base = ["principal", "principal"]', "penalty.base", "twice"),
            ('rounding = "half-up"', 'rounding = "nearest"', "penalty.rounding", "must be one of"),
            ("dpd_from = 91\ngrouping", "dpd_from = 0\ngrouping", "allocation.orders", "start at 0 and rise"),
            ('["fee", "penalty", "interest", "principal"]', '["fee", "principal"]', "allocation.orders[0].order",
             "each once"),
            ('code = "M1"\ndpd_from = 1', 'code = "M1"\ndpd_from = 40', "buckets", "rise"),
            ('share_of_principal = "0.24"', "", "penalty_cap", "exactly one"),
            ('confidence = "memory"', 'confidence = "sure"', "sources[1].confidence", "must be one of"),
            ("[ageing]", "[ageing", "(syntax)", "line"),
        ],
    )  # fmt: skip
    def test_it_is_refused_by_file_and_key(self, old, new, key, problem):
        with pytest.raises(InvalidPolicy, match=re.escape(problem)) as refused:
            reading.parse(changed(old, new), file="ours.toml")
        assert re.match(rf"ours\.toml(:\d+)?: {re.escape(key)}: ", str(refused.value))
        assert refused.value.code == "invalid_policy"

    def test_the_line_of_the_wrong_key_is_told(self):
        text = changed("grace_days = 3", "grace_dais = 3")
        line = text.splitlines().index("grace_dais = 3") + 1
        with pytest.raises(InvalidPolicy, match=rf"^ours\.toml:{line}: ageing\.grace_dais: "):
            reading.parse(text, file="ours.toml")

    def test_a_missing_file_and_an_unknown_name_say_so(self, tmp_path):
        with pytest.raises(InvalidPolicy, match="cannot be read"):
            reading.read(tmp_path / "none.toml")
        with pytest.raises(InvalidPolicy, match="bnpl_cn, cash_loan_cn, plain"):
            reading.find("nosuch")

    def test_an_index_that_names_a_policy_wrongly_is_refused(self, tmp_path):
        (tmp_path / "index.toml").write_text('default = "b"\n[products]\n', encoding="utf-8")
        (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
        with pytest.raises(InvalidPolicy, match="must be 'b'"):
            reading.read_folder(tmp_path)


def test_the_manual_shows_a_whole_file_with_every_key():
    """What docs/policies.md prints is a policy, and names each key that the reading asks for."""
    blocks = re.findall(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    whole = next(block for block in blocks if block.startswith("code"))
    policy = reading.parse(whole, file="policies.md")
    assert (policy.grace_days, len(policy.channels), len(policy.allocation.ranges)) == (3, 1, 2)
    assert policy.penalty
    assert policy.late_fee
    assert policy.cap
    asked = set(
        re.findall(r'(?:text|whole|choice|words|components|ratio|tables|section|_order)\((?:\w+, )?"(\w+)"', CODE)
    )
    assert len(asked) > 30
    assert {key for key in asked if not re.search(rf"\b{key}\b", "".join(blocks))} == set()
    for block in blocks:
        tomllib.loads(block)
