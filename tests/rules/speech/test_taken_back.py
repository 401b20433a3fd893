"""What was so and is taken back, asked, only meant, or somebody else's proves nothing; and all facts are read."""

from __future__ import annotations

import json
import time

import pytest
from tests.rules.speech.test_proof import SUIT, judged

from arrears import policies
from arrears.rules.speech import folding, lettering, told, truths

TAKEN_BACK = (
    "suit filed 3 Oct; suit withdrawn 9 Oct",
    "suit filed on 3 Oct and withdrawn on 9 Oct",
    "10月3日已立案，10月9日已撤诉",
    ["已立案", "已撤诉"],
    {"suit_filed": True, "suit_withdrawn": True},
    {"立案": "是", "撤诉": "是"},
    {"suit_filed": True, "status": "withdrawn"},
    {"suit_filed": [True, False]},
)
ASKED = ("suit filed?", "已立案？", "是否已立案", {"suit_filed": "yes?"})
ANOTHERS = (
    *("suit filed against the guarantor", "guarantor was sued on 3 Oct", "保证人已被起诉", "已立案（同名他人）"),
    {"suit_filed": True, "suit_filed_by": "another creditor"},
    {"suit_filed": True, "defendant": "guarantor"},
)
MEANT = (
    *({"suit_filed": value} for value in ("approved", "approved, awaiting filing", "authorised", "yes, next month")),
    *({"suit_filed": "by 2026-12-15"}, {"suit_filed": "instructed solicitors"}, {"起诉": "已批准"}),
    "file suit after 15 Dec",
)


@pytest.mark.parametrize("facts", [*TAKEN_BACK, *ASKED, *ANOTHERS, *MEANT], ids=str)
@pytest.mark.parametrize("lang", SUIT)
def test_a_suit_is_not_claimed(lang: str, facts: object) -> None:
    assert judged(SUIT[lang], facts).label == "MISREP_LEGAL"


@pytest.mark.parametrize(
    "facts",
    [
        *(
            "10月3日已向法院起诉，下月开庭",
            "we sued on 3 Oct, hearing next month",
            "promise cancelled; suit filed 3 Oct",
        ),
        *(
            {"是否立案": "是"},
            {"是否起诉": True},
            {"suit_filed": "2026-10-03"},
            {"borrower": {"suit": {"filed": True}}},
        ),
        *({"suit_filed": True, "suit_withdrawn": False}, {"suit_filed": "filed 3 Oct, not withdrawn"}),
        "customer asked when can I pay? suit filed 3 Oct",
        "suit filed 3 Oct, promise cancelled by customer later in the month",
    ],
    ids=str,
)
@pytest.mark.parametrize("lang", SUIT)
def test_one_that_was_filed_is(lang: str, facts: object) -> None:
    assert judged(SUIT[lang], facts).label == "OK"


@pytest.mark.parametrize(
    "facts",
    [
        *("authorised by borrower 3 Oct, revoked 9 Oct", "已授权，后撤回", "authorised?", "是否授权"),
        {"authorised": True, "authorisation_revoked": True},
    ],
    ids=str,
)
def test_nobody_hears_of_a_debt_by_a_leave_that_is_no_more(facts: object) -> None:
    assert judged("The loan of 5,000 is 30 days overdue.", facts, "KIN").label == "THIRD_PARTY_DISCLOSURE"
    assert judged("The loan of 5,000 is 30 days overdue.", {"authorised": True}, "KIN").label == "OK"


@pytest.mark.parametrize(
    "facts",
    [
        {**{f"k{at}": at for at in range(60)}, "self_harm_risk": True},
        [*(f"note {at}" for at in range(60)), "self_harm_risk: true"],
        {"borrower": {"flags": {"health": {"self_harm_risk": True}}}},
        {"borrower": {"flags": [{"self_harm_risk": True}]}},
        "x " * 2_300 + "borrower at risk of suicide",
        "电话未接，" * 2_000 + "客户有轻生念头",
    ],
    ids=["many", "list", "deep", "in a list", "long", "long zh"],
)
def test_a_stop_is_read_wherever_it_stands(facts: object) -> None:
    assert judged("Please pay the overdue amount today.", facts).label == "IGNORE_RIGHTS"


@pytest.mark.parametrize(
    ("facts", "is_too_much"),
    [
        ([["a"] * 100] * 9, False),
        (["a"] * 3_000, True),
        ("a" * 70_000, True),
        (json.loads("[" * 12 + "]" * 12), True),
        (None, False),
    ],
    ids=["some", "many", "long", "deep", "none"],
)
def test_more_facts_than_are_read_are_told_to_be_so(facts: object, is_too_much: bool) -> None:
    assert told.is_too_much(facts) is is_too_much


def test_a_text_of_letters_and_marks_is_unfolded_at_once() -> None:
    letters = lettering.read(policies.folder() / "speech")
    began = time.process_time()
    for text in ("a." * 100_000, "ab-" * 60_000, "a.b." * 50_000 + "a"):
        folding.fold(text, letters)
    assert time.process_time() - began < 10  # 0.5 s; each letter looking to the end took minutes


@pytest.mark.parametrize(
    "facts",
    [
        *({"self_harm_risk": [True, False]}, {"bankrupt": "yes, no"}, {"disputed": "yes, 0"}),
        *({"no_contact_requested": True}, {"no_contact_requested": [True, False]}),
    ],
    ids=str,
)
def test_a_stop_is_not_taken_back_by_a_no_beside_it(facts: object) -> None:
    assert judged("Please pay the overdue amount today.", facts).label == "IGNORE_RIGHTS"


@pytest.mark.parametrize(
    "facts",
    [
        *({"suit_filed": True, "defendant": "borrower"}, {"立案": "是", "被告": "借款人"}),
        *({"suit_filed": True, key: "customer"} for key in ("paid_by", "last_payment_by", "contact_requested_by")),
        *({"suit_filed": "filed 2026-10-03, awaiting hearing"}, {"suit": "filed 3 Oct, hearing next month"}),
        *(
            {"立案": "已立案，可能下月开庭"},
            {"起诉": "已立案，排期待定"},
            {"suit_filed": True, "note": "cancelled autopay"},
        ),
        *(
            "suit filed 12 Oct after 3 reminders",
            "suit filed 3 Oct and cancelled direct debit",
            "已立案，已取消分期计划",
        ),
        "suit filed 3 Oct; court dismissed the objection",
    ],
    ids=str,
)
@pytest.mark.parametrize("lang", SUIT)
def test_what_comes_after_a_suit_leaves_it_filed(lang: str, facts: object) -> None:
    assert judged(SUIT[lang], facts).label == "OK"


@pytest.mark.parametrize(
    "facts", [one for one in (*TAKEN_BACK, *ANOTHERS) if isinstance(one, dict) and len(one) > 1], ids=str
)
def test_the_keys_of_an_object_have_no_order(facts: dict[str, object]) -> None:
    assert judged(SUIT["en"], dict(reversed(facts.items()))).label == "MISREP_LEGAL"


@pytest.mark.parametrize(
    "text", ["suit filed" + " " * 50_000, "suit filed" + "1 " * 25_000, "suit filed" + "年" * 50_000]
)
def test_long_notes_are_read_at_once(text: str) -> None:
    began = time.process_time()
    truths.read(text)
    assert time.process_time() - began < 5  # 0.1 s
