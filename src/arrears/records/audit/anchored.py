"""Which anchors stand around a place of the trail, or around a day, and do they hold?

Asked by `proofs` and `verifications`, and for all of them when the whole trail is verified. Of an anchor only what is
signed is believed: an altered one states nothing. But for `judge`, nothing here reads all anchors' statements: years
of nights have made thousands.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from arrears.records.audit import anchors, chain, verifying
from arrears.records.audit.anchors import Signed
from arrears.records.audit.models import Anchor, Event
from arrears.records.audit.verifying import Finding

#: An anchor as its file is named: number, and the beginning of its signature.
FileName = tuple[int, str]
SIGNATURE_BEGUN = 8


@dataclass(frozen=True)
class Stated:
    """One anchor of the books. ends : lane → place and digest of its end, as signed; previous : the one before by its
    mark; is_sound : signed with the key, by its own number and moment"""

    signed: Signed
    made_at: datetime
    is_sound: bool
    previous: str = ""
    ends: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.signed.number

    def seq(self, lane: int) -> int:
        """Where it says that a lane ended."""
        return self.ends.get(lane, (0, ""))[0]


def around_place(lane: int, seq: int, *, key: str) -> tuple[Stated | None, Stated | None]:
    """The last anchor that does not cover a place of a lane yet, and the first that does; raises NoPublicKey."""
    numbers = list(Anchor.objects.order_by("number").values_list("number", flat=True))
    at = bisect_left(numbers, True, key=lambda number: _read(number, key).seq(lane) >= seq)
    before, after = numbers[at - 1 : at] if at else [], numbers[at : at + 1]
    return (_read(before[0], key) if before else None), (_read(after[0], key) if after else None)


def around_time(from_at: datetime, to_at: datetime, *, key: str) -> list[Stated]:
    """The anchors from the last one made by a moment to the first made at another or later, in order."""
    made = Anchor.objects.order_by("number").values_list("number", flat=True)
    first = made.filter(made_at__lte=from_at).last()
    last = made.filter(made_at__gte=to_at).first()
    return numbered(first, last, key=key)


def numbered(first: int | None, last: int | None, *, key: str) -> list[Stated]:
    """The anchors from one number to another, in order; None is the first or the last there is."""
    rows = Anchor.objects.order_by("number")
    rows = rows if first is None else rows.filter(number__gte=first)
    rows = rows if last is None else rows.filter(number__lte=last)
    return [_stated(row, key) for row in rows]


def faults(those: Sequence[Stated]) -> list[Finding]:
    """Neighbouring anchors by themselves: not signed or altered, missing, or not naming the one before."""
    found = [Finding("ANCHOR_FORGED", None, one.number, None) for one in those if not one.is_sound]
    for before, after in pairwise(those):
        missing = range(before.number + 1, after.number)
        found += [Finding("ANCHOR_LOST", None, number, None) for number in missing]
        mark = anchors.mark(before.signed.statement, before.signed.signature)
        if not missing and after.is_sound and after.previous != mark:
            found.append(Finding("ANCHOR_FORGED", None, before.number, None))
    return _in_order(set(found))


def _in_order(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (one.seq or 0, one.kind))


def judge(key: str, kept: Iterable[Signed]) -> list[Finding]:
    """All anchors of the books, and those kept elsewhere, against each other and the events.

    key     : anchors.public_key
    returns : ANCHOR_FORGED (not signed with this key, altered, or not the one that the next names), ANCHOR_LOST (one is
              missing, or was kept elsewhere and is no longer here), ANCHOR_BROKEN (the event that it names is another
              one now); `seq` is its number
    raises  : anchors.NoPublicKey
    """
    anchors.public(key)  # refused also where there is no anchor to check
    those = numbered(None, None, key=key)
    here = {one.number: one.signed for one in those}
    lost = {*range(1, min(here, default=1)), *(one.number for one in kept if here.get(one.number) != one)}
    found = {*(Finding("ANCHOR_LOST", None, number, None) for number in lost), *faults(those)}
    return [*_in_order(found), *_broken(those)]


def _broken(those: Iterable[Stated]) -> list[Finding]:
    """`unfit` of all lanes of all anchors, each lane looked through once. Two that state the same are told of once."""
    wanted: dict[int, dict[tuple[int, str], int]] = {}
    for one in those:
        for lane, end in one.ends.items():
            wanted.setdefault(lane, {}).setdefault(end, one.number)
    found = []
    for lane, ends in sorted(wanted.items()):
        now = set(Event.objects.filter(lane=lane, seq__in={seq for seq, _ in ends}).values_list("seq", "digest"))
        found += [Finding("ANCHOR_BROKEN", lane, ends[end], None) for end in sorted(ends.keys() - now)]
    return found


def unfit(one: Stated, lanes: Iterable[int]) -> list[Finding]:
    """Lanes in which another event, or none, stands where the anchor states the lane's end."""
    wanted = [(lane, *one.ends[lane]) for lane in lanes if lane in one.ends]
    return [
        Finding("ANCHOR_BROKEN", lane, one.number, None)
        for lane, seq, digest in wanted
        if verifying.digest_at(lane, seq) != digest
    ]


def not_here(files: Collection[FileName]) -> list[Finding]:
    """Anchors that were kept as files and do not stand in the books under the same signature."""
    rows = Anchor.objects.values_list("number", "signature")
    here = {(number, signature[:SIGNATURE_BEGUN]) for number, signature in rows}
    return [Finding("ANCHOR_LOST", None, number, None) for number, _ in sorted(set(files) - here)]


def _read(number: int, key: str) -> Stated:
    return _stated(Anchor.objects.get(number=number), key)


def _stated(row: Anchor, key: str) -> Stated:
    signed = Signed(row.number, row.statement, row.signature)
    said = anchors.stated(signed, key)
    if said is None:
        return Stated(signed, row.made_at, is_sound=False)
    is_sound = said["number"] == row.number and said["made_at"] == chain.moment(row.made_at)
    ends = {lane: (seq, digest) for lane, seq, digest in said["heads"]}
    return Stated(signed, row.made_at, is_sound, said["previous"], ends)
