"""Why may something sealed be opened, and how often an hour? The closed list of purposes, from `policies/reveals.toml`.

Asked by `actions.reveal_sealed`. It knows nothing of who asks or what is sealed; it says whether a stated purpose
stands, and where the limit is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.kernel.unseen import is_blank
from arrears.rules import toml_tables

ASKED, WORDS, CLEARED = "asked", "words", "cleared"
LANGUAGES = ("zh-hans", "en")
REASON_MAX = 200
#: A reason is kept where no identity may stand: a run of digits as long as a number, or an address, is sent back.
IDENTITY = re.compile(r"(?:\d[\s-]?){7,}|@")
#: A reference may be long and hold a date; whole parts of it that are a mobile or ID card number, and what is written
#: as a number to call, with its trunk or country code or in groups, or as an address, are sent back.
CALLED = re.compile(
    r"@|\+\d(?:[\s-]?\d){6}|(?<![0-9A-Za-z-])(?:(?:86)?1[3-9]\d(?:[\s-]?\d{4}){2}|\d{17}[\dXx]"
    r"|0\d{1,4}[\s-]?\d{3,4}[\s-]?\d{3,4}|\d{3}-\d{2,3}-\d{4})(?![0-9A-Za-z-])"
)
#: A reason is in words from so many Chinese characters, or letters of any other script, some of them different.
HAN, HAN_LEAST, LETTERS_LEAST, DIFFERENT_LEAST = re.compile(r"[\u3400-\u9fff]"), 4, 10, 3


class WrongReveals(InvalidInput):
    code = "wrong_reveals"
    message = "{file}: {key}: {why}"


class NoSuchPurpose(InvalidInput):
    code = "no_such_purpose"
    message = "{purpose} is not a purpose that can be stated."


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    message = "The purpose {purpose} wants its reason written out."


class ReasonNotInWords(InvalidInput):
    code = "reason_not_in_words"
    message = "A reason is written in words: at least ten letters or four Chinese characters."


class IdentityNotJustified(InvalidInput):
    code = "identity_not_justified"
    message = "The purpose {purpose} justifies no whole identity."


class ReasonHoldsIdentity(InvalidInput):
    code = "reason_holds_identity"
    message = "A reason holds no number and no address."


@dataclass(frozen=True)
class Purpose:
    """by_clearance: stated by a clearance of the gate, never chosen by a person; identity: may justify a whole one."""

    code: str
    texts: Mapping[str, str]
    needs_reason: bool
    by_clearance: bool
    identity: bool


@dataclass(frozen=True)
class Policy:
    """purposes : by code, in the order in which they are offered
    an_hour  : ASKED, WORDS and CLEARED → how many reveals of one viewer within any sixty minutes
    """

    version: str
    purposes: Mapping[str, Purpose]
    an_hour: Mapping[str, int]

    def offered(self) -> list[Purpose]:
        """Those that a person may choose."""
        return [purpose for purpose in self.purposes.values() if not purpose.by_clearance]

    def codes(self, kind: str) -> frozenset[str]:
        """The purposes that count against one limit."""
        return frozenset(one.code for one in self.purposes.values() if one.by_clearance == (kind == CLEARED))


def stated(policy: Policy, *, purpose: str, reason: str, identity: bool = False) -> str:
    """The reason as it is kept, when this purpose may be stated by a person with it.

    identity: a whole identity is asked for
    raises  : NoSuchPurpose, IdentityNotJustified, ReasonMissing, ReasonNotInWords, ReasonHoldsIdentity
    example : stated(shipped, purpose="QUALITY", reason=" ") -> ""
    """
    known = policy.purposes.get(purpose)
    if known is None or known.by_clearance:
        raise NoSuchPurpose(purpose=purpose[:20])
    if identity and not known.identity:
        raise IdentityNotJustified(purpose=purpose)
    return in_words(reason, purpose=purpose) if known.needs_reason or identity else kept(reason)


def in_words(reason: str, *, purpose: str) -> str:
    """A reason that must be written out, as it is kept.

    raises  : ReasonMissing, ReasonNotInWords, ReasonHoldsIdentity
    example : in_words(" 法院要求提供 ", purpose="LEGAL") -> "法院要求提供"; of "." -> ReasonNotInWords
    """
    words = kept(reason)
    if not words:
        raise ReasonMissing(purpose=purpose)
    han = len(HAN.findall(words))
    letters = [one for one in words if one.isalpha()]
    is_long = han >= HAN_LEAST or len(letters) - han >= LETTERS_LEAST
    if not is_long or len(set(letters)) < DIFFERENT_LEAST:
        raise ReasonNotInWords
    return words


def kept(reason: str) -> str:
    """A reason as it is kept; raises ReasonHoldsIdentity."""
    words = "" if is_blank(reason) else " ".join(reason.split())[:REASON_MAX]
    if IDENTITY.search(words):
        raise ReasonHoldsIdentity
    return words


def reference(text: str) -> str:
    """The number of a call or a document as it is kept; raises ReasonHoldsIdentity.

    example : reference("REC-20261123-0091") -> the same; reference("138 0000 0001") is refused
    """
    words = " ".join(text.split())[:REASON_MAX]
    if CALLED.search(words):
        raise ReasonHoldsIdentity
    return words


#: A colleague who opened so many times as much as the middle one of the team, and not just a few, stands out.
OUT_TIMES, OUT_LEAST = 3, 10


def stands_out(count: int, *, middle: float) -> bool:
    """Did somebody open much more than colleagues of the same team do?

    middle  : the median of the others with whom they are compared
    example : stands_out(31, middle=10) -> True; stands_out(9, middle=1) -> False
    """
    return count >= OUT_LEAST and count > OUT_TIMES * middle


class _Reader(toml_tables.Reader):
    refusal = WrongReveals


def read(path: Path) -> Policy:
    """The policy of a file; raises WrongReveals naming file, line and key."""
    top = _Reader.of_file(path)
    top.only(frozenset({"version", "an_hour", "purpose"}))
    limits = top.section("an_hour")
    limits.only(frozenset({ASKED, WORDS, CLEARED}))
    purposes = {code: _purpose(code, one) for code, one in top.tables("purpose", named_by="code").items()}
    an_hour = {kind: limits.count(kind, least=1) for kind in (ASKED, WORDS, CLEARED)}
    return Policy(str(top.table.get("version", "")), purposes, an_hour)


def _purpose(code: str, entry: _Reader) -> Purpose:
    entry.only(frozenset({"code", "by", "needs_reason", "identity", *LANGUAGES}))
    return Purpose(
        code=code,
        texts={language: entry.text(language) for language in LANGUAGES},
        needs_reason="needs_reason" in entry.table and entry.flag("needs_reason"),
        identity="identity" in entry.table and entry.flag("identity"),
        by_clearance="by" in entry.table and bool(entry.one_of("by", ("CLEARANCE",))),
    )
