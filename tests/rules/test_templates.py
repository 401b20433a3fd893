"""Approved words, filled strictly: what misses a fact or names a wrong one is refused, and every text is decent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from arrears import policies
from arrears.kernel.money import Money
from arrears.rules import templates
from arrears.rules.templates import Library, NoTemplate, UnableToRender, WrongTemplate

FOLDER = policies.folder()
INSTITUTION = FOLDER / "institution.toml"
KNOWN = {"amount_minor": 123_456, "currency": "CNY", "due_on": "2026-11-20", "days": 3}
ON = date(2026, 11, 23)
ONE = """
[[templates]]
code = "X"
channel = "SMS"
purpose = "REMIND"
version = "1"
effective = 2026-01-01
approved_by = "me"
zh-hans = "{institution} {hotline}"
en = "{institution} {hotline}"
"""


def shipped() -> Library:
    return templates.read(sorted((FOLDER / "templates").glob("*.toml")), INSTITUTION)


def library(tmp_path: Path, text: str) -> Library:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return templates.read([file], INSTITUTION)


class TestShippedTexts:
    @pytest.mark.parametrize("language", templates.LANGUAGES)
    @pytest.mark.parametrize("template", shipped().templates, ids=lambda template: template.code)
    def test_each_names_who_speaks_how_to_pay_where_to_complain_and_how_to_stop(
        self, template: templates.Template, language: str
    ) -> None:
        institution = shipped().institution
        text = templates.render(template, language=language, known=KNOWN, institution=institution)
        words = institution.words[language]
        stop = "拒收请回复T" if language == "zh-hans" else "Reply T to stop"
        for said in (words["institution"], words["repay_at"], institution.hotline, stop):
            assert said in text
        assert "{" not in text

    @pytest.mark.parametrize("template", shipped().templates, ids=lambda template: template.code)
    def test_none_threatens(self, template: templates.Template) -> None:
        for word in ("公安", "报警", "坐牢", "逮捕", "老赖", "家人", "单位", "上门", "立案", "失信", "后果自负"):
            assert word not in template.texts["zh-hans"]
        for word in ("police", "arrest", "jail", "family", "employer", "consequences", "blacklist"):
            assert word not in template.texts["en"].lower()


class TestRender:
    def test_money_and_dates_are_read_as_people_read_them(self) -> None:
        template = shipped().find("REMIND_T3", channel="SMS", on=ON)
        institution = shipped().institution
        chinese = templates.render(template, language="zh-hans", known=KNOWN, institution=institution)
        english = templates.render(template, language="en", known=KNOWN, institution=institution)
        assert "人民币1,234.56元将于2026年11月20日到期" in chinese
        assert "CNY 1,234.56 is due on 20 November 2026" in english

    @pytest.mark.parametrize(
        ("money", "text"),
        [
            (Money(1_000_000, "NGN"), "NGN 10,000.00"),
            (Money(5, "CNY"), "CNY 0.05"),
            (Money(98_765, "JPY"), "JPY 98,765"),
        ],
    )
    def test_money_always_carries_its_currency(self, money: Money, text: str) -> None:
        assert templates.money_text(money, "en") == text

    @pytest.mark.parametrize("missing", ["amount_minor", "currency", "due_on"])
    def test_a_missing_fact_is_refused(self, missing: str) -> None:
        template = shipped().find("REMIND_T3", channel="SMS", on=ON)
        known = {name: value for name, value in KNOWN.items() if name != missing}
        with pytest.raises(UnableToRender):
            templates.render(template, language="en", known=known, institution=shipped().institution)


class TestLibrary:
    def test_the_version_in_force_on_the_day_is_used(self, tmp_path: Path) -> None:
        second = ONE.replace('version = "1"', 'version = "2"').replace("2026-01-01", "2026-06-01")
        both = library(tmp_path, ONE + second)
        assert both.find("X", channel="SMS", on=date(2026, 5, 31)).version == "1"
        assert both.find("X", channel="SMS", on=date(2026, 6, 1)).version == "2"
        with pytest.raises(NoTemplate):
            both.find("X", channel="SMS", on=date(2025, 12, 31))
        with pytest.raises(NoTemplate):
            both.find("X", channel="EMAIL", on=ON)

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("{institution} {hotline}", "{institution} {hotline} {amout}", "unknown placeholder {amout}"),
            ("{institution} {hotline}", "{institution} {hotline} {days!r}", "unknown placeholder"),
            ("{institution} {hotline}", "{institution", "expected"),
            ("{institution} {hotline}", "{hotline}", "must say {institution}"),
            ('channel = "SMS"', 'channel = "PIGEON"', "unknown channel"),
            ('purpose = "REMIND"', 'purpose = "FLATTER"', "unknown purpose"),
            ('version = "1"', "", "version: is missing"),
            ('version = "1"', 'version = "1"\ncolour = "red"', "colour: unknown key"),
            ("effective = 2026-01-01", 'effective = "soon"', "must be a date"),
        ],
    )
    def test_a_wrong_template_is_refused_with_its_key(self, tmp_path: Path, before: str, after: str, said: str) -> None:
        with pytest.raises(WrongTemplate, match=r"mine\.toml") as refusal:
            library(tmp_path, ONE.replace(before, after))
        assert said in str(refusal.value)

    def test_a_version_is_given_once(self, tmp_path: Path) -> None:
        with pytest.raises(WrongTemplate, match="given twice"):
            library(tmp_path, ONE + ONE)

    def test_a_language_we_do_not_speak_becomes_our_own(self) -> None:
        assert shipped().language_for("en") == "en"
        assert shipped().language_for("fr") == "zh-hans"

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ('hotline = "400-000-0000"', 'hotline = ""', r"mine\.toml:\d+: institution\.hotline"),
            ('institution = "Example Finance"', 'institution = " "', r"institution\.en\.institution"),
            ('salutation = "Dear customer"', "", r"institution\.en\.salutation: is missing"),
            ('default_language = "zh-hans"', 'default_language = "fr"', r"institution\.default_language"),
        ],
    )
    def test_who_speaks_has_every_word(self, tmp_path: Path, before: str, after: str, said: str) -> None:
        (tmp_path / "mine.toml").write_text(INSTITUTION.read_text(encoding="utf-8").replace(before, after))
        with pytest.raises(WrongTemplate, match=said):
            templates.read_institution(tmp_path / "mine.toml")
