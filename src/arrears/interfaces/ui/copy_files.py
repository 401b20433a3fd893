"""A person's copy of their data as files: the document itself, and the same to read in both languages.

Called by the privacy desk. The pages stand by themselves, without anything that is fetched; where this machine can
print, they are there as PDF too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from arrears.actions import evidence, reveal_sealed
from arrears.actions.hand_over_copy import Copy
from arrears.interfaces.ui import gate_words, papers, rights_words, sentences
from arrears.records.staff import queries as staff

DOCUMENT, TEMPLATE = "personal-data.json", "papers/copy.html"


def files(copy: Copy) -> dict[str, bytes]:
    """Name → content; without PDFs where nothing here can print one."""
    made = {DOCUMENT: copy.text}
    for language in papers.LANGUAGES:
        with translation.override(language):
            context = _context(copy)
            made[f"personal-data.{language}.html"] = render_to_string(
                TEMPLATE, {**context, "language": language}
            ).encode()
            if papers.can_print():
                made[f"personal-data.{language}.pdf"] = papers.pdf(TEMPLATE, context, language=language)
    return made


def _context(copy: Copy) -> dict[str, object]:
    purposes = reveal_sealed.policy().purposes
    return {
        **copy.document,
        **papers.names(),
        "promises": [one for case in copy.document["cases"] for one in case["promises"]],
        "placements": [one for case in copy.document["cases"] for one in case["placements"]],
        "digest": copy.sha256,
        "labels": evidence.labels(),
        "treatment_words": {code: sentences.treatment(code) for code in _treatments(copy)},
        "consent_words": gate_words.CONSENTS,
        "start_words": rights_words.STARTS,
        "spending_words": rights_words.SPENDING,
        "why_not": rights_words.WHY_NOT,
        "kept": _kept(copy.document["kept_until"]),
        "teams": {**sentences.MACHINES, **rights_words.DOORS, **dict(staff.roles())},
        "purposes_of_looks": {code: sentences.of_texts(one.texts) for code, one in purposes.items()},
    }


def _kept(kept_until: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kinds of which the same rules speak, told at once."""
    found: dict[object, dict[str, Any]] = {}
    for one in kept_until:
        rules = tuple((rule["rule_id"], rule["years"], rule["start"]) for rule in one["by_the_latest_of"])
        told = {"kinds": [], "until": one["until"], "rules": one["by_the_latest_of"]}
        found.setdefault((one["until"], rules), told)["kinds"].append(rights_words.KINDS[one["kind"]])
    return list(found.values())


def _treatments(copy: Copy) -> set[str]:
    return {one["what"] for case in copy.document["decisions"] for one in case["treatments"]}
