"""`arrears setup`: make a home ready (database, messages, static files); every command that needs the books calls it.

Cheap when nothing changed: pending migrations are asked for, and messages and static files carry a stamp. As a command
it also has the machine code of the ageing kernel made, for which the first night would wait otherwise.
"""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
import polib
import typer
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import reloader

from arrears.decisions.lake import Lake
from arrears.kernel.clock import SystemClock
from arrears.records import new_books, which_books

#: Who did it, as far as a machine can tell: somebody with a shell on it.
ACTOR = "cli"


def django_ready() -> None:
    """Load the settings and the apps, once, before anything imports a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arrears.config.settings")
    if not django.apps.apps.ready:
        django.setup()


def load(module: str) -> Any:
    """Import a module that needs the apps, after they are ready. Commands use this so that `--help` stays quick."""
    django_ready()
    return importlib.import_module(module)


def ensure_ready(*, static: bool = False) -> None:
    """Bring this home up to date: schema and messages, and static files when pages will be served."""
    django_ready()
    load("arrears.actions.restore_backup").refuse_unfinished(Path(settings.HOME))
    which_books.refuse_others(connection, Path(settings.HOME))
    _migrate()
    which_books.stamp(connection, Path(settings.HOME))
    load("arrears.actions.check_keys").ready_keys(at=SystemClock().now())
    compile_messages()
    if static:
        _collect_static()


def tell_an_empty_home() -> None:
    """Which home is written to, when no tape was ever taken into it: perhaps another one is meant, such as the demo."""
    house = load("arrears.actions.house")
    if Lake(house.here().lake).latest("accounts") is None:
        typer.echo(
            f"arrears: no tape has been taken into {settings.HOME} yet; ARREARS_HOME names another home", err=True
        )


def _migrate() -> None:
    if new_books.are_new(connection):
        new_books.lay_out(connection)
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def compile_messages() -> list[Path]:
    """Compile every catalogue (.po) into `$ARREARS_HOME/locale`; returns what was written anew.

    Beside each stands the digest of what it was made of: a home that was copied, or a version that was installed with
    older files, tells nothing by its times.
    """
    written = []
    for source in sorted((settings.PACKAGE / "locale").rglob("*.po")):
        target = settings.HOME / "locale" / source.relative_to(settings.PACKAGE / "locale").with_suffix(".mo")
        stamp, wanted = target.with_suffix(".sha256"), hashlib.sha256(source.read_bytes()).hexdigest()
        if target.exists() and stamp.exists() and stamp.read_text() == wanted:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)  # killed before the end, it is made again
        polib.pofile(str(source)).save_as_mofile(str(target))
        stamp.write_text(wanted)
        reloader.translation_file_changed(None, target)  # this process has read the words of before already
        written.append(target)
    return written


def _collect_static() -> None:
    stamp = settings.HOME / "static.stamp"
    wanted = _fingerprint(Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    typer.echo("making the static files of the pages, once after each update …", err=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _fingerprint(files: Iterable[Path]) -> str:
    seen = hashlib.sha256()
    for path in sorted(files):
        about = path.stat()
        seen.update(f"{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def command() -> None:
    """Make this home ready."""
    ensure_ready(static=True)
    load("arrears.interfaces.cli.machine_code").make()
    typer.echo(f"ready: {settings.HOME}")
