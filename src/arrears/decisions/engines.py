"""Run one business date over all partitions of the lake: in this process, or in a pool of processes.

Called by actions/run_night.py and by benches. Each partition is read, decided and written by itself, so memory holds
one partition a process, and a killed run starts again at the first partition without a valid manifest.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from arrears.decisions import night_files, night_policy, pipeline, reductions, summaries
from arrears.decisions.lake import Manifest, store
from arrears.kernel.errors import Refusal

#: Below so many accounts a pool costs more than it saves, unless somebody says how many processes there shall be.
POOL_FROM_ACCOUNTS = 200_000
#: So often in a row may workers die without one finished partition before the night gives up.
DEATHS_MAX = 3
#: The tables of a tape that a night reads.
READ = ("customers", "contact_points", "accounts", "instalments", "payments", "pauses", "spending")
CODE = ("decisions", "rules", "kernel")


@dataclass(frozen=True)
class Job:
    """One night: what every partition of it is made from."""

    lake: Path
    durable: bool
    policies: Path
    as_of: date
    tape_on: date
    partitions: int
    previous_on: date | None
    month_ago_on: date | None
    days_30_ago_on: date | None
    cells: pl.DataFrame
    accounts: int
    fingerprint: str

    @property
    def files(self) -> night_files.NightFiles:
        """Where it reads and writes."""
        return night_files.NightFiles(self.lake, durable=self.durable)


class WorkersDied(Refusal):
    """The machine keeps killing the processes that decide: most often for want of memory."""

    code = "workers_died"
    message = (
        "Worker processes were killed {deaths} times, the last deciding partition {part}; what is done is kept. "
        "Set ARREARS_WORKERS=1 (least memory) and run the night again."
    )


class NoTape(Refusal):
    code = "no_tape"
    message = "The lake holds no loan tape yet: take one in first (arrears ingest)."


def newest_tape(lake: Path) -> Manifest:
    """The manifest of the newest tape; raises NoTape."""
    files = night_files.NightFiles(lake)
    newest = files.lake.latest("accounts")
    manifest = files.lake.manifest(store.TAPE_STEP, newest) if newest is not None else None
    if manifest is None:
        raise NoTape
    return manifest


def partitions_of(tape: Manifest) -> int:
    """In how many partitions the lake is kept."""
    return int(str(tape.parameters["partitions"]))


def prepare(*, files: night_files.NightFiles, policies: Path, as_of: date) -> Job:
    """Fix everything that the partitions of one night share.

    files   : of the lake; a tape has been taken in and the night's facts are frozen
    returns : Job; its fingerprint changes when code, policies, tape, facts, or the earlier nights compared with change
    """
    policy = night_policy.load(policies)
    earlier = [night for night in files.nights() if night < as_of]
    previous_on = earlier[-1] if earlier else None
    month_ago_on, days_30_ago_on = (
        (on if on in earlier else None) for on in (month_before(as_of), as_of - timedelta(days=pipeline.CURE_DAYS))
    )
    tape = newest_tape(files.root)
    compared = [str(on and store.sha256(files.summaries(on))) for on in (previous_on, month_ago_on, days_30_ago_on)]
    cells = reductions.cells(files, earlier, prior=policy.prior)
    seen = [code_version(), policy.version, as_of, tape.fingerprint, files.facts_hash(as_of), *compared]
    seen.append(cells.write_csv())
    fingerprint = hashlib.sha256("\n".join(map(str, seen)).encode()).hexdigest()
    return Job(
        lake=files.root,
        durable=files.lake.durable,
        policies=policies,
        as_of=as_of,
        tape_on=date.fromisoformat(tape.as_of),
        partitions=partitions_of(tape),
        previous_on=previous_on,
        month_ago_on=month_ago_on,
        days_30_ago_on=days_30_ago_on,
        cells=cells,
        accounts=tape.rows["accounts"],
        fingerprint=fingerprint,
    )


def month_before(on: date) -> date:
    """The same day of the month before, or that month's last day."""
    last = on.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(on.day, last.day))


def run(job: Job, *, workers: int, done: Callable[[int], None]) -> None:
    """Decide every unfinished partition.

    workers  : processes at most; 0 = as many as cores, and a small tape is then decided here, without a pool
    done     : told the number of each finished partition, those found finished included
    raises   : WorkersDied when worker processes are killed again and again; one that dies is replaced
    """
    files = job.files
    left = []
    for part in range(job.partitions):
        if files.is_finished(as_of=job.as_of, part=part, fingerprint=job.fingerprint):
            done(part)
        else:
            left.append(part)
    processes = min(workers or os.cpu_count() or 1, len(left))
    if processes <= 1 or (not workers and job.accounts < POOL_FROM_ACCOUNTS):
        for part in left:
            decide(job, part)
            done(part)
    else:
        for part in _pooled(job, left, processes):
            done(part)


def _pooled(job: Job, parts: list[int], processes: int) -> Iterator[int]:
    """Every partition over worker processes; one that was killed is replaced and its partition decided again.

    Each worker is a pool of one. A pool of several tears itself down while it may still be starting one of them, which
    before Python 3.12 leaves that one alive, waited for for ever. At most one partition a worker is under way, so a
    failure stops the run soon.
    """
    waiting, deaths = list(reversed(parts)), 0
    with ExitStack() as workers:
        idle = [workers.enter_context(_worker()) for _ in range(processes)]
        running: dict[Future[None], tuple[int, ProcessPoolExecutor]] = {}
        while waiting or running:
            while waiting and idle:
                part, worker = waiting.pop(), idle.pop()
                running[worker.submit(decide, job, part)] = part, worker
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                part, worker = running.pop(future)
                try:
                    future.result()
                except BrokenProcessPool:
                    deaths += 1
                    waiting.append(part)
                    idle.append(workers.enter_context(_worker()))
                    if deaths == DEATHS_MAX:
                        raise WorkersDied(deaths=deaths, part=part) from None
                else:
                    deaths = 0
                    idle.append(worker)
                    yield part


def _worker() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_die_with_the_night)


def _die_with_the_night() -> None:
    """A worker whose night was killed -9 would wait for work for ever: nobody is left to tell it to stop."""
    night = multiprocessing.parent_process()
    assert night is not None, "only a worker of a pool is told this"
    threading.Thread(target=_exit_after, args=(night.join,), daemon=True).start()


def _exit_after(gone: Callable[[], None]) -> None:
    gone()
    os._exit(1)


def decide(job: Job, part: int) -> None:
    """Read one partition, decide it, write it. The unit of work of every engine."""
    files = job.files
    tape = {name: files.lake.read(name, job.tape_on, part) for name in READ}
    doubtful = files.lake.read("doubtful", job.tape_on, 0)
    made = pipeline.run_partition(
        tape=tape,
        doubtful=doubtful.filter(pl.col("account_id").is_in(tape["accounts"]["account_id"].implode())),
        facts=files.facts_of(job.as_of, part),
        before=_before(files, job, part),
        policy=night_policy.load(job.policies),
        cells=job.cells,
        as_of=job.as_of,
    )
    files.finish_part(as_of=job.as_of, part=part, fingerprint=job.fingerprint, made=vars(made))


def _before(files: night_files.NightFiles, job: Job, part: int) -> summaries.Before:
    def of(on: date | None) -> pl.DataFrame:
        positions = files.positions(on, part) if on else None
        return pl.DataFrame(schema=summaries.SEEN) if positions is None else summaries.seen(positions)

    return summaries.Before(job.previous_on, of(job.previous_on), of(job.month_ago_on), of(job.days_30_ago_on))


@lru_cache(maxsize=1)
def code_version() -> str:
    """The exact content of the code that decides: a night made by other code is another night."""
    package = Path(__file__).resolve().parent.parent
    seen = hashlib.sha256()
    for path in sorted(path for folder in CODE for path in (package / folder).rglob("*.py")):
        seen.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()
