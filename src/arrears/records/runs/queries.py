"""How far have the nights come, and what came of each? Read by the console, the API and the clock's provider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arrears.records.runs.models import Night, RunStatus, TapeIngest

#: The step that a night is at once its books are kept.
BOOKS_KEPT = "CONTACTS"


@dataclass(frozen=True)
class NightRow:
    """One night, frozen for a page."""

    as_of: date
    status: str
    status_label: str
    started_at: datetime
    finished_at: datetime | None
    partitions: int
    partitions_done: int
    step: str
    figures: dict[str, Any]
    error: str

    @property
    def is_running(self) -> bool:
        return self.status == RunStatus.RUNNING

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


@dataclass(frozen=True)
class TapeRow:
    """One tape taken in, with its report."""

    tape_id: int
    as_of: date
    ingested_at: datetime
    report: dict[str, Any]


def newest_done_on() -> date | None:
    """The business date that the books have reached."""
    return Night.objects.filter(status=RunStatus.DONE).order_by("-as_of").values_list("as_of", flat=True).first()


def began(days: Iterable[date]) -> dict[date, datetime]:
    """Business date → the moment of its night, by which everything is dated that it did; without those never run."""
    return dict(Night.objects.filter(as_of__in={*days}).values_list("as_of", "started_at"))


def half_done_on() -> date | None:
    """The date of a night whose books are kept and whose contacts are not planned yet; None when there is none."""
    half = Night.objects.filter(step=BOOKS_KEPT).exclude(status=RunStatus.DONE)
    return half.order_by("-as_of").values_list("as_of", flat=True).first()


def newest_tape_on() -> date | None:
    """The business date of the newest tape taken in."""
    return TapeIngest.objects.order_by("-as_of").values_list("as_of", flat=True).first()


def newest_night() -> NightRow | None:
    """The latest night, finished or not."""
    night = Night.objects.order_by("-as_of").first()
    return _night_row(night) if night else None


def night_of(as_of: date) -> NightRow | None:
    """One business date's night."""
    night = Night.objects.filter(as_of=as_of).first()
    return _night_row(night) if night else None


def nights_before(before: date | None, *, limit: int) -> list[NightRow]:
    """The latest nights, newest first, of dates earlier than `before`."""
    nights = Night.objects.order_by("-as_of")
    if before:
        nights = nights.filter(as_of__lt=before)
    return [_night_row(night) for night in nights[:limit]]


def latest_tapes(*, limit: int) -> list[TapeRow]:
    """The latest tapes, newest first."""
    return [_tape_row(tape) for tape in TapeIngest.objects.order_by("-as_of", "-id")[:limit]]


def tape(tape_id: int) -> TapeRow | None:
    """One tape."""
    found = TapeIngest.objects.filter(id=tape_id).first()
    return _tape_row(found) if found else None


def _night_row(night: Night) -> NightRow:
    return NightRow(
        as_of=night.as_of,
        status=night.status,
        status_label=night.get_status_display(),
        started_at=night.started_at,
        finished_at=night.finished_at,
        partitions=night.partitions,
        partitions_done=night.partitions_done,
        step=night.step,
        figures=night.figures,
        error=night.error,
    )


def _tape_row(tape: TapeIngest) -> TapeRow:
    return TapeRow(tape_id=tape.pk, as_of=tape.as_of, ingested_at=tape.ingested_at, report=tape.report)
