"""With which agency is a case, and where was it before? Frozen rows for the console and the night."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from arrears.records import bulk
from arrears.records.placements.models import EndReason, Placement
from arrears.records.privacy import words


@dataclass(frozen=True)
class PlacementRow:
    """One placement, frozen for a page."""

    placement_id: str
    case_id: str
    agency: str
    placed_on: date
    amount_minor: int
    currency: str
    reference: str
    note: str
    placed_at: datetime
    placed_by: str
    ended_on: date | None
    end_reason: str
    end_reason_label: str
    end_note: str
    ended_at: datetime | None
    ended_by: str

    @property
    def is_live(self) -> bool:
        return self.ended_on is None


def of_case(case_id: str) -> list[PlacementRow]:
    """The placements of a case already accessed, the newest first."""
    return of_cases([case_id])


def of_cases(case_ids: Collection[str]) -> list[PlacementRow]:
    """The placements of some cases already accessed, the newest first."""
    found = Placement.objects.filter(case_id__in=case_ids).order_by("-placed_on", "-placed_at")
    return [_row(placement) for placement in found]


def agency_of(customer_id: str) -> str:
    """The code of an agency that has a case of this person, blank when none has."""
    live = Placement.objects.filter(case__person_id=customer_id, ended_on=None).order_by("placed_on", "placement_id")
    return live.values_list("agency", flat=True).first() or ""


def agency_with(case_id: str) -> str:
    """The code of the agency that has a case, which keeps it until the transaction ends; blank when none has."""
    live = Placement.objects.select_for_update(no_key=True).filter(case_id=case_id, ended_on=None)
    return live.values_list("agency", flat=True).first() or ""


def with_agencies(case_ids: Collection[str]) -> set[str]:
    """Those of these cases that an agency has now."""
    found: set[str] = set()
    for piece in bulk.keys_in_pieces(sorted(case_ids)):
        live = Placement.objects.filter(case__among=piece, ended_on=None)
        found |= set(live.values_list("case_id", flat=True))
    return found


def live_of(case_ids: Collection[str]) -> dict[str, PlacementRow]:
    """Case → the placement that stands, of those of some cases that an agency has."""
    live = Placement.objects.filter(case_id__in=list(case_ids), ended_on=None)
    return {placement.case_id: _row(placement) for placement in live}


def live_counts() -> dict[str, int]:
    """Agency → how many cases it has."""
    counted = Placement.objects.filter(ended_on=None).values_list("agency").annotate(count=Count("*"))
    return dict(counted.order_by("agency"))


def live_since(day: date, *, limit: int) -> list[PlacementRow]:
    """Placements that have stood since a day or longer, the oldest first."""
    found = Placement.objects.filter(ended_on=None, placed_on__lte=day).order_by("placed_on", "placement_id")
    return [_row(placement) for placement in found[:limit]]


def whom_agencies_have() -> list[tuple[str, str, str]]:
    """(placement_id, customer_id, agency) of every case that an agency has now."""
    live = Placement.objects.filter(ended_on=None).order_by("placement_id")
    return list(live.values_list("placement_id", "case__person_id", "agency"))


def of_open_cases(case_id: str | None = None) -> list[tuple[str, str, date, date | None]]:
    """(customer, currency, placed on, ended on) of each placement of a case (or of one) that is open."""
    found = Placement.objects.filter(case__status="OPEN").order_by("placement_id")
    if case_id is not None:
        found = found.filter(case_id=case_id)
    return list(found.values_list("case__person_id", "case__currency", "placed_on", "ended_on"))


def end_reasons() -> list[tuple[str, str]]:
    """How a colleague ends a placement, with labels."""
    by_hand = (EndReason.RECALLED, EndReason.RETURNED)
    return [(str(reason.value), str(reason.label)) for reason in by_hand]


def _row(placement: Placement) -> PlacementRow:
    return PlacementRow(
        placement_id=placement.placement_id,
        case_id=placement.case_id,
        agency=placement.agency,
        placed_on=placement.placed_on,
        amount_minor=placement.amount_minor,
        currency=placement.currency,
        reference=words.shown(placement, "reference_sealed"),
        note=words.shown(placement, "note_sealed"),
        placed_at=placement.placed_at,
        placed_by=placement.placed_by,
        ended_on=placement.ended_on,
        end_reason=placement.end_reason,
        end_reason_label=placement.get_end_reason_display() if placement.end_reason else "",
        end_note=words.shown(placement, "end_note_sealed"),
        ended_at=placement.ended_at,
        ended_by=placement.ended_by,
    )
