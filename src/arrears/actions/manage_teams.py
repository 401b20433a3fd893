"""Make and change teams, with a line in the audit trail. Called by the console's team pages and by the demo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from arrears.records.audit import operations as audit
from arrears.records.staff import teams


@transaction.atomic
def put(
    *, code: str, name: str, regions: Sequence[str], members: Collection[int], at: datetime, actor: str, is_new: bool
) -> None:
    """Make a team, or change its name, regions and members.

    members : user ids of colleagues who work with the cases of a team
    raises  : teams.UnableToPutTeam
    """
    before = teams.put(code=code, name=name, regions=regions, members=members, is_new=is_new)
    kind = "team.added" if is_new else "team.changed"
    audit.record(
        kind,
        subject=f"team:{code}",
        actor=actor,
        at=at,
        after=code,
        regions=list(regions),
        joined=sorted(set(members) - before),
        left=sorted(before - set(members)),
    )
