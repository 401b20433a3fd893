"""What is said to somebody whom the case says to leave alone: `stopped.jsonl`, half of it lawful in that state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears import policies
from arrears.rules.speech import binding, screen, told
from arrears.rules.speech.told import Utterance

ROWS = [json.loads(line) for line in Path(__file__).with_name("stopped.jsonl").read_text("utf-8").splitlines()]


def said(text: str, facts: object, recipient: str = "SELF") -> Utterance:
    utterance = told.read(json.dumps({"text": text, "facts": facts, "recipient": recipient}).encode()).utterance
    assert utterance is not None
    return utterance


def test_nobody_who_is_to_be_left_alone_is_asked_for_money() -> None:
    rows = [row for row in ROWS if row["label"] != "OK"]
    found = screen([said(row["text"], row["facts"]) for row in rows])
    assert len(rows) >= 100
    assert sum(one.violation for one in found) / len(rows) >= 0.98


def test_they_are_helped_answered_and_told_that_we_have_stopped() -> None:
    """Nothing that is lawful without the fact is unlawful by it."""
    rows = [row for row in ROWS if row["label"] == "OK"]
    bare = screen([said(row["text"], "") for row in rows])
    found = screen([said(row["text"], row["facts"]) for row in rows])
    spoilt = [row["text"] for row, one, two in zip(rows, bare, found, strict=True) if two.violation > one.violation]
    assert len(rows) >= 100
    assert len(spoilt) <= 1, spoilt


@pytest.mark.parametrize("text", ["您打算哪天还?", "您的账单逾期了,麻烦尽快处理。", "What can you manage this week?"])
def test_without_such_a_fact_the_same_may_be_asked(text: str) -> None:
    for facts in ("", {"self_harm": False}, {"ceased": False}, {"disputed": False}):
        assert screen([said(text, facts)])[0].label == "OK"
    assert screen([said(text, {"self_harm": True})])[0].label == "IGNORE_RIGHTS"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Please do not pay until this is settled.", "OK"),
        ("Please hold off paying until this is settled.", "OK"),
        ("Do not send anything for now.", "OK"),
        ("Please do not fail to pay today.", "IGNORE_RIGHTS"),
        ("Do not wait any longer to pay.", "IGNORE_RIGHTS"),
    ],
)
def test_who_is_told_not_to_pay_is_asked_for_nothing_unless_not_to_fail_to(text: str, label: str) -> None:
    assert screen([said(text, {"self_harm": True})])[0].label == label


def test_a_guarantor_of_somebody_bankrupt_may_be_asked() -> None:
    text = "您作为保证人，打算哪天还这笔三千元？"
    assert screen([said(text, {"bankrupt": True}, "GUARANTOR")])[0].label == "OK"
    assert screen([said(text, {"bankrupt": True})])[0].label == "IGNORE_RIGHTS"


def test_a_dispute_forbids_to_ask_and_not_to_speak_of_the_sum() -> None:
    case = binding.read(policies.folder() / "speech" / "claims.toml").stops
    for facts, places in (({"disputed": True}, 0), ({"self_harm": True}, 1)):
        known = said("", facts).truths
        assert len(case.broken("the balance on the statement is $540", "en", known, [])) == places
        assert case.broken("when can you pay it?", "en", known, [])
        assert not case.broken("we have paused collection and you need not pay it", "en", known, [])


@pytest.mark.parametrize("text", ["Do not hold off paying any longer.", "Do not hold back payments."])
def test_not_to_hold_off_is_to_pay(text: str) -> None:
    assert screen([said(text, {"self_harm_risk": True})])[0].violation
