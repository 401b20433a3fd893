"""Where does this installation keep its lake and policies, and how much of the machine may a night use?

Asked by the actions that need the lake; the answer is the settings, read in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arrears import policies


@dataclass(frozen=True)
class House:
    """home, lake, policies : folders; partitions : of the lake; workers : 0 = as many as cores; zone : the lender's.

    retain_a_night : of so many people at most a night deletes what is due
    durable : what is decided outlives a power cut; a town that is founded again from its seed does without
    """

    home: Path
    lake: Path
    policies: Path
    partitions: int
    workers: int
    zone: str
    durable: bool = True
    retain_a_night: int = 0


def here() -> House:
    """This installation, as its settings say."""
    return House(
        home=Path(settings.HOME),
        lake=Path(settings.LAKE),
        policies=policies_in_force(),
        partitions=settings.PARTITIONS,
        workers=settings.WORKERS,
        zone=settings.LENDER_ZONE,
        retain_a_night=settings.RETAIN_A_NIGHT,
    )


def policies_in_force() -> Path:
    """The shipped policies with the lender's own from `$ARREARS_HOME/policies` laid over them."""
    return policies.of_home(Path(settings.HOME))
