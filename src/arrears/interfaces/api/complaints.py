"""POST complaints and read what became of them: for the borrower's portal, and whoever hears complaints beside us.

What was complained of never comes back out. Our answer does, for it is meant for whoever complained; each reading of it
is on record. Who asks speaks for the person: they are told of complaints that the person made (SELF) or who speaks for
them (REPRESENTATIVE). A third party's, and what they are answered, are told to no key: the desk answers them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AfterValidator

from arrears.actions import reveal_sealed, take_complaint, wired
from arrears.interfaces.api.idempotency import Reply, once
from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Asked, Identifier, NewIdentifier, Words
from arrears.interfaces.ui import moment
from arrears.records.complaints import queries
from arrears.records.complaints.operations import Intake
from arrears.records.complaints.queries import ComplaintRow
from arrears.records.people import shown

router = Router(tags=["complaints"])


def _speakable(text: str) -> str:
    if not all(sign.isprintable() or sign in "\n\r\t" for sign in text):
        raise ValueError("must hold printable characters and line ends only")
    return text


Speech = Annotated[str, Field(min_length=1, max_length=take_complaint.LONGEST), AfterValidator(_speakable)]


class NewComplaint(Asked):
    """`complaint_ref` is the caller's own name of it: the same again is one complaint.

    `customer_id` is left out where nobody knows whom it concerns. `regulator` names who sent it on, and is needed with
    the intake REGULATOR. `contact_ids` are contacts with this person that it is about. `complainant`: the person
    (SELF), somebody who speaks for them (REPRESENTATIVE), or somebody else (THIRD_PARTY). A third party's is taken in
    and never told through this API: the lender answers whoever complained.
    """

    complaint_ref: NewIdentifier
    customer_id: Identifier | None = None
    intake: Literal["PORTAL", "PHONE", "WRITTEN", "REGULATOR"] = "PORTAL"
    complainant: Literal["SELF", "THIRD_PARTY", "REPRESENTATIVE"] = "SELF"
    kind: Literal["CONDUCT", "FREQUENCY", "AMOUNT", "THIRD_PARTY", "PRIVACY", "NOT_ME", "SERVICE", "OTHER"] = "OTHER"
    text: Speech
    regulator: Annotated[str, Words, Field(max_length=80)] = ""
    reference: Annotated[str, Words, Field(max_length=60)] = ""
    contact_ids: Annotated[list[Identifier], Field(max_length=50)] = []


class ComplaintTaken(Schema):
    """`is_new` false: this very complaint was on record already. `answer_due_on`: by when it is answered."""

    complaint_id: str
    is_new: bool
    answer_due_on: date


class Complaint(Schema):
    """Where a complaint stands. `due_on`: what is due next, null once it has ended; `outcome` blank until answered.

    `complainant` is SELF or REPRESENTATIVE.
    """

    complaint_id: str
    customer_id: str
    intake: str
    complainant: str
    kind: str
    status: str
    received_on: date
    acknowledged_at: datetime | None
    answer_due_on: date
    due_on: date | None
    outcome: str
    ended_on: date | None

    @classmethod
    def of(cls, row: ComplaintRow) -> Complaint:
        """As the books have it; whose it is, is on record beside the key."""
        if row.customer_id:
            shown.note(row.customer_id)
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class Answer(Schema):
    """What the person, or who speaks for them, is told."""

    complaint_id: str
    outcome: str
    answer: str


@router.post(
    "",
    response={201: ComplaintTaken},
    auth=Scope("complaints:write"),
    operation_id="take_complaint",
    url_name="api-complaints",
    summary="Take a complaint in",
)
def take(request: HttpRequest, body: NewComplaint) -> Status:
    """Collection from the person rests until it is answered; needs an Idempotency-Key header."""
    caller, now = request.auth, moment.of(request)  # type: ignore[attr-defined]
    intake = Intake(
        complaint_id=take_complaint.new_id(caller.actor, body.complaint_ref),
        customer_id=body.customer_id or "",
        case_id="",
        intake=body.intake,
        complainant=body.complainant,
        kind=body.kind,
        text=body.text,
        regulator=body.regulator,
        reference=body.reference,
        contact_ids=tuple(body.contact_ids),
    )

    def work() -> Reply:
        taken = take_complaint.take(intake=intake, at=now.at, actor=caller.actor, gate=wired.here().gate)
        return Reply(201, ComplaintTaken.from_orm(taken).dict() | {"answer_due_on": taken.answer_due_on.isoformat()})

    reply = once(request, key_id=caller.key_id, at=now.at, work=work)
    return Status(reply.status, reply.body)


@router.get(
    "",
    response=list[Complaint],
    auth=Scope("complaints:read"),
    operation_id="list_complaints",
    url_name="api-complaints",
    summary="List the complaints of a person",
)
def index(request: HttpRequest, customer_id: Identifier) -> list[Complaint]:
    """Those that the person or who speaks for them made, not a third party's: the newest first, fifty at most."""
    return [Complaint.of(row) for row in queries.of_person(customer_id, only=queries.THEIR_OWN)]


@router.get(
    "/{complaint_id}",
    response=Complaint,
    auth=Scope("complaints:read"),
    operation_id="get_complaint",
    url_name="api-complaint",
    summary="See where a complaint stands",
)
def one(request: HttpRequest, complaint_id: Identifier) -> Complaint:
    """One complaint, without its words; 404 for a third party's."""
    return Complaint.of(queries.access(complaint_id, within=queries.THEIR_OWN))


@router.get(
    "/{complaint_id}/answer",
    response=Answer,
    auth=Scope("complaints:read"),
    operation_id="get_answer",
    url_name="api-answer",
    summary="Read the answer to a complaint",
    openapi_extra={"responses": {409: {}}},  # described as all of them are, see `problems.document`
)
def answer(request: HttpRequest, complaint_id: Identifier) -> Answer:
    """The answer as it was given; 409 while there is none, 404 for a third party's. Each reading is on record."""
    row = queries.access(complaint_id, within=queries.THEIR_OWN)
    opened = reveal_sealed.hand_over_answer(
        complaint_id=row.complaint_id,
        at=moment.of(request).at,
        actor=request.auth.actor,  # type: ignore[attr-defined]
    )
    return Answer(complaint_id=row.complaint_id, outcome=row.outcome, answer=opened.value)
