"""What `permit`, `screen` and `listen` share: a line for a line, whatever it holds; a whole file, or what was there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.interfaces.cli.conftest import Answer, Arrears

from arrears import policies

COMMANDS = {"permit": ("--pack", "cn"), "screen": (), "listen": ()}
BEFORE = "what was there before\n"
Run = Callable[..., Answer]


@pytest.fixture(params=sorted(COMMANDS))
def run(request: pytest.FixtureRequest, arrears: Arrears) -> Run:
    """One of the commands, from a file into a file."""
    command = request.param
    return lambda given, made: arrears(command, *COMMANDS[command], "--in", given, "--out", made)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "您好"}) + "\n", encoding="utf-8")
    return path


HOSTILE = [
    b"null",
    b"7",
    b"[]",
    b"{",
    b"\x00",
    b"\xff\xfe",
    b"{}",
    b'{"id": NaN}',
    b'{"id": 1e999, "text": "x", "contact": {}}',
    b'{"id": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"id": ' + b"[" * 50_000,
    b'{"id": "\\ud800", "text": "\\udfff", "contact": {"channel": "\\ud800"}}',
    b'{"id": 1, "contact": {"staff_count": ' + b"9" * 5_000 + b"}}",
    b'{"text": ' + b"9" * 5_000 + b"}",
    b'{"turns": {}}',
    b'{"id": "two"}',
    b'{"id": "two"}',
    json.dumps({"text": "\u202e\u0000" + "您·" * 100_000}).encode(),
    json.dumps({"contact": {"channel": "x" * 1_000_000, "at": "9999-12-31T25:61:00+08:00"}}).encode(),
]


def test_every_line_is_answered_in_order_and_can_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"\n\n".join(HOSTILE))
    code, _, err = run(tmp_path / "in", tmp_path / "out")
    assert (code, err) == (0, "")
    lines = (tmp_path / "out").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line, parse_constant=lambda word: pytest.fail(word)) for line in lines]
    assert len(rows) == len(HOSTILE)
    assert [row["id"] for row in rows[15:17]] == ["two", "two"]


def test_an_empty_file_is_answered_by_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"\n \n")
    assert run(tmp_path / "in", tmp_path / "out")[0] == 0
    assert (tmp_path / "out").read_bytes() == b""


def test_what_cannot_be_read_is_one_line_and_nothing_is_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text(BEFORE, encoding="utf-8")
    for wrong in (tmp_path / "none", tmp_path):
        code, _, err = run(wrong, tmp_path / "out")
        assert (code, err.startswith(f"arrears: {wrong}: ")) == (1, True), err
    assert (tmp_path / "out").read_text(encoding="utf-8") == BEFORE
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_written_is_one_line_by_its_own_name(run: Run, given: Path, tmp_path: Path) -> None:
    for wrong in (tmp_path / "no" / "such", tmp_path):
        code, _, err = run(given, wrong)
        assert (code, err.startswith(f"arrears: {wrong}: ")) == (1, True), err
    code, _, err = run(given, "/dev/full")
    assert (code, err) == (1, "arrears: /dev/full: No space left on device")
    assert Path("/dev/full").is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == [given.name]


def test_the_answers_never_take_the_place_of_what_they_answer(run: Run, given: Path, tmp_path: Path) -> None:
    before = given.read_bytes()
    (tmp_path / "link").symlink_to(given)
    (tmp_path / "other name").hardlink_to(given)
    for same in (given, tmp_path / "link", tmp_path / "other name"):
        code, _, err = run(given, same)
        assert (code, err) == (1, f"arrears: {same}: the answers would take the place of what they answer")
    assert given.read_bytes() == before


@pytest.mark.parametrize("name", ["answers.csv", "answers.parquet"])
def test_a_name_that_says_another_form_is_refused(run: Run, given: Path, tmp_path: Path, name: str) -> None:
    code, _, err = run(given, tmp_path / name)
    assert code == 1
    assert err == f"arrears: {tmp_path / name}: the answers are lines of JSON and no table; name the file NAME.jsonl"
    assert [path.name for path in tmp_path.iterdir()] == [given.name]


def test_a_link_is_written_through_and_a_device_takes_what_comes(run: Run, given: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far" / "out")
    assert run(given, tmp_path / "link")[0] == 0
    assert (tmp_path / "link").is_symlink()
    assert len((tmp_path / "far" / "out").read_text(encoding="utf-8").splitlines()) == 1
    assert run(given, "/dev/null")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "attempt"', 'unit = "atempt"', "unknown unit 'atempt'"),
        ("max = 3\n", "max = 99999999999999999999\n", "at most"),
        ("max = 3\n", "", "max: is missing"),
        ('window = "calendar_day"\n', "", "window: is missing"),
        ("effective = 2025-02-28\n", "effective = 0000-01-01\n", "Invalid date"),
    ],
)
def test_a_pack_with_a_mistake_is_refused_with_its_file_and_line(
    arrears: Arrears, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    text = (policies.folder() / "packs" / "cn.toml").read_text(encoding="utf-8")
    assert old in text
    own = tmp_path / "home" / "policies" / "packs"
    own.mkdir(parents=True)
    (own / "cn.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("ARREARS_HOME", str(tmp_path / "home"))
    code, _, err = arrears("permit", "--pack", "cn", "--in", given, "--out", tmp_path / "out")
    assert code == 1
    assert err.startswith("arrears: cn.toml:")
    assert told in err
    assert "line" in err or err.split(":")[2].isdigit()
    assert not (tmp_path / "out").exists()


def test_a_folder_in_the_place_of_a_pack_is_one_line(
    arrears: Arrears, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "policies" / "packs" / "cn.toml").mkdir(parents=True)
    monkeypatch.setenv("ARREARS_HOME", str(tmp_path / "home"))
    code, _, err = arrears("permit", "--pack", "cn", "--in", given, "--out", tmp_path / "out")
    assert code == 1
    assert "cn.toml" in err
    assert not [
        path for path in (tmp_path / "home" / "cache" / "policies").iterdir() if path.name.startswith(".laying")
    ]
