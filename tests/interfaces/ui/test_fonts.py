"""Where no font has Chinese letters nothing is printed: a paper full of boxes would look like one that is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

#: A process of its own, because fontconfig reads its configuration once.
ASK = """
from arrears.interfaces.cli import setup
setup.django_ready()
from arrears.interfaces.ui import fonts, papers
print(fonts.covers("zh-cn"), fonts.covers("tlh-none"), papers.can_print())
if not papers.can_print():
    try:
        papers.pdf("papers/copy.html", {}, language="en")
    except papers.NoPrinter as refusal:
        print(refusal)
"""


def ask(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_without_any_font_it_says_what_to_install(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path}/none</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>")
    told = ask(FONTCONFIG_FILE=str(config), ARREARS_HOME=str(tmp_path))
    assert told[0] == "False False False"
    assert "a Chinese font (on Debian:" in told[1]


@pytest.mark.skipif(shutil.which("fc-list") is None, reason="fc-list tells what is on this machine")
def test_it_finds_what_fontconfig_finds(tmp_path: Path) -> None:
    here = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=True).stdout
    assert ask(ARREARS_HOME=str(tmp_path))[0].split()[:2] == [str(bool(here)), "False"]
