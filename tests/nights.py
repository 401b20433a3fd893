"""Take tapes in, run nights and compare what lake and books say: the tools of every test about the night."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.test import override_settings
from pytest_django import Settings
from tests.market import Tape

from arrears.actions import approve_retention, house, run_night, wired
from arrears.exchange import tape_in
from arrears.kernel import clock
from arrears.records.cases.models import Case, CaseAccount, CaseEvent, WorkItem
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact, ContactEvent
from arrears.records.runs.models import Night, RunStatus
from arrears.records.writeoffs.models import WriteOff

BOOKS = (Case, CaseAccount, CaseEvent, WorkItem, WriteOff, Contact, ContactEvent, Verdict)
#: Columns that number rows; two tellings of one history may differ in them.
NUMBERED = {"id"}
#: Columns that also say when a row was written; two histories that agree on all else agree.
SERIAL = {"id", "at", "closed_at", "decided_at", "planned_for"}


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def approve_retention_on(on: date) -> None:
    """Two people approve the retention schedule of a day, unless they have."""
    by = {"gate": wired.here().gate, "on": on, "at": moment(on)}
    seen = approve_retention.standing(by["gate"], on=on)
    if not seen.holds:
        approve_retention.ask(seen=seen.fingerprint, actor="user:1", **by)
        approve_retention.approve(seen=seen.fingerprint, actor="user:2", **by)


@contextmanager
def lake_in(folder: Path, *, partitions: int) -> Iterator[None]:
    """The house over a lake in this folder: for fixtures that outlive a test, and so its `settings`."""
    with override_settings(LAKE=folder / "lake", PARTITIONS=partitions):
        yield


def go_on_from(folder: Path, target: Path, house_settings: Settings, *, partitions: int) -> None:
    """The house over a copy of what stands in such a folder, so that a test may change it."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    house_settings.LAKE = target / "lake"
    house_settings.PARTITIONS = partitions


def take(tape: Tape, folder: Path, as_of: date) -> tape_in.TapeTaken:
    return tape_in.take_tape(
        tape.write(folder / f"tape-{as_of}"),
        lake=Path(settings.LAKE),
        partitions=settings.PARTITIONS,
        as_of=as_of,
        at=moment(as_of),
        actor="test",
        progress=quiet,
    )


def moment(as_of: date) -> datetime:
    """Midnight of a business date in the lender's zone: when its night runs."""
    return clock.at_local(as_of, time(0), settings.LENDER_ZONE)


def run(as_of: date, *, progress: Callable[..., None] = quiet) -> list[run_night.NightReport]:
    return run_night.run_night(
        as_of=as_of,
        at=moment(as_of),
        actor=f"night:{as_of}",
        place=house.here(),
        gate=wired.here().gate,
        progress=progress,
        far=True,  # a story lives on one tape for longer than a lender would
    )


def leap(as_of: date) -> list[run_night.NightReport]:
    """Run the night of a date alone, as if those since the newest one had been lived and had changed nothing.

    For a story in which nothing is due on the days between: a rule that counts days reads dates, not nights.
    """
    Night(as_of=as_of - timedelta(days=1), status=RunStatus.DONE, started_at=moment(as_of), partitions=0).save()
    return run(as_of)


def lake_bytes(root: Path | None = None) -> dict[str, str]:
    """Every file of the lake but its locks, what a killed process left included, and the hash of its bytes."""
    root = root or Path(settings.LAKE)
    files = sorted(
        path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock" and path.name != ".lock"
    )
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def books_rows(*, exact: bool = True) -> dict[str, list[str]]:
    """Every row that a night may write, without its number; unless `exact`, without the columns of SERIAL too."""
    return {
        model.__name__: sorted(
            str({name: value for name, value in row.items() if name not in (NUMBERED if exact else SERIAL)})
            for row in model.objects.values()
        )
        for model in BOOKS
    }


def empty_books() -> None:
    """Forget every decision, as if no night had been run; people stay."""
    for model in (Verdict, ContactEvent, Contact, WriteOff, WorkItem, CaseEvent, CaseAccount, Case):
        model.objects.all().delete()
    run_night.Night.objects.all().delete()


def forget_nights(root: Path | None = None) -> None:
    """Remove from the lake everything that a night made."""
    root = root or Path(settings.LAKE)
    for name in ("facts", "positions", "standings", "actions", "summary", "summaries", "quarantined"):
        shutil.rmtree(root / name, ignore_errors=True)
    for path in root.glob("manifests/*/night.part=*.json"):
        path.unlink()
