"""Find out what became of contacts whose sender died, or whose vendor never answered. Nothing is ever sent from here.

Called by the worker. The vendor of a contact still SENDING after the lease is asked: what was surely not begun is
planned again; where the vendor cannot tell, it is IN_DOUBT, is asked about again, and in the end a person decides
(`settle`). In doubt it counts against every cap, because the borrower may have been reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from arrears.actions import contact_send
from arrears.channels.base import Channel, InDoubt
from arrears.kernel.errors import ChannelError
from arrears.records.audit import operations as audit
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox

#: Longer than any vendor call may take, so that a living sender is never taken for a dead one.
LEASE = timedelta(minutes=10)
#: A vendor is asked about a contact for so long; then it waits for a person.
ASKED_FOR = timedelta(days=3)


@dataclass(frozen=True)
class ResolveReport:
    """doubted: came into doubt now; accepted, rejected: cleared up by the vendor; recalled: surely not spoken, and
    planned again; in_doubt: asked, and still open."""

    doubted: int = 0
    recalled: int = 0
    accepted: int = 0
    rejected: int = 0
    in_doubt: int = 0


def resolve_in_doubt(
    *, at: datetime, channels: Mapping[str, Channel], worker: str, lease: timedelta = LEASE, limit: int = 1_000
) -> ResolveReport:
    """Ask the vendors about abandoned contacts and those in doubt; what they cannot tell is in doubt.

    at       : now
    channels : as for `contact_send.send_due`; an adapter serving several channels is asked once
    lease    : how old an intent must be before its sender counts as dead
    returns  : ResolveReport
    """
    totals = {"doubted": 0, "recalled": 0, "accepted": 0, "rejected": 0, "in_doubt": 0}
    for kind, channel in {channel.kind: channel for channel in channels.values()}.items():
        abandoned = outbox.in_flight(vendor=kind, sent_before=at - lease, limit=limit)
        asked = abandoned + outbox.in_doubt(vendor=kind, sent_after=at - ASKED_FOR, limit=limit)
        if not asked:
            continue
        try:
            results = channel.resolve(asked, at=at)
        except ChannelError:  # it can be asked again at the next tick
            results = [InDoubt(one, "the channel could not be asked") for one in asked]
        cleared = [result for result in results if not isinstance(result, InDoubt)]
        counts = contact_send.record(cleared, at=at, worker=worker)
        totals["doubted"] += _doubt(abandoned, vendor=kind, sent_before=at - lease, at=at, worker=worker)
        totals["accepted"] += counts["accepted"]
        totals["rejected"] += counts["rejected"]
        totals["recalled"] += counts["recalled"]
        totals["in_doubt"] += len(results) - len(cleared)
    return ResolveReport(**totals)


@transaction.atomic
def _doubt(contact_ids: Sequence[str], *, vendor: str, sent_before: datetime, at: datetime, worker: str) -> int:
    """Put in doubt what still stands as it was found: what was planned again meanwhile may be under way anew."""
    standing = set(outbox.in_flight(vendor=vendor, sent_before=sent_before, limit=len(contact_ids)))
    moves = [(one, "lease_over") for one in contact_ids if one in standing]
    return contacts.move_many(moves, event="doubt", before="SENDING", at=at, actor=worker, skip_raced=True)


@transaction.atomic
def settle(*, contact_id: str, was_spoken: bool, at: datetime, actor: str) -> None:
    """A person says what became of a contact in doubt, having asked the vendor or the borrower.

    was_spoken : True → SENT; False → FAILED, and it no longer counts against the caps
    raises     : NoSuchContact; UnableToMoveContacts when it is not in doubt (any more)
    """
    if contact_id not in outbox.standing([contact_id]):
        raise outbox.NoSuchContact(contact_id=contact_id)
    if was_spoken:
        contacts.move_many([(contact_id, "settled")], event="accept", before="IN_DOUBT", at=at, actor=actor)
        contact_send.announce_sent([contact_id], at=at)
    else:
        moves = [(contact_id, "settled", "REJECTED", None, None, at)]
        columns = contact_send.REJECTED
        contacts.move_many(moves, event="fail", before="IN_DOUBT", at=at, actor=actor, columns=columns)
    audit.record("contact.settled", subject=contact_id, actor=actor, at=at, was_spoken=was_spoken)
