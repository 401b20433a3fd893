"""Which books does this home belong to? Stamped in it when they are made or first found, and asked before each use.

Called by every command that needs the books and by the web server. Without it, a command that was not told where the
books stand (DATABASE_URL) would make second ones in the home, and open every case again. What is kept is no secret: a
name of the books, taken from when their first table was made, and what kind of database holds them. It goes along with
them into a copy, a dump and another server.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from arrears.kernel.errors import Refusal
from arrears.records import new_books

FILE = "books.json"
#: What nights of the books leave in a home: one that has them and no stamp is older than stamps.
ANCHORS = "anchors"


class OtherBooks(Refusal):
    """The home has books, and these are not they."""

    code = "other_books"
    message = (
        "{home} belongs to books on {there}, and {here} was found: set DATABASE_URL to where they stand,"
        " or ARREARS_HOME to another home (remove {file} to give this home other books)."
    )


class StampUnreadable(Refusal):
    code = "stamp_unreadable"
    message = (
        "{file} does not say which books {home} belongs to: put it back from a copy, or remove it if DATABASE_URL is"
        " right."
    )


def refuse_others(connection: BaseDatabaseWrapper, home: Path) -> None:
    """raises : OtherBooks where the home was stamped with other books than the database holds, or it holds none;
    StampUnreadable"""
    file = home / FILE
    if not file.exists():
        if any((home / ANCHORS).glob("*.json")) and name_of(connection) is None:
            here = f"no books on {connection.vendor}"
            raise OtherBooks(home=home, there="another database", here=here, file=home / ANCHORS)
        return
    try:
        stamped = json.loads(file.read_text())
        books, there = stamped["books"], stamped["database"]
    except (ValueError, LookupError, TypeError, OSError):
        raise StampUnreadable(file=file, home=home) from None
    if (found := name_of(connection)) != books:
        here = f"another set of books on {connection.vendor}" if found else f"no books on {connection.vendor}"
        raise OtherBooks(home=home, there=there, here=here, file=file)


def stamp(connection: BaseDatabaseWrapper, home: Path) -> None:
    """Note the books in a home that has no stamp."""
    file = home / FILE
    if file.exists():
        return
    made = home / f".{FILE}.{os.getpid()}"  # whoever is killed here leaves no half stamp
    made.write_text(json.dumps({"books": name_of(connection), "database": connection.vendor}) + "\n")
    made.replace(file)


def name_of(connection: BaseDatabaseWrapper) -> str | None:
    """A name of the books in a database, which they alone have; None where there are none, and then none are made."""
    if _has_no_file(connection) or new_books.are_new(connection):
        return None
    began = MigrationRecorder(connection).migration_qs.aggregate(began=Min("applied"))["began"]
    return hashlib.sha256(began.isoformat().encode()).hexdigest()[:16] if began else None


def _has_no_file(connection: BaseDatabaseWrapper) -> bool:
    """SQLite makes a file of whatever it is asked for."""
    file = connection.settings_dict["NAME"]
    return connection.vendor == "sqlite" and "mode=memory" not in str(file) and not Path(file).exists()
