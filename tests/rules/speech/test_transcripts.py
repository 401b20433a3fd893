"""Whose words are whose in a transcript."""

from __future__ import annotations

import time

import pytest

from arrears.rules.speech import transcripts


def turns(text: str) -> list[str]:
    found = list(transcripts.ours(text))
    assert all(text[turn.start : turn.start + len(turn.text)] == turn.text for turn in found)
    return [turn.text.strip() for turn in found]


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("坐席：您好\n客户：没钱\n坐席：好的", ["您好", "好的"]),
        ("Agent: hello\nCustomer: I will kill you\nAGENT: goodbye", ["hello", "goodbye"]),
        ("[00:12] 客服1：您好\n[00:15] 客户：喂", ["您好"]),
        ("没有名字的一行", ["没有名字的一行"]),
        ("客户：第一句\n接着说\n坐席：您好\n接着说", ["您好", "接着说"]),
        ("请注意：再不还就抓你", ["请注意：再不还就抓你"]),
        ("张三：再不还就抓你", ["张三：再不还就抓你"]),
        ("", []),
        ("坐席：\n\n", []),
        ("客户：喂\n系统：本次通话将被录音\n客户：好", ["本次通话将被录音"]),
        ("Customer: hi\nIVR: this call is recorded", ["this call is recorded"]),
    ],
    ids=[
        "zh",
        "en",
        "timed",
        "nameless",
        "goes-on",
        "no-name",
        "unknown-name",
        "empty",
        "blank",
        "announced",
        "announced-en",
    ],
)
def test_only_the_other_side_is_left_out(text, ours):
    assert turns(text) == ours


def test_a_megabyte_without_an_end_is_read_at_once():
    assert turns("[" * 1_000_000) == ["[" * 1_000_000]
    assert turns("9:" * 500_000) == ["9:" * 500_000]


@pytest.mark.parametrize("text", ["坐席：" + " " * 50_000 + "x", "客户：" + "(a" * 25_000, "。" * 50_000])
def test_silences_and_brackets_without_an_end_are_read_at_once(text):
    began = time.process_time()
    list(transcripts.affirmed(f"坐席：想过轻生吗？\n{text}"))
    assert time.process_time() - began < 5
