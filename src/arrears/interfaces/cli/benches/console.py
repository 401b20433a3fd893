"""`console-200k`: how long do the case list and the case page take when 200,000 cases are on the books?

Whole requests through Django, sign-in, permission table and template included; every order and filter that the list
offers, pages deep inside it, searches, and case pages at random. p95 over all of them, on an SQLite file and on a
throw-away PostgreSQL server where there is one. The made-up books have no lake, so the case page is measured without
the schedule of its accounts. The slowest pages, and the overview, are named on stderr.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from arrears.interfaces.cli.benches import postgres
from arrears.interfaces.cli.benches.rows import Row, at_most

CASES = 200_000
GOAL_MS = 200
WORK = "arrears.interfaces.cli.benches.console_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one."""
    rows = _on("sqlite", f"sqlite:///{folder / 'books.sqlite3'}", name, folder, runs)
    if postgres.binaries() is None:
        print("console-200k: PostgreSQL not measured: there is no server binary here", file=sys.stderr)
        return rows
    return rows + _on("postgresql", postgres.server_url(), name, folder, runs)


def _on(engine: str, url: str, name: str, folder: Path, runs: int) -> list[Row]:
    environment = os.environ | {
        "DATABASE_URL": url,
        "ARREARS_HOME": str(folder / engine),
        "DJANGO_SETTINGS_MODULE": "arrears.config.settings",
    }
    command = [sys.executable, "-m", WORK, str(CASES), str(runs)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    size = f"{CASES:,} cases, {engine}"
    return [at_most(name, size, f"{page} p95", figures[page], "ms", GOAL_MS) for page in ("list", "case")]
