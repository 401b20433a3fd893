"""Are the keys of this installation the ones that its books were made with? Asked before anything is done with them.

Called when a command or the web server starts, and by a system check. A key that is gone or another one is never
replaced: what was sealed with it could never be read again, and what is sealed anew would make two kinds of books.
"""

from __future__ import annotations

from django.conf import settings

from arrears.records.audit import operations as audit
from arrears.records.people import sealed as people
from arrears.records.privacy import cipher, keys
from arrears.records.runs.models import TapeIngest
from arrears.records.webhooks import operations as webhooks


def check_keys() -> None:
    """Whether the keys are the right ones, as far as the books can tell; writes nothing.

    raises : keys.KeyMissing, keys.KeyWrong; no refusal where nothing was sealed yet
    """
    found = people.any_sealed() or webhooks.any_sealed()
    if found is not None:
        value, context = found
        try:
            cipher.unseal(value, context=context)
        except cipher.UnableToOpen:
            raise keys.wrong("VAULT_KEY") from None
    tape = TapeIngest.objects.order_by("-pk").first()
    if tape is not None and settings.PSEUDONYM_KEY is None:
        raise keys.missing("PSEUDONYM_KEY")
    audit.check_key()
    told = tape.report.get("pseudonym_key") if tape is not None else None
    if told is not None and told != keys.mark(keys.get("PSEUDONYM_KEY")):
        raise keys.wrong("PSEUDONYM_KEY")


def ready_keys() -> None:
    """The same, and a key that nothing was made with yet is made; then the audit's lanes can be opened."""
    check_keys()
    for name in settings.SEALING_KEYS:
        if getattr(settings, name) is None:
            keys.make(name)
    audit.open_lanes()
