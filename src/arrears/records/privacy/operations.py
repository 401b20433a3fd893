"""Make, wrap anew and retire the vault's own keys. None is ever deleted, and none is made for another that is lost.

Called by `actions.check_keys` and `actions.rotate_vault`, which leave the audit events. `now` comes in as `at`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from arrears.kernel.errors import Refusal
from arrears.records.privacy import algorithms, cipher, fields, keys, ring, wrapping
from arrears.records.privacy.models import INDEX, PURPOSES, SEAL, VaultKey
from arrears.records.privacy.wrapping import Wrapped


class RotationUnderWay(Refusal):
    code = "rotation_under_way"
    message = "Another process has just made a key of this kind: let it finish."


class VaultKeyLost(Refusal):
    """Numbers have no gaps."""

    code = "vault_key_lost"
    message = "The {key} is gone from the vault's keys: restore them from your backup of the database."


@dataclass(frozen=True)
class KeyRow:
    """A key as people may see it. is_newest : new values are under it"""

    purpose: str
    number: int
    algorithm: str
    master: str
    made_at: datetime
    retired_at: datetime | None
    is_newest: bool

    @property
    def subject(self) -> str:
        """What the audit trail calls it."""
        return f"{wrapping.WORDS[self.purpose].replace(' ', '-')}:{self.number}"


def all_keys() -> list[KeyRow]:
    """Every key, data keys before index keys, the newest of each first."""
    names = ("purpose", "number", "algorithm", "master", "made_at", "retired_at")
    rows = list(VaultKey.objects.order_by("-purpose", "-number").values_list(*names))
    newest = {purpose: max(row[1] for row in rows if row[0] == purpose) for purpose in {row[0] for row in rows}}
    return [KeyRow(*row, is_newest=row[1] == newest[row[0]]) for row in rows]


def check() -> None:
    """Whether every key still in use opens, and what is sealed opens by them; writes nothing, and holds what it opened.

    raises : keys.KeyMissing, keys.KeyWrong, wrapping.KeyLocked, wrapping.KeyForeign, VaultKeyLost, cipher.DataKeyLost,
             MasterAway, MasterRefused; no refusal where nothing was sealed yet
    """
    ring.forget()
    rows = list(VaultKey.objects.order_by("number"))
    for purpose in PURPOSES:
        numbers = {row.number for row in rows if row.purpose == purpose}
        for number in range(min(numbers, default=0), max(numbers, default=0)):
            if number not in numbers:
                raise VaultKeyLost(key=f"{wrapping.WORDS[purpose]} {number}")
    for row in rows:
        if row.retired_at is None:
            ring.hold(row.purpose, row.number)
    sample = fields.any_sealed()
    if sample is not None:
        _try(*sample, is_bare=not rows)


def _try(sealed: bytes, context: str, *, is_bare: bool) -> None:
    """The keys may all open and one be gone. What does not open by a key that does was altered: its reader says so."""
    try:
        cipher.unseal(sealed, context=context)
    except cipher.DataKeyLost:
        raise
    except cipher.UnableToOpen:
        if is_bare:
            raise keys.wrong("VAULT_KEY") from None


def ensure(*, at: datetime) -> list[KeyRow]:
    """The first keys of these books, once; where values are sealed already, the key they are under is taken in."""
    if VaultKey.objects.exists():
        return []
    made = []
    if fields.any_sealed() is not None:
        for purpose in PURPOSES:
            made.append(_founding(purpose))
    made.append(_new(SEAL, ring.FOUNDING + 1))
    if len(made) == 1:
        made.append(_new(INDEX, ring.FOUNDING + 1))
    with transaction.atomic():
        VaultKey.objects.bulk_create([_row(key, at) for key in made], ignore_conflicts=True)
    ring.forget()
    # What another process made first stands.
    stands = VaultKey.objects.filter(wrapped__in=[key.wrapped for key in made]).values_list("purpose", "number")
    mine = set(stands)
    return [row for row in all_keys() if (row.purpose, row.number) in mine]


def wanted(purpose: str) -> str:
    """The algorithm of new keys, as the setting says."""
    return algorithms.OF_SETTING[settings.VAULT.algorithm][PURPOSES.index(purpose)]


def make(purpose: str, *, at: datetime) -> KeyRow:
    """One more key, in use from now on here, and within a second everywhere. Raises RotationUnderWay."""
    number = VaultKey.objects.filter(purpose=purpose).order_by("-number").values_list("number", flat=True)[0] + 1
    try:
        with transaction.atomic():
            _row(_new(purpose, number), at).save(force_insert=True)
    except IntegrityError:
        raise RotationUnderWay from None
    ring.forget()
    return next(row for row in all_keys() if row.purpose == purpose)


@transaction.atomic
def rewrap(*, every: bool = False) -> tuple[str, int]:
    """Wrap keys by the master in use: (its name, how many). Values are not touched.

    every : those too that it wrapped itself, for a service may have a new version of its key
    """
    master = wrapping.masters()[0].name
    count = 0
    rows = VaultKey.objects.select_for_update().order_by("pk")
    for row in rows if every else rows.exclude(master=master):
        secret = wrapping.unwrap(_wrapped(row))
        anew = wrapping.wrap(secret, purpose=row.purpose, number=row.number, algorithm=row.algorithm)
        count += VaultKey.objects.filter(pk=row.pk).update(master=anew.master, wrapped=anew.wrapped)
    return master, count


def retire(purpose: str, *, used: Collection[int], at: datetime) -> Sequence[KeyRow]:
    """Note of each older key that nothing is under it any more; take it back of one that is used after all."""
    older = [row for row in all_keys() if row.purpose == purpose and not row.is_newest]
    idle = [row for row in older if row.retired_at is None and row.number not in used]
    mine = VaultKey.objects.filter(purpose=purpose)
    mine.filter(number__in=[row.number for row in idle]).update(retired_at=at)
    mine.filter(number__in=used).exclude(retired_at=None).update(retired_at=None)
    return idle


def _founding(purpose: str) -> Wrapped:
    algorithm = ring.FOUNDING_ALGORITHMS[purpose]
    secret = ring.founding_secret(purpose)
    return wrapping.wrap(secret, purpose=purpose, number=ring.FOUNDING, algorithm=algorithm)


def _new(purpose: str, number: int) -> Wrapped:
    algorithm = wanted(purpose)
    return wrapping.wrap(algorithms.secret_for(algorithm), purpose=purpose, number=number, algorithm=algorithm)


def _row(key: Wrapped, at: datetime) -> VaultKey:
    return VaultKey(
        purpose=key.purpose,
        number=key.number,
        algorithm=key.algorithm,
        master=key.master,
        wrapped=key.wrapped,
        made_at=at,
    )


def _wrapped(row: VaultKey) -> Wrapped:
    return Wrapped(row.purpose, row.number, row.algorithm, row.master, bytes(row.wrapped))
