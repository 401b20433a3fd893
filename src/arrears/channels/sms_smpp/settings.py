"""What must be agreed with a carrier before the first message, and how patient we are.

Filled by the wiring from plain values; checked once, when the channel is opened.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arrears.channels.sms_smpp import codes
from arrears.channels.sms_smpp.receipts import Ids
from arrears.kernel.clock import Clock, SystemClock
from arrears.kernel.errors import Refusal


class BadSettings(Refusal):
    """The settings cannot work."""

    code = "bad_smpp_settings"
    message = "SMPP settings: {why}."


@dataclass(frozen=True, slots=True)
class Settings:
    """One bind. What a carrier prescribes: window, rate, ids, seven_bit, zone, vendor_codes, sender.

    journal        : the file that remembers what was said and heard; the binds of one house to one carrier may share it
    window         : questions on their way at once; 10 is what carriers commonly allow
    rate, burst    : messages a second, and at once; None for no limit of ours
    patience       : how long `send` waits for a broken link before it gives back what was never said
    zone, region   : the carrier's wall clock in receipts; the country of numbers without a code
    seed           : makes the pauses between reconnects repeatable
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    journal: str | Path
    system_type: str = ""
    sender: str | None = None
    window: int = 10
    rate: float | None = None
    burst: int = 1
    seven_bit: bool = True
    ids: Ids = Ids.SAME
    zone: str = "Asia/Shanghai"
    region: str = "CN"
    vendor_codes: Mapping[int, codes.Meaning] = field(default_factory=dict)
    connect_seconds: float = 10
    response_seconds: float = 30
    enquire_seconds: float = 30
    patience_seconds: float = 60
    reconnect_first_seconds: float = 0.5
    reconnect_most_seconds: float = 60
    throttle_first_seconds: float = 0.2
    throttle_most_seconds: float = 10
    throttle_attempts: int = 20
    orphan_seconds: float = 300
    piece_seconds: float = 600
    keep_days: int = 90
    seed: int | None = None
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", Ids(self.ids))
        for why, wrong in (
            ("system_id is 1 to 15 octets", not 1 <= len(self.system_id.encode()) <= 15),
            ("password is at most 8 octets; the protocol has no room for more", len(self.password.encode()) > 8),
            ("window is at least 1", self.window < 1),
            ("rate is above 0 or none", self.rate is not None and self.rate <= 0),
            ("keep_days is at least 1", self.keep_days < 1),
        ):
            if wrong:
                raise BadSettings(why=why)

    def dice(self) -> random.Random:
        """The dice for jitter: nothing secret hangs on them."""
        return random.Random(self.seed)  # noqa: S311  spreads retries, no secret
