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
    """Count one try; returns the failures in a row should it fail; raises TooManyTries, and then counts nothing."""
    subject = subject_of(kind, name)
    Tries.objects.get_or_create(kind=kind, subject=subject, defaults={"last_at": at, "open_at": at})
    row = Tries.objects.select_for_update().get(kind=kind, subject=subject)
    if row.open_at > at:
        raise TooManyTries(seconds=max(1, round((row.open_at - at).total_seconds())))
    if at - row.last_at > lockout.ALLOWANCES[kind].fresh_after:
        row.failures = 0
    row.failures += 1
    row.last_at, row.open_at = at, at + lockout.wait(kind, row.failures)
    row.save(update_fields=["failures", "last_at", "open_at"])
    return row.failures


@transaction.atomic
def give_back(kind: str, name: str, *, at: datetime) -> None:
    """A try was right after all: it no longer counts, but those before it do."""
    row = Tries.objects.select_for_update().filter(kind=kind, subject=subject_of(kind, name)).first()
    if row is not None and row.failures:
        row.failures -= 1
        row.open_at = min(row.open_at, at)
        row.save(update_fields=["failures", "open_at"])


def forget(kind: str, name: str) -> None:
    """Begin anew: the person proved who they are, or somebody who may let them in."""
    Tries.objects.filter(kind=kind, subject=subject_of(kind, name)).delete()


def sweep(*, at: datetime) -> int:
    """Throw away counts that would begin anew anyway."""
    longest = max(allowed.fresh_after for allowed in lockout.ALLOWANCES.values())
    return Tries.objects.filter(last_at__lt=at - longest, open_at__lte=at).delete()[0]
