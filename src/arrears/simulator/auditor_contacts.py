"""Was each contact that went out one that the rules allow? Judged again, afterwards, by other words than the gate's.

Used by `auditor`. It looks at what was sent, not at what was decided: hours on the borrower's wall clock, caps a person
and day, strangers, stop-listed people, and people who by the evening before owed nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from arrears.simulator import auditor_books
from arrears.simulator.auditor_books import Account, Expected, OwnBooks, ProductRules

CALLS = frozenset({"CALL", "AI_CALL"})
CONNECTED = frozenset({"CONNECTED", "RIGHT_PARTY", "WRONG_PARTY"})
UNANSWERED = frozenset({"NO_ANSWER", "BUSY", "VOICEMAIL"})


@dataclass(frozen=True)
class ContactRules:
    """What a contact must keep to. source: GB/T 45251-2025 (hours, three connected calls a day); CBA guideline of
    2026-01-30 (hours, six unanswered attempts a contact point and day)."""

    zone: str = "Asia/Shanghai"
    opens: time = time(8)
    closes: time = time(22)
    connected_calls_max: int = 3
    unanswered_attempts_max: int = 6
    relations: frozenset[str] = frozenset({"SELF"})
    reminds_days_ahead: int = 3
    #: Purposes that need something owed; an answer to the borrower's own question does not.
    judged: frozenset[str] = frozenset({"REMIND", "COLLECT", "NEGOTIATE"})
    #: Purposes for which who is left alone for these reasons may be spoken with: what helps them.
    answers: frozenset[str] = frozenset({"RESPOND"})
    helped: frozenset[str] = frozenset({"REST", "SELF_HARM", "DISPUTED"})


#: (code, contact_id, what is wrong)
Fault = tuple[str, str, str]


def faults(
    contacts: pl.DataFrame,
    stops: pl.DataFrame,
    books: OwnBooks,
    rules: ContactRules,
    *,
    of: Callable[[Account], ProductRules],
) -> Iterator[Fault]:
    """Every rule that a sent contact broke; see `auditor.BooksView` for the columns."""
    zone = ZoneInfo(rules.zone)
    silent = _earliest_stops(stops)
    unhelped = _earliest_stops(stops.filter(~pl.col("reason").is_in(list(rules.helped))))
    states: dict[tuple[str, date], list[Expected]] = {}
    connected: Counter[tuple[str, date]] = Counter()
    unanswered: Counter[tuple[str, date]] = Counter()
    for row in contacts.sort("at", "contact_id").iter_rows(named=True):
        local = row["at"].astimezone(zone)
        contact_id, customer, day = row["contact_id"], row["customer_id"], local.date()
        if not rules.opens <= local.time() < rules.closes:
            yield "OUTSIDE_HOURS", contact_id, f"sent at {local:%H:%M} local time"
        if (row.get("relation") or "SELF") not in rules.relations:
            yield "THIRD_PARTY", contact_id, f"sent to {row['relation']}"
        stopped = unhelped if (row.get("purpose") or "COLLECT") in rules.answers else silent
        if customer in stopped and row["at"] >= stopped[customer]:
            yield (
                "STOP_LISTED",
                contact_id,
                f"customer {customer} is stop-listed since {stopped[customer]:%Y-%m-%d %H:%M}",
            )
        yield from _over_cap(row, customer, day, connected, unanswered, rules)
        if (row.get("purpose") or "COLLECT") in rules.judged:
            if (customer, day) not in states:
                states[customer, day] = _evening_before(books, customer, day, of)
            yield from _owed_nothing(row, states[customer, day], day, rules)


def _earliest_stops(stops: pl.DataFrame) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for customer, since in stops.select("customer_id", "since").iter_rows():
        found[customer] = min(since, found.get(customer, since))
    return found


def _over_cap(
    row: dict[str, Any],
    customer: str,
    day: date,
    connected: Counter[tuple[str, date]],
    unanswered: Counter[tuple[str, date]],
    rules: ContactRules,
) -> Iterator[Fault]:
    if row["channel"] not in CALLS:
        return
    point = (row.get("contact_point_id") or customer, day)
    if connected[customer, day] >= rules.connected_calls_max:
        yield "CONNECTED_CAP", row["contact_id"], f"call after {connected[customer, day]} connected calls that day"
    if unanswered[point] >= rules.unanswered_attempts_max:
        yield "UNANSWERED_CAP", row["contact_id"], f"call after {unanswered[point]} unanswered attempts that day"
    connected[customer, day] += row["outcome"] in CONNECTED
    unanswered[point] += row["outcome"] in UNANSWERED


def _evening_before(books: OwnBooks, customer: str, day: date, of: Callable[[Account], ProductRules]) -> list[Expected]:
    """What was known when the day began: a payment of the same day may have crossed with the contact.

    Penalties are not computed here, so as much of the money as they could have taken is left out of account: a contact
    is wrong when nothing was owed even then.
    """
    before = day - timedelta(days=1)
    known = []
    for account in books.by_customer.get(customer, ()):
        if account.opened_on <= before:
            ceiling = auditor_books.penalty_ceiling(account, before, of(account))
            most = ceiling.quantize(Decimal("0.01"), ROUND_UP)
            known.append(auditor_books.expected(account, before, of(account), penalty=most))
    return known


def _owed_nothing(row: dict[str, Any], known: list[Expected], day: date, rules: ContactRules) -> Iterator[Fault]:
    if any(each.owes for each in known):
        return
    soon = day + timedelta(days=rules.reminds_days_ahead)
    due_soon = any(each.next_due_on is not None and each.next_due_on <= soon for each in known)
    if due_soon and (row.get("purpose") or "COLLECT") == "REMIND":
        return
    # What fell due the evening before is overdue this morning, though it was not yet in last night's state.
    if any(each.next_due_on is not None and each.next_due_on < day for each in known):
        return
    yield "NOTHING_OWED", row["contact_id"], f"customer {row['customer_id']} owed nothing overdue the evening before"
