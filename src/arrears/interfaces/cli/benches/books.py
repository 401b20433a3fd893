"""Runs a bench's work in a process and books of its own, on each database that this machine has.

Called by the benches whose figures come from a whole installation: the work is a module whose last line of output is
its figures as JSON; what it says on stderr is passed on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arrears.interfaces.cli.benches import postgres

ENGINES = ("sqlite", "postgresql")


def engines(name: str, *, wanted: tuple[str, ...] = ENGINES) -> Iterator[str]:
    """The wanted databases that can be had here; the one that cannot is named on stderr."""
    for engine in wanted:
        if engine == "postgresql" and postgres.binaries() is None:
            print(f"{name}: not measured on PostgreSQL: there is no server binary here", file=sys.stderr)
        else:
            yield engine


def figures(work: str, *arguments: object, engine: str, home: Path) -> dict[str, Any]:
    """What the module `work` reports, run with its books in `home` or on the throw-away server."""
    home.mkdir(parents=True, exist_ok=True)
    url = postgres.database_url(str(home)) if engine == "postgresql" else f"sqlite:///{home / 'books.sqlite3'}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "ARREARS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "arrears.config.settings",
        "ARREARS_MFA": "none",  # who opens pages here has no second factor at hand
    }
    command = [sys.executable, "-m", work, *map(str, arguments)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return reported
