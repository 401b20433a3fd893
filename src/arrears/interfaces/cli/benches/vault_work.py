"""The work that `vault-…` times, in books of its own; its last line of output is the figures."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction

from arrears.interfaces.cli import setup

setup.django_ready()

from django.apps import apps  # noqa: E402  the apps must be ready first

from arrears.actions import rotate_vault  # noqa: E402
from arrears.exchange import vault  # noqa: E402
from arrears.kernel.identifiers import derived_id  # noqa: E402
from arrears.records.people import queries as people  # noqa: E402
from arrears.records.privacy import algorithms, cipher, fields, ring  # noqa: E402
from arrears.records.privacy import operations as privacy  # noqa: E402

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
#: Sealed fields of a person, with the number of their contact point.
FIELDS = 5
#: Values by which a cipher is timed alone, and searches a run.
ALONE, SEARCHES = 20_000, 50
#: Between two pages that somebody looks at.
LOOK_SECONDS = 0.05
FAMILIES = "王李张刘陈杨黄赵吴周"


def customer(number: int) -> str:
    return f"C{number:08}"


def identity(count: int) -> dict[str, pl.DataFrame]:
    """Made-up people: everybody's name, ID number and mobile is their own."""
    numbers = range(count)
    return {
        "customers": pl.DataFrame(
            {
                "customer_id": [customer(number) for number in numbers],
                "name": [f"{FAMILIES[number % 10]}某{number}" for number in numbers],
                "id_number": [f"310101{19500101 + number % 9999}{number % 10**4:04}" for number in numbers],
                "birth_on": [f"19{50 + number % 50}-01-01" for number in numbers],
                "employer": [f"第{number % 5_000}公司" for number in numbers],
            }
        ),
        "contact_points": pl.DataFrame(
            {
                "contact_point_id": [derived_id("contact_point", number) for number in numbers],
                "customer_id": [customer(number) for number in numbers],
                "kind": "MOBILE",
                "relation": "SELF",
                "value": [mobile(number) for number in numbers],
            }
        ),
    }


def mobile(number: int) -> str:
    return f"+86138{number:08}"


def write(count: int) -> float:
    """Seconds to take everybody in, in one transaction as a tape is."""
    told = identity(count)
    tables = {
        "customers": told["customers"].select("customer_id", region_code=pl.lit("CN-31"), language=pl.lit("zh-Hans")),
        "contact_points": told["contact_points"].select(
            "contact_point_id", consented_on=pl.lit(date(2026, 1, 1)), verified_on=pl.lit(None, pl.Date)
        ),
        "accounts": told["customers"].select("customer_id", opened_on=pl.lit(date(2026, 1, 1))),
    }
    start = time.perf_counter()
    with transaction.atomic():
        vault.keep(tables=tables, identity=told, as_of=date(2026, 1, 1), progress=lambda *_: None)
    return time.perf_counter() - start


def opened() -> Iterator[str]:
    """Every field of everybody."""
    for table in fields.registered():
        names = [field.name for field in table.fields]
        for key, *values in table.model._default_manager.values_list("pk", *names).iterator(chunk_size=10_000):
            for field, value in zip(table.fields, values, strict=True):
                if value is not None:
                    yield cipher.unseal(value, context=field.context(key))


def read(count: int) -> float:
    """Seconds to open everything."""
    start = time.perf_counter()
    found = sum(1 for _ in opened())
    assert found == FIELDS * count, found
    return time.perf_counter() - start


def search_ms(count: int) -> float:
    """Median milliseconds to find a person by their number or name, as the console's search does."""
    taken = []
    for number in range(0, count, max(1, count // SEARCHES)):
        text = mobile(number) if number % 2 else f"{FAMILIES[number % 10]}某{number}"
        start = time.perf_counter()
        assert people.matching(text) == {customer(number)}, text
        taken.append(time.perf_counter() - start)
    return 1_000 * statistics.median(taken)


def page(number: int) -> None:
    """What a page asks of the vault: somebody is searched for, and shown with their points."""
    found = people.matching(mobile(number))
    assert found == {customer(number)}, number
    person = apps.get_model("people.Person")._default_manager.get(pk=customer(number))
    assert people.heading(person).name_masked
    assert people.points_of(customer(number))


def look(count: int, ends: Any, told: Any) -> None:
    """A colleague who looks at page after page until told to stop."""
    taken, number = [], 0
    while not ends.wait(LOOK_SECONDS):
        number = (number + 7_919) % count
        start = time.perf_counter()
        page(number)
        taken.append(time.perf_counter() - start)
    told.put([1_000 * statistics.median(taken), 1_000 * max(taken)])


def rotate(count: int) -> dict[str, float]:
    """Seconds to change every key, with somebody looking at pages; what the pages took."""
    spawn = multiprocessing.get_context("spawn")
    ends, told = spawn.Event(), spawn.Queue()
    beside = spawn.Process(target=look, args=(count, ends, told))
    beside.start()
    start = time.perf_counter()
    done = rotate_vault.rotate(("SEAL", "INDEX"), now=lambda: AT, actor="bench", progress=lambda *_: None, settle=5.0)
    seconds = time.perf_counter() - start
    ends.set()
    median, most = told.get()
    beside.join()
    assert done.is_whole, done
    assert sum(done.moved.values()) == 2 * count, done.moved
    return {"rotated_seconds": seconds, "page_ms": median, "page_ms_most": most}


def alone(algorithm: str) -> dict[str, float]:
    """Fields a second that a cipher seals and opens, without any books."""
    settings.VAULT = dataclasses.replace(settings.VAULT, algorithm=algorithm)
    privacy.make("SEAL", at=AT)
    start = time.perf_counter()
    sealed = [cipher.seal("某某某", context=f"people.person.name:C{number}") for number in range(ALONE)]
    between = time.perf_counter()
    for number, value in enumerate(sealed):
        cipher.unseal(value, context=f"people.person.name:C{number}")
    ended = time.perf_counter()
    return {"sealed": ALONE / (between - start), "opened": ALONE / (ended - between)}


def work(runs: int, count: int) -> dict[str, object]:
    """Take in once, for what is taken in twice is not sealed twice; read, search and rotate as often as asked."""
    setup.ensure_ready()
    written = FIELDS * count / write(count)
    found = [read(count) for _ in range(runs)]
    searched = search_ms(count)
    rotated = sorted((rotate(count) for _ in range(runs)), key=lambda one: one["rotated_seconds"])[runs // 2]
    ciphers = {algorithm: alone(algorithm) for algorithm in algorithms.OF_SETTING}
    ring.forget()
    return {
        "written_per_second": written,
        "read_per_second": FIELDS * count / statistics.median(found),
        "search_ms": searched,
        "ciphers": ciphers,
        **rotated,
    }


if __name__ == "__main__":
    print(json.dumps(work(*map(int, sys.argv[1:]))))
