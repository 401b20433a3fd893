"""How long must somebody wait who guessed wrong? One table for passwords, codes and addresses.

Called by `records.signin`. A try is counted before it is judged, so that a thousand at once are a thousand tries;
whoever proves right gets it back. The wait grows and never exceeds an hour: a stranger can slow a colleague down, not
shut them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

ACCOUNT, CODE, ADDRESS = "ACCOUNT", "CODE", "ADDRESS"


@dataclass(frozen=True)
class Allowance:
    """free : failures without a wait; first, longest : the wait after one more, doubled each time; fresh_after : quiet
    time after which all is forgotten"""

    free: int
    first: timedelta
    longest: timedelta
    fresh_after: timedelta


#: An address may be that of a whole office, so it has more tries. OWASP ASVS 4.0 V2.2.1: no more than 100 an hour.
ALLOWANCES: Mapping[str, Allowance] = {
    ACCOUNT: Allowance(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24)),
    CODE: Allowance(5, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=24)),
    ADDRESS: Allowance(30, timedelta(seconds=30), timedelta(hours=1), timedelta(hours=24)),
}


def wait(kind: str, failures: int) -> timedelta:
    """The wait after so many failures in a row.

    kind     : ACCOUNT, CODE or ADDRESS
    failures : >= 0, the last one counted
    returns  : zero while the free ones last, then `first` doubled, at most `longest`
    example  : ACCOUNT: 5 -> 0 s, 6 -> 30 s, 7 -> 60 s, 10 -> 8 min, 11 -> 15 min
    """
    allowed = ALLOWANCES[kind]
    over = failures - allowed.free
    if over <= 0:
        return timedelta(0)
    doubled: int = 2 ** min(over - 1, 20)
    return min(allowed.longest, allowed.first * doubled)
