"""Live one business date of the synthetic lender, whole: its tape, the night, the sending, the desks, the borrowers.

Called by `arrears demo` and by the console's button. Everything but the borrowers is the real thing: the tape is taken
in as any tape, the night decides, every contact passes the gate, vendors answer through the sandbox channel. The day
can be killed anywhere and lived again: what was done stays done, and what was said is never said twice.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from arrears.actions import (
    contact_receipts,
    contact_send,
    house,
    live_complaints,
    live_desk,
    live_privacy,
    run_night,
    seal_replies,
)
from arrears.actions.contact_gate import Gate
from arrears.channels import registry
from arrears.channels.base import Channel, Outcome, Outgoing
from arrears.channels.sandbox.responders import Reaction
from arrears.decisions.tape import policy as tape_policies
from arrears.decisions.tape.refusals import EmptyTape
from arrears.exchange import tape_in
from arrears.kernel import clock
from arrears.records.contacts import touched
from arrears.records.runs import queries as runs
from arrears.simulator.market import Market

ACTOR = "demo"
TAPE_AT, TICKS, DESK_FROM = time(5), (time(9), time(10), time(15), time(19), time(21)), time(9, 30)
BATCH = 1_000
READ_AFTER = timedelta(minutes=20)
FAILED = Reaction(outcome=Outcome.FAILED, code="SIMULATED")
DELIVERED = Reaction()
READ = Reaction(read_after=READ_AFTER)
OPTED_OUT = Reaction(reply="退订")

#: Told what the day is busy with.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class DayLived:
    """What one day came to; what was sent, held and refused on it `records.contacts.counts` tells.

    calls, visits : made by the desks
    """

    on: date
    calls: int
    visits: int
    paid_minor: int
    complaints: int


@dataclass
class Town:
    """The market and where it is kept; the books it is collected from are this installation's."""

    market: Market
    folder: Path
    gate: Gate
    zone: str

    @classmethod
    def open(cls, folder: Path, *, gate: Gate, zone: str) -> Town:
        """The town kept in a folder; raises NotASavedMarket."""
        return cls(Market.load(folder), folder, gate, zone)

    @classmethod
    def found(cls, folder: Path, *, gate: Gate, zone: str, borrowers: int, seed: int, start_on: date) -> Town:
        """A new town that has lent for a year without anybody collecting, up to the day before `start_on`."""
        market = Market.create(borrowers=borrowers, seed=seed, start_on=start_on - timedelta(days=1))
        town = cls(market, folder, gate, zone)
        market.save(folder)
        return town

    @property
    def next_on(self) -> date:
        """The business date to be lived next."""
        return self.market.today + timedelta(days=1)

    @property
    def place(self) -> house.House:
        """This installation, which need not wait for its disk: a town is founded again from its seed."""
        return replace(house.here(), durable=False)

    def at(self, clock_time: time) -> datetime:
        return clock.at_local(self.next_on, clock_time, self.zone)


def live_day(town: Town, *, progress: Progress) -> DayLived:
    """Live the town's next business date and keep it.

    progress : told each step's name as it begins
    returns  : DayLived; the town then stands on the next date
    """
    on = town.next_on
    progress("tape")
    take_tape(town)
    progress("night")
    run_night.run_night(
        as_of=on, at=town.at(TAPE_AT), actor=ACTOR, place=town.place, gate=town.gate, progress=lambda *_: None
    )
    progress("sending")
    channel = registry.open_channel(
        "sandbox",
        folder=town.folder.parent / "sandbox",
        zone=town.zone,
        responder=_Borrowers(town.market),
        seal=seal_replies.SEAL,
    )
    try:
        _send_all_day(town, channel)
    finally:
        channel.close()
    progress("desks")
    desk = live_desk.work(market=town.market, gate=town.gate, opens_at=town.at(DESK_FROM), as_of=on)
    live_complaints.work(at=town.at(DESK_FROM), as_of=on)
    live_privacy.work(at=town.at(DESK_FROM), as_of=on, gate=town.gate)
    progress("borrowers")
    touches = _touches(town.market, on)
    live_complaints.hear(touches, at=town.at(TICKS[-1]), gate=town.gate)
    live_privacy.hear(touches, at=town.at(TICKS[-1]), gate=town.gate)
    result = town.market.step(on, touches)
    town.market.save(town.folder)
    return DayLived(
        on=on,
        calls=desk.calls,
        visits=desk.visits,
        paid_minor=result.paid_minor,
        complaints=result.complaints,
    )


def take_tape(town: Town) -> None:
    """Take in the lender's files as they stood last midnight: everything on the first day, afterwards what changed.

    Done once: a tape that is in already is not made again. A day on which nothing changed brings none, and the night
    then goes by the tape before.
    """
    newest = runs.newest_tape_on()
    folder = Path(tempfile.mkdtemp(prefix="arrears-tape-"))
    try:
        known = None if newest is None or newest == town.next_on else newest - timedelta(days=1)
        if newest is None:
            town.market.write_tape(folder, town.market.today)
        elif known is not None:
            town.market.write_tape(folder, town.market.today, changes_only=True, since=known)
        else:
            return
        with suppress(EmptyTape):
            tape_in.take_tape(
                folder,
                lake=town.place.lake,
                partitions=town.place.partitions,
                as_of=town.next_on,
                at=town.at(TAPE_AT),
                actor=ACTOR,
                progress=lambda *_: None,
                durable=town.place.durable,
                policy=tape_policies.load(town.place.policies / "tape.toml"),
            )
    finally:
        shutil.rmtree(folder)


def _send_all_day(town: Town, channel: Channel) -> None:
    channels = {"SMS": channel}
    for tick in TICKS:
        at = town.at(tick)
        while True:
            report = contact_send.send_due(at=at, limit=BATCH, channels=channels, worker=ACTOR, gate=town.gate)
            if not report.more:
                break
        contact_receipts.take(at=at, channels=channels, worker=ACTOR, gate=town.gate)
    contact_receipts.take(at=town.at(time(23, 59)), channels=channels, worker=ACTOR, gate=town.gate)


class _Borrowers:
    """The market as the sandbox's far end: who gets a message answers it as they are."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def __call__(self, batch: Sequence[Outgoing], at: datetime) -> Sequence[Reaction]:
        people = touched.people_of([one.contact_id for one in batch])
        asked = pl.DataFrame(
            {
                "contact_id": [one.contact_id for one in batch],
                "customer_id": [people[one.contact_id] for one in batch],
                "channel": "SMS",
                "at": at,
            },
            schema_overrides={"contact_id": pl.String, "customer_id": pl.String},
        )
        answers = self.market.respond(asked)
        pairs = zip(answers["outcome"], answers["opt_out"], strict=True)
        return [OPTED_OUT if opt_out else _reaction(outcome) for outcome, opt_out in pairs]


def _reaction(outcome: str) -> Reaction:
    if outcome == "FAILED":
        return FAILED
    return READ if outcome in {"READ", "REPLIED"} else DELIVERED


def _touches(market: Market, on: date) -> pl.DataFrame:
    """Everything that reached somebody today, with what the borrower made of it."""
    rows = touched.on_date(on)
    frame = pl.DataFrame(
        rows,
        schema={
            "contact_id": pl.String,
            "customer_id": pl.String,
            "channel": pl.String,
            "at": pl.Datetime("us", "UTC"),
            "relation": pl.String,
            "template": pl.String,
        },
        orient="row",
    )
    return frame.join(market.respond(frame), on="contact_id", how="left", maintain_order="left")
