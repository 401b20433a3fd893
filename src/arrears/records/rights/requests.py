"""Put a request about one's own data on record and move it on, each time with its audit row.

Called by `actions.take_request` and `actions.work_request`, which know the terms and the law. A change that was asked
for with another `turn` than the request has is refused: somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.privacy import words
from arrears.records.rights import holds
from arrears.records.rights.models import IdentityProof, RequestIntake, RequestKind, SubjectRequest
from arrears.rules import rights as machines


class NoSuchRequest(NotFound):
    code = "no_such_request"
    message = "There is no request {request_id}."


class RequestDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "request_differs"
    message = "The request {request_id} is known with other content."


class UnableToMoveRequest(Refusal):
    """Somebody else changed it meanwhile."""

    code = "unable_to_move_request"
    message = "The request {request_id} was changed by somebody else meanwhile."


class UnknownRequestWord(InvalidInput):
    """A kind, a way in, a proof that is not of its list."""

    code = "unknown_request_word"
    message = "{value!r} is no {field} of a request."


WORDS: Mapping[str, type[TextChoices]] = {"kind": RequestKind, "intake": RequestIntake, "proof": IdentityProof}


@dataclass(frozen=True)
class Intake:
    """What was asked. request_id : made by whoever takes it in; proof : how it was made sure who asks."""

    request_id: str
    customer_id: str
    kind: str
    intake: str
    proof: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Standing:
    """What a request stands at, read with its row and its person's locked."""

    request_id: str
    customer_id: str
    kind: str
    status: str
    turn: int
    received_on: date
    answer_due_on: date
    is_extended: bool
    result: dict[str, Any]
    has_words: bool


def open_words(request_id: str) -> tuple[str, str] | None:
    """Whose request it is, and what they wrote; None when they wrote nothing. Called by `actions.reveal_sealed`."""
    row = SubjectRequest.objects.filter(request_id=request_id).first()
    if row is None or row.text_sealed is None:
        return None
    return row.person_id, words.opened(row, "text_sealed")


@transaction.atomic
def put_on_record(
    intake: Intake, *, terms: list[dict[str, str]], due_on: date, received_on: date, at: datetime, actor: str
) -> bool:
    """Append a request; False when this very one is on record already.

    raises : UnknownRequestWord, RequestDiffers, holds.NobodyToHold
    """
    for name, known in WORDS.items():
        if getattr(intake, name) not in known.values:
            raise UnknownRequestWord(field=name, value=getattr(intake, name)[:20])
    holds.lock_person(intake.customer_id)
    same = {"person_id": intake.customer_id, "kind": intake.kind, "intake": intake.intake, "proof": intake.proof}
    row = SubjectRequest(
        request_id=intake.request_id,
        text_sealed=words.seal(SubjectRequest, "text_sealed", intake.request_id, intake.text),
        received_at=at,
        received_on=received_on,
        received_by=actor,
        terms=terms,
        answer_due_on=due_on,
        due_on=due_on,
        **same,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if not SubjectRequest.objects.filter(request_id=intake.request_id, **same).exists():
            raise RequestDiffers(request_id=intake.request_id) from None
        return False
    facts = {"request_id": intake.request_id, "request": intake.kind, "proof": intake.proof}
    audit.record(
        "request.received",
        subject=intake.customer_id,
        actor=actor,
        at=at,
        after=machines.RECEIVED,
        due_on=due_on.isoformat(),
        **facts,
    )
    return True


def answer_due_on(request_id: str) -> date:
    """By when a request that is on record is to be answered."""
    return SubjectRequest.objects.values_list("answer_due_on", flat=True).get(request_id=request_id)


def lock(request_id: str, *, turn: int | None = None, kinds: tuple[str, ...] = ()) -> Standing:
    """Take a request's row, and then its person's, until the transaction ends.

    turn   : what who asks has seen of it; None = whatever it is
    kinds  : what it may be about; () = anything
    raises : NoSuchRequest, UnableToMoveRequest
    """
    row = SubjectRequest.objects.select_for_update(no_key=True, of=("self",)).filter(request_id=request_id).first()
    if row is None or (kinds and row.kind not in kinds):
        raise NoSuchRequest(request_id=request_id[:32])
    if turn is not None and row.turn != turn:
        raise UnableToMoveRequest(request_id=request_id)
    holds.lock_person(row.person_id)
    return Standing(
        request_id,
        row.person_id,
        row.kind,
        row.status,
        row.turn,
        row.received_on,
        row.answer_due_on,
        row.is_extended,
        dict(row.result),
        row.text_sealed is not None,
    )


#: Event → how it is told: the end of an audit kind.
PAST = {
    "do": "done",
    "refuse": "refused",
    "withdraw": "withdrawn",
    "extend": "extended",
    "explain": "explained",
    "review": "reviewed",
}


@transaction.atomic
def move(
    was: Standing,
    event: str,
    *,
    on: date,
    at: datetime,
    actor: str,
    data: Mapping[str, Any] | None = None,
    changes: Mapping[str, object] | None = None,
    note: str = "",
) -> str:
    """Apply one event of `rules.rights` to a request that was locked; returns the status after it.

    data    : what the audit row says beside it, without identity
    changes : columns beside status and clock
    note    : why; the request keeps the newest
    raises  : transitions.NoSuchTransition, UnableToMoveRequest
    """
    after = next_status(machines.REQUEST, was.status, event, noun="request")
    fields: dict[str, object] = {"status": after, "turn": was.turn + 1, **(changes or {})}
    if note:
        fields["note_sealed"] = words.seal(SubjectRequest, "note_sealed", was.request_id, note)
    if after in machines.ENDED:
        fields |= {"due_on": None, "ended_at": at, "ended_on": on, "ended_by": actor}
    if SubjectRequest.objects.filter(request_id=was.request_id, turn=was.turn).update(**fields) != 1:
        raise UnableToMoveRequest(request_id=was.request_id)
    facts: dict[str, Any] = {"request_id": was.request_id, "request": was.kind, **(data or {})}
    audit.record_written(
        Written(was.customer_id, {"note": note} if note else {}),
        f"request.{PAST[event]}",
        subject=was.customer_id,
        actor=actor,
        at=at,
        before=was.status,
        after=after,
        **facts,
    )
    return after
