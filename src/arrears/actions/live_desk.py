"""The synthetic lender's people at work for a day: they call, they visit, they decide on write-offs.

Called by `live_day`. They use the same actions as the console does, clear every call and visit at the gate first, and
are few: a day has so many calls in it and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from arrears.actions import contact_call, finish_call_work, write_off_debt
from arrears.actions.contact_gate import Gate
from arrears.records.cases import desk
from arrears.records.cases import work as tasks
from arrears.records.contacts import untold
from arrears.records.contacts.models import Channel
from arrears.records.writeoffs import desk as write_off_desk
from arrears.rules.cases import TRIED
from arrears.simulator.market import Market

CALLS_A_DAY, VISITS_A_DAY, WRITE_OFFS_A_DAY = 12, 3, 1
BETWEEN = timedelta(minutes=30)
TALK = timedelta(minutes=4)
VISITORS = 2
#: On so many days a task to call is tried in vain before it is put down; when to call again is the strategy's to say.
TRIES_A_TASK = 3
CALLER, VISITOR, FINANCE, SECOND = "user:demo-agent", "user:demo-field", "user:demo-finance", "user:demo-supervisor"


@dataclass(frozen=True)
class DeskDay:
    """How much was done: calls and visits made (not those the gate refused), write-offs posted."""

    calls: int
    visits: int
    write_offs: int


def work(*, market: Market, gate: Gate, opens_at: datetime, as_of: date) -> DeskDay:
    """Work the queues from the most pressing on, until the day's hours are used up.

    opens_at : the first call; one follows every half hour
    returns  : DeskDay
    """
    calls = _work_queue(market, gate, "CALL", opens_at, CALLS_A_DAY)
    visits = _work_queue(market, gate, "VISIT", opens_at, VISITS_A_DAY)
    return DeskDay(calls, visits, _decide_write_offs(opens_at, as_of))


def _work_queue(market: Market, gate: Gate, kind: str, opens_at: datetime, most: int) -> int:
    actor = VISITOR if kind == Channel.VISIT else CALLER
    plan = [(task, opens_at + BETWEEN * number) for number, task in enumerate(desk.most_pressing(kind, limit=most))]
    outcomes = _outcomes(market, kind, plan, actor)
    done = 0
    for task, at in plan:
        whom: dict[str, str] = {
            "customer_id": task.customer_id,
            "case_id": task.case_id,
            "contact_point_id": task.contact_point_id,
            "actor": actor,
        }
        if kind == Channel.VISIT:
            cleared = contact_call.clear_visit(**whom, staff_count=VISITORS, at=at, gate=gate)
        else:
            cleared = contact_call.clear_call(**whom, at=at, gate=gate)
        if cleared.allowed:
            record = contact_call.record_visit if kind == Channel.VISIT else contact_call.record_call
            outcome = outcomes[cleared.contact_id]
            record(contact_id=cleared.contact_id, outcome=outcome, at=at + TALK, actor=actor)
            _put_down(task, kind, at=at + TALK, actor=actor)
        done += cleared.allowed
    return done


def _put_down(task: desk.Task, kind: str, *, at: datetime, actor: str) -> None:
    """A task to call that has been tried often enough ends; one that reached the person has ended by itself."""
    left = tasks.call_task(task.work_id) if kind == Channel.CALL else None
    if left is not None and untold.attempts(task.case_id, since=left.due_on) >= TRIES_A_TASK:
        finish_call_work.finish_call_work(work_id=task.work_id, how=TRIED, note="", at=at, actor=actor)


def _outcomes(market: Market, kind: str, plan: Sequence[tuple[desk.Task, datetime]], actor: str) -> dict[str, str]:
    """What each attempt would come to; the market answers by contact and day, whenever and in what company asked."""
    ids = [
        contact_call.contact_id_of(
            channel=kind, customer_id=task.customer_id, contact_point_id=task.contact_point_id, at=at, actor=actor
        )
        for task, at in plan
    ]
    if not ids:
        return {}
    people, moments = [task.customer_id for task, _ in plan], [at for _, at in plan]
    asked = pl.DataFrame({"contact_id": ids, "customer_id": people, "channel": kind, "at": moments})
    return dict(zip(ids, market.respond(asked)["outcome"].to_list(), strict=True))


def _decide_write_offs(at: datetime, as_of: date) -> int:
    posted = 0
    for write_off_id in write_off_desk.proposed(limit=WRITE_OFFS_A_DAY):
        write_off_debt.approve(write_off_id=write_off_id, note="", at=at, actor=SECOND)
        try:
            write_off_debt.post(write_off_id=write_off_id, as_of=as_of, at=at, actor=FINANCE)
        except write_off_debt.NothingToWriteOff:
            continue
        posted += 1
    return posted
