"""Put everything that this installation could not make anew into one sealed file, except its keys.

Called by the command line. The books as of one moment, the lake as of the same, anchors, the lender's own policies and
those that past nights decided by, and the memory of what a carrier was told. Writers go on meanwhile; a tape or a night
waits only until the moment is fixed. The keys are kept elsewhere: see `keep_keys`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from arrears import __version__
from arrears.actions import copy_books, house, keep_keys
from arrears.actions.backup_files import KIND, Summary, Writing
from arrears.decisions.lake import changing
from arrears.kernel import sealed_files
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit

#: Of the home, beside the books and the lake: what nobody can make anew. Everything else is made by `arrears setup`.
FOLDERS = ("anchors", "policies", "cache/policies", "town")
JOURNAL = "smpp/journal.sqlite3"
#: Settings that a restored installation needs again and that are no secret; of all others only the name is kept.
PLAIN = (
    "ARREARS_API_RATE", "ARREARS_CLOCK", "ARREARS_COUNTRY", "ARREARS_DIALLER", "ARREARS_HOSTS", "ARREARS_HTTPS",
    "ARREARS_KMS_KEY", "ARREARS_ORIGINS", "ARREARS_PARTITIONS", "ARREARS_RULE_PACK", "ARREARS_SMS",
    "ARREARS_VAULT_ALGORITHM", "ARREARS_VAULT_MASTER", "ARREARS_WORKERS", "ARREARS_ZONE",
)  # fmt: skip
#: A tape or a night that is running is waited for this long.
WAIT_SECONDS = 600.0


class BackupIsRunning(Refusal):
    code = "backup_is_running"
    message = "A backup of this home is being made already."


@dataclass(frozen=True)
class Made:
    """file : the backup; bytes : its size; files : in it, the books among them"""

    file: Path
    bytes: int
    files: int


def back_up(
    target: Path, *, passphrase: str, at: datetime, actor: str, progress: Callable[[str, int, int], None]
) -> Made:
    """Write a backup to a new file, see `keep_keys.new_file`.

    raises : keep_keys.FileTaken, KeysInSight, BackupIsRunning, sealed_files.PassphraseTooShort,
             changing.NightIsRunning or TapeIsRunning after WAIT_SECONDS, and what copy_books raises
    """
    with _workshop() as workshop, keep_keys.new_file(target, kind=KIND, at=at) as (file, out):
        count = _write(out, workshop, passphrase=passphrase, at=at, progress=progress)
    size = file.stat().st_size
    audit.record("backup.made", subject="backup", actor=actor, at=at, sha256=_digest(file), bytes=size, files=count)
    return Made(file, size, count)


def _write(
    out: IO[bytes], workshop: Path, *, passphrase: str, at: datetime, progress: Callable[[str, int, int], None]
) -> int:
    sealed = sealed_files.Writer(out, kind=KIND, passphrase=passphrase)
    writing = Writing(sealed, workshop / "digests")  # type: ignore[arg-type]
    progress("the moment", 0, 1)
    with _moment(workshop) as (books, lake):
        progress("the books", 0, 1)
        copied = books()
        writing.summary(_summary(at))
        found = [(copied.name, copied), *_beside(workshop), *_files(lake, "lake")]
        for number, (name, path) in enumerate(found, start=1):
            writing.file(name, path)
            progress("files", number, len(found))
    writing.finish()
    sealed.finish()
    return len(found)


@contextmanager
def _moment(workshop: Path) -> Iterator[tuple[Callable[[], Path], Path]]:
    """Books and lake of one moment; nobody who changes the lake is kept away for longer than fixing it takes."""
    lake = house.here().lake
    linked = lake / f".backup-{os.getpid()}"
    with ExitStack() as held:
        with _lake_alone(lake):
            books = held.enter_context(copy_books.moment(workshop))
            for left in lake.glob(".backup-*"):
                shutil.rmtree(left)
            held.callback(shutil.rmtree, linked, ignore_errors=True)
            linked.mkdir()
            for name, path in _files(lake, ""):
                (linked / name).parent.mkdir(parents=True, exist_ok=True)
                os.link(path, linked / name)
        yield books, linked


@contextmanager
def _lake_alone(lake: Path) -> Iterator[None]:
    """Wait for a tape or a night that is running."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        with ExitStack() as held:
            try:
                held.enter_context(changing.alone(lake, changing.BACKUP))
            except Refusal:
                if time.monotonic() > until:
                    raise
            else:
                yield
                return
        time.sleep(0.5)


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder of the home for what is in the making; one backup at a time, and what a killed one left is removed."""
    home = house.here().home
    with (home / ".backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupIsRunning from None
        for left in home.glob(".backup-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=home) as folder:
            yield Path(folder)


def _beside(workshop: Path) -> list[tuple[str, Path]]:
    """The home's own files, and a copy of the carrier's journal."""
    home = house.here().home
    found = [each for folder in FOLDERS for each in _files(home / folder, folder)]
    if (home / JOURNAL).exists():
        copy_books.copy_sqlite(home / JOURNAL, workshop / "journal")
        found.append((JOURNAL, workshop / "journal"))
    return found


def _files(folder: Path, name: str) -> list[tuple[str, Path]]:
    """Every file below a folder but hidden ones, by name, under the name that it has in a backup."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    plain = sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))
    return [(f"{name}/{each}" if name else each, folder / each) for each in plain]


def _summary(at: datetime) -> Summary:
    applied = MigrationRecorder(connection).applied_migrations()
    return Summary(
        made_at=at.astimezone(UTC).isoformat(),
        version=__version__,
        database=copy_books.kind(),
        migrations=tuple(sorted(f"{app}.{name}" for app, name in applied)),
        keys=keep_keys.marks(),
        settings=_settings(os.environ),
    )


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    named = sorted(name for name in environment if name.startswith("ARREARS_") or name == "DATABASE_URL")
    return {name: environment[name] if name in PLAIN else "(set)" for name in named}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
