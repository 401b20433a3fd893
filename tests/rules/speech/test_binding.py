"""Claims held against what is true of a case: which are wrong, and which of them nothing denies."""

from __future__ import annotations

import pytest

from arrears import policies
from arrears.rules.speech import binding, truths
from arrears.rules.speech.told import DEBTOR, Utterance

CASE = binding.read(policies.folder() / "speech" / "claims.toml")


def bound(text: str, facts: object) -> binding.Bound:
    told = Utterance(text, "en", DEBTOR, "call", truths.read(facts))
    return CASE.bind(text, "en", told, "us", CASE.claimed([text], "en")[0], [])


@pytest.mark.parametrize(
    ("facts", "unproven"), [("", {"MISREP_LEGAL"}), ("no judgment", set()), ("no judgment; no suit was filed", set())]
)
def test_a_label_that_a_fact_denies_is_not_unproven_whatever_was_claimed_first(facts: str, unproven: set[str]) -> None:
    found = bound("we have filed suit against you. the court has entered judgment against you.", facts)
    assert [label for label, _, _ in found.wrong] == ["MISREP_LEGAL"]
    assert found.unproven == unproven


@pytest.mark.parametrize("text", ["we don't charge any late fee.", "we won't add a fee.", "there is no late fee."])
def test_a_fee_that_is_not_asked_is_not_claimed(text: str) -> None:
    assert bound(text, "fees are not in the contract").wrong == ()


def test_a_fee_that_is_asked_against_the_contract_is_wrong() -> None:
    assert bound("we charge a late fee.", "fees are not in the contract").wrong[0][0] == "IMPROPER_FEE"
