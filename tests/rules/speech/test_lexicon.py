"""Phrases by label: what few texts can be asked, many can be asked too."""

from __future__ import annotations

from pathlib import Path

import pytest

from arrears.rules.speech import lexicon

LOOKS_AHEAD = '''lang = "en"
[topics]
money = "money"
[[phrases]]
label = "THREAT_VIOLENCE"
{kind} = """
break your legs(?! day)
"""
'''


@pytest.mark.parametrize("kind", ["sure", "hint"])
def test_an_expression_that_many_texts_cannot_be_asked_is_refused_before_any_is(kind: str, tmp_path: Path) -> None:
    (tmp_path / "lexicon_en.toml").write_text(LOOKS_AHEAD.replace("{kind}", kind), encoding="utf-8")
    with pytest.raises(lexicon.UNREADABLE):
        lexicon.read(tmp_path / "lexicon_en.toml")


def test_few_texts_and_many_hold_the_same() -> None:
    texts = ["We will break your legs.", "您好，明天还款", "break", "pay at 9 p.m., or else"]
    patterns = [r"\bbreak your legs\b", "明天", r"\d ?p\.?m", "or else$"]
    few = lexicon.holding(texts, patterns)
    assert few == lexicon.holding([*texts, "x" * 3_001], patterns)
