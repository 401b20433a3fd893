"""Which rule pack and which words are in force now? The lender's files are looked at again whenever they change.

Asked through `wiring` at every request and tick, so looking costs a few stats. A file that cannot be used changes
nothing: the last good state stays in force, also after a restart, and says so (`Gate.fault`: the run report, a system
check and a banner on every page repeat it). Where there never was a good state the gate is closed: nobody is contacted.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arrears import policies
from arrears.actions.contact_gate import ClosedGate, Gate
from arrears.kernel.errors import Refusal
from arrears.rules import regions, templates
from arrears.rules.compliance import reading

#: What a file of the wrong content or shape raises while it is read.
UNUSABLE = (Refusal, OSError, ValueError, TypeError, KeyError, AttributeError)
Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class _Seen:
    """The gate that was made when the files looked like this."""

    place: tuple[Path, str]
    stamp: Stamp
    gate: Gate


_lock = threading.Lock()
_seen: list[_Seen] = []


def current() -> Gate:
    """The gate as the files stand now, or as they stood when they were last good."""
    place = (Path(settings.HOME), str(settings.RULE_PACK))
    stamp = _stamp(place[0] / "policies")
    with _lock:
        last = _seen[0] if _seen and _seen[0].place == place else None
        if last is None or last.stamp != stamp:
            last = _Seen(place, stamp, _load(place, last.gate if last else None))
            _seen[:] = [last]
        return last.gate


def _stamp(own: Path) -> Stamp:
    """What tells that a file was written, replaced or removed, without reading it."""
    found = []
    for path in sorted(own.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # an editor's own file, gone again
            about = path.stat()
            found.append((str(path), about.st_mtime_ns, about.st_size, about.st_ino))
    return tuple(found)


def _load(place: tuple[Path, str], before: Gate | None) -> Gate:
    home, pack = place
    kept_in = home / "cache" / "policies"
    note = kept_in / f"{pack}.good"
    try:
        folder = policies.of_home(home)
        gate = read(folder, pack)
    except UNUSABLE as wrong:
        fault = str(wrong) or type(wrong).__name__
        if before is not None and not isinstance(before, ClosedGate):
            return Gate(before.pack, before.library, fault)
        return _last_good(note, pack, fault)
    if folder.parent == kept_in:
        note.write_text(folder.name, encoding="utf-8")
    return gate


def _last_good(note: Path, pack: str, fault: str) -> Gate:
    """The state that an earlier process found good; a shipped pack is not what a lender's own was to be."""
    try:
        good = read(note.parent / note.read_text(encoding="utf-8"), pack)
    except UNUSABLE:
        return ClosedGate(fault)
    return Gate(good.pack, good.library, fault)


def read(folder: Path, pack: str) -> Gate:
    """The gate that a folder of policies describes; raises what its readers raise."""
    zones = regions.read(folder / "regions.toml")
    rules = reading.read(folder / "packs" / f"{pack}.toml", region_zones=zones)
    library = templates.read(sorted((folder / "templates").glob("*.toml")), folder / "institution.toml")
    return Gate(pack=rules, library=library)
