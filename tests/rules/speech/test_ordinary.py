"""What is said on every call is no violation, however short it is; and a short threat is one, however indirect."""

from __future__ import annotations

import json

import pytest

from arrears.rules.speech import Finding, Utterance, screen, told
from arrears.rules.speech.told import DEBTOR

ORDINARY = """
Your payment is overdue.
Your payment is late.
Your payment is now overdue, Mr Lee.
Can you pay today?
Could you manage a payment today?
The direct debit failed.
The direct debit from your bank failed.
Your minimum payment is $25.
You have an overdue balance.
You have one overdue balance with us.
I'll put you through to my supervisor.
I'll put you through to our supervisor now.
Your balance is 500 dollars.
Your balance is 730 dollars.
I'll shoot you an email.
I'll shoot you a quick text.
I'll shoot over the form this afternoon.
We can break it down into three payments.
We can cut your monthly payment.
Let me get you some help.
Are you suicidal?
Are you thinking of suicide?
Please don't jump.
Please don't do it.
There is no warrant for your arrest.
You're not a deadbeat.
We won't tell your employer.
您有一笔欠款未还。
您有一笔账单还没有还。
您这期打算几号还？
您是不是想自杀？
您是不是有轻生的想法？
欠钱不是死罪，您别做傻事。
您的命比什么都重要，先好好的。
您的命比账单重要。
我帮您转给我们主管。
您不是老赖。
我们不联系您单位。
哪来的逮捕令，您别信。
""".strip().splitlines()
THREATS = """
You deadbeat.
There is a warrant for your arrest.
We will break your legs.
I'll shoot you.
逮捕令已经下来了。
打爆您的电话。
无赖。
""".strip().splitlines()
#: Threats with somebody else than the debtor, that name neither debt nor sum.
INDIRECT = {
    "en": (
        "Your employer will be told.",
        "We will tell your boss.",
        "Your manager is going to find out.",
        "HR will hear about this.",
        "I'm going to inform your landlord.",
    ),
    "zh": ("让您父母来还。", "联系您单位。", "通知您公司。", "给您领导打电话。", "叫你兄弟替你还。"),
}
#: A message that is lawful but for what stands in it.
MESSAGE = {
    "en": "Example Finance: your payment is late. {} Questions: 400-123-4567. Reply T to stop.",
    "zh": "【示例银行】您的账单已逾期，待还500元。{}拒收请回复T",
}


def judged(text: str) -> Finding:
    return screen([Utterance(text, who=DEBTOR, channel="call")])[0]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_is_lawful(text: str) -> None:
    assert judged(text).label == "OK"


@pytest.mark.parametrize("text", THREATS)
def test_a_short_threat_is_not(text: str) -> None:
    assert judged(text).violation


@pytest.mark.parametrize(("lang", "threat"), [(lang, one) for lang, some in INDIRECT.items() for one in some])
def test_an_indirect_threat_is_told_alone_and_in_a_message(lang: str, threat: str) -> None:
    assert judged(threat).label == "THIRD_PARTY_PRESSURE"
    assert judged(MESSAGE[lang].format(threat)).violation
    assert judged(MESSAGE[lang].format("")).label == "OK"


@pytest.mark.parametrize("insult", ["老赖。", "赖皮！"])
def test_a_bare_insult_in_a_message_is_told(insult: str) -> None:
    assert judged(MESSAGE["zh"].format(insult)).label == "ABUSE_INSULT"


@pytest.mark.parametrize("text", ["You have been sued.", "You are being sued.", "You got sued."])
def test_whether_somebody_was_sued_is_for_the_facts_to_say(text: str) -> None:
    def found(facts: str) -> str:
        line = {"text": text, "lang": "en", "recipient": "DEBTOR", "channel": "LETTER", "facts": facts}
        utterance = told.read(json.dumps(line).encode()).utterance
        assert utterance is not None
        return screen([utterance])[0].label

    assert found("suit filed on 3 March, case no. 24-118") == "OK"
    assert found("no suit filed") == "MISREP_LEGAL"
    assert found("") == "MISREP_LEGAL"
    assert found("reminder sent twice") == "MISREP_LEGAL"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "We will beat the debt out of you.",
            "We will beat the payment out of you.",
            "I'll beat your debt out of you.",
        ),
        *("We'll cut the payment hand off you.", "Please don't do it, or your boss gets a call."),
    ],
)
def test_a_courtesy_by_its_words_shields_no_threat(text: str) -> None:
    assert screen([Utterance(text, "en", who="DEBTOR")])[0].violation
