"""Change the keys of the vault while everybody works: new ones made, every value moved to them, old ones retired.

Called by `arrears vault`. New values are under a new key at once in this process and within a second in all others. A
rotation that was killed is finished by the next; nothing is sealed twice for it. The master key is another matter: a
change of it wraps the keys of the vault anew and touches no value.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from arrears.actions.check_keys import key_made
from arrears.records.audit import operations as audit
from arrears.records.privacy import fields, resealing
from arrears.records.privacy import operations as privacy
from arrears.records.privacy.models import INDEX, SEAL
from arrears.records.privacy.operations import KeyRow

#: So often a row that others hold is come back to, after so long.
PATIENCE, WAIT_SECONDS = 10, 1.0

Now = Callable[[], datetime]


@dataclass
class Rotated:
    """made : new keys; moved : rows by table; broken : what does not open, where; left : rows that others held to the
    end; retired : keys that nothing is under any more"""

    made: list[KeyRow] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    left: int = 0
    retired: list[KeyRow] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.broken and not self.left


def unfinished() -> Sequence[KeyRow]:
    """Older keys that are not retired: a rotation was begun and not finished, or the books are from before there were
    numbers."""
    return [row for row in privacy.all_keys() if not row.is_newest and row.retired_at is None]


def of_another_algorithm() -> Sequence[str]:
    """The algorithms of keys in use that the setting does not name."""
    return [
        row.algorithm for row in privacy.all_keys() if row.is_newest and row.algorithm != privacy.wanted(row.purpose)
    ]


def rotate(purposes: Sequence[str], *, now: Now, actor: str, progress: resealing.Progress, settle: float) -> Rotated:
    """Make a new key of each purpose, and move everything to the newest keys.

    purposes : of new keys, SEAL and INDEX; none to finish a rotation that was begun
    settle   : seconds that other processes may go on with the keys they know; nothing is moved before
    raises   : privacy.RotationUnderWay, and what wraps and opens keys
    """
    done = Rotated()
    for purpose in purposes:
        with transaction.atomic():
            made = privacy.make(purpose, at=now())
            key_made(made, at=now(), actor=actor)
        done.made.append(made)
    if purposes:
        time.sleep(settle)
    with resealing.seldom_written_back():
        _move_all(done, progress)
    _retire(done, now(), actor)
    return done


@transaction.atomic
def rewrap(*, every: bool = False, at: datetime, actor: str) -> tuple[str, int]:
    """Wrap the keys of the vault by the master in use: (its name, how many); `every` as privacy.rewrap."""
    master, count = privacy.rewrap(every=every)
    if count:
        audit.record("vault.rewrapped", subject="vault", actor=actor, at=at, master=master, keys=count)
    return master, count


def _move_all(done: Rotated, progress: resealing.Progress) -> None:
    for table in fields.registered():
        name = table.model._meta.db_table
        for again in range(PATIENCE):
            found = resealing.move(table, progress=progress)
            done.moved[name] = done.moved.get(name, 0) + found.moved
            if not found.passed:
                break
            if not found.moved and again:
                time.sleep(WAIT_SECONDS)
        done.broken += found.broken
        done.left += found.passed


def _retire(done: Rotated, at: datetime, actor: str) -> None:
    used: dict[str, set[int]] = {SEAL: set(), INDEX: set()}
    for table in fields.registered():
        for purpose, number, _ in resealing.used(table):
            used[purpose].add(number)
    with transaction.atomic():
        for purpose, numbers in used.items():
            done.retired += privacy.retire(purpose, used=numbers, at=at)
        for row in done.retired:
            audit.record("vault.key_retired", subject=row.subject, actor=actor, at=at)
        audit.record(
            "vault.moved",
            subject="vault",
            actor=actor,
            at=at,
            moved=sum(done.moved.values()),
            broken=len(done.broken),
            left=done.left,
        )
