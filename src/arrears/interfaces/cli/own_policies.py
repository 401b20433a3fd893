"""Which policies hold for a command that reads files and writes files, without books?

The same as for the night: the lender's own under `$ARREARS_HOME/policies` over the shipped ones. The home is looked
for where the settings look for it, and is not made when it is not there.
"""

from __future__ import annotations

import os
from pathlib import Path

from arrears import policies


def folder() -> Path:
    """The folder of the policies in force."""
    return policies.of_home(Path(os.environ.get("ARREARS_HOME") or "var/home").expanduser().resolve())
