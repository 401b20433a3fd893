"""The lake: tables of each business date as plain folders of Parquet, written beside and renamed.

`Lake` finds, reads and writes them; `merge_tape` puts a tape over the former state; `memory.of` tells a tape that is
being read what came before it.
"""

from arrears.decisions.lake.changing import NightIsRunning, TapeIsRunning
from arrears.decisions.lake.merge import BackDatedTape, Merged, merge_tape, refuse_back_dated
from arrears.decisions.lake.store import Lake, Manifest, NotInLake

__all__ = [
    "BackDatedTape",
    "Lake",
    "Manifest",
    "Merged",
    "NightIsRunning",
    "NotInLake",
    "TapeIsRunning",
    "merge_tape",
    "refuse_back_dated",
]
