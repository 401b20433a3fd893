"""Decide and post the write-off of a debt: proposed by the night, approved by a person, posted once, still claimed.

Called by the console (finance). 账销案存: the debt leaves the balance sheet, not the books of collection. Of proposal,
decision and posting, none is done by whoever did the step before, so that two people see every write-off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from django.db import transaction

from arrears.actions import house, screen_words, settlement
from arrears.actions.screen_words import Words
from arrears.exchange import customer_book
from arrears.kernel import identifiers
from arrears.kernel.errors import Refusal
from arrears.kernel.transitions import next_status
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.cases import operations as cases
from arrears.records.contacts import outbox
from arrears.records.privacy import words as sealing
from arrears.records.webhooks import operations as webhooks
from arrears.records.writeoffs.models import WriteOff, WriteOffStatus
from arrears.records.writeoffs.queries import NoSuchWriteOff
from arrears.rules import cases as machines
from arrears.rules import postings


class SamePerson(Refusal):
    code = "same_person"
    message = "A write-off is decided by another person than the one who proposed it."


class PostedBySamePerson(Refusal):
    code = "posted_by_same_person"
    message = "A write-off is posted by another person than the one who approved it."


class NothingToWriteOff(Refusal):
    code = "nothing_to_write_off"
    message = "Account {account_id} owes nothing any more, or what it owes cannot be computed."


@transaction.atomic
def approve(*, write_off_id: str, note: str, at: datetime, actor: str) -> None:
    """Approve a proposal; the actor is not who proposed it (SamePerson)."""
    _decide(write_off_id, "approve", note=note, at=at, actor=actor)


@transaction.atomic
def reject(*, write_off_id: str, note: str, at: datetime, actor: str) -> None:
    """Reject a proposal, or one approved that shall not be posted after all, as when the debt has been paid since.

    While it stands approved no other is proposed for the account; once it is rejected, one may be in the next case.
    """
    _decide(write_off_id, "reject", note=note, at=at, actor=actor)


def _decide(write_off_id: str, event: str, *, note: str, at: datetime, actor: str) -> None:
    row = _locked(write_off_id)
    before = row.status
    row.status = next_status(machines.WRITE_OFF, before, event, noun="write-off")
    if actor == row.proposed_by:
        raise SamePerson
    row.decided_at, row.decided_by = at, actor
    row.note_sealed = sealing.seal(WriteOff, "note_sealed", write_off_id, note)
    row.save(update_fields=["status", "decided_at", "decided_by", "note_sealed"])
    _tell(row, f"write_off.{row.status.lower()}", before, note=note, at=at, actor=actor)
    words = Words(screen_words.WRITE_OFF, write_off_id, row.case.person_id, row.case_id)
    screen_words.flag_note(note, words=words, at=at, actor=actor)


@transaction.atomic
def post(*, write_off_id: str, as_of: date, at: datetime, actor: str) -> str:
    """Post an approved write-off with the amounts owed today; a supplement with its own.

    returns : entry_id of the journal entry; its lines sum to zero
    raises  : PostedBySamePerson; NothingToWriteOff when the debt has been paid since
    """
    # As when a payment is taken: while what is owed is read and posted, nobody else moves this person's money.
    outbox.lock(WriteOff.objects.filter(write_off_id=write_off_id).values_list("case__person_id", flat=True))
    row = _locked(write_off_id)
    before = row.status
    row.status = next_status(machines.WRITE_OFF, before, "post", noun="write-off")
    if actor == row.decided_by:
        raise PostedBySamePerson
    row.posted_by = actor
    lake = house.here().lake
    account = customer_book.find_account(row.account_id, lake=lake)
    tables = customer_book.read(account.customer_id, lake=lake)
    if row.supplements_id is None:
        event = postings.DebtWrittenOff(_owed(tables, account, as_of=as_of))
        row.payments_before = _counted(tables["payments"], account, as_of=as_of)
    else:
        own = {name: getattr(row, f"{name}_minor") for name in postings.COMPONENTS}
        event = postings.DebtWrittenOff(own, settlement.memo_raised(account, row.total_minor))
    if not any(event.parts.values()):
        raise NothingToWriteOff(account_id=row.account_id)
    for component, amount in event.parts.items():
        setattr(row, f"{component}_minor", amount)
    row.save()
    entry_id = settlement.journal(
        "write_off.posted",
        event,
        row.write_off_id,
        account,
        effective_on=as_of,
        at=at,
        actor=actor,
    )
    settlement.let_go(
        tables, account, reason="written off", reference=row.write_off_id, as_of=as_of, at=at, actor=actor
    )
    _tell(row, "write_off.posted", before, at=at, actor=actor)
    facts = {"account_id": row.account_id, "total_minor": row.total_minor, "currency": row.currency}
    webhooks.announce([webhooks.Notice("write_off.posted", row.write_off_id, facts)], at=at)
    return entry_id


def propose_supplement(
    parts: Mapping[str, int],
    *,
    account_id: str,
    payment_id: str,
    reversal_id: str,
    as_of: date,
    at: datetime,
    actor: str,
) -> None:
    """Propose to write off as well what a payment had settled that was taken back after its debt was written off.

    Without it that part would stand on the balance sheet of a debt that is no longer there, and nothing would take it
    down. Nothing is proposed where the debt is not written off.

    parts : minor units by component, as the reversal put them back; called inside its transaction
    """
    posted = WriteOff.objects.filter(account_id=account_id, status=WriteOffStatus.POSTED, supplements__isnull=True)
    debt = posted.first()
    if debt is None:
        return
    row = WriteOff.objects.create(
        write_off_id=identifiers.derived_id("write_off", "supplement", reversal_id),
        case_id=debt.case_id,
        account_id=account_id,
        currency=debt.currency,
        **{f"{name}_minor": parts[name] for name in postings.COMPONENTS},
        reason="PAYMENT_REVERSED",
        rule_number=0,
        evidence={"payment_id": payment_id, "reversal_id": reversal_id, "write_off_id": debt.write_off_id},
        proposed_on=as_of,
        proposed_by=actor,
        supplements=debt,
    )
    _tell(row, "write_off.proposed", "", at=at, actor=actor)


def _owed(tables: customer_book.Tables, account: customer_book.Account, *, as_of: date) -> dict[str, int]:
    position = settlement.position_of(tables, account, as_of=as_of)
    if position is None:
        raise NothingToWriteOff(account_id=account.account_id)
    return {name: getattr(position.outstanding, f"{name}_minor") for name in postings.COMPONENTS}


def _counted(payments: pl.DataFrame, account: customer_book.Account, *, as_of: date) -> list[str]:
    own = payments.filter(pl.col("account_id") == account.account_id, pl.col("paid_on") <= as_of)
    return own["payment_id"].sort().to_list()


def _locked(write_off_id: str) -> WriteOff:
    row = WriteOff.objects.select_for_update().filter(write_off_id=write_off_id).first()
    if row is None:
        raise NoSuchWriteOff(write_off_id=write_off_id)
    return row


def _tell(row: WriteOff, kind: str, before: str, *, note: str = "", at: datetime, actor: str) -> None:
    """note : stays with the event in the audit trail when a later decision replaces it in the row"""
    sides = {"before": before, "after": row.status}
    facts = {"write_off_id": row.write_off_id, "account_id": row.account_id, "total_minor": row.total_minor}
    cases.record_event(case_id=row.case_id, kind=kind, at=at, actor=actor, reason=row.reason, data=facts, **sides)
    said = Written(row.case.person_id, {"note": note} if note else {})
    audit.record_written(said, kind, subject=row.case_id, actor=actor, at=at, account=row.account_id, **sides)
