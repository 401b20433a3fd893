"""The synthetic lender's people at work for a day: they call, visit, place with agencies, go to law, decide write-offs.

Called by `live_day`. They use the same actions as the console does, clear every call and visit at the gate first, and
are few: a day has so many calls in it and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from arrears.actions import (
    contact_call,
    contact_need,
    finish_work,
    late_lists,
    place_with_agency,
    take_legal_step,
    take_promise,
    write_off_debt,
)
from arrears.actions.contact_gate import Gate
from arrears.exchange import own_points
from arrears.kernel import calendars, identifiers
from arrears.records.cases import desk
from arrears.records.cases import work as tasks
from arrears.records.contacts import untold
from arrears.records.contacts.models import Channel
from arrears.records.matters import queries as matters
from arrears.records.placements import queries as placements
from arrears.records.staff import queries as staff
from arrears.records.writeoffs import desk as write_off_desk
from arrears.rules import cases as machines
from arrears.simulator.market import Market

CALLS_A_DAY, VISITS_A_DAY, WRITE_OFFS_A_DAY, HELPED_A_DAY = 12, 3, 1, 3
#: How it ends with those whose words sent them on to a colleague, in turn.
HELPED = {
    "HARDSHIP": ("HARDSHIP_AGREED", "HARDSHIP_NOT_REACHED"),
    "DISPUTE": ("DISPUTE_ANSWERED", "DISPUTE_ANSWERED", "DISPUTE_STANDS"),
}
PLACEMENTS_A_DAY, RETURNS_A_DAY, LEGAL_STEPS_A_DAY = 3, 2, 2
#: How many bad debts the lawyers look through in a day.
LOOKED_AT = 30
#: How long an agency keeps a case before it gives it back.
PLACED_DAYS = 45
#: Legal steps in the order in which this lender takes them, and after how many days each is looked at again.
LADDER = (("LAWYERS_LETTER", 15), ("PAYMENT_ORDER", 20), ("SUIT_FILED", 45), ("JUDGMENT", 15), ("ENFORCEMENT", 90))
COURT = "示例市人民法院"
BETWEEN = timedelta(minutes=30)
TALK = timedelta(minutes=4)
#: kind of work → kind of contact point that it needs
REACHED_BY = {"CALL": "MOBILE", "VISIT": "ADDRESS"}
#: After so many attempts in vain a task ends; when to try again is the strategy's to say.
TRIES = {"CALL": 3, "VISIT": 1}
CALLER, VISITOR, FINANCE, SECOND = "user:demo-agent", "user:demo-field", "user:demo-finance", "user:demo-supervisor"
LAWYER = "user:demo-legal"
#: What a contact came to, as `Market.respond` tells it.
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class DeskDay:
    """How much was done: calls and visits made (not those the gate refused), cases placed, legal steps, write-offs."""

    calls: int
    visits: int
    placements: int
    legal_steps: int
    write_offs: int


def work(*, market: Market, gate: Gate, opens_at: datetime, as_of: date) -> DeskDay:
    """Work the queues from the most pressing on, until the day's hours are used up.

    opens_at : the first call; one follows every half hour
    returns  : DeskDay
    """
    calls = _work_queue(market, gate, "CALL", opens_at, CALLS_A_DAY, as_of)
    visits = _work_queue(market, gate, "VISIT", opens_at, VISITS_A_DAY, as_of)
    if not calendars.is_working_day(
        as_of, late_lists.lists().terms.working_days_of
    ):  # the offices and the court are closed
        return DeskDay(calls, visits, placements=0, legal_steps=0, write_offs=0)
    _help(opens_at, as_of)
    _take_back(opens_at, as_of)
    placed, steps = _place(opens_at, as_of), _go_to_law(opens_at, as_of)
    return DeskDay(calls, visits, placed, steps, _decide_write_offs(opens_at, as_of))


def _work_queue(market: Market, gate: Gate, kind: str, opens_at: datetime, most: int, as_of: date) -> int:
    actor = VISITOR if kind == Channel.VISIT else CALLER
    plan = [(task, point, opens_at + BETWEEN * number) for number, (task, point) in enumerate(_reachable(kind, most))]
    outcomes = _outcomes(market, kind, plan, actor)
    done = 0
    for task, point, at in plan:
        whom: dict[str, str] = {
            "customer_id": task.customer_id,
            "case_id": task.case_id,
            "contact_point_id": point,
            "actor": actor,
        }
        if kind == Channel.VISIT and not market.agrees_to_visit(task.customer_id):
            _finish(task, "NOT_VISITED_DECLINED", at, actor)
            continue
        try:
            if kind == Channel.VISIT:
                cleared = contact_call.clear_visit(**whom, companion=_companion(), agreed="BY_PHONE", at=at, gate=gate)
            else:
                cleared = contact_call.clear_call(**whom, at=at, gate=gate)
        except contact_need.NothingToCollect:  # paid since the night asked for it
            continue
        if cleared.allowed:
            _tell(kind, task, cleared.contact_id, outcomes[cleared.contact_id], at + TALK, actor)
            _promise(kind, task, outcomes[cleared.contact_id], as_of, at + TALK, actor)
        done += cleared.allowed
    return done


def _help(at: datetime, as_of: date) -> None:
    """Go on with those whose words told of trouble or a dispute the day before or earlier."""
    for kind, ends in HELPED.items():
        for number, task in enumerate(desk.most_pressing(kind, limit=HELPED_A_DAY)):
            left = tasks.open_task(task.work_id)
            if left is not None and left.due_on < as_of:
                _finish(task, ends[number % len(ends)], at, SECOND)


def _reachable(kind: str, most: int) -> list[tuple[desk.Task, str]]:
    """The most pressing work with the person's own contact point for it, those without one left out."""
    work = desk.most_pressing(kind, limit=most)
    own = own_points.of([task.customer_id for task in work]).filter(pl.col("kind") == REACHED_BY[kind])
    points = dict(own.select("customer_id", "contact_point_id").iter_rows())
    return [(task, points[task.customer_id]) for task in work if task.customer_id in points]


def _companion() -> str:
    """A supervisor who goes along; blank where none works here, and then the gate refuses the visit."""
    return next((f"user:{one.user_id}" for one in staff.companions(VISITOR) if one.role == "SUPERVISOR"), "")


def _tell(kind: str, task: desk.Task, contact_id: str, answer: Answer, at: datetime, actor: str) -> None:
    """A wrong number is used no more; a task that has been tried often enough ends, if reaching nobody left it open
    and nobody else is still at it."""
    outcome = answer["outcome"]
    is_wrong = outcome in {"WRONG_PARTY", "WRONG_PLACE"}
    record = contact_call.record_visit if kind == Channel.VISIT else contact_call.record_call
    record(contact_id=contact_id, outcome=outcome, is_point_wrong=is_wrong, at=at, actor=actor)
    left = tasks.open_task(task.work_id)
    if left is not None and untold.attempts(task.case_id, kind, since=left.due_on) >= TRIES[kind]:
        _finish(task, machines.TRIED, at, actor)


def _finish(task: desk.Task, how: str, at: datetime, actor: str) -> None:
    """Unless a colleague at the console is calling or visiting them at this moment: then it stays theirs to end."""
    with suppress(finish_work.ContactNotTold):
        finish_work.finish_work(work_id=task.work_id, how=how, note="", at=at, actor=actor)


def _promise(kind: str, task: desk.Task, answer: Answer, as_of: date, at: datetime, actor: str) -> None:
    """What was promised is put on record, unless the market knows of a debt that the books know otherwise."""
    if answer["promise_on"] is not None:
        with suppress(take_promise.WrongPromise, take_promise.NothingToPromise):
            take_promise.take(
                case_id=task.case_id,
                channel=kind,
                amount_minor=answer["promise_minor"],
                due_on=answer["promise_on"],
                as_of=as_of,
                at=at,
                actor=actor,
            )


def _outcomes(
    market: Market, kind: str, plan: Sequence[tuple[desk.Task, str, datetime]], actor: str
) -> dict[str, Answer]:
    """What each attempt would come to; the market answers by contact and day, whenever and in what company asked."""
    ids = [
        contact_call.contact_id_of(
            channel=kind, customer_id=task.customer_id, contact_point_id=point, at=at, actor=actor
        )
        for task, point, at in plan
    ]
    if not ids:
        return {}
    people, moments = [task.customer_id for task, _, _ in plan], [at for _, _, at in plan]
    asked = pl.DataFrame({"contact_id": ids, "customer_id": people, "channel": kind, "at": moments})
    return dict(zip(ids, market.respond(asked).iter_rows(named=True), strict=True))


def _place(at: datetime, as_of: date) -> int:
    """Each case to one of the agencies, the same one whenever it is asked again."""
    agencies = [code for code, one in late_lists.lists().agencies.items() if one.works(as_of)]
    placed = 0
    for case_id, owed in desk.open_cases_of("AGENCY", limit=PLACEMENTS_A_DAY if agencies else 0):
        placement_id = identifiers.derived_id("placement", case_id, as_of)
        wish = place_with_agency.PlacementWish(
            placement_id=placement_id,
            agency=agencies[identifiers.partition_of(case_id, len(agencies))],
            placed_on=as_of,
            amount_minor=owed,
            reference=f"P-{placement_id[:8].upper()}",
            note="",
        )
        with suppress(place_with_agency.PersonIsStopped):
            placed += place_with_agency.place(case_id=case_id, wish=wish, as_of=as_of, at=at, actor=SECOND)
    return placed


def _take_back(at: datetime, as_of: date) -> None:
    """Agencies give back what they have had for long."""
    for row in placements.live_since(as_of - timedelta(days=PLACED_DAYS), limit=RETURNS_A_DAY):
        place_with_agency.end(
            placement_id=row.placement_id,
            reason="RETURNED",
            ended_on=as_of,
            note="",
            as_of=as_of,
            at=at,
            actor=SECOND,
        )


def _go_to_law(at: datetime, as_of: date) -> int:
    """The next step of the ladder: what the night asks for, then the largest bad debts that do not rest; after the last
    step it is enforced anew."""
    asked = dict(desk.open_cases_of("LEGAL", limit=LEGAL_STEPS_A_DAY) + desk.largest("BAD_DEBT", limit=LOOKED_AT))
    known = matters.taken(asked)
    taken = 0
    for case_id, owed in asked.items():
        steps, next_on = known.get(case_id, (0, None))
        if taken == LEGAL_STEPS_A_DAY or (next_on and next_on > as_of):
            continue
        kind, days = LADDER[min(steps, len(LADDER) - 1)]
        step_id = identifiers.derived_id("legal_step", case_id, as_of)
        wish = take_legal_step.StepWish(
            step_id=step_id,
            kind=kind,
            taken_on=as_of,
            body=COURT if late_lists.lists().steps[kind].names_body else "",
            reference=f"L-{step_id[:8].upper()}",
            claim_minor=owed,
            note="",
            next_on=as_of + timedelta(days=days),
        )
        taken += take_legal_step.take(case_id=case_id, wish=wish, as_of=as_of, at=at, actor=LAWYER)
    return taken


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
