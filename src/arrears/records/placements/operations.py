"""Give a case to an agency, and take it back: each with its case event and its audit row, in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import operations as cases
from arrears.records.placements.models import EndReason, Placement
from arrears.records.privacy import words


class NoSuchPlacement(NotFound):
    code = "no_such_placement"
    message = "There is no placement {placement_id}."


class PlacedAlready(Refusal):
    code = "placed_already"
    message = "The case {case_id} is with {agency} already."


class PlacementDiffers(Refusal):
    """The same identifier came before with other content."""

    code = "placement_differs"
    message = "The placement {placement_id} is known with other content."


class UnknownEndReason(InvalidInput):
    code = "unknown_end_reason"
    message = "{reason} is not how a placement ends."


class UnableToEndPlacement(Refusal):
    code = "unable_to_end_placement"
    message = "The placement {placement_id} has ended already, or would end before it began."


def is_on_record(
    *, placement_id: str, case_id: str, agency: str, placed_on: date, amount_minor: int, reference: str
) -> bool:
    """Was this very placement put on record before? Raises PlacementDiffers when another was under its identifier."""
    found = Placement.objects.filter(placement_id=placement_id).first()
    if found is None:
        return False
    facts = (found.case_id, found.agency, found.placed_on, found.amount_minor, words.opened(found, "reference_sealed"))
    if facts != (case_id, agency, placed_on, amount_minor, reference):
        raise PlacementDiffers(placement_id=placement_id)
    return True


@transaction.atomic
def place(
    *,
    placement_id: str,
    case_id: str,
    agency: str,
    placed_on: date,
    amount_minor: int,
    currency: str,
    reference: str,
    note: str,
    at: datetime,
    actor: str,
) -> None:
    """Put a placement on record that is not there yet, see `is_on_record`. Raises PlacedAlready.

    The case's row is locked, so of two colleagues who place at once one is told.
    """
    cases.lock(case_id)
    live = Placement.objects.filter(case_id=case_id, ended_on=None).first()
    if live is not None:
        raise PlacedAlready(case_id=case_id, agency=live.agency)
    Placement.objects.create(
        placement_id=placement_id,
        case_id=case_id,
        agency=agency,
        placed_on=placed_on,
        amount_minor=amount_minor,
        currency=currency,
        reference_sealed=words.seal(Placement, "reference_sealed", placement_id, reference),
        note_sealed=words.seal(Placement, "note_sealed", placement_id, note),
        placed_at=at,
        placed_by=actor,
    )
    _tell("agency.placed", case_id, placement_id, agency, at=at, actor=actor, amount_minor=amount_minor)


def ask_back(*, customer_id: str, at: datetime, actor: str) -> int:
    """Put on record that what agencies have of a person is to be recalled; returns how many placements that is."""
    live = Placement.objects.filter(case__person_id=customer_id, ended_on=None).order_by("placement_id")
    for placement in live:
        _tell("agency.to_recall", placement.case_id, placement.placement_id, placement.agency, at=at, actor=actor)
    return len(live)


@transaction.atomic
def end(*, placement_id: str, reason: str, ended_on: date, note: str, at: datetime, actor: str) -> tuple[str, str]:
    """End a placement: RECALLED by us or RETURNED by the agency; returns its case and customer.

    raises : UnknownEndReason, NoSuchPlacement, UnableToEndPlacement
    """
    if reason not in (EndReason.RECALLED, EndReason.RETURNED):
        raise UnknownEndReason(reason=reason[:20])
    found = Placement.objects.select_related("case").filter(placement_id=placement_id).first()
    if found is None:
        raise NoSuchPlacement(placement_id=placement_id)
    end_reason = EndReason(reason)
    live = Placement.objects.filter(placement_id=placement_id, ended_on=None, placed_on__lte=ended_on)
    kept = {"end_note_sealed": words.seal(Placement, "end_note_sealed", placement_id, note)}
    if live.update(ended_on=ended_on, end_reason=end_reason, ended_at=at, ended_by=actor, **kept) != 1:
        raise UnableToEndPlacement(placement_id=placement_id)
    _tell(f"agency.{end_reason.lower()}", found.case_id, placement_id, found.agency, at=at, actor=actor)
    return found.case_id, found.case.person_id


def end_of_closed(*, case_ids: Collection[str], ended_on: date, at: datetime, actor: str) -> int:
    """End what agencies still have of cases that have closed, in the transaction that closed them; returns how many."""
    standing = Placement.objects.select_for_update(no_key=True).filter(case_id__in=list(case_ids), ended_on=None)
    live = list(standing.order_by("placement_id"))
    for placement in live:
        placement.ended_on, placement.end_reason = max(ended_on, placement.placed_on), EndReason.CLOSED
        placement.ended_at, placement.ended_by = at, actor
        _tell("agency.closed", placement.case_id, placement.placement_id, placement.agency, at=at, actor=actor)
    Placement.objects.bulk_update(live, ["ended_on", "end_reason", "ended_at", "ended_by"])
    return len(live)


def _tell(
    kind: str, case_id: str, placement_id: str, agency: str, *, at: datetime, actor: str, **facts: object
) -> None:
    data = {"placement_id": placement_id} | facts
    cases.record_event(case_id=case_id, kind=kind, at=at, actor=actor, after=agency, data=data)
    audit.record(kind, subject=case_id, actor=actor, at=at, after=agency, **data)
