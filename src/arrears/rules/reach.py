"""Whose cases does a role see? One table; `records.cases.scope` turns it into conditions of every query.

What a role may *do* with what it sees is the table of `interfaces.ui.permissions`.
"""

from __future__ import annotations

from collections.abc import Mapping

#: All there are.
ALL = "ALL"
#: Those of one's teams, those of no team, and those assigned to oneself.
TEAMS = "TEAMS"
#: Those in late collection and bad debt.
LATE = "LATE"
#: Those with a visit for oneself or for anyone.
VISITS = "VISITS"
#: Those placed with one's agency, for as long as they are.
PLACED = "PLACED"
#: None.
NONE = "NONE"

REACH: Mapping[str, str] = {
    "AGENT": TEAMS,
    "SUPERVISOR": TEAMS,
    "ANALYST": ALL,
    "COMPLIANCE": ALL,
    "FINANCE": ALL,
    "LEGAL": LATE,
    "FIELD": VISITS,
    "ADMIN": NONE,
    "AGENCY": PLACED,
}


def of(role: str) -> str:
    """The reach of a role; a role that the table does not know sees nothing."""
    return REACH.get(role, NONE)
