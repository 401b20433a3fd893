"""`arrears worker`: send what is due and hear what comes back, until Ctrl-C or SIGTERM; several may run at once."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from arrears.interfaces.cli import setup

setup.django_ready()

from arrears.actions import wired  # noqa: E402  the apps must be ready first
from arrears.records.contacts import queries  # noqa: E402


def command(
    once: Annotated[bool, typer.Option("--once", help="do what is due now, then end")] = False,
    name: Annotated[str, typer.Option(help="who sends, as written beside each contact")] = "",
) -> None:
    """Send due contacts, take receipts and replies, clear up doubts, deliver notices."""
    setup.ensure_ready()
    loop = setup.load("arrears.interfaces.worker.loop")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    here = wired.here()
    gate = here.gate
    typer.echo(f"worker: {gate.fault or f'pack {gate.pack.name}'}; Ctrl-C ends it", err=True)
    if here.speaks_by_books:
        day = here.now().astimezone(ZoneInfo(settings.LENDER_ZONE))
        typer.echo(f"worker: ARREARS_CLOCK=books: texts really go out as on {day:%Y-%m-%d}", err=True)
    worker = name or f"worker:{socket.gethostname()}:{os.getpid()}"[:64]
    if once:
        loop.run_once(wired.here, worker=worker, stop=stop, told=_tell)
        _tell_waiting()
    else:
        loop.run(wired.here, worker=worker, stop=stop, told=_tell, troubled=_complain)


def _tell(tick: Any) -> None:
    sent, heard, resolved = tick.sent, tick.heard, tick.resolved
    facts = {
        "accepted": sent.accepted,
        "rejected": sent.rejected,
        "recalled": sent.recalled + resolved.recalled,
        "held": sent.held,
        "refused": sent.refused,
        "expired": sent.expired,
        "in doubt": sent.in_doubt + resolved.doubted,
        "cleared up": resolved.accepted + resolved.rejected,
        "receipts": heard.receipts,
        "replies": heard.inbound,
        "opted out": heard.stops,
        "orphan receipts": heard.orphans,
        "unreadable": heard.faulty,
        "channels not heard": heard.deaf,
        "notices": tick.notices,
    }
    typer.echo("worker: " + ", ".join(f"{number} {what}" for what, number in facts.items() if number))


def _tell_waiting() -> None:
    """How many contacts may only go later: their hours have not come, or the vendor put them off."""
    count, first = queries.waiting(at=wired.here().now())
    if first is not None:
        wait, zone = "1 contact waits" if count == 1 else f"{count:,} contacts wait, the first", settings.LENDER_ZONE
        typer.echo(f"worker: {wait} until {first.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})")


def _complain(trouble: str) -> None:
    typer.echo(f"worker: nothing can be done now, trying again: {trouble.strip()}", err=True)
