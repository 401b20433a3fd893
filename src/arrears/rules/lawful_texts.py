"""May the texts that a lender has written leave? What the screen of words does not let through is not in force.

Asked when the gate is read (`config.gate_in_force`): a text is looked at as it would leave, as said to the borrower,
with nothing proven of the case; the words that stand in every text (who speaks, the salutation, where to pay, whom to
call) by themselves, each for what it could do wrong and for what nobody may say, and together in the shipped texts;
where to pay is no gift card, no coin and nobody's own account either.
A screen that cannot be used lets nothing through. The shipped texts are held against the shipped screen, in the shipped
words, by their tests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput
from arrears.rules import speech, templates
from arrears.rules.speech import labels, told, turning
from arrears.rules.templates import LANGUAGES, Institution, Library

FEE = "IMPROPER_FEE"
#: Language → by whose law its words are judged.
LAWS = {"zh-hans": "cn", "en": "us"}
#: What the words of the house are tried in, by language, and what they must not be in each: posing, insult, diversion.
#: None may be what no case makes lawful either (`turning.NEVER_LAWFUL`).
TRIED: Mapping[str, tuple[Mapping[str, tuple[str, ...]], set[str]]] = {
    "institution": (
        {
            "zh-hans": ("我们是{}", "您好，我是{}的客服，您的账单将于3天后到期。"),
            "en": ("This is {}.", "Hello, I am calling from {} about your account."),
        },
        {"IMPERSONATION"},
    ),
    "salutation": (
        {"zh-hans": ("{}",), "en": ("{}",)},
        {"ABUSE_INSULT", "PUBLIC_SHAME", "THREAT_ARREST", "THREAT_VIOLENCE"},
    ),
    "repay_at": ({"zh-hans": ("请在{}还款",), "en": ("Please pay to {}.",)}, {FEE}),
    "hotline": ({"zh-hans": ("如有疑问请致电{}。",), "en": ("Questions? Call {}.",)}, {"IMPERSONATION"}),
}
#: What no institution is paid with, nor to: cards and coins that nobody can follow, and the account of a person.
IMPROPER_WAY = re.compile(
    r"gift ?-?cards?|\b(bit ?coins?|btc|crypto\w*|usdt|tether|ethereum|stable ?coins?)\b|"
    r"(?<!your )\b(personal|private) (bank )?(accounts?|transfers?|wallets?|cards?|venmo|zelle|paypal|cash ?app)\b|"
    r"\b(agent|collector|manager|employee|colleague|officer|representative)('?s)? (own |personal |private |bank )*"
    r"(accounts?|wallets?|cards?|venmo|zelle|paypal|cash ?app)\b|"
    r"(礼品|购物|(?<!网)点|充值|油|储值)卡|[京东]e卡|(虚拟|加密)货?币|(?<!法定)数字货币|比特币|泰达币|以太坊|q币|"
    r"(?<![您你]的)(个人|私人)的?(银行|收款)?(账户|账号|帐户|卡|码|二维码|微信|支付宝|钱包|转账)|"
    r"(客服|经理|业务员|催收员|专员|员工|同事|主管)的?(银行|收款)?(账户|账号|帐户|卡|码|二维码|微信|支付宝|转账)"
)
#: In front of it, in the same clause: a warning of it.
_WARNS = re.compile(r"\b(no|not|never|nobody|without|avoid|beware)\b|n't\b|[不勿非别莫防无]|警惕")
_CLAUSE = re.compile(r"[^,;.!?:()，；。！？：（）、]+")
#: In which share of the shipped texts words of the house are found wrong at least: they stand in all, and what only one
#: text makes of an honest name is an accident.
IN_MANY = 0.5
#: Facts to fill a text with, so that it is read whole.
EXAMPLE = {"amount_minor": 123_456, "currency": "CNY", "due_on": date(2026, 11, 20), "days": 7}


class UnlawfulText(InvalidInput):
    """A text that the screen does not let through, whoever approved it."""

    code = "unlawful_text"
    message = "templates {template}.{language} version {version}: {label} ({rule}): {words}"


class UnlawfulHouse(InvalidInput):
    """Words that stand in every text which may not: a court's name, an insult, somebody's private account."""

    code = "unlawful_house"
    message = "institution.toml: {language}.{word}: {label} ({rule}): {words}"


def check(library: Library, *, by: Path) -> None:
    """Raise UnlawfulText for the first text of a lender's own that may not leave, and WrongWords without a screen.

    raises : UnlawfulHouse too, for words of `institution.toml`
    """
    folder = policies.folder()
    shipped = templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")
    _check_house(library.institution, shipped, by=by)
    texts_shipped = {text for template in shipped.templates for text in template.texts.values()}
    own = [
        (template, language)
        for template in library.templates
        for language in LANGUAGES
        if template.texts[language] not in texts_shipped
    ]
    if not own:
        return
    texts = [
        templates.render(template, language=language, known=EXAMPLE, institution=library.institution)
        for template, language in own
    ]
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


def _check_house(house: Institution, shipped: Library, *, by: Path) -> None:
    """Each word of its own in its frames, then all together in the shipped texts."""
    own = [
        (language, word, text)
        for language in LANGUAGES
        for word, text in _words(house, language).items()
        if text != _words(shipped.institution, language)[word]
    ]
    if not own:
        return
    screen = speech.tried(by)
    for language, word, text in own:
        if word == "repay_at" and (way := _improper_way(text)):
            rule = labels.read(by / "speech")[FEE].rules[LAWS[language]]
            raise UnlawfulHouse(language=language, word=word, label=FEE, rule=rule, words=way)
        frames, forbidden = TRIED[word]
        said = [speech.Utterance(frame.format(text), who=told.DEBTOR) for frame in frames[language]]
        found = speech.screen(said, by=screen)
        if all(one.label in forbidden | turning.NEVER_LAWFUL for one in found):
            raise UnlawfulHouse(language=language, word=word, label=found[0].label, rule=found[0].rule, words=text)
    for language in sorted({language for language, _, _ in own}):
        texts = [
            templates.render(one, language=language, known=EXAMPLE, institution=house) for one in shipped.templates
        ]
        said = [speech.Utterance(text, who=told.DEBTOR) for text in texts]
        wrong = [one for one in speech.screen(said, by=screen) if one.label in turning.NEVER_LAWFUL]
        if len(wrong) >= IN_MANY * len(texts):
            words = " / ".join(_words(house, language).values())
            raise UnlawfulHouse(language=language, word="*", label=wrong[0].label, rule=wrong[0].rule, words=words)


def _improper_way(text: str) -> str:
    """With what, or to whom, borrowers are told to pay as no institution is paid; blank where they are warned of it."""
    for clause in _CLAUSE.findall(unicodedata.normalize("NFKC", text).casefold()):
        way = IMPROPER_WAY.search(clause)
        if way and not _WARNS.search(clause, 0, way.start()):
            return way[0]
    return ""


def _words(house: Institution, language: str) -> dict[str, str]:
    """Every word of the house in a language, by its name."""
    return {**house.words[language], "hotline": house.hotline}
