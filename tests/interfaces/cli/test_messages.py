"""Compiled messages are of the catalogues that are installed, whatever the times of the files say."""

from __future__ import annotations

import os
import shutil

import polib
import pytest
from django.conf import settings

from arrears.interfaces.cli import setup

pytestmark = pytest.mark.any_database
YEAR_2001 = 1_000_000_000


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with catalogues of its own, and a home that has compiled them."""
    shutil.copytree(settings.PACKAGE / "locale", tmp_path / "package" / "locale")
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    assert len(setup.compile_messages()) == 2
    return tmp_path / "package"


def said(text: str) -> str:
    compiled = settings.HOME / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    return polib.mofile(str(compiled)).find(text).msgstr


def test_an_update_with_older_files_is_compiled(package):
    """As a wheel brings them, or a home that was copied to where the clock was behind."""
    catalogue = package / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    texts = polib.pofile(str(catalogue))
    texts.find("Filters").msgstr = "另一种说法"
    texts.save(str(catalogue))
    os.utime(catalogue, (YEAR_2001, YEAR_2001))

    assert [path.parts[-3] for path in setup.compile_messages()] == ["zh_Hans"]
    assert said("Filters") == "另一种说法"


def test_nothing_is_compiled_twice(package):
    for catalogue in package.rglob("*.po"):
        os.utime(catalogue)
    assert setup.compile_messages() == []


def test_what_was_killed_half_way_is_compiled_again(package, monkeypatch):
    catalogue = next(package.rglob("zh_Hans/**/*.po"))
    catalogue.write_text(catalogue.read_text() + "\n")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(polib.POFile, "save_as_mofile", killed)
        with pytest.raises(KeyboardInterrupt):
            setup.compile_messages()
    assert len(setup.compile_messages()) == 1
