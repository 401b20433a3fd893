"""`dunning-10k`: 10,000 overdue lines of 5,000 people become reminders, written and committed; and go out.

The lines (two overdue accounts a person) are summed to one reminder a person, judged, put into words, and committed to
the books with verdicts and events, in books made for the purpose: an SQLite file, and a throw-away PostgreSQL server
where there is one. The second figure is what follows: the claim, the second judgement, the intent, the sandbox, the
record of its answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from arrears.interfaces.cli.benches import postgres
from arrears.interfaces.cli.benches.rows import Row, at_least

LINES, PEOPLE, BATCH = 10_000, 5_000, 1_000
GOAL_LINES, GOAL_SENT = 5_000, 2_000
WORK = "arrears.interfaces.cli.benches.dunning_work"


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL when there is one."""
    rows = _on("sqlite", f"sqlite:///{folder / 'books.sqlite3'}", name, folder, runs)
    if postgres.binaries() is None:
        print("dunning-10k: PostgreSQL not measured: there is no server binary here", file=sys.stderr)
        return rows
    return rows + _on("postgresql", postgres.server_url(), name, folder, runs)


def _on(engine: str, url: str, name: str, folder: Path, runs: int) -> list[Row]:
    environment = os.environ | {
        "DATABASE_URL": url,
        "ARREARS_HOME": str(folder / engine),
        "DJANGO_SETTINGS_MODULE": "arrears.config.settings",
    }
    command = [sys.executable, "-m", WORK, str(runs), str(LINES), str(PEOPLE), str(BATCH)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    size = f"{LINES:,} lines, {PEOPLE:,} people"
    return [
        at_least(name, f"{size}, {engine}", "lines planned", figures["lines_per_second"], "lines/s", GOAL_LINES),
        at_least(name, f"{size}, {engine}", "reminders sent", figures["sent_per_second"], "contacts/s", GOAL_SENT),
    ]
