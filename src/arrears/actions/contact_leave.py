"""The last look before the words are on the wire: may this contact still be spoken, at this very moment?

Given by `contact_send` to the channel, which asks it for each contact immediately before it speaks. While the answer
holds, the people's rows are ours: whoever stops, pays or settles waits until the words are out; or was first, and then
they are not said. Nor is a contact that others gave up while its sender slept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, transaction

from arrears.actions import contact_gate
from arrears.actions.contact_gate import Gate, Wish
from arrears.channels.base import Leave
from arrears.kernel.errors import ChannelError
from arrears.records.compliance import stops
from arrears.records.contacts import outbox
from arrears.records.contacts.outbox import Planned

#: So long the verdict of the intent holds for people who have not stopped us since; hours pass, as do windows of caps.
FRESH = timedelta(seconds=60)
#: A sender begins nothing later than this: what is left of its batch is given back long before its lease is over.
BEGUN_WITHIN = timedelta(minutes=5)
#: What a database may do to us when all was said: nothing was written, so nothing is lost.
AWAY = (DatabaseError, InterfaceError)

log = structlog.get_logger(__name__)


def giver(gate: Gate, *, judged_at: datetime) -> Leave:
    """Who gives leave to contacts whose intents were judged by this gate at that moment."""

    @contextmanager
    def leave(contact_ids: Sequence[str], at: datetime) -> Iterator[Collection[str]]:
        has_answered = False
        try:
            with transaction.atomic():
                given = _wanted(gate, contact_ids, judged_at, at)
                has_answered = True
                yield given
        except Exception as trouble:
            if not has_answered:  # whatever it was: nobody can tell
                raise ChannelError(f"no leave to speak: {type(trouble).__name__}") from trouble
            if not isinstance(trouble, AWAY):
                raise
            log.warning("contact.leave_ended_badly", fault=type(trouble).__name__)

    return leave


def wish(contact: Planned, at: datetime) -> Wish:
    """What the gate is asked of a contact that is due, or about to be spoken."""
    return Wish(
        contact_id=contact.contact_id,
        customer_id=contact.customer_id,
        channel=contact.channel,
        purpose=contact.purpose,
        relation="" if contact.invalid_since else contact.relation,
        contact_point_id=contact.contact_point_id,
        at=at,
        region=contact.region,
        timezone=contact.timezone,
        overruled=contact.overruled,
    )


def _wanted(gate: Gate, contact_ids: Sequence[str], judged_at: datetime, at: datetime) -> set[str]:
    """Those that are still being sent, and that the gate would allow again where something may have changed."""
    if at - judged_at >= BEGUN_WITHIN:
        return set()
    outbox.lock(outbox.people_of(contact_ids))
    contacts = outbox.being_sent(contact_ids, at=at)
    stopped = stops.newest({one.customer_id for one in contacts}, at=at)
    shared = stops.shared_with_at_risk({one.contact_point_id for one in contacts})
    is_old = at - judged_at >= FRESH
    doubtful = [one for one in contacts if is_old or one.customer_id in stopped or one.contact_point_id in shared]
    wishes = [wish(one, max(at, stopped.get(one.customer_id, at))) for one in doubtful]
    judgements = contact_gate.judge(gate, wishes, is_intended=True)
    judged = zip(doubtful, judgements, strict=True)
    forbidden = {one.contact_id for one, judgement in judged if not judgement.verdict.allowed}
    return {one.contact_id for one in contacts} - forbidden
