"""How many complaints are there, of what, about whom, how many were right, and how quickly were they answered?

Counted over those that came in since a day, by kind, agency, team and colleague. Read by the console; names nobody who
complained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from arrears.records.complaints.models import Complaint, ComplaintKind, ComplaintOutcome
from arrears.rules import complaints as machines

#: By what they are counted, and the column that says it; complaints in which it is blank are left out of those.
BY = {"kind": "kind", "agency": "about_agency", "team": "about_team", "colleague": "about_actor"}
COLUMNS = (*BY.values(), "status", "outcome", "clock_from_on", "ended_on", "due_on", "answer_due_on")


@dataclass
class Tally:
    """What the complaints of one group came to.

    overdue : past their day while open, or answered after it; days : of each answered one, from when its clock began
    """

    count: int = 0
    open: int = 0
    overdue: int = 0
    answered: int = 0
    upheld: int = 0
    partly: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def days_median(self) -> float | None:
        """Half were answered within so many days."""
        return median(self.days) if self.days else None

    @property
    def upheld_share(self) -> float | None:
        """Of the answered ones, those found right, whole or in part."""
        return (self.upheld + self.partly) / self.answered if self.answered else None


@dataclass(frozen=True)
class Statistics:
    """all : of everything; by : what they are counted by → code → tally, the most first"""

    all: Tally
    by: dict[str, list[tuple[str, Tally]]]


def since(day: date, *, on: date) -> Statistics:
    """Complaints that came in from a day on, as they stand on another."""
    rows = Complaint.objects.filter(received_on__gte=day).order_by("received_on", "complaint_id")
    return _counted((dict(zip(COLUMNS, row, strict=True)) for row in rows.values_list(*COLUMNS).iterator()), on)


def kinds() -> dict[str, str]:
    """Kind → its words."""
    return {str(code): str(label) for code, label in ComplaintKind.choices}


def _counted(rows: Iterable[dict[str, object]], on: date) -> Statistics:
    whole, groups = Tally(), {name: dict[str, Tally]() for name in BY}
    for row in rows:
        told = [whole]
        for name, column in BY.items():
            for code in str(row[column]).split():  # a colleague of several teams counts in each
                told.append(groups[name].setdefault(code, Tally()))
        for tally in told:
            _add(tally, row, on)
    by = {name: sorted(found.items(), key=lambda pair: (-pair[1].count, pair[0])) for name, found in groups.items()}
    return Statistics(whole, by)


def _add(tally: Tally, row: dict[str, object], on: date) -> None:
    due_on, ended_on, last_on, began_on = (
        row[name] for name in ("due_on", "ended_on", "answer_due_on", "clock_from_on")
    )
    assert isinstance(last_on, date)
    assert isinstance(began_on, date)
    tally.count += 1
    if isinstance(due_on, date):
        tally.open += 1
        tally.overdue += due_on < on
    if row["status"] == machines.ANSWERED and isinstance(ended_on, date):
        tally.answered += 1
        tally.overdue += ended_on > last_on
        tally.upheld += row["outcome"] == ComplaintOutcome.UPHELD
        tally.partly += row["outcome"] == ComplaintOutcome.PARTLY
        tally.days.append((ended_on - began_on).days)
