"""The work that `dunning` times, in a process and books of its own; its last line of output is the figures."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from django.apps import apps

from arrears.interfaces.cli import setup
from arrears.kernel import identifiers

setup.django_ready()

from arrears.actions import contact_plan, contact_send, wired  # noqa: E402  the apps must be ready first
from arrears.actions.contact_plan import Draft  # noqa: E402
from arrears.records.privacy import cipher  # noqa: E402

FIRST_DAY = date(2026, 3, 2)
PAGE = 2_000


def people(count: int) -> None:
    """Borrowers with one verified mobile number each."""
    person, point = apps.get_model("people.Person"), apps.get_model("people.ContactPoint")
    ids = [f"C{number:06d}" for number in range(count)]
    person.objects.bulk_create([person(customer_id=one, region_code="CN-31") for one in ids], batch_size=PAGE)
    point.objects.bulk_create([_point(point, one, number) for number, one in enumerate(ids)], batch_size=PAGE)


def _point(model: Any, customer_id: str, number: int) -> Any:
    point_id, value = identifiers.derived_id("contact_point", customer_id), f"+86138{number:08d}"
    sealed = cipher.seal(value, context=f"people.contact_point.value:{point_id}")
    index = cipher.blind_index("phone", value)
    facts = {"kind": "MOBILE", "relation": "SELF", "value_sealed": sealed, "value_index": index}
    return model(contact_point_id=point_id, person_id=customer_id, **facts)


def lines(count: int, customers: int, on: date) -> pl.DataFrame:
    """Overdue lines: one an account, several accounts a person."""
    number = pl.int_range(0, count, eager=True)
    customer = pl.format("C{}", (pl.col("number") % customers).cast(pl.String).str.zfill(6))
    late = 1 + pl.col("number") % 7
    return pl.DataFrame({"number": number}).select(
        pl.format("A{}", pl.col("number")).alias("account_id"),
        customer.alias("customer_id"),
        (10_000 + pl.col("number") * 37 % 90_000).alias("overdue_minor"),
        late.alias("dpd"),
        (pl.lit(on) - pl.duration(days=late)).alias("due_on"),
    )


def drafts(overdue: pl.DataFrame, on: date) -> list[Draft]:
    """One reminder a person over all their lines."""
    summed = overdue.group_by("customer_id", maintain_order=True).agg(
        pl.col("overdue_minor").sum(), pl.col("dpd").max(), pl.col("due_on").min()
    )
    planned_for = morning(on)
    return [
        Draft(
            customer_id=customer_id,
            case_id=None,
            currency="CNY",
            contact_point_id=identifiers.derived_id("contact_point", customer_id),
            channel="SMS",
            purpose="COLLECT",
            template="EARLY_D3",
            as_of=on,
            planned_for=planned_for,
            expires_at=planned_for + timedelta(hours=12),
            facts={"amount_minor": overdue_minor, "currency": "CNY", "due_on": due_on.isoformat(), "days": days},
        )
        for customer_id, overdue_minor, days, due_on in summed.iter_rows()
    ]


def morning(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 1, 30, tzinfo=UTC)


def one_day(on: date, count: int, customers: int, batch: int) -> tuple[float, float]:
    """(lines planned a second, contacts sent a second) of one business day."""
    here = wired.here()
    overdue = lines(count, customers, on)
    start = time.perf_counter()
    report = contact_plan.plan(drafts(overdue, on), at=morning(on), actor="bench", gate=here.gate)
    planned = time.perf_counter() - start
    assert report.planned == customers, report
    channels, sent, more = here.open_channels(), 0, True
    start = time.perf_counter()
    while more:
        done = contact_send.send_due(at=morning(on), limit=batch, channels=channels, worker="bench", gate=here.gate)
        sent, more = sent + done.accepted, done.more
    taken = time.perf_counter() - start
    wired.close_channels(channels)
    assert sent == customers, f"{sent} of {customers} were sent"
    return count / planned, sent / taken


def main(arguments: Sequence[str]) -> None:
    """runs, lines, people, batch → the medians as JSON on the last line."""
    runs, count, customers, batch = map(int, arguments)
    setup.ensure_ready()
    people(customers)
    days = [FIRST_DAY + timedelta(days=number) for number in range(runs + 1)]
    figures = [one_day(on, count, customers, batch) for on in days][1:]
    planned, sent = (statistics.median(one[place] for one in figures) for place in (0, 1))
    print(json.dumps({"lines_per_second": planned, "sent_per_second": sent}))


if __name__ == "__main__":
    main(sys.argv[1:])
