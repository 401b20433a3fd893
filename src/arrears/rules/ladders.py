"""Which rung of a reminder ladder is due today? A function of facts, never a timer that was once set.

Called by strategies and the console. The facts are today's oldest unpaid due date, the rung last taken and its day:
a back-dated or cancelled payment therefore moves the answer by itself, and a missed night changes nothing. Ladders
are data; this module knows none.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from arrears.kernel.errors import Refusal


class Anchor(StrEnum):
    """What a rung's days are counted from."""

    DUE = "due"
    END_OF_MONTH = "end-of-month"
    PREVIOUS = "previous"


class RunOutOfOrder(Refusal):
    code = "run_out_of_order"
    message = "A run for {on} comes after one for {last_on}; what was sent then cannot be known now."


@dataclass(frozen=True)
class Rung:
    """`days` after the anchor; END_OF_MONTH waits for the last day of the month that those days end in."""

    name: str
    days: int
    anchor: Anchor = Anchor.DUE


@dataclass(frozen=True)
class Taken:
    """How far a debt has been taken up the ladder: rungs so far, and the day of the last one."""

    rungs: int = 0
    last_on: date | None = None


@dataclass(frozen=True)
class Campaign:
    """At most `attempts_max` reminders, each more than `days_between` days after the last, above a threshold."""

    attempts_max: int
    days_between: int
    threshold_minor: Mapping[str, int]


def level_at(ladder: Sequence[Rung], *, oldest_due_on: date | None, on: date) -> int:
    """How many rungs a debt stands above the ground, from its oldest unpaid due date alone.

    ladder  : anchored on DUE, days rising
    returns : 0 when nothing is unpaid or the first rung is not reached
    example : rungs at 30, 40, 50 days, oldest due 2012-05-31 -> 1 on 2012-06-30, 2 on 2012-07-10
    """
    if oldest_due_on is None:
        return 0
    late = (on - oldest_due_on).days
    return sum(1 for rung in ladder if late >= rung.days)


def rung_on(rung: Rung, *, due_on: date, taken: Taken) -> date:
    """The first day on which a rung may be taken."""
    if rung.anchor is Anchor.PREVIOUS and taken.last_on is not None:
        return taken.last_on + timedelta(days=rung.days)
    day = due_on + timedelta(days=rung.days)
    if rung.anchor is Anchor.END_OF_MONTH:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day


def next_rung(ladder: Sequence[Rung], *, due_on: date, taken: Taken, on: date) -> Rung | None:
    """The one rung that may be taken today: rungs are never skipped, and one run takes at most one.

    returns : None when it is too early, or the ladder has ended (see `is_final`)
    raises  : RunOutOfOrder when a later day has already been run
    """
    if taken.last_on is not None and on < taken.last_on:
        raise RunOutOfOrder(on=on, last_on=taken.last_on)
    if is_final(ladder, taken=taken):
        return None
    rung = ladder[taken.rungs]
    return rung if on >= rung_on(rung, due_on=due_on, taken=taken) else None


def is_final(ladder: Sequence[Rung], *, taken: Taken) -> bool:
    """Has every rung been taken? What follows is somebody's decision, not another reminder."""
    return taken.rungs >= len(ladder)


def attempt_due(campaign: Campaign, *, currency: str, overdue_minor: int, taken: Taken, on: date) -> bool:
    """Is another attempt of a campaign due for what is overdue in one currency?

    A currency without a threshold is not in the campaign.
    """
    threshold = campaign.threshold_minor.get(currency)
    if threshold is None or overdue_minor < threshold or taken.rungs >= campaign.attempts_max:
        return False
    return taken.last_on is None or (on - taken.last_on).days > campaign.days_between
