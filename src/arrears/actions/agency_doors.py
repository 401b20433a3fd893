"""Let the people of an agency in from its own networks while its contract runs, and end all their access at once.

Called at sign-in and by the gatekeeper at every request of theirs, and by the console's page of agencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from arrears.actions import late_lists
from arrears.kernel.errors import NotFound
from arrears.records.audit import operations as audit
from arrears.records.signin import operations as sessions
from arrears.records.staff import doors


class NoSuchAgency(NotFound):
    code = "no_such_agency_here"
    message = "There is no agency {agency}."


def lets_in(agency: str, *, address: str, on: date) -> bool:
    """May somebody of this agency come in from this address today?

    address : the caller's own, as `interfaces.ui.address` has it; blank is nowhere
    on      : the business date; before and after its contract nobody of an agency comes in
    """
    known = late_lists.lists().agencies.get(agency)
    return known is not None and known.works(on) and doors.door(agency).lets_in(address)


@transaction.atomic
def put(*, agency: str, networks: Sequence[str], is_open: bool, at: datetime, actor: str) -> int:
    """Say from where an agency comes in, and whether it does; shut, every session of its people ends now.

    returns : how many sessions ended
    raises  : NoSuchAgency, doors.NotNetworks
    """
    if agency not in late_lists.lists().agencies:
        raise NoSuchAgency(agency=agency[:40])
    before = doors.put(agency=agency, networks=networks, is_open=is_open)
    ended = 0
    if not is_open or before.networks != tuple(networks):
        ended = sum(sessions.end_sessions(user_id=user.pk) for user in doors.people_of(agency))
    audit.record(
        "agency_access.changed" if is_open else "agency_access.ended",
        subject=f"agency:{agency}",
        actor=actor,
        at=at,
        networks=list(networks),
        sessions_ended=ended,
    )
    return ended
