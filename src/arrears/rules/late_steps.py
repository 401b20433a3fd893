"""With which agencies may a case be placed on a day, and which legal steps are there? Two dated lists of the policies.

Asked by `actions.place_with_agency` and `actions.take_legal_step`, and by the pages that offer them. It reads text and
decides nothing about a case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.kernel.errors import InvalidInput

LANGUAGES = ("zh-hans", "en")
CODE_MAX = 24


class WrongLateSteps(InvalidInput):
    code = "wrong_late_steps"
    message = "{file}: {key}: {why}"


@dataclass(frozen=True)
class Agency:
    """An agency that may be given cases from `from_on` on, before `to_on` (None = without end)."""

    code: str
    texts: Mapping[str, str]
    from_on: date
    to_on: date | None

    def works(self, on: date) -> bool:
        """Is there a contract on that day?"""
        return self.from_on <= on and (self.to_on is None or on < self.to_on)


@dataclass(frozen=True)
class LegalStep:
    """is_pending : after it the matter is before somebody who will decide; source : the law it stands on."""

    code: str
    texts: Mapping[str, str]
    is_pending: bool
    source: str


@dataclass(frozen=True)
class Lists:
    """Both lists by code, in the order of their files; fault : why the newest edit of them is not what this is."""

    agencies: Mapping[str, Agency]
    steps: Mapping[str, LegalStep]
    fault: str = ""


def read(folder: Path) -> Lists:
    """agencies.toml and legal_steps.toml of a policy folder; raises WrongLateSteps naming file and key."""
    agencies = [_agency(entry, "agencies.toml") for entry in _entries(folder / "agencies.toml", "agency")]
    steps = [_step(entry, "legal_steps.toml") for entry in _entries(folder / "legal_steps.toml", "step")]
    return Lists({one.code: one for one in agencies}, {one.code: one for one in steps})


def _entries(path: Path, kind: str) -> list[dict[str, Any]]:
    try:
        entries: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])
    except tomllib.TOMLDecodeError as error:
        raise WrongLateSteps(file=path.name, key="-", why=str(error)) from None
    codes = [entry.get("code", "") for entry in entries]
    for code in codes:
        if not isinstance(code, str) or not 0 < len(code) <= CODE_MAX or codes.count(code) > 1:
            raise WrongLateSteps(file=path.name, key=f"{kind}.{code}", why=f"one code of 1 to {CODE_MAX} letters each")
    return entries


def _agency(entry: Mapping[str, Any], file: str) -> Agency:
    from_on, to_on = entry.get("from"), entry.get("to")
    if type(from_on) is not date or (to_on is not None and (type(to_on) is not date or to_on <= from_on)):
        raise WrongLateSteps(file=file, key=f"agency.{entry['code']}.from", why="a date, and an end after it or none")
    return Agency(entry["code"], _texts(entry, "agency", file), from_on, to_on)


def _step(entry: Mapping[str, Any], file: str) -> LegalStep:
    if not isinstance(entry.get("pending"), bool) or not entry.get("source"):
        raise WrongLateSteps(
            file=file, key=f"step.{entry['code']}", why="pending (true or false) and a source are needed"
        )
    return LegalStep(entry["code"], _texts(entry, "step", file), entry["pending"], str(entry["source"]))


def _texts(entry: Mapping[str, Any], kind: str, file: str) -> dict[str, str]:
    missing = [language for language in LANGUAGES if not entry.get(language)]
    if missing:
        raise WrongLateSteps(file=file, key=f"{kind}.{entry['code']}", why=f"{missing[0]} is missing")
    return {language: str(entry[language]) for language in LANGUAGES}
