"""Runs a command as an operator does, in this process and over the test's own books."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from arrears.interfaces.cli import main

#: Exit code, output, and the last line of what was complained of.
Answer = tuple[int, str, str]
Arrears = Callable[..., Answer]


@pytest.fixture
def arrears(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Arrears:
    """Called with the words of a command; returns its Answer."""

    def run(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["arrears", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        told = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), told.out, told.err.strip().split("\n")[-1]

    return run
