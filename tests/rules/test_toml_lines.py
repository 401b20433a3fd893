"""Every key of every shipped TOML file is found on the line where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arrears import policies
from arrears.rules.toml_lines import Path as Place
from arrears.rules.toml_lines import Source

FILES = sorted(policies.folder().rglob("*.toml"))
TEXT = '''# a comment = 1
[pack]
id = "x"   # line 3
note = """
id = "not a key"
[[rules]]
"""
[[rules]]
id = "a"
media = [
  "SMS",
]
[[rules]]
id = "b"
[rules.more]
"odd key" = 1
dotted.key = 2
'''


def leaves(value: Any, at: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*at, key))
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*at, number))
    else:
        yield at


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("pack", "id"), 3),
        (("rules", 0), 8),
        (("rules", 0, "id"), 9),
        (("rules", 0, "media"), 10),
        (("rules", 1, "id"), 14),
        (("rules", 1, "more", "odd key"), 16),
        (("rules", 1, "more", "dotted", "key"), 17),
        (("rules", 1, "absent"), 13),
        (("rules",), 8),
        (("absent",), 1),
    ],
)
def test_a_key_is_found_and_an_absent_one_is_sent_to_its_table(path: Place, line: int) -> None:
    assert Source("x.toml", TEXT).at(path) == f"x.toml:{line}"


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_in_the_shipped_files_the_line_names_the_key(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines, source = text.splitlines(), Source(file.name, text)
    for path in leaves(tomllib.loads(text)):
        line = lines[source.line_of(path) - 1]
        named = [part for part in path if isinstance(part, str) and part in line]
        assert named, f"{path} is not on line {source.line_of(path)}: {line}"
