"""What the audit trail holds of somebody, and whether it stands there as it was written.

Called by the audit pages. It joins the trail with the people whom its events are about, so that whoever looks at a
person's events leaves a trace as for any look at them, and with the anchors that were kept as files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction

from arrears.actions import anchor_audit, look_at_person
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput
from arrears.records.audit import anchors, proofs, verifications
from arrears.records.audit.proofs import Proof
from arrears.records.audit.queries import EventRow
from arrears.records.audit.verifications import Row
from arrears.records.cases.models import Case
from arrears.records.privacy import keys

#: The name of these pages beside a look.
PAGE = "audit"
#: Cases of one person whose events are looked for along with theirs.
CASES_MOST = 200
#: What an event may be about that is one person's.
ABOUT = ("customer_id", "case_id", "contact_id", "complaint_id", "request_id", "flag_id")


class DayToCome(InvalidInput):
    code = "day_to_come"
    message = "{day} has not come yet: there is nothing to verify."


class NotADay(InvalidInput):
    code = "not_a_day"
    message = "Choose a day."


@dataclass(frozen=True)
class About:
    """subjects : what the events looked for are about; customer_id : the person among them, blank when there is none"""

    subjects: tuple[str, ...]
    customer_id: str = ""


def about(text: str) -> About:
    """The person of an id and their cases, the case of an id and its person, or just what has this id."""
    customer_id = whose([text])
    if not customer_id:
        return About((text,))
    if customer_id != text:
        return About(tuple(dict.fromkeys((text, customer_id))), customer_id)
    cases = Case.objects.filter(person_id=customer_id).order_by("-opened_on").values_list("case_id", flat=True)
    return About((customer_id, *cases[:CASES_MOST]), customer_id)


def whose(ids: Iterable[str]) -> str:
    """The person whom some ids are of: their own, or that of a case, a contact, a complaint, a request."""
    known = [text for text in ids if text]
    found = (look_at_person.owner(name, known) for name in ABOUT)
    return next((customer_id for customer_id in found if customer_id), "")


def whose_event(event: EventRow) -> str:
    """The person whom an event is about; blank when it is about nobody."""
    facts = [event.data.get(name) for name in ("customer_id", "case_id", "contact_id")]
    return whose([event.subject_id, *(text for text in facts if isinstance(text, str))])


def trace(customer_id: str, *, at: datetime, actor: str) -> bool:
    """Leave the trace of a look at a person's events.

    returns : False where the trail was tampered with so that it takes no event any more. Whoever looks into the trail
              is shown even then what was done to it: no name and no number stands in its pages
    """
    try:
        with transaction.atomic():
            look_at_person.look(customer_id=customer_id, page=PAGE, at=at, actor=actor)
    except IntegrityError:
        return False
    return True


def prove(event_id: int, *, folder: Path) -> Proof | None:
    """Whether an event stands as it was written; None when there is none. Raises keys.KeyMissing."""
    return proofs.prove(
        event_id,
        secret=keys.get("AUDIT_KEY"),
        public_key=anchors.public_key(),
        files=anchor_audit.names(folder),
    )


def begin_day(day: date, *, today: date, zone: str, at: datetime, actor: str) -> int:
    """Begin to verify a day by the lender's clock; the id of the verification. Raises DayToCome, keys.KeyMissing."""
    if day > today:
        raise DayToCome(day=day)
    from_at, to_at = (clock.at_local(on, time(0), zone) for on in (day, day + timedelta(days=1)))
    return verifications.begin(day, from_at=from_at, to_at=to_at, public_key=anchors.public_key(), at=at, actor=actor)


def go_on(verification_id: int, *, folder: Path, at: datetime) -> Row:
    """Look through the next piece of a day. Raises verifications.NoSuchVerification, keys.KeyMissing."""
    return verifications.go_on(
        verification_id,
        secret=keys.get("AUDIT_KEY"),
        public_key=anchors.public_key(),
        files=anchor_audit.names(folder),
        at=at,
    )
