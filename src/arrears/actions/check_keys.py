"""Are the keys of this installation the ones that its books were made with? Asked before anything is done with them.

Called when a command or the web server starts, and by a system check. A key that is gone or another one is never
replaced: what was sealed with it could never be read again, and what is sealed anew would make two kinds of books.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from arrears.records.audit import anchors
from arrears.records.audit import operations as audit
from arrears.records.privacy import keys
from arrears.records.privacy import operations as privacy
from arrears.records.runs.models import TapeIngest


def check_keys() -> None:
    """Whether the keys are the right ones, as far as the books can tell; writes nothing.

    raises : keys.KeyMissing, keys.KeyWrong, and what `privacy.check` raises; no refusal where nothing was sealed yet
    """
    privacy.check()
    tape = TapeIngest.objects.order_by("-pk").first()
    if tape is not None and settings.PSEUDONYM_KEY is None:
        raise keys.missing("PSEUDONYM_KEY")
    audit.check_key()
    told = tape.report.get("pseudonym_key") if tape is not None else None
    if told is not None and told != keys.mark(keys.get("PSEUDONYM_KEY")):
        raise keys.wrong("PSEUDONYM_KEY")
    anchors.check_key()


def ready_keys(*, at: datetime) -> None:
    """The same, and a key that nothing was made with yet is made; then the audit's lanes can be opened."""
    check_keys()
    for name in settings.SEALING_KEYS:
        if getattr(settings, name) is None and (name != "VAULT_KEY" or settings.VAULT.master == "local"):
            keys.make(name)
    audit.open_lanes()
    with transaction.atomic():
        for made in privacy.ensure(at=at):
            key_made(made, at=at, actor="setup")


def key_made(made: privacy.KeyRow, *, at: datetime, actor: str) -> None:
    """Put a new key of the vault on record, in the transaction that makes it."""
    facts = {"algorithm": made.algorithm, "master": made.master}
    audit.record("vault.key_made", subject=made.subject, actor=actor, at=at, before="", after="", **facts)
