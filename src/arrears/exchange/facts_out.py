"""What do the books know that the lake does not? Frozen into the lake once, before a night begins.

Called by actions/run_night.py. It reads the books and writes nothing into them; nothing that identifies leaves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db import models
from django.db.models import Max
from django.db.models.fields.json import KeyTextTransform

from arrears.decisions import strategy
from arrears.decisions.night_files import NightFiles
from arrears.decisions.schemas import facts
from arrears.records.cases.models import Case, WorkItem
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.ledger.models import Payment
from arrears.records.matters import queries as matters
from arrears.records.people.models import ContactPoint
from arrears.records.placements import queries as placements
from arrears.records.writeoffs import queries as writeoffs
from arrears.records.writeoffs.models import WriteOff

#: From which day on a kind of work is asked for again, whatever was done before it.
AGAIN = {"customer_id": pl.String, "currency": pl.String, "kind": pl.String, "again_on": pl.Date}


def gather(*, up_to: date, zone: str) -> dict[str, pl.DataFrame]:
    """Read the facts of the books.

    up_to   : the night's day; payments value-dated later are left for the night of theirs
    zone    : the lender's, in which the moment of booking has its date
    returns : schemas.facts.FACTS
    """
    booked = _booked(Payment.objects.filter(paid_on__lte=up_to), zone)
    open_cases = Case.objects.filter(status="OPEN").values_list("person_id", "currency", "case_id")
    invalid = ContactPoint.objects.filter(invalid_since__isnull=False).values_list("person_id", "contact_point_id")
    return {
        "payments": booked,
        "open_cases": _frame(open_cases, facts.OPEN_CASES),
        "work": work_of(up_to=up_to, zone=zone),
        "write_offs": _write_offs(writeoffs.holding_back()),
        "invalid_points": _frame(invalid, facts.INVALID_POINTS),
    }


def payments_of(customer_id: str) -> pl.DataFrame:
    """One customer's payments in the books, whatever their date: the kernel counts those that have happened."""
    return _booked(Payment.objects.filter(customer_id=customer_id), settings.LENDER_ZONE)


def write_offs_of(customer_id: str) -> pl.DataFrame:
    """One customer's write-offs, as the night knows them."""
    return _write_offs(writeoffs.holding_back().filter(case__person_id=customer_id))


def _write_offs(rows: models.QuerySet[WriteOff]) -> pl.DataFrame:
    return _frame(rows.values_list("case__person_id", "currency", "account_id", "status"), facts.WRITE_OFFS)


def _booked(payments: models.QuerySet[Payment], zone: str) -> pl.DataFrame:
    rows = payments.order_by("payment_id").values_list(
        "payment_id", "account_id", "customer_id", "paid_on", "amount_minor", "channel", "reverses_id", "booked_at"
    )
    frame = _frame(rows, {**facts.FACT_PAYMENTS, "booked_on": pl.Datetime("us", "UTC")})
    return frame.with_columns(pl.col("booked_on").dt.convert_time_zone(zone).dt.date())


def work_of(*, up_to: date, zone: str, case_id: str | None = None) -> pl.DataFrame:
    """Per kind: is one open, and when was the newest due or closed. Not counted as done: what was cancelled.

    A case that an agency has, and a matter that rests with a court or until a date, count as open work: somebody is
    at it. A placement is also a kind of its own: whom we leave to the agency is not who is still to be placed. When
    the date that a legal step named has come, or a step was taken back and none followed, what was done before holds
    nothing back.

    case_id : one open case; None = all of them
    returns : schemas.facts.WORK
    """
    items = WorkItem.objects.filter(case__status="OPEN").exclude(status="CANCELLED")
    if case_id is not None:
        items = items.filter(case_id=case_id)
    rows = items.values_list("case__person_id", "case__currency", "kind", "status", "due_on", "closed_at")
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        **facts.WORK,
        "is_open": pl.String,
        "closed_at": pl.Datetime("us", "UTC"),
    }
    closed_on = pl.col("closed_at").dt.convert_time_zone(zone).dt.date()
    done = _frame(rows, schema).with_columns(pl.max_horizontal("last_on", closed_on)).drop("closed_at")
    standings = matters.standings(case_id)
    rested = [(one.customer_id, one.currency, "LEGAL", one.taken_on) for one in standings if one.rests(up_to)]
    late: list[tuple[object, ...]] = [
        (customer, currency, kind, "DONE" if end else "OPEN", end or on)
        for customer, currency, on, end in placements.of_open_cases(case_id)
        for kind in ("AGENCY", strategy.PLACEMENT)
    ]
    late += [(*key, "OPEN", on) for *key, on in rested]
    texted = [*_texted_of_bad_debt(up_to, case_id), *(_texted_lately(up_to) if case_id is None else ())]
    late += [(*key, strategy.TEXTED, "DONE", on) for *key, on in texted]
    known = pl.concat([done, _frame(late, {**facts.WORK, "is_open": pl.String})])
    again = {(one.customer_id, one.currency): one.next_on for one in standings if not one.rests(up_to)}
    mistaken = matters.mistaken(case_id)
    again |= {key: at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1) for key, at in mistaken.items()}
    asked = _frame(((*key, "LEGAL", on) for key, on in again.items()), AGAIN)
    known = known.join(asked, on=["customer_id", "currency", "kind"], how="left", maintain_order="left")
    is_past = (pl.col("is_open") != "OPEN") & (pl.col("last_on") < pl.col("again_on"))
    return (
        known.filter(~is_past.fill_null(value=False))
        .group_by("customer_id", "currency", "kind")
        .agg((pl.col("is_open") == "OPEN").any(), pl.col("last_on").max())
    )


#: How many days back the reminders before a due date look for a text about another payment.
TEXTS_LOOKED_BACK = 2
UNSAID = (ContactStatus.REFUSED, ContactStatus.CANCELLED, ContactStatus.EXPIRED)


def _texted_lately(up_to: date) -> Iterable[tuple[object, ...]]:
    """Who was texted in the last nights about a payment that is not ahead of us: customer, currency, on which day."""
    due_on, in_currency = KeyTextTransform("due_on", "facts"), KeyTextTransform("currency", "facts")
    rows = Contact.objects.filter(
        channel="SMS", as_of__lt=up_to, as_of__gte=up_to - timedelta(days=TEXTS_LOOKED_BACK)
    ).exclude(status__in=UNSAID)
    told = rows.values_list("person_id", in_currency, "as_of", due_on).iterator()
    return ((person, currency, on) for person, currency, on, due in told if not due or due < up_to.isoformat())


def _texted_of_bad_debt(up_to: date, case_id: str | None) -> Iterable[tuple[object, ...]]:
    """When was each open case of bad debt last texted about? A night asks of the nights before it, a page of all."""
    rows = Contact.objects.filter(channel="SMS", case__status="OPEN", case__stage="BAD_DEBT").exclude(status__in=UNSAID)
    rows = rows.filter(as_of__lt=up_to) if case_id is None else rows.filter(case_id=case_id)
    return rows.values_list("case__person_id", "case__currency").annotate(on=Max("as_of")).order_by()


def freeze(*, files: NightFiles, as_of: date, partitions: int, zone: str) -> None:
    """Freeze the facts of one night, unless an unfinished run of the same night already did."""
    if files.facts_hash(as_of) is None:
        files.freeze_facts(as_of, gather(up_to=as_of, zone=zone), partitions=partitions)


def _frame(rows: Iterable[tuple[object, ...]], schema: Mapping[str, type[pl.DataType] | pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")
