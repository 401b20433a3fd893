"""How is a label of speech said aloud, and where does its rule stand? For pages that show what was found in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import sentences
from arrears.kernel.errors import InvalidInput
from arrears.rules.compliance import reading
from arrears.rules.speech import labels

LABELS: Mapping[str, Promise] = {
    "THREAT_VIOLENCE": _("Threat of violence"),
    "THREAT_ARREST": _("Threat of arrest or of criminal law"),
    "IMPERSONATION": _("Posing as somebody else"),
    "PUBLIC_SHAME": _("Public exposure"),
    "THIRD_PARTY_PRESSURE": _("Pressure through third parties"),
    "THIRD_PARTY_DISCLOSURE": _("Debt told to a third party"),
    "PRIVACY_MISUSE": _("Misuse of personal data"),
    "IMPROPER_FEE": _("Improper fee or payee"),
    "MISREP_LEGAL": _("Untrue word on the legal position"),
    "IGNORE_RIGHTS": _("Rights or distress passed over"),
    "HARASS_FREQUENCY": _("Pressed by frequency"),
    "IMPROPER_TIME_PLACE": _("At a wrong time or place"),
    "DECEPTIVE_CONTACT": _("Deceptive contact"),
    "INDUCE_BORROW": _("Pushed to borrow elsewhere"),
    "MISREP_AMOUNT": _("Untrue amount or offer"),
    "ABUSE_INSULT": _("Abuse or insult"),
    "UNSAID_INSTITUTION": _("The institution was not named"),
    "UNSAID_AGENT": _("The agent was not named"),
    "UNSAID_RECORDING": _("The recording was not told of"),
}
SEVERITIES = {3: "danger", 2: "warning", 1: "info"}
#: A rule's first letters → the pack in which it stands.
PACKS = {"CN": "cn", "US": "us", "UK": "uk"}


@dataclass(frozen=True)
class Told:
    """A finding as a reader sees it; `number` marks its places in the words. pack, citation : blank when not found"""

    number: int
    label: str
    title: str
    severity: int
    rule: str
    pack: str
    citation: str
    advice: str
    spans: Sequence[tuple[int, int]]

    @property
    def tone(self) -> str:
        return SEVERITIES.get(self.severity, "secondary")


@dataclass(frozen=True)
class Segment:
    """A run of words; `by` are the findings that it belongs to, the gravest first."""

    text: str
    by: list[Told] = field(default_factory=list)


def label(code: str) -> str:
    """A label by its words."""
    return sentences.said(LABELS, code)


def told(findings: Sequence[Mapping[str, object]], *, policies: Path) -> list[Told]:
    """The findings of one text with rule, source and advice in the reader's language."""
    return [_told(number, finding, policies) for number, finding in enumerate(findings, start=1)]


def _told(number: int, finding: Mapping[str, object], policies: Path) -> Told:
    code, rule = str(finding["label"]), str(finding["rule"])
    known = _labels(policies / "speech").get(code)
    pack = PACKS.get(rule.partition("-")[0], "")
    spans = finding["spans"]
    severity = finding["severity"]
    assert isinstance(spans, list), code
    assert isinstance(severity, int), code
    return Told(
        number=number,
        label=code,
        title=label(code),
        severity=severity,
        rule=rule,
        pack=pack,
        citation=_citation(policies, pack, rule) or str(finding.get("citation", "")),
        advice=sentences.in_language(known.advice["zh"], known.advice["en"]) if known else "",
        spans=[(start, end) for start, end in spans],
    )


def marked(text: str, findings: Sequence[Told]) -> list[Segment]:
    """A text cut where a finding begins or ends."""
    edges = {0, len(text)}
    for finding in findings:
        edges |= {min(edge, len(text)) for span in finding.spans for edge in span}
    ordered = sorted(edges)
    segments = []
    for start, end in pairwise(ordered):
        by = [one for one in findings if any(low <= start and end <= high for low, high in one.spans)]
        segments.append(Segment(text[start:end], by))
    return segments


@lru_cache(maxsize=4)
def _labels(folder: Path) -> dict[str, labels.Label]:
    """Every label."""
    return labels.read(folder)


@lru_cache(maxsize=256)
def _citation(policies: Path, pack: str, rule: str) -> str:
    """The source of a rule, as its pack has it."""
    try:
        found = reading.parts(policies, pack)[0] if pack else None
    except InvalidInput:
        return ""
    every = (*found.rules, *found.duties) if found else ()
    return next((one.citation for one in every if one.rule_id == rule), "")
