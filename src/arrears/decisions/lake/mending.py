"""Is the newest state of the tape still what was written? If not, the tape that made it may be taken in again.

Called by exchange/tape_in before a tape is read: the state of a date stands on that of the date before, so a tape put
over a damaged one would carry the damage on. Nothing is deleted: the damaged date is hidden while its tape is read, and
shows again when that is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from arrears.decisions.lake import store
from arrears.decisions.lake.store import Lake, Manifest
from arrears.decisions.tape.reading import Reading
from arrears.kernel.errors import Refusal

_HIDDEN = ".damaged"


class AnotherTape(Refusal):
    code = "tape_does_not_mend"
    message = "The lake's state of {as_of} is damaged, and this is not the first tape that was taken in for that date."


def damaged_dates(lake: Lake) -> list[date]:
    """The newest dates whose files are not what was written, oldest first; none when the newest is whole."""
    for path in (lake.root / "manifests").glob(f"*/{store.TAPE_STEP}.json{_HIDDEN}"):
        path.rename(path.with_suffix(""))  # a process was killed while it mended
    found: list[date] = []
    as_of = lake.latest("accounts")
    while as_of is not None:
        manifest = lake.manifest(store.TAPE_STEP, as_of)
        if manifest is None or lake.damage(manifest) is None:
            break
        found.insert(0, as_of)
        as_of = lake.latest("accounts", on_or_before=as_of - timedelta(days=1))
    return found


@contextmanager
def mended(lake: Lake, as_of: date) -> Iterator[Manifest | None]:
    """Let a tape of this date be put over a sound state.

    yields : the manifest of the damaged state that this tape must make again; None when nothing is damaged
    raises : DamagedFile, naming the date whose tape comes first
    """
    dates = damaged_dates(lake)
    if not dates:
        yield None
        return
    first = lake.manifest(store.TAPE_STEP, dates[0])
    broken = lake.damage(first) if first is not None else None
    assert first is not None, "it is there"
    assert broken is not None, "and damaged"
    if as_of != dates[0]:
        raise store.damaged(broken)
    hidden = [lake.manifest_path(store.TAPE_STEP, on) for on in dates]
    for path in hidden:
        path.rename(path.with_name(path.name + _HIDDEN))
    try:
        yield first
    finally:
        for path in hidden:
            beside = path.with_name(path.name + _HIDDEN)
            if path.exists():
                beside.unlink()
            else:
                beside.rename(path)


def refuse_another(lake: Lake, manifest: Manifest, reading: Reading) -> None:
    """Whether a tape is the first of those that made a state: by the bytes of its files.

    raises : AnotherTape
    """
    as_of = date.fromisoformat(manifest.as_of)
    tapes = manifest.parameters.get("tapes")
    name = str(tapes[0])[:16] if isinstance(tapes, list) and tapes else ""
    told = json.loads((lake.root / "reports" / f"as_of={as_of}" / f"tape-{name}.json").read_bytes())
    before = {(file["table"], file["sha256"]) for file in told["files"]}
    if before != {(count.table, count.sha256) for count in reading.report.files}:
        raise AnotherTape(as_of=as_of)
