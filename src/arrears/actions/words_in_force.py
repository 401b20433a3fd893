"""By which words are notes and messages judged here, and people heard? The lender's, as they stand or were last good.

Asked wherever words are screened or heard, and by the pages that tell of it. An edit that cannot be used changes
nothing: what was last good stays in force and says so (`fault`); where there never was one, what is shipped holds.
A person at risk is heard whatever was mistyped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arrears import policies
from arrears.policies import last_good
from arrears.rules import resistance
from arrears.rules import speech as rules


@dataclass(frozen=True)
class InForce:
    """folder : of the policies that hold; fault : why the newest edit is not what holds"""

    folder: Path
    fault: str


def speech() -> InForce:
    """What words of ours are judged by."""
    return _current("speech", rules.tried)


def hearing() -> InForce:
    """What people's own words are heard by, and which card answers them."""
    return _current("resistance", resistance.tried)


def cards() -> InForce:
    """The cards alone: a page that names one need not learn to hear."""
    return _current("resistance_cards", resistance.cards_tried)


def faults() -> list[str]:
    """What is wrong with the newest edits."""
    return [found.fault for found in (speech(), hearing()) if found.fault]


def _current(name: str, tried: Callable[[Path], Path]) -> InForce:
    found = last_good.current(Path(settings.HOME), name=name, read=tried)
    return InForce(found.state or policies.folder(), found.fault)
