"""What taking, reversing and writing off have in common: what is settled, the journal, and letting go of a case.

Called by those actions inside their transaction; nothing else changes money in the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from arrears.actions import house
from arrears.decisions import isolation, night_policy, positions
from arrears.exchange import case_refresh, customer_book
from arrears.records.audit import operations as audit
from arrears.records.contacts import operations as contacts
from arrears.records.ledger import operations as ledger
from arrears.records.webhooks import operations as webhooks
from arrears.records.writeoffs.models import WriteOff
from arrears.rules import postings
from arrears.rules.ageing import one


@dataclass(frozen=True)
class LetGo:
    """What changed around a customer after money moved."""

    closed_case_ids: tuple[str, ...]
    contacts_cancelled: int


def chart() -> postings.Chart:
    """The chart of accounts of this installation."""
    return _chart(house.here().policies)


@lru_cache(maxsize=4)
def _chart(folder: Path) -> postings.Chart:
    return postings.read_chart(folder / "charts" / "cn.toml")


def of(tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> dict[str, int]:
    """How much of each component all payments together have settled by `as_of`.

    returns : zeros when the account cannot be aged: its money stands as surplus until its data is mended
    """
    state = _state(tables, account, as_of)
    return customer_book.settled(state) if state else dict.fromkeys(postings.COMPONENTS, 0)


def position_of(tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> one.Position | None:
    """Where the account stands at `as_of`; None when its data cannot be aged."""
    state = _state(tables, account, as_of)
    return state.position if state else None


def _state(tables: customer_book.Tables, account: customer_book.Account, as_of: date) -> one.Aged | None:
    products = night_policy.load(house.here().policies).products
    try:
        return positions.file_of(tables, account.account_id, policies=products, as_of=as_of)
    except isolation.DATA_FAULTS:
        return None


def is_written_off(account_id: str) -> bool:
    """Does this account stand written off?"""
    return WriteOff.objects.filter(account_id=account_id, status="POSTED").exists()


def journal(
    kind: str,
    event: postings.Event,
    reference: str,
    account: customer_book.Account,
    *,
    effective_on: date,
    at: datetime,
    actor: str,
) -> str:
    """Append the event's entry by its recipe; returns entry_id."""
    return ledger.append(
        kind=kind,
        reference=reference,
        account_id=account.account_id,
        currency=account.currency,
        lines=postings.recipe(event, chart=chart()),
        effective_on=effective_on,
        at=at,
        actor=actor,
    )


def let_go(account: customer_book.Account, *, reason: str, as_of: date, at: datetime, actor: str) -> LetGo:
    """Bring the customer's cases up to date, cancel what was planned on the old amounts, tell partners of closings.

    Every planned contact goes, also when something is left to pay: its text would state an amount that is no longer
    owed. The next night plans anew from what is.
    """
    place = house.here()
    brought = case_refresh.refresh(
        customer_id=account.customer_id,
        lake=place.lake,
        policy=night_policy.load(place.policies),
        as_of=as_of,
        at=at,
        actor=actor,
    )
    cancelled = contacts.cancel(customer_id=account.customer_id, reason=reason, at=at, actor=actor)
    for case_id in brought.closed_ids:
        audit.record("case.closed", subject=case_id, actor=actor, at=at, before="OPEN", after="CLOSED")
    webhooks.announce(
        [webhooks.Notice("case.closed", case_id, {"case_id": case_id}) for case_id in brought.closed_ids], at=at
    )
    return LetGo(brought.closed_ids, len(cancelled))


def was_recovery(payment_id: str) -> bool:
    """Was this payment journaled as a recovery of a written-off debt?"""
    return ledger.moved(reference=payment_id, ledger_account=chart().codes["recovery"])
