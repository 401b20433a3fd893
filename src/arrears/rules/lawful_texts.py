"""May the texts that a lender has written leave? What the screen of words does not let through is not in force.

Asked when the gate is read (`config.gate_in_force`): a text is looked at as it would leave, as said to the borrower,
with nothing proven of the case. A screen that cannot be used lets nothing through. The shipped texts are held against
the shipped screen by their tests.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput
from arrears.rules import speech, templates
from arrears.rules.speech import told
from arrears.rules.templates import LANGUAGES, Library, Template

#: Facts to fill a text with, so that it is read whole.
EXAMPLE = {"amount_minor": 123_456, "currency": "CNY", "due_on": date(2026, 11, 20), "days": 7}


class UnlawfulText(InvalidInput):
    """A text that the screen does not let through, whoever approved it."""

    code = "unlawful_text"
    message = "templates {template}.{language} version {version}: {label} ({rule}): {words}"


def check(library: Library, *, by: Path) -> None:
    """Raise UnlawfulText for the first text of a lender's own that may not leave, and WrongWords without a screen."""
    shipped = _shipped()
    own = [
        (template, language)
        for template in library.templates
        for language in LANGUAGES
        if template.texts[language] not in shipped
    ]
    if not own:
        return
    texts = [_text(template, language, library) for template, language in own]
    said = [
        speech.Utterance(text, who=told.DEBTOR, channel=template.channel.lower())
        for text, (template, _) in zip(texts, own, strict=True)
    ]
    for text, (template, language), found in zip(texts, own, speech.screen(said, by=speech.tried(by)), strict=True):
        if found.violation:
            raise UnlawfulText(
                template=template.code,
                language=language,
                version=template.version,
                label=found.label,
                rule=found.rule,
                words=" … ".join(text[start:end] for start, end in found.spans),
            )


def _text(template: Template, language: str, library: Library) -> str:
    return templates.render(template, language=language, known=EXAMPLE, institution=library.institution)


def _shipped() -> frozenset[str]:
    folder = policies.folder()
    library = templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")
    return frozenset(text for template in library.templates for text in template.texts.values())
