"""In which order does a case tell of what happened: by business date, and what came of what within one moment?

A night, or the press of a button, writes all its events with one moment. Used wherever they are listed.
"""

from __future__ import annotations

from datetime import date, datetime, time

from arrears.kernel import clock

#: Kinds of one moment, causes before what they bring about. "" stands for every kind that is not named.
HAPPENS = (
    "opened",
    "team_changed",
    "case.team_changed",
    "assigned",
    "contact",
    "complaint.received",
    "person.heard",
    "payment",
    "recovery.told",
    "money_went_back",
    "promise.made",
    "promise.replaced",
    "promise.kept",
    "promise.broken",
    "promise.reopened",
    "bucket_changed",
    "stage_changed",
    "write_off.proposed",
    "write_off.approved",
    "write_off.rejected",
    "write_off.posted",
    "compliance.stopped",
    "agency.placed",
    "legal.step",
    "",
    "work_opened",
    "work.opened",
    "work_renewed",
    "work_done",
    "closed",
    "work_cancelled",
    "write_off.lapsed",
    "agency.to_recall",
    "agency.recalled",
    "agency.returned",
    "agency.closed",
    "contacts.cancelled",
)
_PLACES = {kind: place for place, kind in enumerate(HAPPENS)}


def stands_at(at: datetime, on: date | None, *, zone: str) -> datetime:
    """Where something stands in the story: in its business date, where it was recorded on another one.

    at      : when it was recorded
    on      : its business date, None where that is the date of `at`
    returns : `at`; the end of `on`, where it was recorded later: a night that was missed knows all of its day; the
              start of `on`, where it was recorded earlier
    """
    recorded_on = clock.business_date(at, zone)
    if on is None or on == recorded_on:
        return at
    return clock.at_local(on, time.max if on < recorded_on else time(0), zone)


def place(kind: str) -> int:
    """Where a kind stands among those of its moment: the later, the greater.

    example : place("opened") < place("assigned")
    """
    return _PLACES.get(kind, _PLACES[""])
