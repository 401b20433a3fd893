"""Why may something sealed be opened, and how often an hour? The closed list of purposes, from `policies/reveals.toml`.

Asked by `actions.reveal_sealed`. It knows nothing of who asks or what is sealed; it says whether a stated purpose
stands, and where the limit is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.kernel.errors import InvalidInput

ASKED, CLEARED = "asked", "cleared"
REASON_MAX = 200
#: A reason is kept where no identity may stand: a run of digits as long as a number, or an address, is sent back.
IDENTITY = re.compile(r"(?:\d[\s-]?){7,}|@")


class WrongReveals(InvalidInput):
    code = "wrong_reveals"
    message = "{file}: {key}: {why}"


class NoSuchPurpose(InvalidInput):
    code = "no_such_purpose"
    message = "{purpose} is not a purpose that can be stated."


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    message = "The purpose {purpose} wants its reason written out."


class ReasonHoldsIdentity(InvalidInput):
    code = "reason_holds_identity"
    message = "A reason holds no number and no address."


@dataclass(frozen=True)
class Purpose:
    """by_clearance: stated by a clearance of the gate, never chosen by a person."""

    code: str
    texts: Mapping[str, str]
    needs_reason: bool
    by_clearance: bool


@dataclass(frozen=True)
class Policy:
    """purposes : by code, in the order in which they are offered
    an_hour  : ASKED and CLEARED → how many reveals of one viewer within any sixty minutes
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


def stated(policy: Policy, *, purpose: str, reason: str) -> str:
    """The reason as it is kept, when this purpose may be stated by a person with it.

    raises  : NoSuchPurpose, ReasonMissing, ReasonHoldsIdentity
    example : stated(shipped, purpose="QUALITY", reason=" ") -> ""
    """
    known = policy.purposes.get(purpose)
    if known is None or known.by_clearance:
        raise NoSuchPurpose(purpose=purpose[:20])
    kept = " ".join(reason.split())[:REASON_MAX]
    if known.needs_reason and not kept:
        raise ReasonMissing(purpose=purpose)
    if IDENTITY.search(kept):
        raise ReasonHoldsIdentity
    return kept


def read(path: Path) -> Policy:
    """The policy of a file; raises WrongReveals naming file and key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise WrongReveals(file=path.name, key="-", why=str(error)) from None
    an_hour = table.get("an_hour", {})
    for kind in (ASKED, CLEARED):
        if not isinstance(an_hour.get(kind), int) or an_hour[kind] < 1:
            raise WrongReveals(file=path.name, key=f"an_hour.{kind}", why="a whole number above 0 is needed")
    purposes = [_purpose(entry, path.name) for entry in table.get("purpose", [])]
    if len({one.code for one in purposes}) != len(purposes):
        raise WrongReveals(file=path.name, key="purpose", why="a code comes twice")
    return Policy(str(table.get("version", "")), {one.code: one for one in purposes}, dict(an_hour))


def _purpose(entry: Mapping[str, Any], file: str) -> Purpose:
    missing = [key for key in ("code", "zh-hans", "en") if not entry.get(key)]
    if missing:
        raise WrongReveals(file=file, key=f"purpose.{entry.get('code', '?')}", why=f"{missing[0]} is missing")
    return Purpose(
        code=entry["code"],
        texts={language: entry[language] for language in ("zh-hans", "en")},
        needs_reason=bool(entry.get("needs_reason", False)),
        by_clearance=entry.get("by") == "CLEARANCE",
    )
