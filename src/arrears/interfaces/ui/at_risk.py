"""Who may harm themselves, or threatens our people, and waits for somebody? Told on every page of those who may act.

Care, and a decision on a threat, are asked for in a person's case. Who never had one, as somebody who was only reminded
before a day, has no case to ask in: they are told of by the stop that holds for them, on every page for three days and
then on the list of people heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arrears.records.cases import heard, scope
from arrears.records.compliance import stops
from arrears.records.people import queries as people

#: How long every page tells of somebody in whose case no care can be asked for.
TOLD_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Waiting:
    """How many people wait, as far as the viewer sees them: for care, and for a decision on a threat of theirs."""

    care: int = 0
    safety: int = 0


def waiting(viewer: scope.Viewer, *, at: datetime) -> Waiting:
    """Who waits at a moment."""
    since, undone = at - TOLD_FOR, heard.undone_counts(viewer)
    return Waiting(
        care=undone.get(heard.CARE, 0) + len(heard.without_case(stops.at_risk(since=since))),
        safety=undone.get(heard.SAFETY, 0)
        + len(heard.without_case(stops.at_risk(since=since, reason=stops.STAFF_SAFETY))),
    )


def without_case(*, since: datetime, reason: str = stops.SELF_HARM) -> Sequence[tuple[str, str, datetime]]:
    """Who is at risk, or stopped for another reason, and never had a case: who, their name masked, and since when."""
    risks = stops.at_risk(since=since, reason=reason)
    return [(one, people.access(one).name_masked, risks[one]) for one in heard.without_case(risks)]
