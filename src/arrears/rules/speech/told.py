"""An utterance as one line of JSON, told by somebody outside, made into what the screen judges.

Called by `arrears screen`. Nothing is guessed: whoever is not known to owe is a third party, whatever is not told is
not proven, and a line that cannot be read is refused, never passed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from arrears.kernel import json_lines
from arrears.rules.speech import truths
from arrears.rules.speech.truths import Truths

#: Who owes, and who answers for the debt; everybody else is a third party.
DEBTOR, GUARANTOR, THIRD = "DEBTOR", "GUARANTOR", "THIRD"
_OWES = """
self debtor borrower customer consumer client cardholder account_holder co_debtor co_borrower coborrower joint_debtor
joint_borrower obligor primary_borrower the_debtor the_borrower account_owner co_applicant 本人 借款人 债务人 客户
持卡人 共同借款人 共债人 借款人本人 客户本人 债务人本人 主借款人 共同债务人 共同还款人
"""
_ANSWERS = "guarantor cosigner co_signer surety 担保人 保证人 连带责任人 连带保证人"
_WHO = dict.fromkeys(_OWES.split(), DEBTOR) | dict.fromkeys(_ANSWERS.split(), GUARANTOR)
#: Facts of one utterance at most: letters, and entries of lists and objects.
LONGEST, MOST = 60_000, 2_000


@dataclass(frozen=True)
class Utterance:
    """text : as given; lang : zh or en as told, blank when unknown; who : DEBTOR, GUARANTOR or THIRD"""

    text: str
    lang: str = ""
    who: str = THIRD
    channel: str = ""
    truths: Truths = field(default_factory=Truths)


@dataclass(frozen=True)
class Told:
    """line_id : as given, None without one; utterance : None when the line cannot be judged, for the reason in `why`"""

    line_id: Any
    utterance: Utterance | None
    why: str = ""
    lang: str = ""


def read(line: bytes) -> Told:
    """One line of JSON: {"id", "lang", "text", "recipient", "channel", "facts"}. Never raises for what a line holds."""
    told = row(line)
    if told is None:
        return Told(None, None, "line")
    if not isinstance(told.get("text"), str):
        return Told(json_lines.line_id(told), None, "text", language(told))
    return Told(json_lines.line_id(told), utterance(told, told["text"]), lang=language(told))


def row(line: bytes) -> dict[str, Any] | None:
    """A line of JSON that is an object whose every key stands once; None for anything else."""
    try:
        told = json.loads(line.removeprefix(b"\xef\xbb\xbf"), **json_lines.STRICT)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def utterance(told: dict[str, Any], text: str) -> Utterance:
    """Some text, said in the case that a line tells of."""
    facts = truths.read(told.get("facts"))
    return Utterance(text, language(told), who(told.get("recipient")), _word(told.get("channel")), facts)


def is_too_much(told: object) -> bool:
    """Are there more facts than anybody reads for one utterance? A stop that is not read would be none."""
    waiting, entries, letters = [(told, 0)], 0, 0
    while waiting:
        one, depth = waiting.pop()
        inside = list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []
        entries, letters = entries + 1, letters + (len(one) if isinstance(one, str) else 0)
        if depth > truths.DEEPEST or entries + len(inside) > MOST or letters > LONGEST:
            return True
        waiting += [(each, depth + 1) for each in inside]
    return False


def who(recipient: object) -> str:
    """What a recipient is to the debt: `SELF`, `debtor`, `third_party`, `担保人` …; the unknown is a third party."""
    return _WHO.get(_word(recipient).replace("-", "_").replace(" ", "_"), THIRD)


def language(told: dict[str, Any]) -> str:
    """zh or en, blank when it is not told."""
    return {"zh": "zh", "en": "en", "cn": "zh"}.get(_word(told.get("lang"))[:2], "")


def _word(told: object) -> str:
    return told.strip().lower()[:60] if isinstance(told, str) else ""
