"""The demo's two teams, and the door of the agency that has a log-in: made once, before the first day is lived.

The night shares new cases out by where people live, so both teams fill as the days pass.
"""

from __future__ import annotations

from datetime import datetime

from arrears.actions import agency_doors, manage_teams
from arrears.records.staff import queries, teams

#: Code → name, regions (GB/T 2260), user names of its members.
TEAMS = {
    "NORTH": ("北区 North", "11 12 13 14 15 21 22 23 37 41 61 62 65", ("zhao", "lin")),
    "SOUTH": ("南区 South", "31 32 33 34 35 36 42 43 44 45 50 51 52 53", ("zhao", "qian")),
}
AGENCY = "EXAMPLE_EAST"
#: From this very machine.
NETWORKS = ("127.0.0.0/24", "::1/128")


def found(*, at: datetime, actor: str) -> None:
    """Make the teams and open the agency's door, unless there are teams already."""
    if teams.all_teams():
        return
    known = {row.username: row.user_id for row in queries.staff()}
    for code, (name, regions, members) in TEAMS.items():
        there = [f"CN-{region}" for region in regions.split()]
        ids = [known[member] for member in members]
        manage_teams.put(code=code, name=name, regions=there, members=ids, at=at, actor=actor, is_new=True)
    agency_doors.put(agency=AGENCY, networks=NETWORKS, is_open=True, at=at, actor=actor)
