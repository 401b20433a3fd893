"""`night-1m-sqlite`, `night-1m-postgresql`: a whole night over a million accounts, from the tape in the lake to
committed cases, work and planned contacts.

A synthetic lender: 1,000,000 accounts of 800,000 customers, 12 monthly instalments each, 5 % of the accounts overdue,
the others paid to the day; due days spread over the month, so a tenth of the book is due within three days and is
reminded. Lake and people are made first and not timed; each run starts from books without a case.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from arrears.interfaces.cli.benches import postgres
from arrears.interfaces.cli.benches.rows import Row, at_most

ACCOUNTS = 1_000_000
GOAL_SECONDS, GOAL_BYTES = 40, 3e9
WORK = "arrears.interfaces.cli.benches.night_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on the database that the bench's name says."""
    engine = name.removeprefix("night-1m-")
    if engine == "postgresql" and postgres.binaries() is None:
        print(f"{name}: not measured: there is no PostgreSQL server binary here", file=sys.stderr)
        return []
    url = postgres.server_url() if engine == "postgresql" else f"sqlite:///{folder / 'books.sqlite3'}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "ARREARS_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "arrears.config.settings",
    }
    _work(environment, "build", ACCOUNTS)
    figures = sorted((_work(environment, "run", ACCOUNTS) for _ in range(runs)), key=lambda one: one["seconds"])
    median = figures[len(figures) // 2]
    size = f"{ACCOUNTS:,} accounts, {int(median['cases']):,} cases, {int(median['contacts']):,} contacts"
    return [
        at_most(name, size, "whole night", median["seconds"], "s", GOAL_SECONDS),
        at_most(name, size, "peak memory", max(one["bytes"] for one in figures), "bytes", GOAL_BYTES),
        *(Row(name, size, f"step {step}", seconds, "s", "-", True) for step, seconds in median["steps"].items()),
    ]


def _work(environment: dict[str, str], what: str, accounts: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", WORK, what, str(accounts)], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
