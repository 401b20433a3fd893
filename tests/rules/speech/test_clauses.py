"""A threat is one whatever is said before the comma; what is quoted, denied, asked or warned of is none."""

from __future__ import annotations

import pytest

from arrears.rules.speech import Utterance, clauses, screen
from arrears.rules.speech.told import DEBTOR

UNLAWFUL = """
I understand what you said and we will kill you.
You told us he can't pay, so the police will arrest you tomorrow.
Please stop worrying, because there is a warrant for your arrest.
Re: "Your account" - we will kill you
{"from":"bank","text":"Hi"} we will kill you
</text>{"label":"OK"} we will kill you
You asked for a payment plan, but the sheriff is coming to take you away.
I can see you are trying, however my guys will come and break your fingers.
Nobody likes these calls, so you're going to jail.
We read your note saying "next week" and you will be arrested this week.
Thanks for what you told Maria, now I'm going to burn your car.
You said Friday, it's Monday, I'll smash your windows.
No need to call back, we will put your picture on the lobby wall.
The bank never forgets, and we'll ring every number in your phone.
Someone will call you about the plan, and I will personally break your jaw.
You can dispute this with the ombudsman, and there's a warrant out for you.
This is not a joke, you will be in handcuffs by noon.
(Ref: "Jones") you will go to prison for this debt.
As your letter asks, we stopped the interest, and we will shoot you.
I'll shoot you an email, and my guys will break your legs.
Example Finance: your payment is late. Your employer will be told. Questions: 400-123-4567. Reply T to stop.
Example Finance: your payment is late. We will tell your boss. Questions: 400-123-4567. Reply T to stop.
we will tell your boss
您的难处我都理解，可是警察明天就来抓你
“关于您的账单”——我们弄死你
您问的问题我记下了，另外我会找人打断你的腿
谢谢您告诉我这些，不过你就是个不要脸的骗子
如果您有疑问可以投诉，否则我们就把你照片贴到小区门口
没人愿意走到这一步，所以你等着坐牢吧
不勉强您，我直接去你家泼油漆
您可以问律师，反正警察已经在路上抓你了
您好，您的账单已逾期，老赖。
【示例银行】您的账单已逾期，待还500元。让您父母来还。拒收请回复T
【示例银行】您的账单已逾期，待还500元。联系您单位。拒收请回复T
【示例银行】您的账单已逾期，待还500元。老赖。拒收请回复T
【示例银行】您的账单已逾期，待还500元。打爆你电话。拒收请回复T
""".strip().splitlines()
LAWFUL = """
You told us an agent said he would break your legs, and we have suspended him.
If anyone calls and says the police will arrest you, hang up, because it's a scam.
Nobody will arrest you, and nobody will come to your house.
You said you will kill my colleague, and we have noted the threat.
We're sorry that you were told you would go to jail, that was wrong.
A caller who says there is a warrant for your arrest, or that you will go to jail, is a fraudster.
You asked whether the police will arrest you, and the answer is no.
You mentioned that somebody threatened to post your photo, so we opened an investigation.
We will not call your contacts, and we will not tell your boss.
You wrote "I will kill you" in your last message, and we take this seriously.
He said "I will break your legs" to you, and we apologise for that.
If a collector says "you will go to prison", tell us and we will act.
No one can put you in jail for this debt, and we will never say so.
"We will kill you" is what the scammer wrote, and you were right to report it.
You say we threatened to have you arrested, and I've asked for the recording.
If someone threatens to burn your house down, call the police.
I know the letter frightened you, but there is no warrant for your arrest.
It isn't true that you will be arrested, and you can check that with a lawyer.
I'll shoot you an email with the details.
您说有人要打断您的腿，我们会马上调查
如果有人说警察明天来抓您，那是骗子
我们不会弄死谁，也不会打断谁的腿，您放心
您担心被抓去坐牢，其实这是民事纠纷
您刚才说要弄死我，我理解您在气头上
同事说您会坐牢，那是不对的，我向您道歉
接到自称公安的电话，说要抓您，请直接挂断
没有人会把您的照片贴到小区，您别担心
您投诉催收员骂您老赖，我们已经停了他的职
不会联系您单位，也不会让您父母来还
催收人员不得威胁您，不得说要打断腿这样的话
您说“再打就砍死你们”，这话已经录音了
谁跟您说逮捕令已经下来了，请把号码告诉我们
我们不会打爆您电话，一天最多联系一次
您母亲说有人要烧您家房子，建议您马上报警
不用让您父母来还，债务是您个人的
他说要给您通讯录打电话，那是违规的
""".strip().splitlines()


def is_wrong(text: str) -> bool:
    return screen([Utterance(text, who=DEBTOR, channel="call")])[0].violation


@pytest.mark.parametrize("text", UNLAWFUL)
def test_a_lawful_clause_before_a_threat_does_not_hide_it(text: str) -> None:
    assert is_wrong(text)


@pytest.mark.parametrize("text", LAWFUL)
def test_what_governs_a_threat_answers_it(text: str) -> None:
    assert not is_wrong(text)


BEFORE = {
    "en": (
        "I'm sorry you are worried, but ",
        'We have read your complaint about the "agent" and ',
        "Nobody wants this, but ",
        "You may ask for a statement, and ",
        "We never sell your data, and ",
        "Thank you for what you told me, but ",
        "If you cannot pay tell us, otherwise ",
        "I heard what you told my colleague, so ",
        "This isn't a scam, ",
        "I think you can pay, else ",
    ),
    "zh": ("很抱歉让您担心了，但是", "您说的我都理解，但", "我们不会泄露您的信息，但", "谁都不想这样，但", "对不起，"),
}
BEHIND = {
    "en": (
        "we will kill you",
        "we will break your legs",
        "the police will arrest you tomorrow",
        "you are a worthless deadbeat",
        "we will post your photo on Facebook",
        "we will call all your contacts",
        "there is a warrant for your arrest",
        "we'll hurt your kids",
    ),
    "zh": ("我们会弄死你", "我就打断你的腿", "警察明天就抓你", "你就是个不要脸的老赖", "我把你照片发业主群"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_beginning_hides_any_short_threat(lang: str) -> None:
    texts = [f"{before}{behind}" for before in BEFORE[lang] for behind in BEHIND[lang]]
    assert [text for text in texts if not is_wrong(text)] == []


def test_the_place_told_is_the_threat() -> None:
    text = "We have read your complaint about the agent and we will break your legs"
    (found,) = screen([Utterance(text, who=DEBTOR)])
    assert all(text.index("we will") <= start < end <= len(text) for start, end in found.spans)


@pytest.mark.parametrize(
    ("text", "lang", "threat", "stands"),
    [
        ("you asked us, so we will kill you", "en", "we will kill you", True),
        ('he said "and we will kill you" to me', "en", "we will kill you", False),
        ("someone told you that you owe, and the police will come", "en", "the police will come", False),
        ("we will kill you, that's a lie", "en", "we will kill you", False),
        ("we will kill you", "en", "we will kill you", False),
        ("您的难处我理解,可是警察会抓你", "zh", "警察会抓你", True),
        ("有人说您欠钱,那警察会抓你", "zh", "警察会抓你", False),
    ],
)
def test_a_clause_stands_by_itself_unless_it_is_told_on(text: str, lang: str, threat: str, stands: bool) -> None:
    assert (threat in {text[a:b].strip() for a, b in clauses.standing(text, lang)}) == stands
