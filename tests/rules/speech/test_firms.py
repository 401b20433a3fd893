"""A firm's name alone makes nobody an impostor, whatever word it holds; an office of the state is none the less one."""

from __future__ import annotations

import pytest

from arrears.rules import speech
from arrears.rules.speech import firms, told

CHINESE = [
    *("马上消费金融", "招联金融", "捷信消费金融", "微众银行", "网商银行", "平安普惠", "京东金条", "度小满", "美团月付"),
    *("花呗", "借呗", "360借条", "拍拍贷", "分期乐", "宁银消费金融", "工商银行", "招商银行信用卡中心", "公信资产管理"),
    *("正法催收", "司南金融", "众邦银行", "法诺金服", "陆金所", "乐信"),
]
ENGLISH = [
    *(
        "Northbank",
        "HDFC Bank",
        "Bajaj Finserv",
        "Lowell Financial",
        "Cabot Credit Management",
        "Capital One",
        "Klarna",
    ),
    *("Midland Credit Management", "LVNV Funding", "Federal Credit Union", "Court Street Bank", "Marshal Finance"),
    *("Navy Federal Credit Union", "Attorney's Title Finance", "State Bank of India", "Police Credit Union"),
    *("Justice Federal Credit Union", "Officer Bank", "Sheriff Motors Finance", "Judge Loans", "PRA Group"),
]
WORDINGS = {
    "zh": (
        "您好，这里是{}。",
        "我是{}的客服。",
        "您好，我是{}的贷后专员，工号0371，请问是王女士本人吗？",
        "这边是{}，提醒您的账单3天后到期。",
        "【{}】您的借款已逾期3天，请在官方App还款。",
        "{}给您来电，本次通话会被录音。",
        "请问是李先生吗？我这边是{}的。",
    ),
    "en": (
        "This is {}.",
        "Hello, I am calling from {} about your account.",
        "Hi, it's Sam from {}, this call is recorded.",
        "{}: your payment is due on Friday.",
        "My name is Anna, I work for {}.",
        "Good morning, {} here, am I speaking with Mr Grant?",
        "I'm with {}, a debt collector.",
    ),
}


@pytest.mark.parametrize(("lang", "names"), [("zh", CHINESE), ("en", ENGLISH)])
def test_a_bare_name_is_steady_in_every_wording(lang: str, names: list[str]) -> None:
    texts = [wording.format(name) for name in names for wording in WORDINGS[lang]]
    found = speech.screen([speech.Utterance(text, who=told.DEBTOR, channel="call") for text in texts])
    assert [text for text, one in zip(texts, found, strict=True) if one.violation] == []


@pytest.mark.parametrize(
    "text",
    [
        "This is the county court finance office",
        "I'm calling from the Federal Trade Commission",
        "This is Officer Banks",
        "this is the sheriff, pay your bank",
        "This is the police, your bank is involved",
        "我是法院的专员",
        "我是反诈中心的客服",
        "我是人民银行征信中心的工作人员",
        "我是人行的工作人员",
    ],
)
def test_an_office_of_the_state_is_no_firm(text: str) -> None:
    assert speech.screen([speech.Utterance(text, who=told.DEBTOR)])[0].label == "IMPERSONATION"


@pytest.mark.parametrize("text", ["this is navy federal credit union", "我是招联金融的客服", "state bank", "是", ""])
def test_places_stay_where_they_are(text: str) -> None:
    assert len(firms.neutral(text)) == len(text)
