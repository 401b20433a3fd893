"""Facts as other people write them: keys, sentences, both languages, nested; what denies, and what only looks so."""

from __future__ import annotations

import pytest

from arrears.rules.speech import truths


@pytest.mark.parametrize(
    ("told", "topic", "holds"),
    [
        ({"suitFiled": False}, "suit", False),
        ({"是否起诉": "是"}, "suit", True),
        ({"是否起诉": "否"}, "suit", False),
        ({"litigation": {"status": "filed", "case_no": "26-CV-9"}}, "suit", True),
        ("lawsuit filed on 2 May, case no. 26-CV-100", "suit", True),
        ({"legal_action": "none"}, "suit", False),
        ("suit filed; no judgment yet", "judgment", False),
        ("CFPB complaint filed by the debtor", "suit", None),
        ("complaint filed in Dallas County court", "suit", True),
        ("caller is a collector pretending to be a lawyer", "lawyer", False),
        ("sender is a debt collector", "collector", True),
        ("来电人是催收员，并非同学", "collector", True),
        ("neither the agreement nor state law authorises any fee", "fee", False),
        ("冒充律师", "lawyer", False),
        ("bank is represented by counsel", "represented", None),
        ("the debtor hired a lawyer last week", "represented", True),
        ("借款人已委托律师", "represented", True),
        ({"debtor": {"attorney": "Jane Roe"}}, "represented", True),
        ("has no lawyer", "represented", False),
        ("deadline is made up", "discount", False),
        ("the same discount is offered again next month", "discount", False),
        ("减免活动下月继续", "discount", False),
        ("优惠天天都有", "discount", False),
        ({"settlement_valid_until": "2026-12-15"}, "discount", True),
        ({"account_type": "personal"}, "payee", False),
        ("收款账户为催收员个人", "payee", False),
        ("the account belongs to the collector", "payee", False),
        ("wife has power of attorney", "authorised", True),
        ("借款人拒绝上门", "visit", False),
        ("debtor asked not to be contacted", "ceased", True),
        ({"do_not_contact": True}, "ceased", True),
        ("借款人要求不要再联系", "ceased", True),
        ("debtor asked not to be called at night", "ceased", None),
        ("debtor filed for bankruptcy", "ceased", True),
        ("dispute not yet resolved", "disputed", True),
        ("异议未处理", "disputed", True),
        ("dispute resolved in March", "disputed", False),
        ("debtor said he wants to kill himself", "self_harm", True),
        ("借款人说不想活了", "self_harm", True),
        ("没有报警", "police", False),
        ("no criminal complaint was made", "police", False),
        ("the letter was made up by the agency", "forged", True),
        ("文书系本公司自己做的", "forged", True),
        ("the summons is not forged", "forged", False),
        ("the discount in the letter is made up", "discount", False),
        ("the husband authorised her in writing", "authorised", True),
        ("a writ was served", "judgment", True),
        ("no attachment of earnings order exists", "judgment", False),
        ("served on the employer as garnishee by counsel", "authorised", True),
        ("recipient is the consumer's attorney of record", "authorised", True),
        ("state statute expressly permits a $2 fee", "fee", True),
        ("neither the agreement nor state law permits it", "fee", False),
        ("no claim has been issued", "suit", False),
        ("letter of representation received twelve days ago", "represented", True),
        ("she has just said she has taken tablets", "self_harm", True),
        ("breathing space moratorium registered on the 9th", "moratorium", True),
        ("the officer is a county court bailiff holding a valid warrant of control", "officer", True),
        ("女儿已书面放弃继承", "renounced", True),
        ("该方案全年有效，系统每晚重发同一条", "open_offer", True),
        ("审批单载明活动截至当日24点，之后不再续期", "discount", True),
        ("her attorney wrote that she acts for him", "represented", True),
        ("his attorney wrote that she no longer acts for him", "represented", False),
        ("the daughter gave her written consent", "authorised", True),
        ("姐姐有委托书", "authorised", True),
        ("姐姐有委托书", "liable", None),
        ("joint account holder", "liable", True),
        ("她是连带保证人", "liable", True),
        ("the father is not a surety", "liable", False),
        ("it is the seller's own trust account", "payee", True),
        ("it is his own account", "payee", False),
        ("placed at 6:40 in the debtor's time zone", "hours", None),
        ("customer is swearing at our agent", "insulted", True),
        ("此前坐席确有辱骂", "insulted", True),
        ("printed on the outside of the envelope", "posted", True),
        ("发在业主群", "posted", True),
    ],
)
def test_a_statement_is_read_for_what_it_says(told: object, topic: str, holds: bool | None) -> None:
    assert truths.read(told).of(topic) is holds


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ("当地时间晚上10点半", 22.5),
        ("夜里十一点", 23.0),
        ("十十点", 10.0),
        ("下午3点", 15.0),
        ("凌晨2点", 2.0),
        ("called at 9:30 pm local time", 21.5),
        ({"local_time": "2026-03-05 06:30"}, 6.5),
        ("middle of the night", 23.0),
        ("减免截止当天晚上12点", None),
        ("活动截至当日24点", None),
        ("the offer lapses at 23:59", None),
        ("白天三点到的", 15.0),
        ("白天十点", 10.0),
        ("白天9点", 9.0),
        ("placed at 06:40 in the debtor's time zone", 6 + 40 / 60),
    ],
)
def test_the_hour_is_read_in_either_language(told: object, hour: float | None) -> None:
    assert truths.read(told).hour == hour


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        ("今天打了6个电话", 6),
        ("今天已拨打五次", 5),
        ("called three times today", 3),
        ({"attempts": {"today": 5}}, 5),
        ({"callsToday": 4}, 4),
        ("今天接通过五回，客户回过两次", 5),
        ("同一条短信发了二十三遍", 23),
        ("called at 22:30", None),
        ("called on March 5 at 10 am", None),
    ],
)
def test_calls_are_counted_and_a_time_of_day_is_no_number_of_calls(told: object, calls: int | None) -> None:
    assert truths.read(told).calls == calls


@pytest.mark.parametrize(
    ("told", "amounts"),
    [
        ("balance is $1,200", {1200.0}),
        ({"amount_due": "1,200.50"}, {1200.5}),
        ("余额1.2万元", {12000.0}),
        ("本息合计一万五千零九十元", {15_090.0}),
        ("余额三千二百元", {3200.0}),
        ("欠款两千三元", {2300.0}),
        ("欠款一万二元", {12_000.0}),
        ({"应还金额": 1280}, {1280.0}),
        ({"debt": {"principal": 1000, "total": 1300}}, {1000.0, 1300.0}),
        ({"amount_due_date": "2026-05-01"}, set()),
    ],
)
def test_sums_keep_their_thousands_and_dates_are_no_sums(told: object, amounts: set[float]) -> None:
    assert truths.read(told).amounts == amounts


@pytest.mark.parametrize(
    ("told", "calls", "week"),
    [
        ("seventeen calls placed to this number since 8 a.m.", 17, None),
        ("fourth call today", 3, None),
        ("ninth call in seven days to this consumer", None, 8),
        ("7 calls this week", None, 7),
        ("12 calls in a month", None, None),
        ("今天已拨打五次", 5, None),
    ],
)
def test_calls_already_made_are_counted_by_the_day_and_by_the_week(
    told: str, calls: int | None, week: int | None
) -> None:
    read = truths.read(told)
    assert (read.calls, read.week) == (calls, week)
