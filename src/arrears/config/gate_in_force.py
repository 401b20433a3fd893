"""Which rule pack and which words are in force now? The lender's files are looked at again whenever they change.

Asked through `wiring` at every request and tick; `policies.last_good` looks, and keeps the last good state in force.
The run report, a system check and a banner on every page repeat what is wrong with an edit (`Gate.fault`). Where there
never was a good state the gate is closed: nobody is contacted. A text that may not be said is such an edit.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from arrears import policies
from arrears.actions.contact_gate import ClosedGate, Gate
from arrears.actions.second_opinion import Judge
from arrears.channels.judge_openai.adapter import Endpoint
from arrears.policies import last_good
from arrears.rules import lawful_texts, templates
from arrears.rules.compliance import reading


def current() -> Gate:
    """The gate as the files stand now, or as they stood when they were last good."""
    pack = str(settings.RULE_PACK)
    found = last_good.current(Path(settings.HOME), name=pack, read=lambda folder: read(folder, pack))
    if found.state is None:
        return ClosedGate(found.fault)
    return replace(found.state, fault=found.fault, judge=judge()) if found.fault or settings.JUDGE else found.state


def judge() -> Judge | None:
    """Who is asked about words beside the rules, where the settings name one."""
    return Judge(Endpoint(**settings.JUDGE), policies.of_home(Path(settings.HOME))) if settings.JUDGE else None


def read(folder: Path, pack: str) -> Gate:
    """The gate that a folder of policies describes; raises what its readers raise."""
    library = templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")
    lawful_texts.check(library, by=folder)
    return Gate(pack=reading.named(folder, pack), library=library)
