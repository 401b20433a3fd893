"""Mark a number or address as one that does not reach the person, and take that back.

Called by the console, by whoever found it out, with the outcome of a call or visit that found it out, and by
`mark_dead_numbers` when messages to it failed for good. Contacts planned to it are cancelled in the same transaction;
the gate clears nothing to it, and the night chooses it no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from arrears.actions import hear_person
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import operations as cases
from arrears.records.contacts import operations as contacts
from arrears.records.people import operations as people
from arrears.records.people import queries as people_queries
from arrears.rules import reveals

#: Kind of contact point → why one may not reach them: it is somebody else's, it is out of service, what is sent there
#: fails for good or comes back, they live elsewhere.
NUMBER = ("WRONG_PARTY", "OUT_OF_SERVICE", "UNDELIVERABLE")
REASONS: Mapping[str, tuple[str, ...]] = {
    "MOBILE": NUMBER,
    "PHONE": NUMBER,
    "EMAIL": ("WRONG_PARTY", "UNDELIVERABLE"),
    "ADDRESS": ("WRONG_PLACE", "UNDELIVERABLE"),
}
#: Why a name in an app, or a kind of the lender's own, may not.
OTHERWISE = ("WRONG_PARTY", "UNDELIVERABLE")
INVALID, VALID = "point_invalid", "point_valid"


class UnknownPointReason(InvalidInput):
    code = "unknown_point_reason"
    message = "{reason} is no reason why a contact point of kind {kind} does not reach somebody."


def reasons(kind: str) -> tuple[str, ...]:
    """Why a contact point of a kind may not reach somebody."""
    return REASONS.get(kind, OTHERWISE)


@transaction.atomic
def mark_invalid(
    *, customer_id: str, case_id: str | None, contact_point_id: str, reason: str, at: datetime, actor: str
) -> int:
    """Nobody is contacted there any more.

    case_id : the case whose story tells it; None = none does
    reason  : one of `reasons` of its kind
    returns : how many planned contacts were cancelled
    raises  : UnknownPointReason; people.UnableToMarkPoint when it is not theirs or is marked already
    """
    whose = {"customer_id": customer_id, "contact_point_id": contact_point_id}
    kind = people_queries.point_kind(**whose)
    if kind is None:
        raise people.UnableToMarkPoint(**whose)
    if reason not in reasons(kind):
        raise UnknownPointReason(reason=reason[:20], kind=kind)
    people.mark_invalid(**whose, reason=reason, at=at, actor=actor)
    cancelled = contacts.cancel_to_point(contact_point_id=contact_point_id, reason=reason, at=at, actor=actor)
    data: dict[str, object] = {"contact_point_id": contact_point_id, "contacts_cancelled": cancelled}
    if case_id is not None:
        cases.record_event(case_id=case_id, kind=INVALID, at=at, actor=actor, reason=reason, data=data)
    return cancelled


def mark_if_valid(
    *, customer_id: str, case_id: str | None, contact_point_id: str, reason: str, at: datetime, actor: str
) -> bool:
    """As `mark_invalid`; False, and nothing done, when a colleague has marked it meanwhile."""
    try:
        mark_invalid(
            customer_id=customer_id,
            case_id=case_id,
            contact_point_id=contact_point_id,
            reason=reason,
            at=at,
            actor=actor,
        )
    except people.UnableToMarkPoint:
        return False
    return True


@transaction.atomic
def mark_valid(*, customer_id: str, case_id: str, contact_point_id: str, reason: str, at: datetime, actor: str) -> None:
    """It reaches the person after all; the next night may choose it again.

    reason : written out, without a number or an address in it
    raises : reveals.ReasonMissing, reveals.ReasonHoldsIdentity; people.UnableToMarkPoint when it is not marked,
             people.PointReplaced when the person had it corrected
    """
    kept = reveals.kept(reason)
    if not kept:
        raise reveals.ReasonMissing(purpose=VALID)
    whose = {"customer_id": customer_id, "contact_point_id": contact_point_id}
    people.mark_valid(**whose, reason=kept, at=at, actor=actor)
    data: dict[str, object] = {"contact_point_id": contact_point_id}
    cases.record_event(case_id=case_id, kind=VALID, at=at, actor=actor, data=data, written=kept)
    hear_person.heed_note(kept, customer_id=customer_id, at=at, actor=actor)
