"""With which agencies may a case be placed on a day, and which legal steps are there? Two dated lists of the policies.

Asked by `actions.place_with_agency` and `actions.take_legal_step`, and by the pages that offer them. It reads text and
decides nothing about a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables

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
    """is_pending : after it the matter is before somebody who will decide; presses : it is ours and bears on the
    person, so a danger to their life forbids it; names_body : who decides, or did, is named; source : the law it
    stands on."""

    code: str
    texts: Mapping[str, str]
    is_pending: bool
    presses: bool
    names_body: bool
    source: str


@dataclass(frozen=True)
class Terms:
    """What is asked of every legal step; None asks nothing.

    rests_years_most   : by when a matter is looked at again
    working_days_of    : whose working days count for the end of a term; "" knows weekends alone
    claim_percent_most : of what the case owes
    """

    rests_years_most: int | None = None
    working_days_of: str = ""
    claim_percent_most: int | None = None

    def rests_until(self, as_of: date) -> date:
        """The last day on which a matter may be looked at again."""
        years = self.rests_years_most
        if years is None or as_of.year + years > date.max.year:
            return date.max
        is_leap_day = (as_of.month, as_of.day) == (2, 29)
        return as_of.replace(year=as_of.year + years, day=28 if is_leap_day else as_of.day)


@dataclass(frozen=True)
class Lists:
    """Both lists by code, in the order of their files; fault : why the newest edit of them is not what this is."""

    agencies: Mapping[str, Agency]
    steps: Mapping[str, LegalStep]
    terms: Terms = Terms()
    fault: str = ""


class _Reader(toml_tables.Reader):
    refusal = WrongLateSteps


def read(folder: Path) -> Lists:
    """agencies.toml and legal_steps.toml of a policy folder; raises WrongLateSteps naming file, line and key."""
    agencies = {code: _agency(code, one) for code, one in _entries(folder / "agencies.toml", "agency").items()}
    steps = {code: _step(code, one) for code, one in _entries(folder / "legal_steps.toml", "step").items()}
    return Lists(agencies, steps, _terms(_Reader.of_file(folder / "legal_steps.toml")))


def _terms(top: _Reader) -> Terms:
    terms = top.section("terms", {})
    limits = ("rests_years_at_most", "working_days_of", "claim_percent_at_most")
    sources = ("rests_source", "working_days_source", "claim_source")
    terms.only(frozenset({*limits, *sources}))
    for limit, source in zip(limits, sources, strict=True):
        if limit in terms.table:
            terms.text(source)
    years, days, percent = (limit in terms.table for limit in limits)
    return Terms(
        rests_years_most=terms.count("rests_years_at_most", least=1) if years else None,
        working_days_of=terms.text("working_days_of") if days else "",
        claim_percent_most=terms.count("claim_percent_at_most", least=100) if percent else None,
    )


def _entries(path: Path, kind: str) -> dict[str, _Reader]:
    top = _Reader.of_file(path)
    top.only(frozenset({"version", kind, *(("terms",) if kind == "step" else ())}))
    entries = top.tables(kind, named_by="code")
    for code, entry in entries.items():
        if len(code) > CODE_MAX:
            raise entry.wrong("code", f"must have at most {CODE_MAX} letters")
    return entries


def _agency(code: str, entry: _Reader) -> Agency:
    entry.only(frozenset({"code", *LANGUAGES, "from", "to"}))
    from_on = entry.day("from")
    to_on = entry.day("to") if "to" in entry.table else None
    if to_on is not None and to_on <= from_on:
        raise entry.wrong("to", "is not after from")
    return Agency(code, _texts(entry), from_on, to_on)


def _step(code: str, entry: _Reader) -> LegalStep:
    entry.only(frozenset({"code", *LANGUAGES, "pending", "presses", "body", "source"}))
    is_pending = entry.flag("pending")
    names_body = entry.flag("body") if "body" in entry.table else is_pending
    presses = entry.flag("presses") if "presses" in entry.table else is_pending
    return LegalStep(code, _texts(entry), is_pending, presses, names_body, entry.text("source"))


def _texts(entry: _Reader) -> dict[str, str]:
    return {language: entry.text(language) for language in LANGUAGES}
