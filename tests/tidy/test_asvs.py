"""The checklist of security names tests that are there, answers each line, and leaves no section out."""

import re

from tests.tidy.source import ROOT

PAGE = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if re.match(r"\| \d", line)]
#: Chapter → sections of version 4.0.3 that hold an item of level 1 or 2.
SECTIONS = {
    1: (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14),
    2: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    3: (1, 2, 3, 4, 5, 7),
    4: (1, 2, 3),
    5: (1, 2, 3, 4, 5),
    6: (1, 2, 3, 4),
    7: (1, 2, 3, 4),
    8: (1, 2, 3),
    9: (1, 2),
    10: (2, 3),
    11: (1,),
    12: (1, 2, 3, 4, 5, 6),
    13: (1, 2, 3, 4),
    14: (1, 2, 3, 4, 5),
}


def test_every_test_that_is_named_is_there():
    named = set(re.findall(r"`((?:tests|docs|tools)/[\w/.]+)`", PAGE))
    assert len(named) > 30
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_section_is_answered():
    told = {re.match(r"\d+\.\d+", item)[0] for row in ROWS for item in re.findall(r"\d+\.\d+\.\d+", row[0])}
    assert sorted({f"{chapter}.{section}" for chapter, held in SECTIONS.items() for section in held} - told) == []


def test_every_line_has_its_answer():
    assert [row[0] for row in ROWS if len(row) != 3 or not row[2].strip()] == []


def test_no_item_is_answered_twice():
    items = [item for row in ROWS for item in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert sorted({item for item in items if items.count(item) > 1}) == []
