"""Take one payment: store it, journal it, and let everything it settles go, at once.

Called by the API, the console and the demo. One transaction: payment, journal entry, position, case, planned
contacts, events; so nobody is reminded of what they have paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import transaction

from arrears.actions import hear_person, house, settlement
from arrears.decisions.tape import personal
from arrears.decisions.tape import policy as tape_policies
from arrears.exchange import customer_book
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.kernel.money import MINOR_LIMIT
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as audit_queries
from arrears.records.contacts import outbox
from arrears.records.ledger import operations as ledger
from arrears.records.ledger.models import Payment
from arrears.records.webhooks import operations as webhooks


class PaymentDiffers(Refusal):
    code = "payment_differs"
    message = "Payment {payment_id} is already known with another content."


class WrongPayment(InvalidInput):
    """This is no payment of that account; each kind says why."""


class WrongPaymentAmount(WrongPayment):
    code = "payment_amount_wrong"
    message = "A payment is more than nothing, and within what one amount may be."


class WrongPaymentCurrency(WrongPayment):
    code = "payment_currency_wrong"
    message = "The account is kept in {kept}, not in {currency}."


class PaymentNamesAPerson(WrongPayment):
    """What a tape sets aside too: identifier and channel stand in plain words in the books for good."""

    code = "payment_names_a_person"
    message = "A payment's identifier and channel may hold no ID card, mobile number, e-mail address or name."


class PaidInFuture(WrongPayment):
    code = "payment_in_future"
    message = "The value date {paid_on} lies after today, {as_of}."


class PaidBeforeOpening(WrongPayment):
    code = "payment_before_opening"
    message = "The value date {paid_on} lies before the account was opened, on {opened_on}."


class PaidInExcess(Refusal):
    """More than is owed, where that is asked about first; owed_minor : due by now or later, prepaid money off."""

    code = "paid_in_excess"
    message = "On account {account_id} {owed_minor} is owed in all, in minor units: {amount_minor} is more."


class PaidAlike(Refusal):
    """The same money of the same day is posted already, `times` over, where that is asked about first."""

    code = "paid_alike"
    message = "On account {account_id} {amount_minor} of {paid_on} is posted already, in minor units."


@dataclass(frozen=True)
class Taken:
    """What a payment did. is_new False: it was known, nothing changed, and parts are those of the first time."""

    payment_id: str
    customer_id: str
    is_new: bool
    parts: dict[str, int]
    surplus_minor: int
    closed_case_ids: tuple[str, ...]
    contacts_cancelled: int


@transaction.atomic
def take_payment(
    *,
    payment_id: str,
    account_id: str,
    amount_minor: int,
    currency: str,
    paid_on: date,
    channel: str,
    source: str,
    as_of: date,
    at: datetime,
    actor: str,
    excess_is_meant: bool = True,
    alike_meant: int | None = None,
) -> Taken:
    """Take a payment on an account.

    payment_id : the lender's; the same one told again (here or on a tape) is the same payment
    paid_on    : value date, from the day the account was opened to as_of
    as_of      : today's business date
    source     : PaymentSource
    excess_is_meant : False where a person typed the amount: more than is owed is then refused, to be asked about
    alike_meant : how many of the same account, date and amount the person who typed it knows of: more are asked about
    returns    : Taken; sum(parts) + surplus_minor == amount_minor
    raises     : WrongPayment, PaymentDiffers, PaidAlike, PaidInExcess, customer_book.UnknownAccount
    """
    place = house.here()
    account = customer_book.find_account(account_id, lake=place.lake)
    _check(amount_minor, currency, paid_on, account, as_of)
    if customer_book.account_of_payment(payment_id, lake=place.lake) not in (None, account_id):
        raise PaymentDiffers(payment_id=payment_id)
    outbox.lock([account.customer_id])
    content: dict[str, object] = {"account_id": account_id, "paid_on": paid_on, "reverses_id": None}
    content |= {"amount_minor": amount_minor, "currency": currency}
    tables = customer_book.read(account.customer_id, lake=place.lake)
    if _is_known(payment_id, content, tables["payments"], channel):
        parts = _settled_then(payment_id, account, tables, as_of)
        return Taken(payment_id, account.customer_id, False, parts, amount_minor - sum(parts.values()), (), 0)
    _check_alike(alike_meant, content, tables["payments"])
    if not excess_is_meant:
        _check_excess(amount_minor, tables, account, as_of)
    before = settlement.of(tables, account, as_of=as_of)
    Payment.objects.create(
        payment_id=payment_id,
        customer_id=account.customer_id,
        booked_at=at,
        channel=channel,
        source=source,
        actor=actor,
        **content,
    )
    tables = customer_book.read_on(tables, account.customer_id)
    after = settlement.of(tables, account, as_of=as_of)
    parts = {name: after[name] - before[name] for name in after}
    settlement.journal_payment(payment_id, account, amount_minor, parts, effective_on=paid_on, at=at, actor=actor)
    change = settlement.let_go(
        tables, account, reason="payment taken", reference=payment_id, as_of=as_of, at=at, actor=actor
    )
    _tell(payment_id, account, amount_minor, parts, at=at, actor=actor)
    if not payment_id.isascii() or " " in payment_id:  # no bank's number, but what the payer wrote with it
        hear_person.heed_note(payment_id, customer_id=account.customer_id, at=at, actor=actor)
    return Taken(
        payment_id,
        account.customer_id,
        True,
        parts,
        amount_minor - sum(parts.values()),
        change.closed_case_ids,
        change.contacts_cancelled,
    )


def names_nobody(*codes: str) -> None:
    """Raises PaymentNamesAPerson for an identifier or a code that a tape would set aside."""
    policy = tape_policies.load(house.here().policies / "tape.toml")
    if personal.mask(pl.Series(codes), policy).any():
        raise PaymentNamesAPerson


def _tell(
    payment_id: str,
    account: customer_book.Account,
    amount_minor: int,
    parts: settlement.Parts,
    *,
    at: datetime,
    actor: str,
) -> None:
    """Into the audit, with what it settled, and to partners."""
    facts: dict[str, object] = {"payment_id": payment_id, "account_id": account.account_id}
    facts |= {"amount_minor": amount_minor, "currency": account.currency}
    audit.record(
        "payment.taken", subject=account.customer_id, actor=actor, at=at, before="", after="", parts=parts, **facts
    )
    webhooks.announce([webhooks.Notice("payment.taken", payment_id, facts)], at=at)


def _settled_then(
    payment_id: str, account: customer_book.Account, tables: customer_book.Tables, as_of: date
) -> settlement.Parts:
    """What a known payment settled when it was taken; what it settles by now, where only a tape told of it."""
    told = audit_queries.facts_of(account.customer_id, "payment.taken", key="payment_id", fact="parts")
    return told.get(payment_id) or settlement.moved_by(payment_id, tables, account, as_of=as_of)


def _check(amount_minor: int, currency: str, paid_on: date, account: customer_book.Account, as_of: date) -> None:
    if not 0 < amount_minor < MINOR_LIMIT:
        raise WrongPaymentAmount
    if currency != account.currency:
        raise WrongPaymentCurrency(kept=account.currency, currency=currency)
    if paid_on > as_of:
        raise PaidInFuture(paid_on=paid_on, as_of=as_of)
    if paid_on < account.opened_on:
        raise PaidBeforeOpening(paid_on=paid_on, opened_on=account.opened_on)


def _check_alike(meant: int | None, content: dict[str, object], payments: pl.DataFrame) -> None:
    """Payments of a tape count too; a reversal, and what was taken back, do not. meant : None = nobody is asked"""
    if meant is None:
        return
    undone = payments["reverses"].drop_nulls().implode()
    standing = payments.filter(pl.col("reverses").is_null(), ~pl.col("payment_id").is_in(undone))
    account_id, paid_on, amount_minor = (content[name] for name in ("account_id", "paid_on", "amount_minor"))
    times = standing.filter(account_id=account_id, paid_on=paid_on, amount_minor=amount_minor).height
    if times > meant:
        raise PaidAlike(account_id=account_id, paid_on=paid_on, amount_minor=amount_minor, times=times)


def _check_excess(amount_minor: int, tables: customer_book.Tables, account: customer_book.Account, as_of: date) -> None:
    stands = settlement.position_of(tables, account, as_of=as_of)
    owed_minor = max(stands.outstanding.total_minor - stands.surplus_minor, 0) if stands else amount_minor
    if amount_minor > owed_minor:
        raise PaidInExcess(account_id=account.account_id, owed_minor=owed_minor, amount_minor=amount_minor)


def _is_known(payment_id: str, content: dict[str, object], payments: pl.DataFrame, channel: str) -> bool:
    """Known from the books or from a tape, with this content; raises PaymentDiffers when with another.

    One that is new raises PaymentNamesAPerson where its identifier or channel does.
    """
    stored = Payment.objects.filter(payment_id=payment_id).first()
    if stored is not None:
        if not ledger.same_payment(stored, **content):
            raise PaymentDiffers(payment_id=payment_id)
        return True
    told = payments.filter(pl.col("payment_id") == payment_id)
    if told.is_empty():
        names_nobody(payment_id, channel)
        return False
    row = told.row(0, named=True)
    if any(row[name] != content[name] for name in ("account_id", "paid_on", "amount_minor")) or row["reverses"]:
        raise PaymentDiffers(payment_id=payment_id)
    return True
