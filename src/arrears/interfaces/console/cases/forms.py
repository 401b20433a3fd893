"""What the case pages read from an address or a form: checked words and amounts, never trusted text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from arrears.interfaces.console import fields
from arrears.interfaces.ui import sentences, typed
from arrears.interfaces.ui.parts import Parts
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import queries

PAYMENT_ID = re.compile(r"console-[0-9a-f]{32}")
#: How long a payment's identifier may be.
REFERENCE_MAX = 64
CURRENCY_CHARS = 3
ORDER_WORDS = frozenset(f"{sign}{word}" for word in queries.ORDERS for sign in ("", "-"))


def wanted(asked: Parts, *, viewer_id: int, searched: str | None) -> queries.Wanted:
    """What the list should hold. A search, or one customer, looks at every status unless one is chosen.

    searched : what was searched for; None without a search, blank when it cannot be known any more: then nothing
    """
    choices = queries.choices()
    customer_id = asked.text("customer")
    is_narrow = searched is not None or bool(customer_id)
    # Without a search "any status" would sort every case there ever was, so it means the open ones.
    status = asked.one_of("status", {"ANY", *dict(choices["statuses"])}, otherwise="ANY" if is_narrow else "OPEN")
    status = status if is_narrow or status != "ANY" else "OPEN"
    assigned = asked.read("assigned", _assignee) or ""
    currency = asked.read("currency", _currency) or ""
    return queries.Wanted(
        status="" if status == "ANY" else status,
        stage=asked.one_of("stage", dict(choices["stages"])),
        bucket=asked.text("bucket", longest=8),
        currency=currency,
        assigned_to=str(viewer_id) if assigned == "ME" else assigned,
        overdue_from_minor=asked.read("least", lambda text: _minor(text, currency)),
        overdue_to_minor=asked.read("most", lambda text: _minor(text, currency)),
        customer_id=customer_id,
        found_ids=None if searched is None else queries.search(searched) if searched else (),
        order=asked.one_of("order", ORDER_WORDS, otherwise="-dpd"),
    )


def _assignee(text: str) -> str | None:
    return text if text in {"NOBODY", "ME"} or typed.number(text) is not None else None


def _currency(text: str) -> str | None:
    return text.upper() if len(text) == CURRENCY_CHARS and text.isascii() and text.isalpha() else None


def _minor(text: str, currency: str) -> int | None:
    try:
        return fields.minor(text, currency or "CNY")
    except InvalidInput:
        return None


def place(asked: Parts, order: str, name: str = "after") -> tuple[object, str] | None:
    """A place in the list from its cursor; None when there is none or it is broken."""
    return cast("tuple[object, str] | None", asked.place([date if order.endswith("opened") else int, str], name))


@dataclass(frozen=True)
class PaymentWish:
    """A payment as the form says it, checked for form; whether it may be taken is for `actions.take_payment`."""

    payment_id: str
    account_id: str
    amount_minor: int
    paid_on: date
    channel: str


def payment(posted: Mapping[str, str], *, currency: str, known: Collection[str]) -> PaymentWish:
    """Read the payment form; `payment_id` was made with the page, so that a second click posts nothing twice.

    The reference by which the lender's bank knows the payment is its identifier where there is one, so that a tape
    that tells of it tells of this payment and not of another.

    raises : fields.WrongForm; what `fields.minor` says of the amount
    """
    account_id, payment_id = posted.get("account_id", ""), posted.get("payment_id", "")
    if account_id not in known:
        raise fields.WrongForm(field="account")
    if not PAYMENT_ID.fullmatch(payment_id):
        raise fields.WrongForm(field="payment_id")
    reference = posted.get("reference", "").strip()
    if len(reference) > REFERENCE_MAX or not (reference + "x").isprintable():
        raise fields.WrongForm(field="reference")
    amount_minor = fields.minor(posted.get("amount", "").strip(), currency)
    paid_on = fields.day(posted, "paid_on")
    channel = posted.get("channel", "")
    if channel not in sentences.POSTED_BY_HAND:
        raise fields.WrongForm(field="channel")
    return PaymentWish(reference or payment_id, account_id, amount_minor, paid_on, channel)


@dataclass(frozen=True)
class PromiseWish:
    """A promise as the form says it, checked for form; whether it may be made is for `actions.take_promise`."""

    channel: str
    amount_minor: int
    due_on: date


def promise(posted: Mapping[str, str], *, currency: str) -> PromiseWish:
    """Read the form of a promise; raises fields.WrongForm, and what `fields.minor` says of the amount."""
    amount_minor = fields.minor(posted.get("amount", "").strip(), currency)
    return PromiseWish(posted.get("channel", ""), amount_minor, fields.day(posted, "due_on"))


@dataclass(frozen=True)
class ReversalWish:
    """A payment to take back; `reversal_id` and `reason` are empty until the form is posted."""

    payment_id: str
    account_id: str
    reversal_id: str
    reason: str


def reversal(asked: Mapping[str, str], *, known: Collection[str]) -> ReversalWish:
    """Read which payment of this case is meant; the reversal's identifier was made with the page."""
    account_id, reversal_id = asked.get("account", ""), asked.get("reversal_id", "")
    if account_id not in known:
        raise fields.WrongForm(field="account")
    if reversal_id and not PAYMENT_ID.fullmatch(reversal_id):
        raise fields.WrongForm(field="reversal_id")
    return ReversalWish(asked.get("payment", ""), account_id, reversal_id, asked.get("reason", ""))


def new_payment_id() -> str:
    """An identifier for the payment that a page may post."""
    return f"console-{fields.new_id()}"
