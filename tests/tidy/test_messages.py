"""Everything a reader may see is written in both languages: none missing, none fuzzy, none left over."""

import re
from string import Formatter

import polib
import pytest
from tests.tidy.source import SOURCE

from arrears.interfaces.ui import messages

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def entries(language: str) -> dict[messages.Message, polib.POEntry]:
    catalogue = polib.pofile(str(messages.catalogue(SOURCE, language)))
    return {messages.Message(e.msgid, e.msgid_plural or "", e.msgctxt or ""): e for e in catalogue}


@pytest.mark.parametrize("language", sorted(messages.CATALOGUES))
class TestCatalogue:
    def test_it_holds_exactly_what_code_and_templates_say(self, language):
        assert sorted(entries(language)) == sorted(messages.extract(SOURCE))

    def test_nothing_is_untranslated_or_fuzzy(self, language):
        wanting = [e.msgid for e in entries(language).values() if not e.translated() or e.fuzzy or e.obsolete]

        assert wanting == []

    def test_a_translation_keeps_the_facts_of_its_text(self, language):
        for entry in entries(language).values():
            said = PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)
            for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
                # A singular may leave its number out in words; nothing may name a fact that is not given.
                assert set(PLACEHOLDER.findall(text)) <= set(said), entry.msgid
                if not entry.msgid_plural:
                    assert set(PLACEHOLDER.findall(text)) == set(said), entry.msgid


def test_chinese_is_chinese():
    """A text left in English by mistake shows by having no Chinese character; names and codes may."""
    same = {entry.msgid for entry in entries("zh_Hans").values() if entry.msgstr == entry.msgid}

    assert same <= {"Arrears"}


def test_texts_do_not_hold_braces_that_nobody_fills():
    for message in messages.extract(SOURCE):
        assert not any(
            name for _, name, _, _ in Formatter().parse(message.text.replace("{{", "").replace("}}", "")) if name
        )
