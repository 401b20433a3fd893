"""The work that `night` times, in a process and books of its own: `build` makes the lake, `run` runs one night.

The last line of output is the figures. Memory is what all processes together may have held at once: the peak of this
one and, for each worker, the peak of the largest.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.apps import apps

from arrears.decisions import lateness, positions
from arrears.decisions.lake import Lake
from arrears.interfaces.cli import setup

setup.django_ready()

from django.db import connection, transaction  # noqa: E402  the apps must be ready first

from arrears.actions import house, run_night, wired  # noqa: E402
from arrears.exchange import staging  # noqa: E402
from arrears.interfaces.cli.benches import lender  # noqa: E402
from arrears.kernel import clock  # noqa: E402
from arrears.records.privacy import cipher  # noqa: E402

AS_OF = date(2026, 11, 23)
FIVE = clock_time(5)
SHARE_OVERDUE, CUSTOMERS_OF_FIVE = 0.05, 4
NIGHT_TABLES = ("facts", "positions", "standings", "actions", "summary", "summaries", "quarantined")
#: What a night writes, children first.
BOOKS = (
    "compliance.Verdict",
    "contacts.ContactEvent",
    "contacts.Contact",
    "writeoffs.WriteOff",
    "cases.WorkItem",
    "cases.CaseEvent",
    "cases.CaseAccount",
    "cases.Case",
    "runs.Night",
)
SEED = 20_261_123


def accounts(count: int) -> pl.DataFrame:
    """One row an account with what its rows are made from; sorted as the lake is."""
    chance = np.random.default_rng(SEED)
    number = np.arange(count)
    due_day = chance.integers(1, 29, count)
    months = chance.integers(1, lender.INSTALMENTS, count)
    overdue = chance.random(count) < SHARE_OVERDUE
    missed = np.where(overdue, 1 + np.minimum(chance.geometric(0.55, count) - 1, months - 1), 0)
    customer = pl.Series(number * CUSTOMERS_OF_FIVE // 5).cast(pl.String).str.zfill(8)
    frame = pl.DataFrame(
        {"number": number, "customer": customer, "due_day": due_day, "months": months, "missed": missed}
    )
    return frame.select(
        pl.format("A{}", pl.col("number").cast(pl.String).str.zfill(8)).alias("account_id"),
        pl.format("C{}", "customer").alias("customer_id"),
        first_due=pl.date(AS_OF.year, AS_OF.month, "due_day").dt.offset_by(pl.format("-{}mo", "months")),
        missed="missed",
    )


def build(count: int) -> dict[str, float]:
    """The lake of a tape taken in, and the people who may be contacted."""
    setup.ensure_ready()
    place, whole = house.here(), accounts(count)
    lake = Lake(place.lake)
    lender.write_lake(lake, whole, as_of=AS_OF)
    _people(whole)
    _compile(place, lake)
    return {"accounts": count}


def _people(whole: pl.DataFrame) -> None:
    """Those whom the night may touch: overdue, or due within three days."""
    soon = lender.dues(whole).filter(pl.col("due_on").is_between(AS_OF, AS_OF + timedelta(days=3)))
    touched = pl.concat([whole.filter(pl.col("missed") > 0)["customer_id"], soon["customer_id"]]).unique().sort()
    person, point = apps.get_model("people.Person"), apps.get_model("people.ContactPoint")
    blank = {name: pl.lit("") for name in ("timezone", "name_index", "id_number_index")}
    people = pl.DataFrame({"customer_id": touched}).with_columns(
        region_code=pl.lit("CN-31"), language=pl.lit("zh-hans"), **blank
    )
    points = [_point(customer_id) for customer_id in touched]
    schema = ["contact_point_id", "person_id", "kind", "relation", "value_sealed", "value_index"]
    with transaction.atomic():
        staging.merge(person, people, key=["customer_id"], update=[])
        staging.merge(point, pl.DataFrame(points, schema=schema, orient="row"), key=["contact_point_id"], update=[])


def _point(customer_id: str) -> tuple[object, ...]:
    point_id, value = customer_id.replace("C", "P"), f"+86138{customer_id[1:]}"
    sealed = cipher.seal(value, context=f"people.contact_point.value:{point_id}")
    return point_id, customer_id, "MOBILE", "SELF", sealed, cipher.blind_index("phone", value)


def _compile(place: house.House, lake: Lake) -> None:
    """Let the compiled code be on disk, as it is after an installation's first night."""
    tables = {name: lake.read(name, AS_OF, 0).head(1_000) for name in ("accounts", "instalments", "payments", "pauses")}
    known = tables["accounts"]["account_id"].implode()
    tables = {name: frame.filter(pl.col("account_id").is_in(known)) for name, frame in tables.items()}
    aged = positions.age(tables, policies=_products(place), as_of=AS_OF)
    lateness.lateness(aged.positions, tables["instalments"], tables["payments"], as_of=AS_OF)


def _products(place: house.House) -> Any:
    return run_night.night_policy.load(place.policies).products


def run() -> dict[str, object]:
    """One night on books without a case."""
    place = house.here()
    _forget(place.lake)
    started = time.perf_counter()
    report = run_night.run_night(
        as_of=AS_OF,
        at=clock.at_local(AS_OF, FIVE, place.zone),
        actor="bench",
        place=place,
        gate=wired.here().gate,
        progress=lambda *_: None,
    )[-1]
    seconds = time.perf_counter() - started
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    scale = 1 if sys.platform == "darwin" else 1024
    workers = place.workers or os.cpu_count() or 1
    return {
        "seconds": seconds,
        "bytes": (peaks[0] + workers * peaks[1]) * scale,
        "steps": report.figures["seconds"],
        "cases": apps.get_model("cases.Case").objects.count(),
        "contacts": apps.get_model("contacts.Contact").objects.count(),
    }


def _forget(lake: Path) -> None:
    for name in NIGHT_TABLES:
        shutil.rmtree(lake / name, ignore_errors=True)
    for path in lake.glob("manifests/*/night.part=*.json"):
        path.unlink()
    with connection.cursor() as cursor:
        tables = [apps.get_model(name)._meta.db_table for name in BOOKS]
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE " + ", ".join(tables) + " CASCADE")
        else:
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  the names are ours


if __name__ == "__main__":
    made = build(int(sys.argv[2])) if sys.argv[1] == "build" else run()
    print(json.dumps(made))
