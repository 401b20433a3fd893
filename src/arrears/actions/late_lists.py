"""The agencies and legal steps of this installation, as its policies say. Asked by the late actions and their pages.

A file that cannot be used changes nothing: the lists that were last good stay in force and say so (`fault`). Where
there never were any there are none: nothing is placed or sued by a list that is not the lender's.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from django.conf import settings

from arrears.policies import last_good
from arrears.rules import late_steps


def lists() -> late_steps.Lists:
    """Both lists in force."""
    found = last_good.current(Path(settings.HOME), name="late_steps", read=late_steps.read)
    return dataclasses.replace(found.state or late_steps.Lists({}, {}), fault=found.fault)
