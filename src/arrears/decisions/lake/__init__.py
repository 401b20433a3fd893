"""The lake: tables of each business date as plain folders of Parquet, written beside and renamed.

`Lake` finds, reads and writes them; `merge.merge_tape` puts a tape over the former state; `memory.of` tells a tape that
is being read what came before it. These two stand on the reading of tapes, which who only asks the lake need not load.
"""

from arrears.decisions.lake.changing import NightIsRunning, TapeIsRunning
from arrears.decisions.lake.store import Lake, Manifest, NotInLake

__all__ = [
    "Lake",
    "Manifest",
    "NightIsRunning",
    "NotInLake",
    "TapeIsRunning",
]
