"""Sign where the audit trail stands, and keep the statement as a file that can be carried elsewhere.

Called at the end of a night and by the command line. The folder's files are for custody by somebody who cannot write
to the books; whoever verifies may name another folder, such as that custody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.records.audit import anchors

#: Of the home of an installation.
FOLDER = "anchors"
#: How a file of an anchor is named.
NAME = re.compile(r"(?P<number>[0-9]{6,9})-(?P<signature>[0-9a-f]{8})\.json")


class NoAnchorFile(InvalidInput):
    code = "no_anchor_file"
    message = "{file} is no anchor."


def anchor(folder: Path, *, at: datetime) -> Path:
    """Make the next anchor, and write it to a file of `folder` that is its alone; returns that file.

    Books that were put back count their anchors anew: the file names the signature too, so that none of before is lost.
    """
    made = anchors.make(at)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{made.number:06d}-{made.signature[:8]}.json"
    text = json.dumps({"statement": made.statement, "signature": made.signature, "public_key": anchors.public_key()})
    file.write_text(f"{text}\n", encoding="utf-8")
    return file


def names(folder: Path) -> list[tuple[int, str]]:
    """Number and beginning of the signature of every anchor in a folder, by their files' names."""
    found = (NAME.fullmatch(file.name) for file in folder.glob("*.json"))
    return [(int(match["number"]), match["signature"]) for match in found if match]


def kept(folder: Path) -> Iterator[anchors.Signed]:
    """The anchors in a folder, none where it is not there; raises NoAnchorFile for a file that is none."""
    for file in sorted(folder.glob("*.json")):
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            yield anchors.Signed(json.loads(told["statement"])["number"], told["statement"], told["signature"])
        except (ValueError, KeyError, TypeError) as fault:
            raise NoAnchorFile(file=file.name) from fault
