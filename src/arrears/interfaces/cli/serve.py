"""`arrears serve`: the console and the API behind gunicorn, with threads; Ctrl-C or SIGTERM ends it cleanly."""

from __future__ import annotations

import multiprocessing
import secrets
import threading
from collections.abc import Callable
from typing import Annotated

import typer
from django.conf import settings
from django.core import checks
from django.db import connections
from gunicorn.app.base import BaseApplication

from arrears.interfaces.cli import ports, setup
from arrears.kernel.clock import SystemClock
from arrears.kernel.errors import Refusal

setup.django_ready()

from arrears.actions import manage_staff  # noqa: E402  the apps must be ready first
from arrears.records.staff import queries  # noqa: E402


class Server(BaseApplication):
    """Gunicorn configured in code."""

    def __init__(self, options: dict[str, object]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        return setup.load("arrears.config.wsgi").application


#: Who a home without staff gets: one who keeps the system, and one who sees the cases. The two are kept apart.
FIRST = {"admin": ("Administrator", "ADMIN"), "supervisor": ("Supervisor", "SUPERVISOR")}


def first_staff() -> None:
    """Give a home without staff its first two log-ins, whose passwords are printed once."""
    if queries.staff():
        return
    typer.echo("first sign-ins, shown once (change one with `arrears staff password NAME`):")
    for username, (display_name, role) in FIRST.items():
        password = secrets.token_urlsafe(12)
        now = SystemClock().now()
        manage_staff.add(
            username=username, display_name=display_name, role=role, password=password, at=now, actor=setup.ACTOR
        )
        typer.echo(f"  {username:12} {password}")


def warm(worker: object) -> None:
    """Load every page's code and the compiled ageing while a fresh worker already answers: nobody waits for them then.

    In the worker, and not in the process that forks it: the columnar engine's threads do not outlive a fork.
    """

    def load() -> None:
        setup.load(settings.ROOT_URLCONF)
        setup.load("arrears.interfaces.cli.machine_code").make()

    threading.Thread(target=load, name="warm", daemon=True).start()


def tell_faults() -> None:
    """What the system checks find wrong, a line each: the console is served all the same, so that it can be mended."""
    for found in checks.run_checks(tags=[checks.Tags.compatibility]):
        typer.echo(f"arrears: {found.msg} {found.hint or ''}".rstrip(), err=True)


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop."""
    Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": 4,
            "worker_class": "gthread",
            "timeout": 120,
            "loglevel": settings.LOG_LEVEL,
            "post_worker_init": warm,
        }
    ).run()


class LookFailed(Refusal):
    """Its own fault stands on stderr before this line."""

    code = "look_failed"
    message = "The checks of this installation could not be made: the process that makes them ended with {exitcode}."


def _apart(look: Callable[[], None]) -> None:
    """Look in a process of its own: what reads words has threads, which workers forked afterwards would wait for.

    raises : LookFailed, so that nothing is served whose faults nobody was told
    """
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=look)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise LookFailed(exitcode=process.exitcode)


def command(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes")] = 2,
) -> None:
    """Serve the console and the API."""
    ports.refuse_taken(host, port)
    setup.ensure_ready(static=True)
    first_staff()
    _apart(tell_faults)
    typer.echo(f"http://{host}:{port}/")
    run(host, port, workers)
