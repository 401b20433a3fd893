"""A lender's market that lives day by day, replayable by its seed alone: the one door to the simulator.

Used by the demo, the benches, the tests and `arrears simulate`. It lends, writes the tape of docs/DESIGN's contract,
answers contacts and lives one business date at a time. It must never read the clock, the books or the network.

    market = Market.create(borrowers=20_000, seed=7, start_on=date(2026, 8, 1), history_days=365)
    market.write_tape(folder, as_of=market.today)
    answers = market.respond(touches)
    day = market.step(market.today + timedelta(1), touches_with_answers)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.decisions.tape.contract import REQUIRED_FILES
from arrears.kernel.errors import InvalidInput
from arrears.simulator import answers, borrowers, effects, loans, parameters, payments, spending, state, tape

EPOCH = date(1970, 1, 1)


class DayOutOfOrder(InvalidInput):
    code = "day_out_of_order"
    message = "The market has lived {today}; it cannot live {on} next."


@dataclass(frozen=True)
class DayResult:
    """What one business date came to. `payments` holds the day's rows of the tape's payments file."""

    on: date
    payments: pl.DataFrame
    opened: int
    due: int
    paid_minor: int
    complaints: int


class Market:
    """One chunk of borrowers, or a whole small market."""

    def __init__(self, kept: state.State) -> None:
        self.state = kept

    @classmethod
    def create(
        cls,
        *,
        borrowers: int,
        seed: int,
        start_on: date,
        history_days: int = 365,
        first: int = 0,
        profile: str = "superlender",
    ) -> Market:
        """A market that has lived `history_days` up to and including `start_on`, without contacts.

        borrowers : how many people; first : the number of the first, so chunks make one market (same bytes per person)
        profile   : a table of [profiles] in market.toml: superlender (default) or home_credit
        """
        opening = _day(start_on) - history_days
        market = cls(_opened(count=borrowers, seed=seed, first=first, profile=profile, opening=opening))
        for day in range(opening, _day(start_on) + 1):
            market._live(day)
        return market

    @classmethod
    def with_profile(
        cls,
        *,
        borrowers: int,
        seed: int,
        as_of: date,
        days: int,
        profile: str,
        late_share: float,
        daily: NDArray[np.float64],
    ) -> Market:
        """A market without contacts whose lateness profile is tried out; only for fitting, it must not be saved."""
        opening = _day(as_of) - days
        market = cls(_opened(count=borrowers, seed=seed, first=0, profile=profile, opening=opening))
        market.state.try_profile(late_share, daily)
        for day in range(opening, _day(as_of) + 1):
            market._live(day)
        return market

    @property
    def today(self) -> date:
        """The last business date that was lived."""
        return _date(self.state.today)

    def step(self, on: date, touches: pl.DataFrame | None = None) -> DayResult:
        """Live one business date, the one after `today`.

        touches : customer_id, at, channel; optional tone, template, contact_id, relation, attempt, and what `respond`
                  said (outcome, promise_on, promise_minor, complaint, opt_out): what is missing
                  or an outcome that is null is answered here
        raises  : DayOutOfOrder, UnknownCustomer, UnknownChannel
        """
        if on != self.today + timedelta(days=1):
            raise DayOutOfOrder(today=self.today, on=on)
        before = len(self.state.payments)
        complaints = 0 if touches is None else effects.feel(self.state, touches)
        opened = self._live(_day(on))
        return self._result(on, before, opened, complaints)

    def respond(self, touches: pl.DataFrame) -> pl.DataFrame:
        """What each contact comes to; deterministic by (seed, contact_id) and the state at the end of `today`.

        touches : contact_id, customer_id, channel (touches.CHANNELS), at; optional tone, template,
                  relation, attempt
        returns : one row a contact, same order: contact_id, outcome (NO_ANSWER BUSY VOICEMAIL CONNECTED RIGHT_PARTY
                  WRONG_PARTY DELIVERED FAILED READ REPLIED MET NOT_MET REFUSED), promise_on, promise_minor, complaint,
                  opt_out
        """
        return answers.respond(self.state, touches)

    def agrees_to_visit(self, customer_id: str) -> bool:
        """Whether this borrower lets a visit come, when asked on the phone; the same whenever it is asked."""
        return answers.agrees_to_visit(self.state, customer_id)

    def tape(self, as_of: date) -> dict[str, pl.DataFrame]:
        """Every file of the external tape, as the lender would send it at the end of `as_of` (≤ today)."""
        return tape.snapshot(self.state, _lived(self, as_of))

    def tape_changes(self, since: date, as_of: date) -> dict[str, pl.DataFrame]:
        """The same files with only the rows that are new or changed after `since`, up to and including `as_of`."""
        return tape.changes(self.state, _day(since), _lived(self, as_of))

    def write_tape(
        self,
        folder: Path,
        as_of: date,
        *,
        changes_only: bool = False,
        since: date | None = None,
        format: str = "parquet",  # noqa: A002
    ) -> None:
        """Write the tape, or with `changes_only` the changes after `since` (or the day before), into a folder.

        A file that may be absent is, when it has nothing new to tell.
        """
        after = since or as_of - timedelta(days=1)
        frames = self.tape_changes(after, as_of) if changes_only else self.tape(as_of)
        if changes_only:
            frames = {name: frame for name, frame in frames.items() if frame.height or name in REQUIRED_FILES}
        tape.write(frames, folder, format)

    def save(self, folder: Path) -> None:
        """Keep the market, so that another process can go on with the same bytes."""
        state.save(self.state, folder)

    @classmethod
    def load(cls, folder: Path) -> Market:
        """The market that was saved; raises NotASavedMarket."""
        return cls(state.load(folder, parameters.load()))

    def _live(self, day: int) -> int:
        s = self.state
        if (day - s.start_day) % borrowers.MONTH == 0:
            _live_month(s, day)
        spending.month_end(s, day)
        opened = _open_loans(s, day)
        payments.live(s, day)
        if s.borrowers.push.any() or s.borrowers.annoyance.any():
            borrowers.rest(s.borrowers, s.parameters)
        s.today = day
        return opened

    def _result(self, on: date, before: int, opened: int, complaints: int) -> DayResult:
        s = self.state
        new = slice(before, len(s.payments))
        amount, cancels = s.payments["amount"][new], s.payments["reverses"][new] >= 0
        open_now = s.loans["closed"] > _day(on)
        return DayResult(
            on=on,
            payments=tape.payments_frame(s, np.arange(before, len(s.payments))),
            opened=opened,
            due=int((s.loans["due"][open_now] == _day(on)).sum()),
            paid_minor=int(amount[~cancels].sum() - amount[cancels].sum()),
            complaints=complaints,
        )


def _opened(*, count: int, seed: int, first: int, profile: str, opening: int) -> state.State:
    p = parameters.load()
    return state.State(
        parameters=p,
        profile_name=profile,
        seed=seed,
        first=first,
        start_day=opening,
        today=opening - 1,
        borrowers=borrowers.draw(p, seed=seed, first=first, count=count, start_day=opening),
        **state.empty_tables(),
    )


def _live_month(s: state.State, day: int) -> None:
    """What life does this month; who is granted a pause has it on every open loan."""
    granted = borrowers.live_month(s.borrowers, s.parameters, seed=s.seed, day=day)
    rows = s.loans
    paused = np.flatnonzero(np.isin(rows["borrower"], granted) & (rows["closed"] > day) & (rows["paused_until"] <= day))
    if not len(paused):
        return
    until = day + s.parameters.shocks.pause_days
    rows["paused_until"][paused] = until
    reason = s.borrowers.shock[rows["borrower"][paused]]
    s.pauses.append(
        **{"loan": paused, "from": np.int32(day), "to": np.int32(until), "reason": reason, "granted": np.int32(day)}
    )


def _open_loans(s: state.State, day: int) -> int:
    """Lend to who asks today, is not behind and has not too many loans; returns how many loans were opened."""
    b, p = s.borrowers, s.parameters
    who = np.flatnonzero((b.intent_day == day) & (b.open_loans < p.lending.open_loans_max) & (b.loans < 63))
    if not len(who):
        return 0
    overdue, _ = s.arrears(day)
    who = who[overdue[who] == 0]
    key = loans.entity(b, who, b.loans[who])
    columns = loans.terms_of_new(p, seed=s.seed, key=key, day=day)
    at: NDArray[np.int64] = s.loans.append(borrower=who, ordinal=b.loans[who], key=key, **columns)
    b.loans[who] += 1
    b.open_loans[who] += 1
    payments.plan(s, at, day)
    return len(at)


def _lived(market: Market, as_of: date) -> int:
    if as_of > market.today:
        raise DayOutOfOrder(today=market.today, on=as_of)
    return _day(as_of)


def _day(on: date) -> int:
    return (on - EPOCH).days


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)
