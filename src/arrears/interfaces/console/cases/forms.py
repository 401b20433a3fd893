"""What the case pages read from an address or a form: checked words and amounts, never trusted text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.console import fields
from arrears.interfaces.ui import keyset, sentences, typed
from arrears.kernel import money
from arrears.kernel.errors import InvalidInput
from arrears.records.cases import queries

PAYMENT_ID = re.compile(r"console-[0-9a-f]{32}")
#: How long a payment's identifier may be.
REFERENCE_MAX = 64
#: What an address of the list may say beside its filters.
BESIDE = ("after", "before", "found", "q")
ORDER_WORDS = frozenset(f"{sign}{word}" for word in queries.ORDERS for sign in ("", "-"))


class Filters(forms.Form):
    """The filters of the list. A value that makes no sense is dropped and said so beside its field."""

    customer = forms.CharField(required=False, max_length=64)
    status = forms.CharField(required=False, max_length=8)
    stage = forms.CharField(required=False, max_length=8)
    bucket = forms.CharField(required=False, max_length=8)
    currency = forms.CharField(required=False, max_length=3)
    assigned = forms.CharField(required=False, max_length=12)
    least = forms.CharField(required=False, max_length=20)
    most = forms.CharField(required=False, max_length=20)
    order = forms.CharField(required=False, max_length=12)

    def clean_assigned(self) -> str:
        value: str = self.cleaned_data["assigned"]
        return value if value in {"", "NOBODY", "ME"} or typed.number(value) is not None else ""

    def clean_order(self) -> str:
        value: str = self.cleaned_data["order"]
        return value if value in ORDER_WORDS else "-dpd"

    def clean_least(self) -> int | None:
        return self._minor("least")

    def clean_most(self) -> int | None:
        return self._minor("most")

    def _minor(self, name: str) -> int | None:
        text = self.cleaned_data[name].strip()
        if not text:
            return None
        try:
            return money.parse_minor(text, self.cleaned_data.get("currency") or "CNY")
        except InvalidInput:
            raise forms.ValidationError(_("This is not an amount.")) from None


def wanted(query: Mapping[str, str], *, viewer_id: int, searched: str | None) -> tuple[queries.Wanted, Filters]:
    """What the list should hold. A search, or one customer, looks at every status unless one is chosen.

    searched : what was searched for; None without a search, blank when it cannot be known any more: then nothing
    """
    form = Filters(query)
    form.is_valid()
    read = form.cleaned_data
    customer_id = read.get("customer", "").strip()
    is_narrow = searched is not None or bool(customer_id)
    # Without a search "any status" would sort every case there ever was, so it means the open ones.
    status = (read.get("status") or "ANY") if is_narrow else read.get("status", "").replace("ANY", "") or "OPEN"
    assigned = read.get("assigned", "")
    return queries.Wanted(
        status="" if status == "ANY" else status,
        stage=read.get("stage", ""),
        bucket=read.get("bucket", ""),
        currency=read.get("currency", "").upper(),
        assigned_to=str(viewer_id) if assigned == "ME" else assigned,
        overdue_from_minor=read.get("least"),
        overdue_to_minor=read.get("most"),
        customer_id=customer_id,
        found_ids=None if searched is None else queries.search(searched) if searched else (),
        order=read.get("order") or "-dpd",
    ), form


def not_understood(query: Mapping[str, str], form: Filters) -> list[str]:
    """The parts of an address that the list does not follow: unknown names, and values that are none of their kind."""
    choices = queries.choices()
    known = {"stage": dict(choices["stages"]), "status": {"ANY", *dict(choices["statuses"])}, "order": ORDER_WORDS}
    wrong = {name for name, values in known.items() if query.get(name) and query[name] not in values}
    if query.get("assigned") and not form.cleaned_data.get("assigned"):
        wrong.add("assigned")
    wrong |= {name for name in query if name not in {*form.fields, *BESIDE}} | set(form.errors)
    return [f"{name}={query[name]}" for name in query if name in wrong]


def place(cursor: str, order: str) -> tuple[object, str] | None:
    """A place in the list from its cursor; None when there is none or it is broken."""
    is_date = order.removeprefix("-") == "opened"
    found = keyset.unpack(cursor, [date if is_date else int, str])
    return (found[0], str(found[1])) if found else None


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

    raises : fields.WrongForm; what `money.parse_minor` says of the amount
    """
    account_id, payment_id = posted.get("account_id", ""), posted.get("payment_id", "")
    if account_id not in known:
        raise fields.WrongForm(field="account")
    if not PAYMENT_ID.fullmatch(payment_id):
        raise fields.WrongForm(field="payment_id")
    reference = posted.get("reference", "").strip()
    if len(reference) > REFERENCE_MAX or not (reference + "x").isprintable():
        raise fields.WrongForm(field="reference")
    amount_minor = money.parse_minor(posted.get("amount", "").strip(), currency)
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
    """Read the form of a promise; raises fields.WrongForm, and what `money.parse_minor` says of the amount."""
    amount_minor = money.parse_minor(posted.get("amount", "").strip(), currency)
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
