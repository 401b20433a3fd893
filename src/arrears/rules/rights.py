"""The lives of a legal hold, of a request about one's own data and of an approval: which event leads where.

Used by `records.rights`; drawn in docs from these tables. Nothing here knows a database.
"""

from __future__ import annotations

from arrears.kernel.transitions import Table

HOLDING, LIFT_ASKED, LIFTED = "HOLDING", "LIFT_ASKED", "LIFTED"
#: While it stands at one of these, nothing of the person is deleted.
HELD = (HOLDING, LIFT_ASKED)

HOLD: Table = {
    (HOLDING, "ask"): LIFT_ASKED,
    (LIFT_ASKED, "lift"): LIFTED,
    (LIFT_ASKED, "keep"): HOLDING,
}

ASKED, APPROVED, ENDED_BY_HAND, LAPSED = "ASKED", "APPROVED", "WITHDRAWN", "LAPSED"
#: At one of these an approval of the retention schedule waits for its second person, or holds.
APPROVAL_LIVES = (ASKED, APPROVED)

#: Nights delete by a schedule that one person asked for and another approved; asking for another one lapses it.
APPROVAL: Table = {
    (ASKED, "approve"): APPROVED,
    (ASKED, "withdraw"): ENDED_BY_HAND,
    (APPROVED, "withdraw"): ENDED_BY_HAND,
    (ASKED, "lapse"): LAPSED,
    (APPROVED, "lapse"): LAPSED,
}

RECEIVED, EXPLAINED = "RECEIVED", "EXPLAINED"
DONE, REFUSED, WITHDRAWN = "DONE", "REFUSED", "WITHDRAWN"
OPEN = (RECEIVED, EXPLAINED)
ENDED = (DONE, REFUSED, WITHDRAWN)

REQUEST: Table = {
    (RECEIVED, "do"): DONE,
    (RECEIVED, "refuse"): REFUSED,
    (RECEIVED, "withdraw"): WITHDRAWN,
    (RECEIVED, "extend"): RECEIVED,
    # An automated decision is explained, and then looked at by a person where they ask for it.
    (RECEIVED, "explain"): EXPLAINED,
    (EXPLAINED, "review"): DONE,
    (EXPLAINED, "do"): DONE,
    (EXPLAINED, "withdraw"): WITHDRAWN,
    (EXPLAINED, "extend"): EXPLAINED,
}


def events_from(status: str) -> frozenset[str]:
    """What may happen to a request at a status."""
    return frozenset(event for before, event in REQUEST if before == status)
