"""What a fact proves: what plainly affirms lets us claim something, and what forbids us holds as soon as it is told."""

from __future__ import annotations

import json

import pytest

from arrears.rules.speech import Finding, dates, screen, told, truths

SUIT = {"zh": "我行已就您的欠款向法院起诉。", "en": "We filed suit against you on 3 November."}
#: What a field holds when nothing is decided, in systems of either language.
OPEN = (
    *("unknown", "pending", "planned", "to be confirmed", "maybe", "in preparation", "under consideration", "draft"),
    *("n/a", "?", "-", "expired", "rejected", "withdrawn", "not yet", "denied"),
    *("未知", "待定", "待确认", "计划中", "评估中", "拟于下月", "准备中", "已撤回", "没有", "草稿"),
)


def judged(text: str, facts: object, recipient: str = "SELF", channel: str = "SMS") -> Finding:
    line = {"text": text, "facts": facts, "recipient": recipient, "channel": channel}
    utterance = told.read(json.dumps(line).encode()).utterance
    assert utterance is not None
    return screen([utterance])[0]


@pytest.mark.parametrize("value", OPEN)
@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("suit_filed", "suit"),
        ("judgment", "judgment"),
        ("police_report", "police"),
        ("lawyer", "lawyer"),
        ("discount_real", "discount"),
        ("authorised", "authorised"),
        ("授权", "authorised"),
        ("visit_agreed", "visit"),
    ],
)
def test_a_value_that_leaves_it_open_proves_nothing(key: str, topic: str, value: str) -> None:
    assert not truths.read({key: value}).of(topic)


@pytest.mark.parametrize(
    "value",
    [True, "true", "yes", 1, "是", "已起诉", "已立案", "2026-11-03", "filed on 3 November", "(2026)京0105民初1号"],
)
def test_a_value_that_plainly_affirms_proves(value: object) -> None:
    assert truths.read({"suit_filed": value}).of("suit") is True
    assert judged(SUIT["zh"], {"suit_filed": value}).label == "OK"


@pytest.mark.parametrize(
    "value",
    [
        *("诉讼中", "审理中", "法院正在审理", "一审", "二审中", "开庭审理"),
        *("in court", "IN_LITIGATION", "before the county court", "on trial", "case in court since May"),
    ],
)
def test_a_suit_before_a_court_was_filed(value: str) -> None:
    assert truths.read({"suit_filed": value}).of("suit") is True
    for text in SUIT.values():
        assert judged(text, {"suit_filed": value}).label == "OK"


@pytest.mark.parametrize(
    "value",
    [
        *("诉前调解中", "准备诉讼中", "拟诉讼", "未审理", "内部审理中", "诉讼中心"),
        *("out of court", "not in court", "to be in court in May", "in litigation review", "may be in court soon"),
    ],
)
def test_a_suit_that_is_not_before_a_court_is_none(value: str) -> None:
    assert not truths.read({"suit_filed": value}).of("suit")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("you decide 12 times", set()),
        ("marked 5, augment 3", set()),
        ("pay by dec 12", {(12, 12)}),
        ("by 3 september", {(9, 3)}),
        ("ends on sept. 3rd", {(9, 3)}),
        ("until january the 1st", {(1, 1)}),
        ("by 12 decades", set()),
    ],
)
def test_a_month_is_a_whole_word(text: str, found: set[tuple[int, int]]) -> None:
    assert {day for day, _, _ in dates.days(text)} == found


@pytest.mark.parametrize("value", OPEN)
def test_what_is_left_open_is_not_claimed(value: str) -> None:
    for text in SUIT.values():
        assert judged(text, {"suit_filed": value}).label == "MISREP_LEGAL"
    assert judged("法院已对您作出生效判决。", {"judgment": value}).violation
    assert judged("我司已向公安机关报案。", {"police_report": value}).violation
    assert judged("您先生的贷款逾期34天,应还3210元。", {"授权": value}, recipient="SPOUSE").violation


@pytest.mark.parametrize(
    "note",
    [
        "the bank will file suit in January",
        "we intend to sue",
        "suit planned for next year",
        "we sent a demand letter only",
        "lawyer letter sent",
        "another creditor has filed suit",
        "suit filed against another borrower",
        "the borrower filed a complaint against us",
        "suit filed in error and withdrawn on Oct 3",
        "judgment vacated",
        "法务评估中,拟起诉",
        "诉讼材料准备中",
        "起诉状已写好",
        "已发律师函",
        "借款人起诉了我行",
        "借款人朋友的案件已立案",
        "仲裁已申请,未起诉",
        "起诉材料被退回",
        "已撤诉",
    ],
)
def test_a_note_of_what_is_meant_undone_or_somebody_elses_is_no_suit(note: str) -> None:
    for text in SUIT.values():
        assert judged(text, note).label == "MISREP_LEGAL"


@pytest.mark.parametrize(
    "note",
    [
        "10月11日浦东法院立案,案号(2026)沪0115民初1号",
        "法院已受理起诉",
        "complaint filed Oct 3, docket CV-24-11",
        "lawsuit on file since October",
        "suit pending in county court since March",
        "已起诉,等待开庭",
        "案件将于12月3日开庭",
        "suit was filed on 3 November 2026",
        "judgment entered on 9 May",
        "served with summons on 5 November",
    ],
)
def test_a_note_of_what_was_done_proves(note: str) -> None:
    assert judged(SUIT["zh"], note).label == "OK"


@pytest.mark.parametrize("note", ["授权已撤销", "授权书是伪造的", "authorisation was revoked"])
def test_what_was_taken_back_lets_nobody_hear(note: str) -> None:
    assert judged("您先生的贷款逾期34天,应还3210元。", note, recipient="SPOUSE").violation


@pytest.mark.parametrize(
    ("told_of", "topic"),
    [
        ({"self_harm": "suspected"}, "self_harm"),
        ({"disputed": "pending"}, "disputed"),
        ({"bankrupt": "待定"}, "ceased"),
    ],
)
def test_what_forbids_is_believed_though_it_is_in_doubt(told_of: object, topic: str) -> None:
    assert truths.read(told_of).of(topic) is True


@pytest.mark.parametrize(
    ("told_of", "topic"),
    [("dispute answered on 2 March", "disputed"), ("breathing space ended in May", "moratorium")],
)
def test_what_is_over_forbids_nothing(told_of: object, topic: str) -> None:
    assert truths.read(told_of).of(topic) is False


def test_a_note_that_denies_the_objection_period_tells_of_no_objection() -> None:
    assert truths.read("十五日异议期也写了").of("disputed") is None


@pytest.mark.parametrize("note", ["at noon", "no calls yet today", "dpd 12, bucket M1", "客户说月底发工资", ""])
@pytest.mark.parametrize(
    "text",
    [
        "您好,请问是王先生吗?",
        "您看这周能处理吗?",
        "您的投诉我们已经登记。",
        "Could you pay something this week?",
        "You can pay in our app.",
        "Hello, is this Mr Wang? This is Sam at Northbank.",
    ],
)
def test_a_harmless_note_spoils_no_ordinary_sentence(text: str, note: str) -> None:
    assert judged(text, note, channel="CALL").label == "OK"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("We have filed a lawsuit against you.", {"suit_filed": True}),
        ("We have filed a lawsuit against you.", {"case_number": "(2026)京0105民初1号"}),
        ("我们已经起诉你了。", {"suit_filed": True}),
        ("请您今天还清欠款4,320元。", {"amount": 4320}),
        ("您应还1.2万元。", {"amount": 12000}),
        ("案子还没立案，我跟您说实话。", "立案材料被退回补正"),
    ],
)
def test_what_is_true_may_be_said_in_the_plainest_words(text: str, facts: object) -> None:
    assert judged(text, facts).label == "OK"


def test_a_true_claim_does_not_answer_for_what_stands_beside_it() -> None:
    assert judged("We have filed a lawsuit and will take your house tomorrow.", {"suit_filed": True}).violation
    assert judged("您应还1.2万元。", {"amount": 1200}).label == "MISREP_AMOUNT"


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ("offer ends 15 December", "MISREP_AMOUNT"),
        ("优惠截止日为12月15日", "MISREP_AMOUNT"),
        ({"offer": {"real": True, "ends": "2026-12-15"}}, "MISREP_AMOUNT"),
        ("offer ends 31 December", "OK"),
        ("减免真实,截止12月31日", "OK"),
        ({"offer": {"real": True, "ends": "2026-12-31"}}, "OK"),
        ({"discount_real": True}, "OK"),
    ],
)
def test_an_offer_ends_when_the_case_says(facts: object, label: str) -> None:
    assert judged("12月31日前结清可减免30%。", facts).label == label
    assert judged("Settle by 31 December and we will waive 30% of the balance.", facts).label == label


def test_another_day_than_the_end_of_the_offer_contradicts_nothing() -> None:
    assert judged("您11月3日的账单可享减免30%。", "减免真实,截止12月31日").label == "OK"
