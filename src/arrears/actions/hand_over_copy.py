"""Hand a person the copy of their data that they asked for: within the limits, on record, and the request is done.

Called by the console. What leaves is told by its digest alone. A copy that would be larger than is allowed is refused
whole: it is looked at by hand, for it was perhaps not one person's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from arrears.actions import evidence, house, subject_access
from arrears.actions.contact_gate import Gate
from arrears.kernel import clock
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.rights import requests
from arrears.records.staff import operations as staff
from arrears.rules import exports
from arrears.rules import rights as machines
from arrears.rules.compliance import request_terms

KIND, PURPOSE = "copy.handed_over", "ACCESS"
WITHIN = timedelta(hours=1)


class CopyTooLarge(Refusal):
    code = "copy_too_large"
    message = "The copy would hold {count} rows; the limit is {limit}."


class CopyLimitReached(Refusal):
    code = "copy_limit_reached"
    message = "{actor} has made {count} copies within an hour; the limit is {limit}."


@dataclass(frozen=True)
class Copy:
    """text : the document as JSON; neither it nor the document stands in the representation"""

    request_id: str
    document: subject_access.Document = field(repr=False)
    text: bytes = field(repr=False)
    sha256: str


def limits() -> exports.Limits:
    """How much may leave at once here."""
    return _limits(house.here().policies)


@lru_cache(maxsize=4)
def _limits(folder: Path) -> exports.Limits:
    return exports.read(folder / "privacy.toml")


@transaction.atomic
def hand_over(*, request_id: str, turn: int | None, at: datetime, actor: str, gate: Gate) -> Copy:
    """Make the copy; the request is done with it. One that went astray is made again, on record and counted again.

    raises : CopyTooLarge, CopyLimitReached; requests.NoSuchRequest, UnableToMoveRequest; transitions.NoSuchTransition
             for one that was refused or withdrawn; cipher.UnableToOpen
    """
    on = clock.business_date(at, settings.LENDER_ZONE)
    was = requests.lock(request_id, turn=turn, kinds=(request_terms.ACCESS,))
    _refuse_too_many(actor, at=at)
    records, limit = subject_access.count(was.customer_id), limits().records_max
    if records > limit:
        raise CopyTooLarge(count=records, limit=limit)
    document = subject_access.document(was.customer_id, on=on, gate=gate)
    document["made"] = {"at": at, "request_id": request_id}
    text = json.dumps(document, cls=evidence.Encoder, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    digest = hashlib.sha256(text).hexdigest()
    facts: dict[str, Any] = {"request_id": request_id, "purpose": PURPOSE, "sha256": digest, "records": records}
    audit.record(KIND, subject=was.customer_id, actor=actor, at=at, **facts)
    if was.status == machines.DONE:
        return Copy(request_id, document, text, digest)
    requests.move(was, "do", on=on, at=at, actor=actor, changes={"result": {"sha256": digest, "records": records}})
    return Copy(request_id, document, text, digest)


def _refuse_too_many(actor: str, *, at: datetime) -> None:
    """The viewer's own row is locked first, so two copies at once are counted one by one."""
    staff.lock(actor)
    limit = limits().an_hour
    count = trail.count_since((KIND,), actor=actor, since=at - WITHIN, purposes=(PURPOSE,))
    if count >= limit:
        raise CopyLimitReached(actor=actor, count=count, limit=limit)
