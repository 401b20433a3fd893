"""What this installation has chosen: its clock, its law and words, its ways of speaking.

The choosing happens in `config.wiring`, which stands above everything; interfaces may not import it, so they ask here.
`settings.WIRING` names the builder by its dotted path, and this is the one place that loads it. Tests build their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from arrears.actions.contact_gate import Gate
from arrears.channels.base import Channel
from arrears.channels.dialling import Dialler

Channels = Mapping[str, Channel]


def no_dialler() -> None:
    """Calls are dialled by hand."""


def as_it_is(at: datetime) -> datetime:
    """The machine's clock is this installation's."""
    return at


@dataclass(frozen=True)
class Wired:
    """now : the present moment, by the clock of this installation; one call a request or tick, then passed down
    gate          : the rule pack and the approved words as they stand now: ask `here` anew a request or tick
    open_channels : channel of a contact → its adapter, opened anew; whoever opens them closes them
    open_dialler  : what puts colleagues through to borrowers; None where they dial by hand
    by_machine    : the same moment by the machine's clock, where this installation has another
    told          : a moment of the machine by the clock of this installation: the trail has one clock, and what guards
                    the sign-in counts by the machine's
    speaks_by_books : whether people are really reached by the day of the books, which need not be today
    """

    now: Callable[[], datetime]
    gate: Gate
    open_channels: Callable[[], Channels]
    open_dialler: Callable[[], Dialler | None] = no_dialler
    by_machine: Callable[[], datetime] | None = None
    told: Callable[[datetime], datetime] = as_it_is
    speaks_by_books: bool = False

    def machine(self) -> datetime:
        """The present moment as the sign-in counts it."""
        return (self.by_machine or self.now)()


def here() -> Wired:
    """This installation; a wrong pack or template leaves the last good one in force."""
    wired = import_string(settings.WIRING)()
    assert isinstance(wired, Wired), settings.WIRING
    return wired


def close_channels(channels: Channels) -> None:
    """Say goodbye on every adapter, once each."""
    for channel in {id(channel): channel for channel in channels.values()}.values():
        channel.close()
