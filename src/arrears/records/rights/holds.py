"""Put a person under legal hold, ask for it to be lifted, and decide on that: each with its audit row.

Called by the console. Whoever sets one holds the person's row, as whoever deletes does: of the two one comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.people import operations as people
from arrears.records.privacy import words
from arrears.records.rights import approvals
from arrears.records.rights.models import HoldReason, LegalHold
from arrears.rules import rights as machines


class NobodyToHold(NotFound):
    code = "nobody_to_hold"
    message = "There is no person {customer_id}."


class NoSuchHold(NotFound):
    code = "no_such_hold"
    message = "There is no legal hold {hold_id}."


class UnknownHoldReason(InvalidInput):
    code = "unknown_hold_reason"
    message = "{reason!r} is no reason for a legal hold."


class HoldDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "hold_differs"
    message = "The legal hold {hold_id} is known with other content."


class LiftedBySamePerson(Refusal):
    """Two people lift a hold."""

    code = "hold_same_person"
    message = "The legal hold {hold_id} is lifted by another person than the one who asked for it."


class UnableToMoveHold(Refusal):
    """Somebody else was faster."""

    code = "unable_to_move_hold"
    message = "The legal hold {hold_id} was changed by somebody else meanwhile."


class UnderLegalHold(Refusal):
    """Nothing of a person under legal hold is deleted."""

    code = "under_legal_hold"
    message = "{customer_id} is under legal hold: nothing is deleted."


@dataclass(frozen=True)
class Wanted:
    """A hold to be set. hold_id : made by whoever asks, so that a second click sets one; note : without identity"""

    hold_id: str
    customer_id: str
    reason: str
    note: str


@transaction.atomic
def put(wanted: Wanted, *, at: datetime, actor: str) -> bool:
    """Set a hold; False when this very one stands already.

    raises : NobodyToHold, UnknownHoldReason, HoldDiffers
    """
    if wanted.reason not in HoldReason.values:
        raise UnknownHoldReason(reason=wanted.reason[:20])
    lock_person(wanted.customer_id)
    same = {"person_id": wanted.customer_id, "reason": wanted.reason}
    note = words.seal(LegalHold, "note_sealed", wanted.hold_id, wanted.note)
    row = LegalHold(hold_id=wanted.hold_id, set_at=at, set_by=actor, note_sealed=note, **same)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known = LegalHold.objects.filter(hold_id=wanted.hold_id, **same).first()
        if known is None or words.opened(known, "note_sealed") != wanted.note:
            raise HoldDiffers(hold_id=wanted.hold_id) from None
        return False
    facts = {"hold_id": wanted.hold_id, "reason": wanted.reason}
    said = Written(wanted.customer_id, {"note": wanted.note})
    about = {"subject": wanted.customer_id, "actor": actor, "at": at}
    audit.record_written(said, "hold.set", after=machines.HOLDING, **about, **facts)
    return True


def ask(*, hold_id: str, note: str, at: datetime, actor: str) -> str:
    """Ask for a hold to be lifted: a second person decides; returns on whom it is.

    raises : NoSuchHold, NoSuchTransition, UnableToMoveHold
    """
    return _move(hold_id, "ask", at=at, actor=actor, changes={"asked_at": at, "asked_by": actor}, note=note)


def lift(*, hold_id: str, at: datetime, actor: str) -> None:
    """Lift it, as the second person. Raises LiftedBySamePerson too."""
    _move(hold_id, "lift", at=at, actor=actor, changes={"lifted_at": at, "lifted_by": actor})


def keep(*, hold_id: str, at: datetime, actor: str) -> None:
    """It goes on: the second person says no, or the first thought better of it."""
    _move(hold_id, "keep", at=at, actor=actor, changes={"asked_at": None, "asked_by": ""})


def is_held(customer_id: str) -> bool:
    """Does any hold on a person stand?"""
    return LegalHold.objects.filter(person_id=customer_id, status__in=machines.HELD).exists()


def refuse_held(customer_id: str) -> None:
    """Raises UnderLegalHold while any hold on a person stands."""
    if is_held(customer_id):
        raise UnderLegalHold(customer_id=customer_id)


def lock_person(customer_id: str) -> None:
    """Whoever sets a hold, deletes or corrects holds the person's row. Raises NobodyToHold."""
    if not people.lock(customer_id):
        raise NobodyToHold(customer_id=customer_id[:64])


@transaction.atomic
def _move(hold_id: str, event: str, *, at: datetime, actor: str, changes: dict[str, object], note: str = "") -> str:
    hold = LegalHold.objects.select_for_update(no_key=True, of=("self",)).filter(hold_id=hold_id).first()
    if hold is None:
        raise NoSuchHold(hold_id=hold_id[:32])
    after = next_status(machines.HOLD, hold.status, event, noun="legal hold")
    if event == "lift" and hold.asked_by == actor:
        raise LiftedBySamePerson(hold_id=hold_id)
    if event != "lift":
        changes["lift_note_sealed"] = words.seal(LegalHold, "lift_note_sealed", hold_id, note)
    if LegalHold.objects.filter(hold_id=hold_id, status=hold.status).update(status=after, **changes) != 1:
        raise UnableToMoveHold(hold_id=hold_id)
    if event == "lift":
        approvals.look_anew()
    audit.record_written(
        Written(hold.person_id, {"note": note}),
        f"hold.{PAST[event]}",
        subject=hold.person_id,
        actor=actor,
        at=at,
        before=hold.status,
        after=after,
        hold_id=hold_id,
        reason=hold.reason,
    )
    return hold.person_id


#: Event → how it is told: the end of an audit kind.
PAST = {"ask": "lift_asked", "lift": "lifted", "keep": "kept"}
