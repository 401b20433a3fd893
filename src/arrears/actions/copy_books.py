"""How does one consistent copy of the books come out of their database while others write, and go into an empty one?

Called by back_up and restore_backup. SQLite: its online backup, page by page of one moment. PostgreSQL: pg_dump of an
exported snapshot, and pg_restore in one transaction, of the server's own major version. A password is never an argument
of a program: others on the machine could read it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from arrears.kernel.errors import Refusal

#: Of what a connection takes, what the programs of PostgreSQL do not.
OURS = ("cursor_factory", "context", "prepare_threshold", "server_side_binding", "client_encoding")


class ProgramMissing(Refusal):
    code = "program_missing"
    message = (
        "{program} of PostgreSQL {major} is not on this machine, and the books are kept by that version: install its "
        "client programs (Debian: postgresql-client-{major})."
    )


class ProgramFailed(Refusal):
    code = "program_failed"
    message = "{program} ended with a fault: {why}"


class OtherDatabase(Refusal):
    code = "other_database"
    message = (
        "The backup is of books on {there}, and DATABASE_URL names {here}: a backup goes back to where it came from."
    )


def kind() -> str:
    """The database and, of PostgreSQL, the major version: what a copy must be put back into."""
    if connection.vendor == "sqlite":
        return "SQLite"
    with psycopg.connect(_conninfo(), password=_password()) as server:
        return f"PostgreSQL {server.info.server_version // 10_000}"


def sqlite_file() -> Path:
    """The file of the books on SQLite."""
    return Path(connection.settings_dict["NAME"])


def is_empty() -> bool:
    """Whether the database holds no table yet. Nothing is made to find that out."""
    if connection.vendor == "sqlite":
        file = sqlite_file()
        if not file.exists() or file.stat().st_size == 0:
            return True
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as books:
            return not books.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    with psycopg.connect(_conninfo(), password=_password()) as server:
        found = server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    return found is not None and not found[0]


@contextmanager
def moment(folder: Path) -> Iterator[Callable[[], Path]]:
    """Fix the books as they stand now; what is yielded writes that copy into the folder, and may be called later.

    SQLite's copy is made at once. PostgreSQL's snapshot is held open, so that the dump may take its time.
    raises : ProgramMissing, ProgramFailed
    """
    if connection.vendor == "sqlite":
        file = folder / "books.sqlite3"
        copy_sqlite(sqlite_file(), file)
        yield lambda: file
        return
    file = folder / "books.dump"
    dump = program("pg_dump")
    with psycopg.connect(_conninfo(), password=_password()) as server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = server.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None, "the server names every snapshot"

        def write() -> Path:
            _run([dump, "--format=custom", f"--snapshot={snapshot[0]}", f"--file={file}", f"--dbname={_conninfo()}"])
            return file

        yield write


def put_back(copy: Path) -> None:
    """Make an empty database the one that was copied: all of it or nothing. On SQLite the file itself goes in place.

    raises : ProgramMissing, ProgramFailed
    """
    connection.close()
    if connection.vendor == "sqlite":
        place = sqlite_file()
        for left in (place.with_name(f"{place.name}-wal"), place.with_name(f"{place.name}-shm")):
            left.unlink(missing_ok=True)
        copy.replace(place)
        return
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"]
    _run([program("pg_restore"), *words, f"--dbname={_conninfo()}", str(copy)])


def laid_at(place: Path) -> Path:
    """Where a copy is laid before it is put back: on SQLite beside the books, so that one renaming is enough."""
    if connection.vendor != "sqlite":
        return place
    return sqlite_file().with_name(f".{sqlite_file().name}.restoring")


def copy_sqlite(source: Path, target: Path) -> None:
    """A copy of one moment of an SQLite database, which others may be writing to; nobody waits for it."""
    target.touch(mode=0o600)
    source_uri = f"{source.as_uri()}?mode=ro"
    with closing(sqlite3.connect(source_uri, uri=True)) as books, closing(sqlite3.connect(target)) as copy:
        books.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def program(name: str) -> str:
    """The path of a program of PostgreSQL, of the server's own major version; raises ProgramMissing."""
    major = kind().rpartition(" ")[2]
    places = (shutil.which(name), f"/usr/lib/postgresql/{major}/bin/{name}", f"/usr/pgsql-{major}/bin/{name}")
    for place in places:
        if place and Path(place).is_file():
            told = subprocess.run([place, "--version"], capture_output=True, text=True, check=False).stdout
            if f" {major}." in told:
                return place
    raise ProgramMissing(program=name, major=major)


def _run(words: Sequence[str]) -> None:
    password = _password()
    given = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(words, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise ProgramFailed(program=Path(words[0]).name, why=" ".join(lines[:1]) or f"exit code {done.returncode}")


def _password() -> str | None:
    given = _given().get("password")
    return str(given) if given else None


def _conninfo() -> str:
    """Where the database is, without the password."""
    return make_conninfo(**{name: value for name, value in _given().items() if name != "password"})


def _given() -> Mapping[str, Any]:
    taken = connection.get_connection_params()
    return {name: value for name, value in taken.items() if name not in OURS and value is not None}
