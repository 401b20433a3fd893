"""What came of what, when a case tells of several things at one moment: the order in which one brings about the next.

A night, or the press of a button, writes all its events with one moment. Used wherever they are listed.
"""

from __future__ import annotations

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


def place(kind: str) -> int:
    """Where a kind stands among those of its moment: the later, the greater.

    example : place("opened") < place("assigned")
    """
    return _PLACES.get(kind, _PLACES[""])
