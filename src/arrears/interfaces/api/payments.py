"""POST payments and their reversals. The answer says what the payment settled and which cases it closed."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from arrears.actions import reverse_payment, take_payment
from arrears.interfaces.api.idempotency import Reply, once
from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Asked, Day, Identifier, MoneyText, NewIdentifier
from arrears.interfaces.ui import moment
from arrears.kernel.money import parse_minor

router = Router(tags=["payments"], auth=Scope("payments:write"))
SOURCE = "API"


class NewPayment(Asked):
    """`amount` is text in major units ("1234.56"): digits, and after a dot at most the currency's decimals.

    `paid_on` is the value date and may lie in the past. `channel` is a code that names nobody: letters, figures, "_",
    "-" and ".".
    """

    payment_id: NewIdentifier
    account_id: Identifier
    amount: MoneyText
    currency: str = Field(pattern="^[A-Z]{3}$")
    paid_on: Day
    channel: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_.-]*$")


class PaymentTaken(Schema):
    """What the payment settled, by component, in minor units; parts and surplus sum to the amount.

    `is_new` false: the payment was known already, and nothing changed; parts and surplus are those of the first time.
    """

    payment_id: str
    customer_id: str
    is_new: bool
    parts: dict[str, int]
    surplus_minor: int
    closed_case_ids: list[str]
    contacts_cancelled: int


class NewReversal(Asked):
    """`reason` says why the payment is taken back."""

    reversal_id: NewIdentifier
    account_id: Identifier
    reason: Literal["RETURNED", "DUPLICATE", "WRONG_ACCOUNT", "WRONG_AMOUNT", "OTHER"] = "OTHER"


class Reversed(Schema):
    """What taking the payment back changed, by component, in minor units, never below zero.

    `owed_again`: of these less is settled than before. `settled_by_others`: of these more is settled than before, since
    other payments now go where this one went, or to penalties on what stayed unpaid. `surplus_minor`: what had been
    paid in excess and is not any more. owed_again - settled_by_others + surplus_minor is the amount of the payment.
    """

    reversal_id: str
    payment_id: str
    customer_id: str
    is_new: bool
    owed_again: dict[str, int]
    settled_by_others: dict[str, int]
    surplus_minor: int


@router.post("", response={201: PaymentTaken}, operation_id="take_payment", summary="Take a payment")
def take(request: HttpRequest, body: NewPayment) -> Status:
    """Needs an Idempotency-Key header. A payment_id already known with the same content is no error."""
    caller, now = request.auth, moment.of(request)  # type: ignore[attr-defined]

    def work() -> Reply:
        taken = take_payment.take_payment(
            payment_id=body.payment_id,
            account_id=body.account_id,
            amount_minor=parse_minor(body.amount, body.currency),
            currency=body.currency,
            paid_on=body.paid_on,
            channel=body.channel,
            source=SOURCE,
            as_of=now.business_on,
            at=now.at,
            actor=caller.actor,
        )
        return Reply(201, PaymentTaken.from_orm(taken).dict())

    reply = once(request, key_id=caller.key_id, at=now.at, work=work)
    return Status(reply.status, reply.body)


@router.post(
    "/{path:payment_id}/reversal",
    response={201: Reversed},
    operation_id="reverse_payment",
    summary="Take a payment back",
)
def reverse(request: HttpRequest, payment_id: Identifier, body: NewReversal) -> Status:
    """The account stands as if the payment had never been made; needs an Idempotency-Key header.

    A payment_id of the lender's may hold slashes; they stand in the address as they are, or as %2F.
    """
    caller, now = request.auth, moment.of(request)  # type: ignore[attr-defined]

    def work() -> Reply:
        done = reverse_payment.reverse_payment(
            reversal_id=body.reversal_id,
            payment_id=payment_id,
            account_id=body.account_id,
            reason=body.reason,
            source=SOURCE,
            as_of=now.business_on,
            at=now.at,
            actor=caller.actor,
        )
        return Reply(201, Reversed.from_orm(done).dict())

    reply = once(request, key_id=caller.key_id, at=now.at, work=work)
    return Status(reply.status, reply.body)
