"""Record what happened. Called inside the transaction of the change it records, so neither stands without the other.

Written in SQL: every change of the books passes here, and two statements and a look are most of what it may cost.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog
from django.db import connection, transaction

from arrears.kernel.errors import InvalidInput
from arrears.records.audit import chain, written
from arrears.records.audit.fields import canonical
from arrears.records.audit.models import Event, Lane
from arrears.records.audit.written import Written
from arrears.records.privacy import keys

KEY = "AUDIT_KEY"
#: What somebody should be told of at once: each leaves a line `alarm` in the log, for whatever watches it.
ALARMS = frozenset(
    {
        "access.door_refused",
        "access.factor_removed",
        "access.locked",
        "access.recovery_code_used",
        "api_key.confirmed",
        "identity.reveal_refused",
        "staff.password_set",
        "staff.role_granted",
    }
)
log = structlog.get_logger(__name__)

END = "SELECT lane, seq, digest FROM audit_lane ORDER BY lane LIMIT 1"
FREE_END = f"{END} FOR UPDATE SKIP LOCKED"
APPEND = """
INSERT INTO audit_event (lane, seq, at, kind, subject_id, actor, before, after, data, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
MOVE_END = "UPDATE audit_lane SET seq = %s, digest = %s, mac = %s WHERE lane = %s"
#: Both at once, where the database can: one exchange with it less.
BOTH = f"WITH moved AS ({MOVE_END}) {APPEND}"

#: lane, the place of its newest event, and that event's digest
End = tuple[int, int, str]


class HoldsSeparator(InvalidInput):
    code = "holds_separator"
    message = "An event's kind, subject, actor or status holds a control character."


def record(
    kind: str, *, subject: str, actor: str, at: datetime, before: str = "", after: str = "", **data: object
) -> None:
    """Append one event to a lane that nobody else writes to; the lane stays ours until the transaction ends.

    raises : HoldsSeparator, keys.KeyMissing
    """
    texts = [kind, subject, actor, before, after, canonical(data)]
    if chain.PART in "".join(texts):
        raise HoldsSeparator
    secret = keys.get(KEY)
    with transaction.atomic(savepoint=False):
        lane, seq, last = _free_end()
        place = [str(lane), str(seq + 1), chain.moment(at)]
        digest = chain.digester(chain.chain_key(secret))(last, chain.PART.join(place + texts))
        end = _end(secret, lane, seq + 1, digest)
        event = [lane, seq + 1, connection.ops.adapt_datetimefield_value(at), *texts, digest]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(BOTH, [*end, *event])
            else:
                cursor.execute(APPEND, event)
                cursor.execute(MOVE_END, end)
        if kind in ALARMS:
            transaction.on_commit(partial(log.warning, "alarm", kind=kind, actor=actor, lane=lane, seq=seq + 1))


@transaction.atomic
def record_written(
    said: Written,
    kind: str,
    *,
    subject: str,
    actor: str,
    at: datetime,
    before: str = "",
    after: str = "",
    **data: object,
) -> None:
    """As `record`, of an event with which somebody wrote something: what they wrote is sealed beside it.

    raises : HoldsSeparator, keys.KeyMissing, and what sealing raises
    """
    key = chain.chain_key(keys.get(KEY))
    if marks := written.keep(said, key=key, kind=kind, subject=subject, actor=actor, at=at):
        data[written.FACT] = marks
    record(kind, subject=subject, actor=actor, at=at, before=before, after=after, **data)


def check_key() -> None:
    """Whether the audit key is the one that these books are chained with; raises keys.KeyMissing, keys.KeyWrong."""
    end = Lane.objects.first()
    if end is not None and end.key_mark != keys.mark(keys.get(KEY)):
        raise keys.wrong(KEY)


def open_lanes() -> None:
    """Make the lanes of these books, once; events from before there were any are chained as they stand."""
    with transaction.atomic():
        if not Lane.objects.exists():
            _make_lanes()


def _free_end() -> End:
    """The first lane that no other transaction holds; where all are held, the first that is given up."""
    free = FREE_END if connection.features.has_select_for_update_skip_locked else END
    with connection.cursor() as cursor:
        cursor.execute(free)
        found: End | None = cursor.fetchone()
        if found is None:
            _make_lanes()
            cursor.execute(free.removesuffix(" SKIP LOCKED"))
            found = cursor.fetchone()
    assert found is not None, "lanes were made"
    return found


def _end(secret: bytes, lane: int, seq: int, digest: str) -> list[object]:
    """What MOVE_END puts there."""
    return [seq, digest, chain.vouch(chain.chain_key(secret), lane, seq, digest), lane]


def _make_lanes() -> None:
    """Where there are lanes, as when all are held, nothing is made."""
    secret = keys.get(KEY)
    key, mark = chain.chain_key(secret), keys.mark(secret)
    ends = [
        Lane(lane=lane, seq=0, digest=chain.NOTHING, mac=chain.vouch(key, lane, 0, chain.NOTHING), key_mark=mark)
        for lane in range(chain.LANES)
    ]
    Lane.objects.bulk_create(ends, ignore_conflicts=True)
    first = Lane.objects.select_for_update().earliest("lane")
    if first.seq == 0:
        _chain_loose(secret, first.lane)


def _chain_loose(secret: bytes, lane: int) -> None:
    """Events from before there were lanes."""
    digest, seq, last = chain.digester(chain.chain_key(secret)), 0, chain.NOTHING
    for event in Event.objects.filter(lane__isnull=True).order_by("id").iterator():
        seq += 1
        texts = [event.kind, event.subject_id, event.actor, event.before, event.after, canonical(event.data)]
        last = digest(last, chain.PART.join([str(lane), str(seq), chain.moment(event.at), *texts]))
        Event.objects.filter(pk=event.pk).update(lane=lane, seq=seq, digest=last, data=event.data)
    if seq:
        with connection.cursor() as cursor:
            cursor.execute(MOVE_END, _end(secret, lane, seq, last))
