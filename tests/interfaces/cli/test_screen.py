"""`arrears screen`, run as its user runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.cli.conftest import Arrears

from arrears.interfaces.cli import line_runner, spread

THREAT = {"id": "u1", "lang": "zh", "text": "明天就让警察抓你", "recipient": "SELF", "channel": "SMS", "facts": ""}
Screened = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def screened(tmp_path: Path, arrears: Arrears) -> Screened:
    def run(*lines: object) -> list[dict[str, Any]]:
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        (tmp_path / "in.jsonl").write_bytes(b"\n".join(texts))
        out = tmp_path / "out.jsonl"
        code, _, err = arrears("screen", "--in", tmp_path / "in.jsonl", "--out", out)
        assert code == 0, err
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return run


def test_one_finding_a_line_in_order(screened: Screened) -> None:
    bad, good = screened(THREAT, b"", {**THREAT, "id": 2, "text": "您好，请问方便接听吗"})
    assert list(bad) == ["id", "label", "violation", "severity", "spans", "rule", "advice"]
    assert (bad["id"], bad["label"], bad["violation"], bad["severity"]) == ("u1", "THREAT_ARREST", True, 3)
    assert good == {"id": 2, "label": "OK", "violation": False, "severity": 0, "spans": [], "rule": "", "advice": ""}


def test_many_lines_are_judged_by_several_processes_in_order(
    screened: Screened, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [{**THREAT, "id": at, "text": THREAT["text"] if at % 3 else "您好"} for at in range(90)] + [b"{"]
    here = screened(*lines)
    monkeypatch.setattr(spread, "WORTH", 20)
    monkeypatch.setattr(line_runner, "PIECE", 20)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    seen: list[int] = []
    submit = ProcessPoolExecutor.submit

    def counted(self: ProcessPoolExecutor, *what: Any) -> Any:
        seen.append(len(what[-1]))
        return submit(self, *what)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", counted)
    assert screened(*lines) == here
    assert seen == [20, 20, 20, 20, 6, 5]
    assert [one["id"] for one in here[:90]] == list(range(90))


def test_what_cannot_be_read_is_refused_by_its_line(screened: Screened) -> None:
    lines = [
        b"{",
        b"[1]",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"id": 1, "text": NaN}',
        b'{"text": "a", "text": "b"}',
        {"id": "n", "text": 5},
    ]
    found = screened(*lines)
    assert [(one["label"], one["violation"]) for one in found] == [("REFUSED", True)] * len(lines)
    assert found[-1]["id"] == "n"
    assert found[0]["advice"]


def test_more_facts_than_are_read_do_not_pass(screened: Screened) -> None:
    [found] = screened({**THREAT, "text": "您好", "facts": ["call not answered"] * 3_000})
    assert (found["label"], found["violation"]) == ("REFUSED", True)
    assert "facts" in found["advice"]


@pytest.mark.parametrize("text", ["", " \t\n", "\u3000", "\u200b\ufeff\u202e", "\x00"])
def test_a_text_that_says_nothing_does_not_pass(screened: Screened, text: str) -> None:
    turns = [{"speaker": "agent", "text": text}]
    alone, said = screened({**THREAT, "text": text}, {"id": 2, "channel": "SMS", "turns": turns})
    assert [(one["label"], one["violation"], one["severity"]) for one in (alone, said)] == [("REFUSED", True, 3)] * 2
    assert alone["advice"] == "缺少文字内容（text），未予放行。"


def test_an_empty_turn_among_others_is_nothing(screened: Screened) -> None:
    turns = [
        {"speaker": "agent", "text": ""},
        {"speaker": "borrower", "text": "喂？"},
        {"speaker": "agent", "text": "您好"},
    ]
    (found,) = screened({"id": 1, "lang": "zh", "recipient": "SELF", "channel": "CALL", "turns": turns})
    assert (found["label"], found["violation"], found["turn"]) == ("OK", False, None)


@pytest.mark.parametrize("text", ["。", "?", "1", "👍"])
def test_the_shortest_text_is_judged(screened: Screened, text: str) -> None:
    (found,) = screened({**THREAT, "text": text})
    assert found["label"] == "OK"


def test_wrong_types_and_half_characters_are_judged(screened: Screened) -> None:
    odd = {"id": "\ud800", "text": "杀了你\udfff", "lang": [], "recipient": {}, "channel": 5, "facts": [[[[{"a": 1}]]]]}
    (found,) = screened(odd)
    assert (found["id"], found["label"]) == ("\ud800", "THREAT_VIOLENCE")


def test_a_megabyte_is_judged(screened: Screened) -> None:
    (found,) = screened({**THREAT, "text": "您好，祝您愉快。" * 60_000 + "明天就让警察抓你"})
    assert (found["label"], found["spans"][-1][1] > 480_000) == ("THREAT_ARREST", True)


def test_a_conversation_is_judged_with_what_should_have_been_said(screened: Screened) -> None:
    turns = [{"speaker": "agent", "text": "您好，您的借款逾期了"}, {"speaker": "borrower", "text": "谁？"}]
    bad, odd, plain = screened(
        {"id": 1, "lang": "zh", "recipient": "SELF", "channel": "CALL", "turns": turns},
        {"id": 2, "lang": "en", "turns": [{"speaker": "agent"}]},
        {**THREAT, "id": 3},
    )
    assert (bad["label"], bad["turn"], bad["rule"]) == ("THIRD_PARTY_DISCLOSURE", 0, "CN-CC11-68")
    assert {check["check"]: check["said"] for check in bad["checks"]} == dict.fromkeys(
        ["INSTITUTION", "AGENT", "RECORDING", "COMPLAINT_CHANNEL", "VERIFIED"], False
    )
    assert (odd["id"], odd["label"], odd["violation"]) == (2, "REFUSED", True)
    assert "checks" not in plain
