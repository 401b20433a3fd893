"""What may be kept or logged of a fault: its kind, what caused it, and the places that it came through.

Never its own words and never the values around it, because a name, a number or a message may stand in them. Called by
the log (`config.logs`) and by whoever keeps in the books that something failed.
"""

from __future__ import annotations

import traceback

#: The innermost places, and causes, that are told.
MOST = 12


def places(fault: BaseException) -> list[str]:
    """Where it came through, `file:line function`, the innermost last."""
    frames = traceback.extract_tb(fault.__traceback__)[-MOST:]
    return [f"{frame.filename.rpartition('/src/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def kinds(fault: BaseException) -> list[str]:
    """Its kind, then that of what caused it, and so on."""
    found, cause = [type(fault).__name__], fault.__cause__ or fault.__context__
    while cause is not None and len(found) < MOST:
        found.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return found


def told(fault: BaseException) -> str:
    """A fault in one line: `OSError at arrears/actions/run_night.py:140 _run`."""
    return " at ".join(["<".join(kinds(fault)), *places(fault)[-1:]])
