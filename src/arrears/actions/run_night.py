"""Run the night of a business date, and first the nights that were missed, one by one.

Called by the command line, the living demo and tests. Steps: freeze what the books know → decide every partition →
add up → bring the decisions into the books → plan contacts → delete what was kept as long as it must be. Each step can
be killed and run again: partitions resume at their manifests, the books change in one transaction, contacts have
derived identifiers, and each person is deleted in a transaction of their own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from arrears.actions import (
    anchor_audit,
    forget_strangers,
    judge_promises,
    night_contacts,
    retain_nightly,
    settlement,
    stop_contact,
    told_recoveries,
)
from arrears.actions.contact_gate import Gate
from arrears.actions.house import House
from arrears.decisions import engines, night_files, night_policy, reductions
from arrears.decisions.lake import changing
from arrears.exchange import case_refresh, customer_book, decisions_in, facts_out
from arrears.kernel import clock, faults, garbage
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.cases import teams
from arrears.records.contacts import operations as contacts
from arrears.records.placements import operations as placements
from arrears.records.runs.models import Night, RunStatus
from arrears.records.webhooks import operations as webhooks
from arrears.rules import business_dates

CASE_CLOSED = "case closed"

#: Told the business date, the step, and how much of it is done.
Progress = Callable[[date, str, int, int], None]


class NightHasPassed(Refusal):
    code = "night_has_passed"
    message = "The books already stand at {books_on}; the night of {as_of} cannot be run after it."


@dataclass(frozen=True)
class NightReport:
    """What one night did; `was_done` when there was nothing left to do."""

    as_of: date
    figures: dict[str, object]
    was_done: bool


def run_night(
    *, as_of: date, at: datetime, actor: str, place: House, gate: Gate, progress: Progress, far: bool = False
) -> list[NightReport]:
    """Bring the books to the end of the night of `as_of`.

    as_of   : business date; days missed since the last finished night are run first, each from the newest tape.
              A day that has passed plans no contacts: a reminder belongs to its day
    at      : the moment recorded beside everything that changes
    far     : the date is meant although it lies far from the newest tape or after today
    returns : one report per night, oldest first
    raises  : NightHasPassed, business_dates.FarAhead, business_dates.FarDate, changing.NightIsRunning,
              changing.TapeIsRunning, engines.NoTape
    """
    business_dates.sane(as_of)
    engines.newest_tape(place.lake)
    with changing.alone(place.lake, changing.NIGHT):
        if not far:
            _refuse_far(as_of, today=clock.business_date(at, place.zone), lake=place.lake)
        last = Night.objects.filter(status=RunStatus.DONE).order_by("-as_of").first()
        if last and as_of < last.as_of:
            raise NightHasPassed(books_on=last.as_of, as_of=as_of)
        first = _first_day(last.as_of if last else None, as_of)
        days = [first + timedelta(days=n) for n in range((as_of - first).days + 1)]
        reports = [
            _OneNight(on, at=at, actor=actor, place=place, gate=gate, progress=progress, is_today=on == as_of).run()
            for on in days
        ]
        if not all(one.was_done for one in reports):
            anchor_audit.anchor(place.home / anchor_audit.FOLDER, at=at)
        return reports


def _refuse_far(as_of: date, *, today: date, lake: Path) -> None:
    tape_on = date.fromisoformat(engines.newest_tape(lake).as_of)
    business_dates.refuse_far(as_of, today=today, newest=tape_on)


def _first_day(last: date | None, as_of: date) -> date:
    """The day after the last finished night; before any, the first night that was begun and not finished."""
    if last is not None:
        return min(last + timedelta(days=1), as_of)
    begun = Night.objects.filter(as_of__lt=as_of).order_by("as_of").first()
    return begun.as_of if begun else as_of


class _OneNight:
    def __init__(
        self, as_of: date, *, at: datetime, actor: str, place: House, gate: Gate, progress: Progress, is_today: bool
    ) -> None:
        self.as_of, self.at, self.actor, self.place = as_of, at, actor, place
        self.progress, self.is_today, self.gate = progress, is_today, gate
        self.files = night_files.NightFiles(place.lake, durable=place.durable)
        self.policy = night_policy.load(place.policies)
        self.figures: dict[str, object] = {}
        self.seconds: dict[str, float] = {}

    def run(self) -> NightReport:
        stored = Night.objects.filter(as_of=self.as_of).first()
        if stored and stored.status == RunStatus.DONE:
            if self._job().fingerprint == stored.fingerprint:
                return NightReport(self.as_of, stored.figures, was_done=True)
            self.files.drop_facts(self.as_of)
        try:
            self._run()
        except Exception as error:
            Night.objects.filter(as_of=self.as_of).update(status=RunStatus.FAILED, error=faults.told(error))
            raise
        return NightReport(self.as_of, self.figures, was_done=False)

    def _job(self) -> engines.Job:
        return engines.prepare(files=self.files, policies=self.place.policies, as_of=self.as_of)

    def _run(self) -> None:
        with self._step("FACTS", 1):
            facts_out.freeze(
                files=self.files,
                as_of=self.as_of,
                partitions=engines.partitions_of(engines.newest_tape(self.place.lake)),
                zone=self.place.zone,
            )
            job = self._job()
            booked = self._begin(job)
        if not booked:
            with self._step("PARTITIONS", job.partitions) as tick:
                engines.run(job, workers=self.place.workers, done=lambda part: tick())
            with self._step("FIGURES", 1):
                reductions.reduce_night(self.files, self.as_of)
            with self._step("BOOKS", 1), garbage.uncollected():
                self._books()
        with self._step("CONTACTS", 1):
            planned = self._contacts()
        with self._step("RETENTION", 1):
            self._retain()
        self._finish(planned)

    def _begin(self, job: engines.Job) -> bool:
        """Note that the night is under way; True when an earlier run of it already brought it into the books."""
        night, is_new = Night.objects.get_or_create(
            as_of=self.as_of,
            defaults={"status": RunStatus.RUNNING, "started_at": self.at, "partitions": job.partitions},
        )
        booked = not is_new and night.fingerprint == job.fingerprint and night.step == "CONTACTS"
        self.figures = dict(night.figures) if booked else {"tape": job.tape_on.isoformat()}
        self.figures["pack"] = self.gate.pack.name
        if self.gate.fault:
            self.figures["policy_fault"] = self.gate.fault
        night.status, night.error, night.finished_at = RunStatus.RUNNING, "", None
        night.partitions, night.fingerprint = job.partitions, job.fingerprint
        if not booked:
            night.partitions_done, night.step, night.started_at = 0, "PARTITIONS", self.at
        night.save()
        return booked

    def _books(self) -> None:
        decided = decisions_in.read_decided(self.files, self.as_of)
        self.figures |= reductions.counts(self.files, self.as_of)
        with transaction.atomic():
            brought = decisions_in.bring(
                decided=decided,
                policy=self.policy,
                as_of=self.as_of,
                at=self.at,
                actor=self.actor,
                is_today=self.is_today,
            )
            closed = [*brought.closed_ids]
            late = case_refresh.paid_since(
                files=self.files, as_of=self.as_of, customer_ids=brought.open_ids["customer_id"].unique().to_list()
            )
            for customer_id in late:
                closed += case_refresh.refresh(
                    customer_id=customer_id,
                    tables=customer_book.read(customer_id, lake=self.place.lake),
                    policy=self.policy,
                    as_of=self.as_of,
                    at=self.at,
                    actor=self.actor,
                ).closed_ids
            never = {*brought.opened_ids} & {*closed}
            figures = case_refresh.unopen(never, figures=brought.figures)
            closed = [case_id for case_id in closed if case_id not in never]
            stop_contact.ask_in_new_cases({*brought.opened_ids} - never, at=self.at, actor=self.actor)
            self._announce(opened={*brought.opened_ids} - never, closed={*closed})
            placements.end_of_closed(case_ids=closed, ended_on=self.as_of, at=self.at, actor=self.actor)
            teams.share_out(at=self.at, actor=self.actor)
            recovered = told_recoveries.tell(lake=self.place.lake, as_of=self.as_of, at=self.at, actor=self.actor)
            promised = judge_promises.judge_open(as_of=self.as_of, at=self.at, actor=self.actor)
            unkept = judge_promises.judge_kept_by_tape(
                lake=self.place.lake, as_of=self.as_of, at=self.at, actor=self.actor
            )
            cancelled = contacts.cancel_of_cases(case_ids=closed, reason=CASE_CLOSED, at=self.at, actor=self.actor)
            self.figures |= {"cases": figures, "contacts_cancelled": cancelled, "paid_meanwhile": len(late)}
            self.figures |= {"promises": promised, "promises_unkept": unkept, "recoveries_told": recovered}
            Night.objects.filter(as_of=self.as_of).update(step="CONTACTS", figures=self.figures)

    def _announce(self, *, opened: set[str], closed: set[str]) -> None:
        told = [
            webhooks.Notice("case.opened", case_id, {"case_id": case_id, "as_of": self.as_of.isoformat()})
            for case_id in sorted(opened)
        ]
        webhooks.announce(told, at=self.at)
        settlement.announce_closed(sorted(closed), as_of=self.as_of, at=self.at)

    def _contacts(self) -> dict[str, int]:
        """A day that has passed plans none: nobody is told today what was true for yesterday."""
        if not self.is_today:
            return {"day_has_passed": night_contacts.wishes(self.files, self.as_of).height}
        return night_contacts.plan(files=self.files, as_of=self.as_of, at=self.at, actor=self.actor, gate=self.gate)

    def _retain(self) -> None:
        """What was kept as long as it must be is deleted by the newest night alone, not by those that were missed."""
        if self.is_today:
            self.figures["retention"] = retain_nightly.apply(
                on=self.as_of, place=self.place, gate=self.gate, at=self.at, actor=self.actor
            )
            forget_strangers.forget(on=self.as_of, gate=self.gate, at=self.at, actor=self.actor)

    def _finish(self, planned: dict[str, int]) -> None:
        self.figures |= {"contacts": planned, "seconds": {step: round(s, 3) for step, s in self.seconds.items()}}
        with transaction.atomic():
            Night.objects.filter(as_of=self.as_of).update(
                status=RunStatus.DONE, step="", finished_at=self.at, figures=self.figures
            )
            audit.record(
                "night.finished",
                subject=f"night:{self.as_of}",
                actor=self.actor,
                at=self.at,
                after=RunStatus.DONE,
                figures=json.loads(json.dumps(self.figures)),
            )

    @contextmanager
    def _step(self, name: str, total: int) -> Iterator[Callable[[], None]]:
        """Tell how far the night is: to whoever watches, and in the books."""
        started, done = time.perf_counter(), 0

        def tick() -> None:
            nonlocal done
            done += 1
            if name == "PARTITIONS":
                Night.objects.filter(as_of=self.as_of).update(partitions_done=done)
            self.progress(self.as_of, name, done, total)

        self.progress(self.as_of, name, 0, total)
        yield tick
        self.seconds[name.lower()] = time.perf_counter() - started
        if total == 1:
            self.progress(self.as_of, name, 1, 1)
