"""Take a lender's tape in: what identifies people into the vault, everything else into the lake, and a report.

Called by the command line and the demo. Taking the same tape in twice changes nothing; a refused tape stores nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from arrears.decisions.lake import Lake, Manifest, changing, memory, mending
from arrears.decisions.lake.merge import merge_tape, refuse_back_dated
from arrears.decisions.tape import reading, spool
from arrears.decisions.tape.policy import TapePolicy
from arrears.exchange import outside_contacts, own_payments, vault
from arrears.kernel import clock
from arrears.records.audit import operations as audit
from arrears.records.privacy import keys
from arrears.records.runs.models import TapeIngest
from arrears.rules import business_dates

#: A partition of this many people is aged and decided in a second or two, and fits a laptop's memory many times over.
CUSTOMERS_A_PARTITION = 50_000
PARTITIONS_MAX = 64

#: Called with what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TapeTaken:
    """The report as it stands in the books; was_known when this very tape had been taken in before."""

    report: dict[str, object]
    was_known: bool


def take_tape(
    folder: Path,
    *,
    lake: Path,
    partitions: int,
    as_of: date,
    at: datetime,
    actor: str,
    progress: Progress,
    durable: bool = True,
    policy: TapePolicy | None = None,
    far: bool = False,
) -> TapeTaken:
    """Read a tape and store it.

    folder     : CSV or Parquet files (docs/tape.md)
    partitions : of the lake, chosen with its first tape; 0 = by how many customers that tape has
    durable    : the tape outlives a power cut; only who can make the same tape again does without
    policy     : how strictly it is read; by default as shipped
    far        : the date is meant although it lies far from the newest tape or after today
    returns    : TapeTaken; in its report accepted + quarantined == read for every file
    raises     : decisions.tape.refusals.TapeRefused in one of its forms, lake.merge.BackDatedTape, lake.NightIsRunning,
                 lake.TapeIsRunning, business_dates.FarAhead, business_dates.FarDate; nothing is stored then

    The lake is published first and the vault after it, so a kill in between is mended by taking the tape in again.
    """
    business_dates.sane(as_of)
    with changing.alone(lake, changing.TAPE):
        store = Lake(lake, durable=durable)
        refuse_back_dated(store, as_of)
        if not far:
            today = clock.business_date(at, settings.LENDER_ZONE)
            newest = store.latest("accounts", on_or_before=as_of)
            business_dates.refuse_far(as_of, today=today, newest=newest)
        with mending.mended(store, as_of) as broken:
            tape, changed = _into_lake(
                folder, store, partitions=partitions, as_of=as_of, policy=policy, progress=progress, broken=broken
            )
        stored = TapeIngest.objects.filter(as_of=as_of, report__fingerprint=tape.fingerprint).first()
        if stored is not None and not changed:
            return TapeTaken(stored.report, was_known=True)
        twice = own_payments.perhaps_twice(store, as_of)
        report = _into_books(tape, twice, as_of=as_of, at=at, actor=actor, progress=progress)
        return TapeTaken(report, was_known=False)


def _into_lake(
    folder: Path,
    store: Lake,
    *,
    partitions: int,
    as_of: date,
    policy: TapePolicy | None,
    progress: Progress,
    broken: Manifest | None,
) -> tuple[reading.Reading, bool]:
    """The tape as it was read, and whether the lake did not have it yet."""
    asked = int(str(broken.parameters["partitions"])) if broken else partitions_of(store) or partitions
    with _spool(store.root) as spooled:
        tape = reading.read_folder(
            folder,
            as_of=as_of,
            pseudonym_key=keys.get("PSEUDONYM_KEY"),
            known=memory.of(store, as_of, own_payments=own_payments.taken()),
            policy=policy,
            progress=progress,
            place=spool.Place(spooled, lambda customers: asked or enough_for(customers)),
        )
        if broken:
            mending.refuse_another(store, broken, tape)
        partitions = asked or enough_for(tape.tables["customers"].height)
        merged = merge_tape(store, tape, as_of=as_of, partitions=partitions, progress=progress)
    return tape, merged.changed


@transaction.atomic
def _into_books(
    tape: reading.Reading, twice: list[dict[str, str]], *, as_of: date, at: datetime, actor: str, progress: Progress
) -> dict[str, object]:
    """Its people into the vault, and its report."""
    kept = vault.keep(tables=tape.tables, identity=tape.identity, as_of=as_of, progress=progress)
    outside = outside_contacts.keep(tape.tables["contact_history"], as_of=as_of)
    report = {**tape.report.as_dict(), "fingerprint": tape.fingerprint, "vault": kept.as_dict()}
    report["pseudonym_key"] = keys.mark(keys.get("PSEUDONYM_KEY"))
    report["perhaps_told_twice"] = twice
    report["outside_contacts"] = {"new": outside.inserted, "changed": outside.updated}
    TapeIngest.objects.create(as_of=as_of, ingested_at=at, report=report)
    counts = {name: report[name] for name in ("read", "accepted", "quarantined")}
    audit.record("tape.taken", subject=f"tape:{as_of}", actor=actor, at=at, before="", after="", **counts)
    return report


@contextmanager
def _spool(lake: Path) -> Iterator[Path]:
    """An empty folder beside the lake's tables, on the disk that will hold the tape anyway; it goes when we are done.

    Nobody else takes a tape meanwhile, so whatever stands there already is what a killed one left.
    """
    for left in lake.glob(".spool-*"):
        shutil.rmtree(left, ignore_errors=True)
    lake.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".spool-", dir=lake) as folder:
        yield Path(folder)


def partitions_of(store: Lake) -> int:
    """How many partitions the lake was begun with; 0 before its first tape."""
    newest = store.latest("accounts")
    return len(store.parts("accounts", newest)) if newest is not None else 0


def enough_for(customers: int) -> int:
    """A power of two of partitions, so that none holds many more than CUSTOMERS_A_PARTITION people."""
    wanted = 1
    while wanted * CUSTOMERS_A_PARTITION < customers and wanted < PARTITIONS_MAX:
        wanted *= 2
    return wanted
