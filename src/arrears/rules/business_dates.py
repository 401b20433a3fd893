"""Can this be the business date that was meant? A mistyped year must not carry lake and books where nothing follows.

Asked by the command line, by exchange/tape_in and by actions/run_night before anything is written: a tape of the year
9999 would refuse every later one, and a night of the year 1 would be followed by a million missed ones.
"""

from __future__ import annotations

from datetime import date, timedelta

from arrears.kernel.errors import InvalidInput

EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
#: A quarter: the longest that a lender goes without a tape or a night; a year mistyped by one is further.
FAR_DAYS = 92
#: Somewhere on earth it is tomorrow already.
AHEAD = timedelta(days=1)


class AbsurdDate(InvalidInput):
    code = "absurd_date"
    message = "{as_of} is no business date: only days from {earliest} to {latest} are."


class FarDate(InvalidInput):
    code = "far_date"
    message = "{as_of} is far from the newest tape, {newest}: is the year right? Say --far when it is meant."


class FarAhead(InvalidInput):
    code = "far_ahead"
    message = "{as_of} lies ahead of today, {today}: is the year right? Say --far when it is meant."


def sane(as_of: date) -> date:
    """The date itself; raises AbsurdDate, whatever anybody says."""
    if not EARLIEST <= as_of <= LATEST:
        raise AbsurdDate(as_of=as_of, earliest=EARLIEST, latest=LATEST)
    return as_of


def refuse_far(as_of: date, *, today: date, newest: date | None) -> None:
    """Whether a date is believable without being asked about.

    today     : the machine's, in the lender's zone: nothing is of a day that has not begun
    newest    : the newest tape's, which the date should be near; None before there is any
    raises    : AbsurdDate, FarAhead, FarDate
    example   : 2027-02-28 with the newest tape of 2026-02-27 is far; 2017-02-28 for a first tape is not
    """
    sane(as_of)
    if as_of > today + AHEAD:
        raise FarAhead(as_of=as_of, today=today)
    if newest is not None and abs(as_of - newest).days > FAR_DAYS:
        raise FarDate(as_of=as_of, newest=newest)
