"""What came from numbers and addresses that nobody is known by: what was heard, and the words where a life is at risk.

Kept by `actions.hear_stranger`; read by the page of the people heard. The words are opened only through
`actions.reveal_sealed`, and `actions.forget_strangers` deletes all of it: there is no person whose schedule would hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from arrears.records.contacts.models import Stranger
from arrears.records.privacy import cipher, words


@dataclass(frozen=True)
class Row:
    """One message, as `models.Stranger` says."""

    message_id: str
    channel: str
    at: datetime
    card: str
    signals: Sequence[str]
    threatens: bool
    is_grave: bool
    opened_at: datetime | None
    opened_by: str


@dataclass(frozen=True)
class Message:
    """What somebody wrote, and from where; both stay out of the representation."""

    from_: str = field(repr=False)
    text: str = field(repr=False)


def keep(
    *,
    message_id: str,
    channel: str,
    card: str,
    signals: Sequence[str],
    threatens: bool,
    grave: Message | None,
    at: datetime,
) -> bool:
    """Keep what a message told; False when it was kept before. grave : its words, where a life may be at risk."""
    _, is_new = Stranger.objects.get_or_create(
        message_id=message_id,
        defaults={
            "channel": channel,
            "at": at,
            "card": card,
            "signals": list(signals),
            "threatens": threatens,
            "is_grave": grave is not None,
            "from_sealed": grave and _sealed("from_sealed", message_id, grave.from_),
            "text_sealed": grave and _sealed("text_sealed", message_id, grave.text),
        },
    )
    return is_new


def heard(*, since: datetime, limit: int) -> list[Row]:
    """Messages since a moment: those where a life may be at risk first, then the newest."""
    rows = Stranger.objects.filter(at__gte=since).order_by("-is_grave", "-at", "message_id")
    return [Row(*values) for values in rows.values_list(*Row.__dataclass_fields__)[:limit]]


def unopened_count() -> int:
    """How many messages tell of a risk to a life and were opened by nobody."""
    return Stranger.objects.filter(is_grave=True, opened_at=None).count()


def open_message(message_id: str, *, at: datetime, actor: str) -> Message | None:
    """The words and where they came from; None where none are kept. The first look is noted."""
    row = Stranger.objects.filter(message_id=message_id, is_grave=True).first()
    if row is None or row.from_sealed is None or row.text_sealed is None:
        return None
    told = Message(words.opened(row, "from_sealed"), words.opened(row, "text_sealed"))
    Stranger.objects.filter(message_id=message_id, opened_at=None).update(opened_at=at, opened_by=actor)
    return told


def forget(*, before: datetime) -> dict[str, int]:
    """Delete what came before a moment: how many `messages`, how many of them `grave`, and `unopened` of those."""
    old = Stranger.objects.filter(at__lt=before)
    is_grave = Q(is_grave=True)
    counts: dict[str, int] = old.aggregate(
        messages=Count("pk"),
        grave=Count("pk", filter=is_grave),
        unopened=Count("pk", filter=is_grave & Q(opened_at=None)),
    )
    old.delete()
    return counts


def _sealed(column: str, message_id: str, text: str) -> bytes:
    return cipher.seal(text, context=words.context(Stranger, column, message_id))
