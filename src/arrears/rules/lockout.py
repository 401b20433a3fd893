"""How long must somebody wait who guessed wrong? One table for passwords, codes and addresses.

Called by `records.signin`. A try is counted before it is judged, so that a thousand at once are a thousand tries;
whoever proves right gets it back, and what is right neither prolongs a wait nor makes one. Time forgets failures one by
one, and all of them after a quiet day. The wait grows and never exceeds an hour: a stranger can slow a colleague down,
not shut them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

ACCOUNT, CODE, ADDRESS = "ACCOUNT", "CODE", "ADDRESS"
#: After so long without one all failures are forgotten.
QUIET = timedelta(hours=24)


@dataclass(frozen=True)
class Allowance:
    """free : failures without a wait; first, longest : the wait after one more, doubled each time; forgotten_after :
    time in which one failure is forgotten; at_once : tries that are not judged yet and make nobody wait"""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta
    at_once: int


#: An address may be that of a whole office: it forgets thirty failures an hour, and twenty colleagues may come in at
#: one moment. So a guesser there gets at most some eighty tries in any hour, and thirty in each that follows.
#: OWASP ASVS 4.0 V2.2.1: no more than 100 an hour.
ALLOWANCES: Mapping[str, Allowance] = {
    ACCOUNT: Allowance(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=4), 0),
    CODE: Allowance(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=4), 0),
    ADDRESS: Allowance(30, timedelta(seconds=30), timedelta(hours=1), timedelta(minutes=2), 20),
}


def remembered(kind: str, failures: int, *, since: datetime, at: datetime) -> tuple[int, datetime]:
    """(failures that still count, moment up to which that is so) of so many that counted at `since`.

    kind     : ACCOUNT, CODE or ADDRESS
    example  : ADDRESS, 10 at 9:00: at 9:05 there are 8, as of 9:04
    """
    each = ALLOWANCES[kind].forgotten_after
    forgotten = max(0, (at - since) // each)
    if forgotten >= failures or at - since > QUIET:
        return 0, at
    return failures - forgotten, since + forgotten * each


def wait(kind: str, failures: int) -> timedelta:
    """The wait after so many failures.

    kind     : ACCOUNT, CODE or ADDRESS
    failures : the last one counted; those not judged yet left out, it may be below 0
    returns  : zero while the free ones last, then `first` doubled, at most `longest`
    example  : ACCOUNT: 5 -> 0 s, 6 -> 30 s, 7 -> 60 s, 10 -> 8 min, 11 -> 15 min
    """
    allowed = ALLOWANCES[kind]
    over = failures - allowed.free
    if over <= 0:
        return timedelta(0)
    doubled: int = 2 ** min(over - 1, 20)
    return min(allowed.longest, allowed.first * doubled)
