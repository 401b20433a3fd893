"""How fast, and how long to wait: a rate that is never passed, and pauses that grow with each failure.

Called by the client. Pure arithmetic on moments that the caller reads from a monotonic clock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass
class Backoff:
    """Waits that double up to a ceiling; each is drawn from its upper half, so that clients do not return together."""

    first_seconds: float
    ceiling_seconds: float
    dice: random.Random
    failures: int = 0

    def next_seconds(self) -> float:
        """The wait after one more failure."""
        span = min(self.ceiling_seconds, self.first_seconds * 2.0 ** min(self.failures, 30))
        self.failures += 1
        return span / 2 + self.dice.random() * span / 2

    def succeeded(self) -> None:
        """It worked: the next failure waits little again."""
        self.failures = 0


class Pace:
    """A token bucket: at most `rate` a second on the long run, and `burst` at once."""

    def __init__(self, rate: float | None, burst: int, now: float) -> None:
        assert rate is None or rate > 0, "a rate is positive"
        self._rate = rate
        self._burst = float(max(1, burst))
        self._tokens = self._burst
        self._seen = now

    def wait_seconds(self, now: float) -> float:
        """How long until the next one may go; 0 takes a place at once."""
        if self._rate is None:
            return 0.0
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
        self._seen = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate
