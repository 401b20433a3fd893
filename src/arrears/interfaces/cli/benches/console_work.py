"""The requests that `console` times, in a process and books of its own; its last line of output is the figures."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator

import polars as pl
from django.apps import apps
from django.db import connection

from arrears.decisions.lake import Lake
from arrears.interfaces.cli import setup

setup.django_ready()

from django.contrib.auth import get_user_model  # noqa: E402  the apps must be ready first
from django.test import Client  # noqa: E402

from arrears.actions import house  # noqa: E402
from arrears.interfaces.cli.benches import console_books, lender  # noqa: E402
from arrears.interfaces.ui import keyset  # noqa: E402

CASE_PAGES = 100
ORDERS = ("-dpd", "dpd", "-overdue", "overdue", "-opened", "opened")
FILTERS = (
    "stage=EARLY",
    "stage=LATE",
    "stage=BAD_DEBT",
    "bucket=M6",
    "currency=USD",
    "currency=USD&stage=LATE",
    "assigned=ME",
    "assigned=NOBODY",
    "least=5000&most=5001",
    "least=9000.00&most=9000.05",
    "stage=LATE&bucket=M4&least=1000",
    "status=CLOSED",
)


def list_addresses(client: Client, chance: random.Random, cases: int) -> Iterator[str]:
    """Every order and filter, places deep inside the list, and searches."""
    for order in ORDERS:
        yield f"/cases/?order={order}"
    for wish in FILTERS:
        yield f"/cases/?{wish}"
        yield f"/cases/?{wish}&order=-overdue"
        yield f"/cases/?{wish}&order=opened"
    for dpd in (3, 30, 90, 200):
        yield f"/cases/?order=-dpd&after={keyset.pack([dpd, '8' * 32])}"
        yield f"/cases/?order=-dpd&before={keyset.pack([dpd, '8' * 32])}"
    for _ in range(6):
        number = chance.randrange(cases)
        for text in (f"C{number:07d}", f"A{number:07d}-0", f"138{number:08d}", "王伟", "nobody"):
            yield client.post("/cases/search/", {"q": text}).headers["Location"]


def milliseconds(client: Client, address: str) -> float:
    """One whole request."""
    start = time.perf_counter()
    answer = client.get(address)
    taken = (time.perf_counter() - start) * 1_000
    assert answer.status_code == 200, (address, answer.status_code)
    return taken


def p95(taken: list[float]) -> float:
    """The 95th percentile: the value that 95 of 100 do not exceed."""
    return sorted(taken)[max(0, -(-len(taken) * 95 // 100) - 1)]


def work(cases: int, runs: int) -> dict[str, float]:
    """Fill the books, let the database know their shape, and time."""
    setup.ensure_ready(static=True)
    console_books.fill(cases)
    lender.write_lake(Lake(house.here().lake), _book(), as_of=console_books.AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    chance = random.Random(2)  # noqa: S311 (which pages to open, not secrets)
    user = get_user_model().objects.create(username="bench", role="SUPERVISOR", display_name="Bench")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    mine = list(apps.get_model("cases.Case").objects.filter(status="OPEN").values_list("pk", flat=True)[:40_000:400])
    apps.get_model("cases.Case").objects.filter(pk__in=mine).update(assigned_to=user)
    lists = list(list_addresses(client, chance, cases))
    pages = [f"/cases/{case_id}/" for case_id in chance.sample(_some_cases(), CASE_PAGES)]
    for address in (lists[0], pages[0], "/"):
        milliseconds(client, address)
    timed = {
        "list": [(milliseconds(client, address), address) for _ in range(runs) for address in lists],
        "case": [(milliseconds(client, address), address) for _ in range(runs) for address in pages],
        "overview": [(milliseconds(client, "/"), "/") for _ in range(runs * 4)],
    }
    for name, rows in timed.items():
        slowest = ", ".join(f"{taken:.0f} ms {address}" for taken, address in sorted(rows, reverse=True)[:4])
        print(f"console-200k {name} on {connection.vendor}: slowest {slowest}", file=sys.stderr)
    return {name: p95([taken for taken, _ in rows]) for name, rows in timed.items()}


def _book() -> pl.DataFrame:
    """The accounts of all cases, each late since the due date that its case names."""
    rows = apps.get_model("cases.CaseAccount").objects.values_list("account_id", "case__person_id", "oldest_due_on")
    schema = {"account_id": pl.String, "customer_id": pl.String, "oldest": pl.Date}
    late = pl.DataFrame(list(rows.iterator()), schema=schema, orient="row").unique("account_id").sort("account_id")
    missed = 1 + (pl.lit(console_books.AS_OF) - pl.col("oldest")).dt.total_days() // 31
    late = late.with_columns(missed=pl.min_horizontal(missed, lender.INSTALMENTS))
    paid_months = pl.format("-{}mo", lender.INSTALMENTS - pl.col("missed"))
    return late.select(
        "account_id", "customer_id", first_due=pl.col("oldest").dt.offset_by(paid_months), missed="missed"
    )


def _some_cases() -> list[str]:
    return list(apps.get_model("cases.Case").objects.order_by("case_id").values_list("pk", flat=True)[:20_000])


if __name__ == "__main__":
    print(json.dumps(work(int(sys.argv[1]), int(sys.argv[2]))))
