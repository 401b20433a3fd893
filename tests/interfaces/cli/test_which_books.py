"""A home has one set of books: whoever forgets where they stand makes no second ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database


def run(home: Path, url: str = "", *words: str) -> subprocess.CompletedProcess[str]:
    """`arrears staff list`, or another command, over a home, with its books in its own SQLite file or at a URL."""
    plain = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ARREARS_HOME"}}
    environment = plain | {"ARREARS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "arrears.config.settings"}
    environment |= {"DATABASE_URL": url} if url else {}
    command = [sys.executable, "-m", "arrears", *(words or ("staff", "list"))]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_home_whose_books_stand_elsewhere_gets_no_second_ones(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    assert run(home, elsewhere).returncode == 0

    forgotten = run(home)
    assert forgotten.returncode != 0
    [line] = forgotten.stderr.splitlines()
    assert "set DATABASE_URL to where they stand" in line
    assert str(home / "books.json") in line
    assert "set DATABASE_URL" in run(home, "", "admin", "migrate").stderr
    assert not list(home.glob("arrears.sqlite3*"))

    (home / "anchors").mkdir(exist_ok=True)
    (home / "anchors" / "000001-0123abcd.json").write_text("{}")
    (home / "books.json").unlink()  # a home of before there were stamps, and nights
    assert "set DATABASE_URL" in run(home).stderr
    (home / "anchors" / "000001-0123abcd.json").unlink()
    assert run(home, elsewhere).returncode == 0

    other = tmp_path / "other"
    assert run(other).returncode == 0
    mistaken = run(home, f"sqlite:///{other / 'arrears.sqlite3'}")
    assert mistaken.returncode != 0
    assert "another set of books" in mistaken.stderr


def test_a_home_that_was_moved_with_its_books_is_the_same(tmp_path: Path) -> None:
    home, moved = tmp_path / "home", tmp_path / "moved"
    assert run(home).returncode == 0
    shutil.move(home, moved)
    assert run(moved).returncode == 0
    (moved / "books.json").unlink()  # books of before there was a stamp
    assert run(moved).returncode == 0
    assert (moved / "books.json").exists()

    (moved / "books.json").write_text("{")
    unreadable = run(moved)
    assert unreadable.returncode != 0
    assert len(unreadable.stderr.splitlines()) == 1
