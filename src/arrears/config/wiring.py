"""The only place that chooses real adapters: which clock, which law, which words, which ways of speaking.

Loaded by `actions.wired` through `settings.WIRING`. It reads settings and files once and decides nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from arrears.actions import house
from arrears.actions.contact_gate import Gate
from arrears.actions.wired import Wired
from arrears.channels import registry
from arrears.channels.base import Channel
from arrears.kernel.clock import BooksClock, Clock, SystemClock
from arrears.records.runs.models import Night, RunStatus
from arrears.rules import regions, templates
from arrears.rules.compliance import reading


def wire() -> Wired:
    """Everything an interface needs of this installation."""
    return Wired(now=now, gate=gate(), open_channels=open_channels)


def now() -> datetime:
    """The present moment: the books' day at the machine's time of day, or the machine's own clock."""
    return clock().now()


def clock() -> Clock:
    """With CLOCK "books" today is the newest finished night's date; before the first night, the machine's."""
    if settings.CLOCK != "books":
        return SystemClock()
    newest = Night.objects.filter(status=RunStatus.DONE).order_by("-as_of").values_list("as_of", flat=True).first()
    return BooksClock(newest, settings.LENDER_ZONE) if newest else SystemClock()


def gate() -> Gate:
    """The rule pack and the approved words, each from the lender's own file where there is one."""
    folder = house.policies_in_force()
    zones = regions.read(folder / "regions.toml")
    pack = reading.read(folder / "packs" / f"{settings.RULE_PACK}.toml", region_zones=zones)
    library = templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")
    return Gate(pack=pack, library=library)


def open_channels() -> Mapping[str, Channel]:
    """Channel of a contact → its adapter, as `settings.CHANNELS` says."""
    return {name: registry.open_channel(kind, **_settings_of(kind)) for name, kind in settings.CHANNELS.items()}


def _settings_of(kind: str) -> dict[str, object]:
    if kind == "sandbox":
        return {"folder": settings.HOME / "sandbox", "zone": settings.LENDER_ZONE}
    if kind == "sms_smpp":
        smpp = settings.SMPP
        (settings.HOME / "smpp").mkdir(parents=True, exist_ok=True)
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
            "journal": settings.HOME / "smpp" / "journal.sqlite3",
        }
    return {}
