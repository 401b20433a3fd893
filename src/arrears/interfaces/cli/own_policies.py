"""Which policies hold for a command that reads files and writes files, without books?

The same as for the night: the lender's own under `$ARREARS_HOME/policies` over the shipped ones. The home is looked
for where the settings look for it, and is not made when it is not there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from arrears import policies
from arrears.kernel.errors import InvalidInput


def folder() -> Path:
    """The folder of the policies in force; raises InvalidInput where the lender's own do not fit over the shipped."""
    home = Path(os.environ.get("ARREARS_HOME") or "var/home").expanduser().resolve()
    try:
        return policies.of_home(home)
    except shutil.Error as wrong:  # a folder where a file is meant, or the other way round
        source, _, why = wrong.args[0][0]
        raise InvalidInput(f"{source}: {why}") from None
