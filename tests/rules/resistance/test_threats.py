"""Threats against our own people: heard as they are said and as they are noted, and no figure or quote taken for one.

The sets were written before the phrases that find them; what was found at first is in docs/algorithms/resistance.md.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from arrears import policies
from arrears.rules.resistance import hear, threats
from arrears.rules.resistance.hearing import LANGUAGES

HERE = Path(__file__).parent
SETS = ("threats.jsonl", "threats_later.jsonl", "threats_last.jsonl", "threats_plain.jsonl")
OTHERS = ("unseen.jsonl", "later.jsonl", "last.jsonl", "plain.jsonl", "spoken.jsonl", "fresh.jsonl")


def rows(file: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (HERE / file).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("file", "is_note"), [*((file, False) for file in SETS), ("threats_noted.jsonl", True)])
def test_of_each_set_no_more_than_one_threat_is_missed_and_nothing_else_taken_for_one(file: str, is_note: bool) -> None:
    told = rows(file)
    heard = hear([row["text"] for row in told], is_note=is_note)
    pairs = [(row["text"], row["tells"] == "THREAT", one.threatens) for row, one in zip(told, heard, strict=True)]
    assert [text for text, is_threat, is_heard in pairs if is_heard and not is_threat] == []
    assert len([text for text, is_threat, is_heard in pairs if is_threat and not is_heard]) <= 1


@pytest.mark.parametrize("file", OTHERS)
def test_nothing_that_borrowers_say_of_themselves_is_a_threat(file: str) -> None:
    texts = [row["text"] for row in rows(file)]
    assert [text for text, one in zip(texts, hear(texts), strict=True) if one.threatens] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Hello. I will stab your agent tomorrow.", "I will stab your agent"),
        ("您好。再派人来我就捅死你们的人。", "来我就捅死你"),
        ("ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕｒ ａｇｅｎｔ", "ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕｒ ａｇｅｎｔ"),
        ("再来我殺了你們", "殺了你"),
    ],
)
def test_it_is_found_in_disguise_with_its_place_and_has_the_card_for_our_safety(text: str, place: str) -> None:
    [heard] = hear([text])
    [signal] = [one for one in heard.signals if one.code == "THREAT"]
    assert place in {text[a:b] for a, b in signal.spans}
    assert signal.kind == "threat"
    assert heard.card is not None
    assert (heard.card.code, heard.card.stops) == ("STAFF_SAFETY", False)


def test_whoever_threatens_to_harm_themselves_too_is_cared_for_first() -> None:
    [heard] = hear(["我不想活了，拉上你们几个催收的一起死"])
    assert (heard.threatens, heard.is_grave) == (True, True)
    assert heard.card is not None
    assert heard.card.code == "LIFE_FIRST"


@pytest.mark.parametrize(
    ("text", "threatens"),
    [
        ("我知道你们公司在几楼，等着", True),
        ("打听到你们办公室了，走着瞧", True),
        ("最好别让我在街上碰见你", True),
        ("send someone round and see what happens, i've got dogs and a shotgun", True),
        ("send anyone here, we have two dogs and a rifle", True),
        ("i know what floor you're on, just wait", True),
        ("我知道你们公司在几楼，等着我去投诉", False),
        ("我知道你们单位在哪，等着收律师函吧", False),
        ("别让我等太久", False),
        ("i know what floor your branch is on, thanks", False),
        ("we have dogs and a cat, please ring before you come", False),
        ("come over and find out the rates for me", False),
    ],
)
def test_a_hint_is_heard_that_names_our_place_or_a_weapon(text: str, *, threatens: bool) -> None:
    assert hear([text])[0].threatens is threatens


def test_only_a_note_tells_of_the_person_from_outside() -> None:
    note = "客户持菜刀站在门口，我们撤离"
    assert [one.threatens for one in (*hear([note]), *hear([note], is_note=True))] == [False, True]


def test_what_a_colleague_said_to_the_person_is_no_threat_of_theirs() -> None:
    assert not hear(["跟他说再不还就找人打断他的腿"], is_note=True)[0].threatens
    assert hear(["你跟他说，再来我砍死他"])[0].threatens


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_threat_of_the_sets_holds_a_sign_without_which_nothing_is_sought(lang: str) -> None:
    """An expression that no sign leads to could never be found."""
    read = threats.read(policies.folder() / "resistance" / f"threats_{lang}.toml")
    unsieved = threats.Threats(".", read.idioms, read.said, read.noted)
    texts = [row["text"].lower() for file in (*SETS, "threats_noted.jsonl") for row in rows(file)]
    found, all_there_is = ({at for at, *_ in one.places(texts, is_note=True)} for one in (read, unsieved))
    assert [texts[at] for at in sorted(all_there_is - found)] == []
    assert len(found) > 50


def test_a_megabyte_is_heard_in_seconds() -> None:
    """A quarter of it is what our phrases are slowest with, by far; the rest is for whatever reads a whole text."""
    text = "i will kill " * 22_500 + "thank you, ok " * 56_000
    assert len(text) > 1_000_000
    begun = time.process_time()
    hear([text])
    assert time.process_time() - begun < 40


@pytest.mark.parametrize(
    "text", ["I'll kill you and then myself", "I will shoot them all and then me", "大不了同归于尽", "我砍死你再自杀"]
)
def test_who_would_take_others_along_is_in_danger_and_a_danger(text: str) -> None:
    [heard] = hear([text])
    assert (heard.is_grave, heard.threatens) == (True, True)


def test_a_note_tells_whom_the_threat_is_of() -> None:
    [heard] = hear(["他说再上门就砍死我们的人"], is_note=True)
    assert (heard.is_grave, heard.threatens) == (False, True)
