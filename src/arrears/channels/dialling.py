"""What every dialler promises: it puts a colleague's telephone through to a borrower whose number they never see.

Called by `actions.dial_call` for a call that the gate has cleared. A dialler gets the number, an opaque reference and
who is to speak; it knows which telephone that colleague sits at. It decides nothing about whether a call is allowed.
A reference is dialled once: InDoubt is "asked, never heard", and nobody asks again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from arrears.channels.base import Result


@dataclass(frozen=True, slots=True)
class Call:
    """reference : opaque, of this one call; to : E.164, in no representation; agent : who is to speak (`user:7`)"""

    reference: str
    agent: str
    to: str = field(repr=False)


class Dialler(Protocol):
    """One switchboard."""

    def dial(self, call: Call, *, at: datetime) -> Result:
        """Ring the agent, then the number, and connect them.

        returns : Accepted with the switchboard's own reference, Rejected when surely nobody was rung, InDoubt else
        raises  : nothing of its own
        """
        ...
