"""What a borrower's words tell: risks to life before all, and no figure of speech taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears import policies
from arrears.rules.resistance import cards, hear, hearing

HERE = Path(__file__).parent


def figures(file: str) -> tuple[float, float, float, float]:
    """Of risks to life recall and precision; macro recall of all signals; ordinary texts that are left alone."""
    rows = [json.loads(line) for line in (HERE / file).read_text(encoding="utf-8").splitlines()]
    pairs = list(zip((row["tells"] for row in rows), hear([row["text"] for row in rows]), strict=True))
    grave = [told for told, heard in pairs if heard.is_grave]
    shares = [
        [told in heard.codes for told, heard in pairs if told == code]
        for code in sorted({told for told, _ in pairs} - {"OK"})
    ]
    calm = [not heard.signals for told, heard in pairs if told == "OK"]
    return (
        grave.count("SELF_HARM") / sum(told == "SELF_HARM" for told, _ in pairs),
        grave.count("SELF_HARM") / len(grave),
        sum(sum(each) / len(each) for each in shares) / len(shares),
        sum(calm) / len(calm),
    )


@pytest.mark.parametrize(
    ("file", "floors"),
    [
        ("unseen.jsonl", (1.0, 0.95, 0.92, 0.95)),
        ("later.jsonl", (1.0, 0.95, 0.92, 0.85)),
        ("last.jsonl", (0.95, 0.85, 0.95, 0.70)),
        ("plain.jsonl", (1.0, 0.75, 0.90, 0.85)),
        ("spoken.jsonl", (1.0, 1.0, 0.90, 0.80)),
        ("fresh.jsonl", (1.0, 0.65, 0.65, 0.85)),
        ("cries.jsonl", (0.74, 0.90, 0.74, 0.80)),
    ],
)
def test_it_is_as_good_as_its_data_card_says(file: str, floors: tuple[float, ...]) -> None:
    assert [(got, floor) for got, floor in zip(figures(file), floors, strict=True) if got < floor] == []


@pytest.mark.parametrize(
    "text",
    [
        "累死了",
        "气死我了",
        "今天热死人了",
        "笑死",
        "I'm dead tired",
        "this interest is killing me",
        "我想死你了",
        "想死我了",
        "做饭呢，正开煤气灶",
        "我想4号还",
        "I drove 20 kms today",
        "死活还不上网",
        "my battery died",
        "我哥去年自杀了，我替他问问",
        "my brother killed himself, who pays his loan?",
        "我不会自杀的，放心吧",
        "我没有想死，就是没钱",
        "i'm not suicidal, i just don't have the money",
        "我要解脱这个合同",
        "看了个跳楼的新闻，心里难受",
        "i'm at the bridge club until 5",
        "i would die before asking my mum for money",
        "last message: stop texting me",
    ],
)
def test_a_figure_of_speech_or_somebody_elses_death_is_no_risk(text: str) -> None:
    assert not hear([text])[0].is_grave


@pytest.mark.parametrize(
    "text",
    [
        "累死了，真的不想活了",
        "气死我了，我现在就从楼上跳下去",
        "I'm dead tired and I want to die",
        "想死",
        "我好想死啊",
        "每天都想死",
        "想死的心都有了",
        "我想鼠",
        "人死债消",
        "no point living",
        "what's the point of living",
        "gonna kms",
        "put a bullet in my head",
        "I've written my goodbye letters",
        "wo xiang si",
        "想 自 殺",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "wo bu xiang huo le",
        "k.i.l.l m.y.s.e.l.f",
        "我哥去年自杀了，我也想离开这个世界",
        "我不会自杀的才怪，绳子都绑好了，永别",
        "别以为我不会跳楼",
        "my brother killed himself last year and i want to die too",
        "this interest is killing me, tonight is my last night",
        "i'm not suicidal, i'm just going to end it all",
        "我弟弟跳楼了，在抢救",
    ],
)
def test_beside_a_figure_of_speech_or_in_disguise_the_cry_is_heard(text: str) -> None:
    heard = hear([text])[0]
    assert heard.is_grave
    assert heard.card is not None
    assert heard.card.stops


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("日子过不下去了", {"DESPAIR"}),
        ("这日子没法过了", {"DESPAIR"}),
        ("日子总要过的，我这就还", set()),
        ("已经还了", set()),
        ("昨天已经还过了", set()),
        ("I already paid", set()),
        ("already paid, thanks", set()),
        ("我上个月就还清了，怎么还在催", {"DISPUTE"}),
        ("I already paid, check your records", {"DISPUTE"}),
        ("我没忘，28号还", set()),
        ("i haven't forgotten", set()),
    ],
)
def test_what_is_near_to_each_other_is_told_apart(text: str, tells: set[str]) -> None:
    assert hear([text])[0].codes == tells


def test_a_cry_hides_no_other_trouble() -> None:
    assert hear(["抑郁症复发，天天想着怎么死"])[0].codes >= {"SELF_HARM", "ILLNESS"}


def test_each_signal_has_its_place_and_the_gravest_gives_the_card() -> None:
    text = "我被裁了，天天睡不着，快崩溃了"
    heard = hear([text])[0]
    assert [one.code for one in heard.signals] == ["DESPAIR", "JOB_LOSS"]
    assert all(0 <= a < b <= len(text) for one in heard.signals for a, b in one.spans)
    assert (heard.card.code, heard.card.quiet_days) == ("HOPELESS", 7) if heard.card else False


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    (heard,) = hear([text])
    assert all(0 <= a < b <= len(text) and 0 < one.confidence <= 1 for one in heard.signals for a, b in one.spans)


class TestCards:
    def test_every_signal_has_its_card_in_both_languages(self) -> None:
        read = cards.read(policies.folder() / "resistance" / "cards.toml", hearing.SIGNALS)
        for code in sorted(hearing.SIGNALS):
            card = cards.chosen(read, frozenset({code}))
            assert card is not None, code
            assert set(card.words) == {"zh", "en"}
            assert card.stops == (code == "SELF_HARM")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('"SELF_HARM"', '"SELF_HAM"'),
            ('route = "CARE"', 'route = "POLICE"'),
            ("quiet_days = 90", "quiet_days = 900"),
            ('never = ["不说“想开点”', 'nevr = ["不说“想开点”'),
            ('say = ["钱的事先不谈，我现在更在意您是不是安全。", ', 'say = "钱的事先不谈。", other = ['),
            ("stops = true", 'stops = "no"'),
        ],
    )
    def test_a_card_with_a_mistake_is_refused(self, tmp_path: Path, before: str, after: str) -> None:
        text = (policies.folder() / "resistance" / "cards.toml").read_text(encoding="utf-8")
        (tmp_path / "cards.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(cards.WrongCards):
            cards.read(tmp_path / "cards.toml", hearing.SIGNALS)


@pytest.mark.parametrize(
    "note",
    [
        *("they wrote to us", "they wrote to us again", "customer reached by letter", "said goodbye and hung up"),
        *("will jump in by Friday to sign", "the old number is dead, use the new one", "not needed: paid in full"),
        *(
            "客户来信",
            "客户说再也不用我们的产品了",
            "老号码已经停用，用新的",
            "重复任务，取消",
            "客户父亲上周去世，请求宽限两周",
        ),
    ],
)
def test_ordinary_notes_tell_of_no_danger(note: str) -> None:
    [heard] = hear([note], is_note=True)
    assert not heard.is_grave


@pytest.mark.parametrize(
    "note", ["客户说他不想活了", "his wife says he took pills", "she wants to kill herself", "客户欲跳楼"]
)
def test_a_danger_that_is_noted_is_told(note: str) -> None:
    [heard] = hear([note], is_note=True)
    assert heard.is_grave
