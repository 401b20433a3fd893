"""What should be said in a conversation, and that nothing of a debt is said before the person is known."""

from __future__ import annotations

import pytest

from arrears.rules.speech import Conversation, Judged, converse, truths, turns
from arrears.rules.speech.told import DEBTOR, Utterance

ZH = [
    ("agent", "您好，这里是示例银行客服中心，工号8023，本次通话会录音。请问是王明先生本人吗？"),
    ("borrower", "是的，我是"),
    ("agent", "您尾号1234的借款已逾期5天，想了解一下您的安排。如有不满可拨打客服热线95000投诉。"),
]
EN = [
    ("agent", "Hello, this is Anna from Example Bank, on a recorded line. Am I speaking with John Smith?"),
    ("borrower", "Yes, this is he."),
    (
        "agent",
        "This is an attempt to collect a debt: your loan is 5 days past due. To complain, call our complaints team.",
    ),
]


def judged(said: list[tuple[str, str]], *, channel: str = "call", facts: object = "") -> Judged:
    rows = [{"speaker": speaker, "text": text} for speaker, text in said]
    read = turns.read(rows)
    assert read is not None
    return converse([Conversation(read, Utterance("", "", DEBTOR, channel, truths.read(facts)))])[0]


def said(one: Judged) -> dict[str, bool]:
    return {check.code: check.said for check in one.checks}


def test_a_call_as_it_should_be_has_everything() -> None:
    for call in (ZH, EN):
        one = judged(call)
        assert set(said(one).values()) == {True}
        assert one.finding.label == "OK"
        assert all(check.citation for check in one.checks)
    assert "COLLECTOR_NOTICE" in said(judged(EN))
    assert "COLLECTOR_NOTICE" not in said(judged(ZH))


def test_each_thing_said_has_its_place() -> None:
    for check in judged(ZH).checks:
        if check.code == "RECORDING":
            assert check.turn == 0
            assert check.span is not None
            assert "录音" in ZH[0][1][slice(*check.span)]


@pytest.mark.parametrize(
    ("call", "turn", "word"),
    [
        ([("agent", "您好，您的借款逾期了，请尽快还款")], 0, "借款"),
        ([ZH[0], ("borrower", "你打错了"), ("agent", "那请转告他贷款逾期了")], 2, "贷款"),
        ([ZH[0], ("borrower", "什么事？"), ("agent", "是关于您欠款的事")], 2, "欠"),
        ([("agent", "Hi, your loan is past due")], 0, "loan"),
        ([EN[0], ("borrower", "No, this is his wife"), ("agent", "It's about his overdue debt")], 2, "debt"),
        ([("agent", "Hello"), ("borrower", "yes?"), ("agent", "You owe us $500")], 2, "owe"),
    ],
)
def test_a_debt_spoken_of_too_early_is_a_disclosure_with_its_place(
    call: list[tuple[str, str]], turn: int, word: str
) -> None:
    one = judged(call)
    assert (one.finding.label, one.finding.severity, one.turn) == ("THIRD_PARTY_DISCLOSURE", 3, turn)
    start, end = one.finding.spans[0]
    assert word in call[turn][1][start:end] or call[turn][1][start:end] in word
    assert said(one)["VERIFIED"] is False


@pytest.mark.parametrize(
    "call",
    [
        [
            ("agent", "您好，这里是示例银行信用卡中心，请问是王明先生吗？"),
            ("borrower", "他不在"),
            ("agent", "请转告他回电，谢谢"),
        ],
        [("borrower", "你好，我想问下我的贷款怎么还"), ("agent", "您的借款可以在应用里还款")],
        [
            ("agent", "Hello, may I speak with John?"),
            ("borrower", "Not here"),
            ("agent", "Please ask him to call Anna back."),
        ],
        [("borrower", "I'm calling about my loan"), ("agent", "Sure, your loan can be paid in the app")],
    ],
)
def test_a_relayed_message_and_whoever_speaks_of_it_first_are_no_disclosure(call: list[tuple[str, str]]) -> None:
    assert judged(call).finding.label != "THIRD_PARTY_DISCLOSURE"


def test_a_person_known_before_need_not_be_asked() -> None:
    call = [("agent", "您的借款明天到期")]
    assert judged(call).finding.label == "THIRD_PARTY_DISCLOSURE"
    assert judged(call, facts={"identity_verified": True}).finding.label == "OK"


def test_a_message_is_asked_for_less_than_a_call() -> None:
    message = [("agent", "【示例银行】您尾号1234的借款明天到期。投诉请致电客服热线95000。")]
    assert said(judged(message, channel="sms")) == {"INSTITUTION": True, "COMPLAINT_CHANNEL": True}
    bare = [("agent", "您尾号1234的借款明天到期。")]
    assert said(judged(bare, channel="sms")) == {"INSTITUTION": False, "COMPLAINT_CHANNEL": False}


def test_a_threat_in_any_turn_is_the_gravest() -> None:
    one = judged([*ZH, ("borrower", "没钱"), ("agent", "再不还就打断你的腿")])
    assert (one.finding.label, one.turn) == ("THREAT_VIOLENCE", 4)


def test_what_the_borrower_says_is_not_held_against_the_agent() -> None:
    assert judged([*ZH, ("borrower", "再打我就砍死你")]).finding.label == "OK"


class TestAnAnnouncement:
    SAID = [("agent", "Hello, this is Anna from Example Bank. Am I speaking with John Smith?"), ("borrower", "Yes.")]

    @pytest.mark.parametrize(
        ("speaker", "text"),
        [
            ("ivr", "This call is recorded for quality."),
            ("Announcement", "Calls are recorded."),
            ("系统", "本次通话将被录音"),
            ("语音提示", "为了服务质量，本次通话会录音。"),
        ],
    )
    def test_before_somebody_speaks_tells_of_the_recording(self, speaker: str, text: str) -> None:
        said_by_us = ZH[1:] if speaker.isascii() is False else self.SAID
        [check] = [one for one in judged([(speaker, text), *said_by_us]).checks if one.code == "RECORDING"]
        assert (check.said, check.turn) == (True, 0)

    def test_afterwards_it_tells_too_late(self) -> None:
        assert said(judged([*self.SAID, ("ivr", "This call is recorded.")]))["RECORDING"] is False

    def test_another_voice_tells_of_nothing(self) -> None:
        assert said(judged([("borrower", "This call is recorded."), *self.SAID]))["RECORDING"] is False

    def test_it_names_nobody_who_speaks_and_its_words_are_ours(self) -> None:
        one = judged([("ivr", "This is Anna from Example Bank, your loan is past due."), ("borrower", "what?")])
        assert said(one)["AGENT"] is False
        assert (one.finding.label, one.turn) == ("THIRD_PARTY_DISCLOSURE", 0)


class TestASpeakerNobodyKnows:
    @pytest.mark.parametrize(
        "speaker", ["agent 1", "坐席1", "催收专员", "外访员", "representative", "AI", "Lin", "A", "", None]
    )
    def test_is_taken_as_ours(self, speaker: str | None) -> None:
        assert judged([(speaker, "we will break your legs")]).finding.label == "THREAT_VIOLENCE"

    def test_is_left_out_and_taken_as_ours(self) -> None:
        read = turns.read([{"text": "we will break your legs"}])
        assert read is not None
        assert converse([Conversation(read, Utterance("", "", DEBTOR))])[0].finding.label == "THREAT_VIOLENCE"

    @pytest.mark.parametrize(
        "speaker",
        ["客户", "客户2", "客户(哭)", "客户妻子", "Customer B", "borrower's wife", "co-borrower", "担保人", "家属"],
    )
    def test_is_none_who_is_named_as_the_other_side(self, speaker: str) -> None:
        assert judged([(speaker, "we will break your legs")]).finding.label == "OK"

    def test_may_confirm_who_they_are(self) -> None:
        said = [("Speaker 1", ZH[0][1]), ("Speaker 2", ZH[1][1]), ("Speaker 1", ZH[2][1])]
        assert judged(said).finding.label == "OK"
        assert judged(said[::2]).finding.label == "THIRD_PARTY_DISCLOSURE"
