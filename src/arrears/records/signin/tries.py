"""Tries are counted here, in the database, so that they count over all processes; each before it is judged.

Called by `actions.sign_in`. How long one waits is decided in `rules.lockout`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from arrears.kernel.errors import Refusal
from arrears.records.signin.models import Tries
from arrears.rules import lockout


class TooManyTries(Refusal):
    code = "too_many_tries"
    message = "Too many tries: wait {seconds} seconds."


def subject_of(kind: str, name: str) -> str:
    """A name as it stands in the books: hashed, for it may be a password in the wrong field."""
    return salted_hmac(f"arrears.signin.{kind}", name.casefold(), algorithm="sha256").hexdigest()


@transaction.atomic
def claim(kind: str, name: str, *, at: datetime) -> int:
    """Count one try; returns the failures should it fail; raises TooManyTries, and then counts nothing.

    Whoever claims says afterwards how it went: `failed`, `give_back` or `forget`. Until then it counts as a failure.
    """
    row = _locked(kind, name, at=at)
    if row.open_at > at:
        raise TooManyTries(seconds=max(1, round((row.open_at - at).total_seconds())))
    row.failures, row.forgotten_at = lockout.remembered(kind, row.failures, since=row.forgotten_at, at=at)
    row.failures += 1
    row.open_at = at + lockout.wait(kind, row.failures - lockout.ALLOWANCES[kind].at_once)
    row.save(update_fields=["failures", "forgotten_at", "open_at"])
    return row.failures


@transaction.atomic
def failed(kind: str, name: str, *, at: datetime) -> None:
    """A try was wrong: from now on the wait is as long as all failures ask."""
    row = _locked(kind, name, at=at)
    row.open_at = max(row.open_at, at + lockout.wait(kind, row.failures))
    row.save(update_fields=["open_at"])


@transaction.atomic
def give_back(kind: str, name: str, *, at: datetime) -> None:
    """A try was right after all: it no longer counts, nor does the wait that it made; those before it do."""
    row = _locked(kind, name, at=at)
    row.failures = max(0, row.failures - 1)
    row.open_at = min(row.open_at, at + lockout.wait(kind, row.failures))
    row.save(update_fields=["failures", "open_at"])


def forget(kind: str, name: str) -> None:
    """Begin anew: the person proved who they are, or somebody who may let them in."""
    Tries.objects.filter(kind=kind, subject=subject_of(kind, name)).delete()


def sweep(*, at: datetime) -> int:
    """Throw away counts that would begin anew anyway."""
    return Tries.objects.filter(forgotten_at__lt=at - lockout.QUIET, open_at__lte=at).delete()[0]


def _locked(kind: str, name: str, *, at: datetime) -> Tries:
    """The count of a subject, ours until the transaction ends; begun where there is none, or no longer."""
    subject = {"kind": kind, "subject": subject_of(kind, name)}
    while (row := Tries.objects.select_for_update().filter(**subject).first()) is None:
        Tries.objects.bulk_create([Tries(**subject, forgotten_at=at, open_at=at)], ignore_conflicts=True)
    return row
