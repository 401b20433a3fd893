"""How short messages that people sent us become texts again.

Called by the journal's reader. Pieces of one text share sender, receiver, reference and count; a phone may use a
reference again soon. A text is complete when all its numbers are there; after a while what is there is given out with
a gap, because half a 退订 is still one. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smpplib import consts
from smpplib.command import DeliverSM

from arrears.channels.base import Inbound
from arrears.channels.sms_smpp import pdus, segments

GAP = "…"


@dataclass(frozen=True, slots=True)
class Letter:
    """One short message as it lies in the journal."""

    row: int
    from_: str
    to: str
    at: datetime
    coding: int
    piece: segments.Piece


def letter_of(pdu: DeliverSM, *, region: str, at: datetime) -> Letter:
    """A received short message; its row is given by the journal."""
    body = pdu.short_message or pdu.message_payload or b""
    has_header = bool((pdu.esm_class or 0) & consts.SMPP_GSMFEAT_UDHI)
    piece = segments.piece_of(body, has_header=has_header)
    if pdu.sar_total_segments:
        number = pdu.sar_segment_seqnum or 1
        piece = segments.Piece(pdu.sar_msg_ref_num or 0, pdu.sar_total_segments, number, piece.body)
    from_ = pdus.as_e164((pdu.source_addr or b"").decode("latin-1"), pdu.source_addr_ton or 0, region)
    to = (pdu.destination_addr or b"").decode("latin-1")
    return Letter(0, from_, to, at, pdu.data_coding or 0, piece)


def texts(letters: Sequence[Letter], *, at: datetime, patience: timedelta) -> list[Inbound]:
    """The texts that can be given out at a moment, oldest first; a repeated piece counts once.

    letters : oldest first
    """
    groups: dict[tuple[object, ...], list[list[Letter]]] = {}
    for letter in letters:
        place = letter.piece
        key = (letter.from_, letter.to, place.reference, place.count, letter.row if place.count == 1 else None)
        same = groups.setdefault(key, [])
        group = next((some for some in same if _takes(some, place)), None)
        if group is None:
            same.append([letter])
        else:
            group.append(letter)
    ready = [some for same in groups.values() for some in same if _is_ready(some, at, patience)]
    return [_text(group) for group in sorted(ready, key=lambda some: some[0].row)]


def _takes(group: Sequence[Letter], piece: segments.Piece) -> bool:
    """Is a piece the same again, or one that is missing? Another in its place begins a text of the same reference."""
    return all(one.piece.body == piece.body for one in group if one.piece.number == piece.number)


def _is_ready(group: Sequence[Letter], at: datetime, patience: timedelta) -> bool:
    numbers = {letter.piece.number for letter in group}
    return len(numbers) >= group[0].piece.count or at - group[0].at >= patience


def _text(group: Sequence[Letter]) -> Inbound:
    first = group[0]
    bodies = {letter.piece.number: letter.piece.body for letter in group}
    if len(bodies) >= first.piece.count:
        text = segments.decode(b"".join(bodies[number] for number in sorted(bodies)), first.coding)
    else:
        text = GAP.join(segments.decode(bodies[number], first.coding) for number in sorted(bodies)) + GAP
    token = "letters:" + ",".join(str(letter.row) for letter in group)
    return Inbound(first.from_, first.to, text, first.at, token)
