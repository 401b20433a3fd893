"""Make an empty place the installation that a backup was made of: all of it, or nothing.

Called by the command line, before anything opens the books. The whole file is gone through first, and only one that is
whole and as it was written is used. Its files are then laid beside their places and moved in, the books last: they are
the decision. A restore that was killed is begun again; until it is done no other command begins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from arrears.actions import back_up, copy_books
from arrears.actions.backup_files import BLOCK, KIND, Content, NotABackup, Reading, Summary
from arrears.kernel import sealed_files
from arrears.kernel.errors import Refusal
from arrears.records import which_books

BEGUN = ".restore-begun"
STAGED = ".restoring"
BOOKS = ("books.sqlite3", "books.dump")


class NotEmpty(Refusal):
    code = "not_empty"
    message = "{what} is not empty: a backup is restored into an empty place alone, and nothing was changed."


class MadeByLater(Refusal):
    code = "made_by_later"
    message = "The backup was made by a later Arrears ({version}), whose books this one does not understand."


class RestoreUnfinished(Refusal):
    code = "restore_unfinished"
    message = "A restore into {home} was not finished: run `arrears restore` again, with the same file."


Progress = Callable[[str, int, int], None]


def checked(file: Path, *, passphrase: str, progress: Progress) -> Summary:
    """Go through a backup to its end; writes nothing.

    raises : sealed_files.NotSealed, PassphraseWrong, Damaged; NotABackup
    """
    with _opened(file, passphrase) as reading:
        count = 0
        for count, _ in enumerate(reading.members(), start=1):
            progress("checking files", count, 0)
        if not count:
            raise NotABackup(why="it holds no books")
        return reading.summary


def restore(file: Path, *, passphrase: str, progress: Progress) -> Summary:
    """Check a backup, then put everything in its place.

    raises : what `checked` raises, NotEmpty, MadeByLater, copy_books.OtherDatabase and what copy_books raises;
             after any of them the place is as empty as before
    """
    home, lake = Path(settings.HOME), Path(settings.LAKE)
    if (home / BEGUN).exists() and copy_books.is_empty():
        _clear(home, lake)
    _refuse_taken(home, lake)
    summary = checked(file, passphrase=passphrase, progress=progress)
    _refuse_strange(summary)
    (home / BEGUN).touch(mode=0o600)
    try:
        _lay(file, passphrase, home, lake, progress)
        _move_in(home, lake)
    except BaseException:
        if copy_books.is_empty():
            _clear(home, lake)
            (home / BEGUN).unlink()
        raise
    shutil.rmtree(home / STAGED, ignore_errors=True)
    (home / BEGUN).unlink()
    return summary


def refuse_unfinished(home: Path) -> None:
    """Raises RestoreUnfinished where a restore was killed; one that had put the books back is finished."""
    if (home / BEGUN).exists():
        if copy_books.is_empty():
            raise RestoreUnfinished(home=home)
        shutil.rmtree(home / STAGED, ignore_errors=True)
        (home / BEGUN).unlink()


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[Reading]:
    with file.open("rb") as sealed:
        yield Reading(sealed_files.Reader(sealed, kind=KIND, passphrase=passphrase))


def _refuse_taken(home: Path, lake: Path) -> None:
    if not copy_books.is_empty():
        raise NotEmpty(what="The database")
    places = [lake, *(home / folder for folder in back_up.FOLDERS), home / back_up.JOURNAL, home / which_books.FILE]
    for place in places:
        if place.is_file() or (place.is_dir() and any(not path.name.startswith(".") for path in place.iterdir())):
            raise NotEmpty(what=place)


def _refuse_strange(summary: Summary) -> None:
    here = copy_books.kind()
    if here != summary.database:
        raise copy_books.OtherDatabase(there=summary.database, here=here)
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if set(summary.migrations) - known:
        raise MadeByLater(version=summary.version)


def _lay(file: Path, passphrase: str, home: Path, lake: Path, progress: Progress) -> None:
    """Write every file beside the place where it will stand, on the same disk."""
    shutil.rmtree(home / STAGED, ignore_errors=True)
    with _opened(file, passphrase) as reading:
        for number, (name, content) in enumerate(reading.members(), start=1):
            _write(_staged(name, home, lake), content)
            progress("files", number, 0)


def _staged(name: str, home: Path, lake: Path) -> Path:
    top, _, rest = name.partition("/")
    if name in BOOKS:
        return copy_books.laid_at(home / STAGED / name)
    if top == "lake" and rest:
        return lake / STAGED / rest
    if name == back_up.JOURNAL or any(name.startswith(f"{folder}/") for folder in back_up.FOLDERS):
        return home / STAGED / name
    raise NotABackup(why=f"{name!r} does not belong there")


def _write(path: Path, content: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(content, out, BLOCK)
        out.flush()
        os.fsync(out.fileno())


def _move_in(home: Path, lake: Path) -> None:
    """Everything but the books, then the books."""
    if (lake / STAGED).is_dir():
        for table in sorted((lake / STAGED).iterdir()):
            table.rename(lake / table.name)
        (lake / STAGED).rmdir()
    for folder in (*back_up.FOLDERS, back_up.JOURNAL):
        laid = home / STAGED / folder
        if laid.exists():
            (home / folder).parent.mkdir(parents=True, exist_ok=True)
            if (home / folder).is_dir():
                (home / folder).rmdir()
            laid.rename(home / folder)
    copy_books.put_back(next(path for name in BOOKS if (path := copy_books.laid_at(home / STAGED / name)).exists()))


def _clear(home: Path, lake: Path) -> None:
    """Take away what a restore laid or moved in before the books stood: all of these places were empty."""
    for place in (home / STAGED, *(home / folder for folder in back_up.FOLDERS)):
        shutil.rmtree(place, ignore_errors=True)
    for file in (home / back_up.JOURNAL, *(copy_books.laid_at(home / STAGED / name) for name in BOOKS)):
        file.unlink(missing_ok=True)
    for path in lake.iterdir() if lake.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
