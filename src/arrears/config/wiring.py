"""The only place that chooses real adapters: which clock, which law, which words, which ways of speaking.

Loaded by `actions.wired` through `settings.WIRING`. It decides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from arrears.actions import seal_replies
from arrears.actions.wired import Wired
from arrears.channels import registry
from arrears.channels.base import Channel
from arrears.channels.dialling import Dialler
from arrears.config import gate_in_force, speaking
from arrears.kernel import private
from arrears.kernel.clock import BooksClock, Clock, SystemClock
from arrears.records.runs.models import Night, RunStatus


def wire() -> Wired:
    """Everything an interface needs of this installation, with the law and the words as they stand now."""
    return Wired(
        now=now,
        gate=gate_in_force.current(),
        open_channels=open_channels,
        open_dialler=open_dialler,
        by_machine=SystemClock().now,
        told=told,
        speaks_by_books=settings.CLOCK == "books" and settings.CLOCK_IS_CHOSEN and bool(speaking.real_channels()),
    )


def now() -> datetime:
    """The present moment: the books' day at the machine's time of day, or the machine's own clock."""
    return clock().now()


def told(at: datetime) -> datetime:
    """A moment of the machine, by the same clock."""
    return clock().told(at)


def clock() -> Clock:
    """With CLOCK "books" today is the newest finished night's date; before the first night, the machine's."""
    if settings.CLOCK != "books":
        return SystemClock()
    newest = Night.objects.filter(status=RunStatus.DONE).order_by("-as_of").values_list("as_of", flat=True).first()
    return BooksClock(newest, settings.LENDER_ZONE) if newest else SystemClock()


def open_channels() -> Mapping[str, Channel]:
    """Channel of a contact → its adapter, as `settings.CHANNELS` says; raises what `speaking` refuses."""
    speaking.check()
    speaking.check_clock()
    return {name: registry.open_channel(kind, **_settings_of(kind)) for name, kind in settings.CHANNELS.items()}


def open_dialler() -> Dialler | None:
    """The switchboard that `settings.DIALLER` names; None where colleagues dial by hand."""
    dialler = settings.DIALLER
    if dialler["kind"] == "none":
        return None
    told = {"url": dialler["url"], "key": dialler["key"]} if dialler["kind"] == "http" else {}
    return registry.open_dialler(dialler["kind"], **told)


def _settings_of(kind: str) -> dict[str, object]:
    if kind == "sandbox":
        return {"folder": settings.HOME / "sandbox", "zone": settings.LENDER_ZONE, "seal": seal_replies.SEAL}
    if kind == "sms_smpp":
        smpp, folder = settings.SMPP, private.folder(settings.HOME / "smpp")
        return {
            "host": smpp["host"],
            "port": smpp["port"],
            "system_id": smpp["system_id"],
            "password": smpp["password"],
            "sender": smpp["sender"] or None,
            "window": smpp["window"],
            "rate": smpp["messages_per_second"] or None,
            "zone": settings.LENDER_ZONE,
            "region": settings.LENDER_COUNTRY,
            "journal": folder / "journal.sqlite3",
        }
    return {}
