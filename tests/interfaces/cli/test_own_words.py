"""A lender's own words that cannot be read end `listen` and `screen` in one line, and leave no half of an answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.interfaces.cli.conftest import Arrears

from arrears.interfaces.cli import spread

WITHOUT_PHRASES = 'lang = "zh"\n[shield]\npatterns = "a"\n'
UNCLOSED = 'lang = "zh"\nsigns = "a"\nidioms = "("\nsaid = "a"\nnoted = "a"\n'


@pytest.mark.parametrize(
    ("command", "file", "text"),
    [
        ("listen", "resistance/threats_zh.toml", UNCLOSED),
        ("listen", "resistance/threats_zh.toml", 'lang = "zh"\n'),
        ("listen", "resistance/lexicon_zh.toml", WITHOUT_PHRASES),
        ("screen", "speech/lexicon_zh.toml", WITHOUT_PHRASES),
    ],
)
def test_it_is_said_in_one_line(
    command: str, file: str, text: str, tmp_path: Path, arrears: Arrears, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "home" / "policies" / file
    own.parent.mkdir(parents=True)
    own.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ARREARS_HOME", str(tmp_path / "home"))
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "您好", "recipient": "SELF"}\n', encoding="utf-8")
    code, _, err = arrears(command, "--in", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert code == 1
    assert "cannot be used" in err
    assert not (tmp_path / "out.jsonl").exists()


def test_it_is_said_in_one_line_where_several_processes_judge(
    tmp_path: Path, arrears: Arrears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "WORTH", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    test_it_is_said_in_one_line("screen", "speech/lexicon_zh.toml", WITHOUT_PHRASES, tmp_path, arrears, monkeypatch)
