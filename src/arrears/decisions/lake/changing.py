"""Who is changing the lake? One at a time, a tape or a night: a night that read half a new tape would tear the books.

Held by exchange/tape_in and actions/run_night around all they do, and by actions/back_up for the moment it copies. The
lock goes with the process, however that ends.
`publishing` has its own, shorter one: it lets whoever opens the lake finish what a killed process had decided.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arrears.kernel.errors import Refusal

NIGHT, TAPE, BACKUP = "night", "tape", "backup"


class NightIsRunning(Refusal):
    code = "night_is_running"
    message = "A night is being run on this lake: try again when it is done."


class TapeIsRunning(Refusal):
    code = "tape_is_running"
    message = "A tape is being taken into this lake: try again when it is done."


class BackupIsBegun(Refusal):
    code = "backup_is_begun"
    message = "A backup is fixing its moment: try again in a minute."


TOLD = {NIGHT: NightIsRunning, TAPE: TapeIsRunning, BACKUP: BackupIsBegun}


@contextmanager
def alone(root: Path, what: str) -> Iterator[None]:
    """Keep every other tape and night away.

    what   : NIGHT, TAPE or BACKUP, told to whoever comes meanwhile
    raises : NightIsRunning, TapeIsRunning, BackupIsBegun
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".changing.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise TOLD.get(file.read().strip(), NightIsRunning) from None
        file.truncate(0)
        file.write(what)
        file.flush()
        yield
