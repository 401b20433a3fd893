"""The words we send: approved, dated, versioned texts, filled strictly with the facts of a case.

Called by `actions.contact_*`. A template that misses a fact, or names one that does not exist, is refused: nobody ever
receives `{amount}`. Nothing here decides who may receive what; that is the gate.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from arrears.kernel.errors import InvalidInput, Refusal
from arrears.kernel.money import Money, format_minor
from arrears.rules import toml_tables
from arrears.rules.compliance import facts

LANGUAGES = ("zh-hans", "en")
LANGUAGE_WORDS = ("institution", "salutation", "repay_at")
HOUSE_WORDS = frozenset({*LANGUAGE_WORDS, "hotline"})
CASE_WORDS = frozenset({"amount", "due_on", "days"})
#: No message leaves without saying who speaks and where help and complaints are heard.
OBLIGATORY = frozenset({"institution", "hotline"})
KEYS = frozenset({"code", "channel", "purpose", "version", "effective", "expired", "approved_by", *LANGUAGES})


class WrongTemplate(InvalidInput):
    code = "wrong_template"
    message = "{file}: {key}: {why}"


class _Reader(toml_tables.Reader):
    refusal = WrongTemplate


class NoTemplate(Refusal):
    """No approved text of this code for this channel is in force on the day."""

    code = "no_template"
    message = "There is no approved template {template} for {channel} on {on}."


class UnableToRender(Refusal):
    """The text needs a fact that the contact does not have."""

    code = "unable_to_render"
    message = "Template {template} needs {missing}, which the contact does not have."


@dataclass(frozen=True)
class Template:
    """One version of one text in every language. In force on [effective_on, expired_on)."""

    code: str
    channel: str
    purpose: str
    version: str
    effective_on: date
    expired_on: date | None
    texts: Mapping[str, str]
    words: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Institution:
    """Who speaks, by language; `hotline` is the same in all."""

    default_language: str
    hotline: str
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Library:
    """All versions of all templates, and who speaks in them."""

    templates: tuple[Template, ...]
    institution: Institution

    def find(self, code: str, *, channel: str, on: date) -> Template:
        """The version of a code in force on a day, the latest where several are; raises NoTemplate."""
        found = [
            template
            for template in self._versions.get((code, channel), ())
            if template.effective_on <= on and (template.expired_on is None or on < template.expired_on)
        ]
        if not found:
            raise NoTemplate(template=code, channel=channel, on=on)
        return max(found, key=lambda template: template.effective_on)

    @cached_property
    def _versions(self) -> dict[tuple[str, str], list[Template]]:
        versions: dict[tuple[str, str], list[Template]] = {}
        for template in self.templates:
            versions.setdefault((template.code, template.channel), []).append(template)
        return versions

    def language_for(self, wanted: str) -> str:
        """The language to speak: the wanted one where we have it, else the institution's own."""
        return wanted if wanted in LANGUAGES else self.institution.default_language


def render(template: Template, *, language: str, known: Mapping[str, Any], institution: Institution) -> str:
    """The text of a template in one language.

    language : one of LANGUAGES
    known    : the contact's facts: amount_minor and currency together, due_on (date or ISO text), days
    raises   : UnableToRender naming the first missing fact
    example  : amount 1234.56 CNY is written 人民币1,234.56元 in Chinese, CNY 1,234.56 in English
    """
    words = {**institution.words[language], "hotline": institution.hotline, **_case_words(known, language)}
    if missing := template.words[language] - words.keys():
        raise UnableToRender(template=template.code, missing=min(missing))
    return template.texts[language].format_map(words)


def _case_words(known: Mapping[str, Any], language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    if known.get("amount_minor") is not None and known.get("currency"):
        words["amount"] = money_text(Money(known["amount_minor"], known["currency"]), language)
    if known.get("due_on"):
        due = known["due_on"]
        words["due_on"] = date_text(due if isinstance(due, date) else date.fromisoformat(due), language)
    if known.get("days") is not None:
        words["days"] = str(known["days"])
    return words


def money_text(amount: Money, language: str) -> str:
    """An amount as a borrower reads it, always with its currency."""
    whole, point, cents = format_minor(amount.minor, amount.currency).partition(".")
    digits = f"{int(whole):,}{point}{cents}"
    if language == "zh-hans" and amount.currency == "CNY":
        return f"人民币{digits}元"
    return f"{amount.currency} {digits}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_text(on: date, language: str) -> str:
    """A date as a borrower reads it."""
    if language == "zh-hans":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def read(files: Iterable[Path], institution: Path) -> Library:
    """The library in some files, with the institution that speaks.

    raises  : WrongTemplate naming file, line, key and what is wrong
    """
    found: dict[tuple[str, str, str], Template] = {}
    for file in files:
        top = _Reader.of_file(file)
        rows = top.rows("templates", named_by="code")
        if not rows:
            raise top.wrong("templates", "is missing")
        for row in rows:
            template = _template(row)
            if found.setdefault((template.code, template.channel, template.version), template) is not template:
                raise row.wrong("version", "is given twice")
    return Library(tuple(found.values()), read_institution(institution))


def _template(row: _Reader) -> Template:
    row.only(KEYS)
    row.text("approved_by")
    texts = {language: row.text(language) for language in LANGUAGES}
    return Template(
        code=row.text("code"),
        channel=row.one_of("channel", tuple(sorted(facts.CHANNELS))),
        purpose=row.one_of("purpose", tuple(sorted(facts.PURPOSES))),
        version=row.text("version"),
        effective_on=row.day("effective"),
        expired_on=row.day("expired") if "expired" in row.table else None,
        texts=texts,
        words={language: _words(row, language, text) for language, text in texts.items()},
    )


def _words(row: _Reader, language: str, text: str) -> frozenset[str]:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise row.wrong(language, str(error)) from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in HOUSE_WORDS | CASE_WORDS or form or conversion):
            raise row.wrong(language, f"unknown placeholder {{{name}}}")
    words = frozenset(name for _, name, _, _ in parts if name is not None)
    if missing := OBLIGATORY - words:
        raise row.wrong(language, f"must say {{{min(missing)}}}")
    return words


def read_institution(file: Path) -> Institution:
    """Who speaks; every language has every word."""
    table = _Reader.of_file(file).section("institution")
    return Institution(
        table.one_of("default_language", LANGUAGES),
        table.text("hotline"),
        {lang: {word: table.section(lang).text(word) for word in LANGUAGE_WORDS} for lang in LANGUAGES},
    )
