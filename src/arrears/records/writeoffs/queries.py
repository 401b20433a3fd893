"""Which write-offs wait, for whom, and on what evidence? Frozen rows for the console and the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from arrears.kernel.errors import NotFound
from arrears.records.cases import scope
from arrears.records.cases.models import CaseAccount, CaseStatus
from arrears.records.people import queries as people
from arrears.records.privacy import words
from arrears.records.writeoffs.models import WriteOff, WriteOffStatus

#: In these its amounts are those of the proposal; posting reads what is owed then.
WAITING = (WriteOffStatus.PROPOSED, WriteOffStatus.APPROVED)
#: These follow the debt into its next case; what was rejected or lapsed stays in its own.
FOLLOWING = (*WAITING, WriteOffStatus.POSTED)


class NoSuchWriteOff(NotFound):
    code = "no_such_write_off"
    message = "There is no write-off {write_off_id}."


@dataclass(frozen=True)
class WriteOffRow:
    """One write-off with the case it belongs to."""

    write_off_id: str
    case_id: str
    customer_id: str
    name_masked: str
    account_id: str
    status: str
    status_label: str
    currency: str
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    total_minor: int
    reason: str
    rule_number: int
    evidence: dict[str, Any]
    proposed_on: date
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    note: str
    posted_by: str
    owed_now_minor: int | None  # while it waits: what its account owes as the books know it; None once posted or gone
    is_supplement: bool  # of what a payment that was taken back had settled before the debt was written off

    @property
    def is_stale(self) -> bool:
        """Has what is owed changed since the amounts were read, by a payment or a night? Posting reads it anew."""
        return self.owed_now_minor is not None and self.owed_now_minor != self.total_minor

    @property
    def is_proposed(self) -> bool:
        return self.status == WriteOffStatus.PROPOSED

    @property
    def is_approved(self) -> bool:
        return self.status == WriteOffStatus.APPROVED

    @property
    def is_posted(self) -> bool:
        return self.status == WriteOffStatus.POSTED


def holding_back() -> QuerySet[WriteOff]:
    """The write-offs because of which no other is proposed for their account, or could be.

    What waits for a decision and what was posted hold it back. So does a rejection, for as long as its case is open:
    it answered the question for these arrears. When the person falls behind anew, in a case of its own, the question
    is a new one. What lapsed was never answered. A supplement answers for its own amount alone.
    """
    live = Q(status__in=[WriteOffStatus.PROPOSED, WriteOffStatus.APPROVED, WriteOffStatus.POSTED])
    live |= Q(status=WriteOffStatus.REJECTED, case__status=CaseStatus.OPEN)
    return WriteOff.objects.filter(live, supplements__isnull=True)


def in_status(
    viewer: scope.Viewer, status: str, *, after: tuple[object, ...] | None = None, size: int
) -> list[WriteOffRow]:
    """Write-offs in one status, the oldest proposal first; one row past `size` tells that there is more."""
    found = WriteOff.objects.filter(scope.of_cases(viewer, "case"), status=status).order_by(
        "proposed_on", "write_off_id"
    )
    if after:
        on, write_off_id = after
        found = found.filter(Q(proposed_on__gt=on) | Q(proposed_on=on, write_off_id__gt=write_off_id))
    return _rows(found.select_related("case__person")[: size + 1])


def of_case(case_id: str) -> list[WriteOffRow]:
    """The write-offs of a case already accessed, and those that follow its accounts from another case."""
    following = Q(status__in=FOLLOWING, account_id__in=CaseAccount.objects.filter(case_id=case_id).values("account_id"))
    # By way of the person, whose index there is.
    found = WriteOff.objects.filter(Q(case_id=case_id) | following, case__person__cases=case_id)
    return _rows(found.select_related("case__person").order_by("-proposed_on", "write_off_id"))


def written_off_minor(account_id: str) -> int:
    """What of an account was written off, supplements among it, in whichever case; minor units."""
    posted = WriteOff.objects.filter(account_id=account_id, status=WriteOffStatus.POSTED)
    return sum(one.total_minor for one in posted)


def posted_of(case_ids: Iterable[str]) -> frozenset[str]:
    """Those of some cases of whose debt something is written off, in whichever case of the person that was."""
    write_offs = "case__person__cases__write_offs"  # by way of the person: all those posted would be many more
    found = CaseAccount.objects.filter(case_id__in=list(case_ids), **{f"{write_offs}__account_id": F("account_id")})
    rows = found.values_list("case_id", f"{write_offs}__status")
    return frozenset(case_id for case_id, status in rows if status == WriteOffStatus.POSTED)


def access(viewer: scope.Viewer, write_off_id: str) -> WriteOffRow:
    """One write-off of a case that the viewer may see; raises NoSuchWriteOff."""
    seen = WriteOff.objects.filter(scope.of_cases(viewer, "case"))
    found = seen.select_related("case__person").filter(write_off_id=write_off_id).first()
    if found is None:
        raise NoSuchWriteOff(write_off_id=write_off_id)
    return _rows([found])[0]


def sizes() -> dict[str, int]:
    """Status → how many."""
    counted = WriteOff.objects.values_list("status").annotate(count=Count("*")).order_by("status")
    return dict.fromkeys(WriteOffStatus.values, 0) | dict(counted)


def statuses() -> list[tuple[str, str]]:
    """Every status with its label."""
    return [(str(value), str(label)) for value, label in WriteOffStatus.choices]


def _rows(found: Iterable[WriteOff]) -> list[WriteOffRow]:
    found = list(found)
    asked = {each.pk for each in found if each.status in WAITING and each.supplements_id is None}
    waiting = {each.account_id: each.case_id for each in found if each.pk in asked}
    accounts = CaseAccount.objects.filter(account_id__in=waiting, case_id__in=set(waiting.values()))
    owed = {(one.case_id, one.account_id): one.outstanding_minor for one in accounts}
    return [_row(each, owed.get((each.case_id, each.account_id)) if each.pk in asked else None) for each in found]


def _row(write_off: WriteOff, owed_now_minor: int | None) -> WriteOffRow:
    return WriteOffRow(
        write_off_id=write_off.write_off_id,
        case_id=write_off.case_id,
        customer_id=write_off.case.person_id,
        name_masked=people.name_masked(write_off.case.person),
        account_id=write_off.account_id,
        status=write_off.status,
        status_label=write_off.get_status_display(),
        currency=write_off.currency,
        principal_minor=write_off.principal_minor,
        interest_minor=write_off.interest_minor,
        fee_minor=write_off.fee_minor,
        penalty_minor=write_off.penalty_minor,
        total_minor=write_off.total_minor,
        reason=write_off.reason,
        rule_number=write_off.rule_number,
        evidence=write_off.evidence,
        proposed_on=write_off.proposed_on,
        proposed_by=write_off.proposed_by,
        decided_at=write_off.decided_at,
        decided_by=write_off.decided_by,
        note=words.shown(write_off, "note_sealed"),
        posted_by=write_off.posted_by,
        owed_now_minor=owed_now_minor,
        is_supplement=write_off.supplements_id is not None,
    )
