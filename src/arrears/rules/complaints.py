"""The life of a complaint: which event leads from which status to which, and the words that tell what it is about.

Used by records' operations; drawn in docs from this table. Nothing here knows a database.
"""

from __future__ import annotations

from arrears.kernel.transitions import Table

RECEIVED, IN_REVIEW, ESCALATED = "RECEIVED", "IN_REVIEW", "ESCALATED"
ANSWERED, WITHDRAWN = "ANSWERED", "WITHDRAWN"
#: While it stands at one of these, whoever it is about is left alone and the clock runs.
OPEN = (RECEIVED, IN_REVIEW, ESCALATED)
ENDED = (ANSWERED, WITHDRAWN)

COMPLAINT: Table = {
    (RECEIVED, "acknowledge"): IN_REVIEW,
    (RECEIVED, "answer"): ANSWERED,
    (IN_REVIEW, "answer"): ANSWERED,
    (ESCALATED, "answer"): ANSWERED,
    (IN_REVIEW, "extend"): IN_REVIEW,
    (ESCALATED, "extend"): ESCALATED,
    (RECEIVED, "withdraw"): WITHDRAWN,
    (IN_REVIEW, "withdraw"): WITHDRAWN,
    (ANSWERED, "reopen"): IN_REVIEW,
    (WITHDRAWN, "reopen"): IN_REVIEW,
    (RECEIVED, "escalate"): ESCALATED,
    (IN_REVIEW, "escalate"): ESCALATED,
    (ANSWERED, "escalate"): ESCALATED,
    (WITHDRAWN, "escalate"): ESCALATED,
    # Whose it is may be found out while it is open: of one that has ended nobody is left alone any more.
    **{(status, "attach"): status for status in OPEN},
    # What it is about, and which contacts belong to it, may be said better at any time.
    **{(status, event): status for status in (*OPEN, *ENDED) for event in ("classify", "link")},
}


def events_from(status: str) -> frozenset[str]:
    """What may happen to a complaint at a status."""
    return frozenset(event for before, event in COMPLAINT if before == status)
