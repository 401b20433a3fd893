"""What a lender writes leaves only when the screen of words lets it through; what is shipped does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tidy.source import SOURCE, name_of, python_files

from arrears import policies
from arrears.config import gate_in_force
from arrears.kernel.errors import InvalidInput
from arrears.policies import last_good
from arrears.rules import lawful_texts, speech, templates
from arrears.rules.lawful_texts import UnlawfulHouse, UnlawfulText
from arrears.rules.speech import told

SHIPPED = policies.folder()
THREAT = "【{institution}】再不还款就让警察来抓你。{hotline}"


def library(folder: Path = SHIPPED) -> templates.Library:
    return templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")


def with_text(tmp_path: Path, text: str) -> Path:
    """The policies of a house that has one text of its own."""
    own = tmp_path / "policies" / "templates"
    own.mkdir(parents=True)
    (own / "own.toml").write_text(
        f"""
[[templates]]
code = "OWN"
channel = "SMS"
purpose = "COLLECT"
version = "1"
effective = 2026-01-01
approved_by = "somebody"
zh-hans = "{text}"
en = "{{institution}}: your payment of {{amount}} was due on {{due_on}}. Pay in {{repay_at}} or call {{hotline}}."
""",
        encoding="utf-8",
    )
    return policies.of_home(tmp_path)


def with_house(language: str, *, hotline: str = "", **words: str) -> templates.Library:
    """The shipped texts, in which a house says some words of its own."""
    shipped = library()
    spoken = shipped.institution.words
    own = replace(
        shipped.institution,
        hotline=hotline or shipped.institution.hotline,
        words={**spoken, language: {**spoken[language], **words}},
    )
    return replace(shipped, institution=own)


class TestWordsOfTheHouse:
    @pytest.mark.parametrize(
        ("language", "word", "text", "label"),
        [
            ("zh-hans", "institution", "市公安局经侦支队", "IMPERSONATION"),
            ("zh-hans", "institution", "法院执行局", "IMPERSONATION"),
            ("en", "institution", "County Court Bailiff", "IMPERSONATION"),
            ("zh-hans", "salutation", "尊敬的老赖", "PUBLIC_SHAME"),
            ("en", "salutation", "Hey deadbeat", "PUBLIC_SHAME"),
            ("en", "salutation", "Hey you idiot", "ABUSE_INSULT"),
            ("zh-hans", "repay_at", "我的个人微信", "IMPROPER_FEE"),
            ("en", "repay_at", "my Venmo", "IMPROPER_FEE"),
            ("en", "repay_at", "gift cards", "IMPROPER_FEE"),
            ("en", "repay_at", "Our app, or ＧＩＦＴ cards", "IMPROPER_FEE"),
            ("en", "repay_at", "crypto", "IMPROPER_FEE"),
            ("en", "repay_at", "a personal transfer to Joe", "IMPROPER_FEE"),
            ("en", "repay_at", "not by app; by gift cards", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "礼品卡", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "购物卡", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "比特币", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "个人转账", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "私人账户", "IMPROPER_FEE"),
            ("zh-hans", "repay_at", "李经理的账户", "IMPROPER_FEE"),
            ("zh-hans", "hotline", "400-1，否则打断你的腿", "THREAT_VIOLENCE"),
            ("zh-hans", "hotline", "we will break your legs", "THREAT_VIOLENCE"),
            ("en", "hotline", "555-1 or you will go to jail", "THREAT_ARREST"),
            ("zh-hans", "institution", "我们弄死你", "THREAT_VIOLENCE"),
            ("en", "institution", "we will break your legs", "THREAT_VIOLENCE"),
            ("zh-hans", "repay_at", "App，否则把你照片发群里", "PUBLIC_SHAME"),
            ("en", "repay_at", "our app or we tell your boss", "THIRD_PARTY_PRESSURE"),
        ],
    )
    def test_stand_in_no_text_when_they_may_not(self, language: str, word: str, text: str, label: str) -> None:
        with pytest.raises(UnlawfulHouse, match=rf"institution\.toml: {language}\.{word}: {label}"):
            lawful_texts.check(with_house(language, **{word: text}), by=SHIPPED)

    @pytest.mark.parametrize(
        ("language", "institution", "salutation", "repay_at"),
        [
            ("zh-hans", "招商银行", "尊敬的先生/女士", "招商银行App或拨打95555"),
            ("zh-hans", "马上消费金融股份有限公司", "您好", "官网 www.example.com"),
            ("zh-hans", "重庆小雨点小额贷款有限公司", "您好", "官网 www.example.com"),
            ("en", "Moneybarn", "Hello", "www.example.com"),
            ("zh-hans", "平安普惠", "亲爱的客户", "对公账户6225880123456789"),
            ("zh-hans", "平安普惠", "您好", "官方App，请勿转账至个人账户"),
            ("zh-hans", "平安普惠", "您好", "个人网银或手机银行"),
            ("en", "Moneybarn", "Hello", "our app; we never take gift cards"),
            ("en", "Barclays", "Dear Sir or Madam", "our app or at any branch"),
            ("en", "American Express", "Hello", "www.example.com"),
        ],
    )
    def test_of_an_honest_lender_are_let_through(
        self, language: str, institution: str, salutation: str, repay_at: str
    ) -> None:
        own = with_house(language, institution=institution, salutation=salutation, repay_at=repay_at)
        lawful_texts.check(own, by=SHIPPED)

    def test_are_read_together_in_the_shipped_texts(self) -> None:
        own = with_house("en", repay_at="our app, or we phone your wife")
        with pytest.raises(UnlawfulHouse, match=r"en\.\*: THIRD_PARTY_PRESSURE"):
            lawful_texts.check(own, by=SHIPPED)

    @pytest.mark.parametrize(
        "hotline", ["95588", "+1 (800) 555-0199", "400 820 8788（工作日9:00-18:00）", "1-800-LENDER1", "0800 555 0101"]
    )
    @pytest.mark.parametrize("name", ["PRA Group", "Close Brothers", "度小满", "法大大", "中国工商银行"])
    def test_of_an_odd_name_and_a_hotline_are_let_through(self, name: str, hotline: str) -> None:
        language = "en" if name.isascii() else "zh-hans"
        lawful_texts.check(with_house(language, hotline=hotline, institution=name), by=SHIPPED)


class TestCheck:
    def test_every_shipped_text_is_lawful_in_both_languages(self) -> None:
        found = [
            (one.code, language, finding.label)
            for one in library().templates
            for language in templates.LANGUAGES
            for finding in speech.screen(
                [
                    speech.Utterance(
                        templates.render(
                            one, language=language, known=lawful_texts.EXAMPLE, institution=library().institution
                        ),
                        who=told.DEBTOR,
                        channel=one.channel.lower(),
                    )
                ]
            )
            if finding.violation
        ]
        assert found == []

    def test_a_lawful_text_of_the_house_is_let_through(self, tmp_path: Path) -> None:
        folder = with_text(
            tmp_path, "【{institution}】您的账单{amount}已于{due_on}到期，可在{repay_at}还款，有困难请致电{hotline}"
        )
        lawful_texts.check(library(folder), by=folder)

    def test_a_threat_is_not_and_its_place_is_named(self, tmp_path: Path) -> None:
        folder = with_text(tmp_path, THREAT)
        with pytest.raises(UnlawfulText, match=r"OWN.zh-hans.*THREAT_ARREST.*警察"):
            lawful_texts.check(library(folder), by=folder)

    def test_without_a_screen_nothing_of_the_house_leaves(self, tmp_path: Path) -> None:
        with_text(tmp_path, "【{institution}】您的账单{amount}已于{due_on}到期，请致电{hotline}")
        speech_of_house = tmp_path / "policies" / "speech"
        speech_of_house.mkdir()
        (speech_of_house / "labels.toml").write_text("nonsense", encoding="utf-8")
        folder = policies.of_home(tmp_path)
        with pytest.raises(InvalidInput, match="rules of speech"):
            lawful_texts.check(library(folder), by=folder)


class TestInForce:
    def test_an_unlawful_edit_is_not_in_force_and_the_gate_says_why(self, tmp_path: Path, settings) -> None:
        settings.HOME = tmp_path
        last_good.forget()
        good = gate_in_force.current()
        with_text(tmp_path, THREAT)
        gate = gate_in_force.current()
        last_good.forget()

        assert not good.fault
        assert "THREAT_ARREST" in gate.fault
        assert gate.library == good.library


class TestOneRoad:
    def test_only_the_sender_of_approved_texts_makes_what_goes_out(self) -> None:
        makers = [
            name_of(path)
            for path in python_files(SOURCE)
            if "Outgoing(" in path.read_text(encoding="utf-8") and not {"channels", "benches"} & {*path.parts}
        ]
        assert makers == ["src/arrears/actions/contact_send.py"]
