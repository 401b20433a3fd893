"""`arrears listen`, run as its user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.cli.conftest import Arrears

Listened = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def listened(tmp_path: Path, arrears: Arrears) -> Listened:
    def run(*lines: object) -> list[dict[str, Any]]:
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        (tmp_path / "in.jsonl").write_bytes(b"\n".join(texts))
        out = tmp_path / "out.jsonl"
        code, _, err = arrears("listen", "--in", tmp_path / "in.jsonl", "--out", out)
        assert code == 0, err
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return run


def test_a_text_is_heard_with_its_places_and_its_card(listened: Listened) -> None:
    text = "你好，我上个月被公司裁员了。"
    found, nothing = listened({"id": 7, "lang": "zh", "text": text}, b"", {"id": 8, "text": "好的，周五还"})
    assert (found["id"], found["heard"], found["alert"]) == (7, True, False)
    [signal] = found["signals"]
    assert (signal["code"], signal["kind"]) == ("JOB_LOSS", "reason")
    assert all("裁" in text[start:end] for start, end in signal["spans"])
    assert (found["card"]["code"], found["card"]["route"], found["card"]["zh"]["title"][:2]) == (
        "NO_WORK",
        "HARDSHIP",
        "失去",
    )
    assert "en" not in found["card"]
    assert (nothing["id"], nothing["signals"], nothing["card"]) == (8, [], None)


def test_of_a_conversation_only_the_borrower_is_heard(listened: Listened) -> None:
    turns = [
        {"speaker": "agent", "text": "您刚才说想死，我很担心您。"},
        {"speaker": "borrower", "text": "我就是忘了还款。"},
        {"speaker": "borrower", "text": "活着真没意思，我不想活了"},
    ]
    calm, grave = listened({"id": 1, "turns": turns[:2]}, {"id": 2, "lang": "en", "turns": turns})
    assert (calm["alert"], calm["card"]["code"]) == (False, "FORGOT")
    assert (grave["alert"], grave["card"]["code"], grave["card"]["stops"]) == (True, "LIFE_FIRST", True)
    assert {one["turn"] for one in grave["signals"] if one["code"] == "SELF_HARM"} == {2}


def test_whose_turn_it_is_need_not_be_known(listened: Listened) -> None:
    [found] = listened({"turns": [{"speaker": "?", "text": "i want to kill myself"}]})
    assert found["alert"] is True


def test_what_cannot_be_read_is_said_to_be_unheard(listened: Listened) -> None:
    lines = [b"{", b"[1]", b"\xff", {"id": 3, "text": 5}, {"id": 4, "turns": "?"}, {"id": 5, "turns": [{"text": 1}]}]
    found = listened(*lines)
    assert [(one["heard"], one["signals"], one["card"]) for one in found] == [(False, [], None)] * len(lines)
    assert [one["id"] for one in found] == [None, None, None, 3, 4, 5]


def test_hostile_text_is_heard(listened: Listened) -> None:
    long = "好" * 300_000 + "。我不想活了"
    found = listened({"text": long}, {"text": "\ud800\u202e" * 2000}, {"text": ""})
    assert [one["alert"] for one in found] == [True, False, False]
