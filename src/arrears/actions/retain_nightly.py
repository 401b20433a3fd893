"""What a night deletes, and what it need not even look for: the retention schedule at the end of each night.

Called by `run_night`, which lets no tape and no other night come in meanwhile. Nothing is deleted unless two people
approved the schedule in force; of so many people at most a night; each person is a transaction of their own, so that a
night that is killed goes on with those that are left, and its figures are read back from what was deleted on its day.

To look for what is due reads everybody's debts. So each look notes when the next clock runs out, and until that day no
night looks; but for what no look can foresee, such as an account that leaves the tape, one does every LOOK_DAYS.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from arrears.actions import retain
from arrears.actions.contact_gate import Gate
from arrears.actions.house import House
from arrears.records.rights import approvals, queries
from arrears.rules.compliance import retention_terms

#: No later than so many days after a look comes the next, and after one that left somebody behind.
LOOK_DAYS, LEFT_DAYS = 30, 7
#: Why a night deleted nothing.
OFF, NO_SCHEDULE, NOT_APPROVED, NOTHING_DUE, LOOKED = "OFF", "NO_SCHEDULE", "NOT_APPROVED", "NOTHING_DUE", "LOOKED"


def apply(*, on: date, place: House, gate: Gate, at: datetime, actor: str) -> dict[str, object]:
    """Delete what is due, if two people want nights to; the figures for the night's report.

    returns : state (one of the above), people and kinds deleted on this day; where it looked, held (under legal hold)
              and left (something is open); next_on
    """
    state, figures = _apply(on=on, place=place, gate=gate, at=at, actor=actor)
    done = queries.erased_by_schedule(on) if state in {NOTHING_DUE, LOOKED} else []
    kinds: dict[str, int] = {}
    for _, counted in done:
        for kind, count in counted.items():
            kinds[kind] = kinds.get(kind, 0) + count
    return {"state": state, "people": len({customer_id for customer_id, _ in done}), "kinds": kinds, **figures}


def _apply(*, on: date, place: House, gate: Gate, at: datetime, actor: str) -> tuple[str, dict[str, object]]:
    if place.retain_a_night <= 0:
        return OFF, {}
    rows = retain.schedule(gate, on=on)
    if not rows:
        return NO_SCHEDULE, {}
    approved = approvals.of_schedule(retention_terms.fingerprint(rows))
    if approved is None:
        return NOT_APPROVED, {}
    if approved.next_on and on < approved.next_on and on != approved.looked_on:
        return NOTHING_DUE, {"next_on": approved.next_on.isoformat()}
    found = retain.find(on=on, place=place, gate=gate)
    spent = len({customer_id for customer_id, _ in queries.erased_by_schedule(on)})
    those = found.due[: max(0, place.retain_a_night - spent)]
    done = retain.delete(those, found.complaints, on=on, at=at, actor=actor, progress=lambda *_: None)
    next_on = _next(on, found, is_all=len(those) == len(found.due), left=len(done.left))
    approvals.look_again(approved.approval_id, looked_on=on, next_on=next_on)
    return LOOKED, {"held": len(found.held), "left": len(done.left), "next_on": next_on.isoformat()}


def _next(on: date, found: retain.Found, *, is_all: bool, left: int) -> date:
    if not is_all:
        return on + timedelta(days=1)
    latest = on + timedelta(days=LEFT_DAYS if left or found.held else LOOK_DAYS)
    return min(latest, found.next_on or latest)
