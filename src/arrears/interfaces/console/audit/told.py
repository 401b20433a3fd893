"""Events, findings and verifications of the trail as a page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from arrears.interfaces.ui import audit_words, change_words, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.records.audit.lost_words import Erased
from arrears.records.audit.queries import EventRow
from arrears.records.audit.verifications import Row
from arrears.records.audit.verifying import Finding
from arrears.records.privacy import masking


@dataclass(frozen=True)
class Line:
    """One event. change : what it was and became; why : what for, or the reason that was given"""

    event_id: int
    at: datetime
    kind: str
    title: str
    change: str
    why: str
    subject_id: str
    by: str
    actor: str


@dataclass(frozen=True)
class Found:
    """One finding: where, what, and the event where there is one to look at."""

    where: str
    says: str
    event_id: int | None
    is_this: bool


@dataclass(frozen=True)
class Verified:
    """A verification: by whom, what came of it so far, and its findings in words."""

    row: Row
    by: str
    findings: list[Found]
    percent: int

    @property
    def is_clean(self) -> bool:
        """Done, signed, and nothing to object to."""
        return self.row.told is not None and self.row.told["findings"] == 0


def line(event: EventRow, names: Mapping[str, str]) -> Line:
    """An event as a line of the list."""
    purpose, reason, page = (event.data.get(name) for name in ("purpose", "reason", "page"))
    why = [audit_words.purpose(purpose)] if isinstance(purpose, str) and purpose and not page else []
    why += [audit_words.page(page)] if isinstance(page, str) and page else []
    why += [masking.inside(audit_words.code(reason))] if isinstance(reason, str) and reason else []
    return Line(
        event_id=event.event_id,
        at=event.at,
        kind=event.kind,
        title=sentences.event(event.kind),
        change=change_words.change(event.kind, event.before, event.after),
        why=" · ".join(why),
        subject_id=event.subject_id,
        by=sentences.actor(event.actor, names),
        actor=event.actor,
    )


def verification(row: Row | None, names: Mapping[str, str]) -> Verified | None:
    """A verification as a card or a line; None where there is none."""
    if row is None:
        return None
    percent = 100 if row.is_done or not row.places else row.done * 100 // row.places
    return Verified(row, sentences.actor(row.actor, names), [finding(one) for one in row.findings], percent)


def erased(one: Erased, names: Mapping[str, str]) -> tuple[int, str]:
    """The event of an erasure, and what the page of an event says whose words were erased with it."""
    told = gettext("What was written with this event was erased on %(at)s by %(by)s, by rule.")
    return one.event_id, told % {"at": ui.when(one.at), "by": sentences.actor(one.actor, names)}


def finding(one: Finding, event_id: int = 0) -> Found:
    """A finding in words; `event_id` is that of the page."""
    return Found(_where(one), audit_words.finding(one.kind), one.event_id, one.event_id == event_id)


def _where(one: Finding) -> str:
    if one.kind.startswith("ANCHOR"):
        return gettext("Anchor %(number)s") % {"number": ui.grouped(one.seq)}
    if one.kind in {"NO_GUARD", "NO_TRAIL"}:
        return gettext("All tables of the trail")
    if one.lane is None:
        return gettext("Event %(event)s") % {"event": one.event_id}
    if one.seq is None:
        return gettext("Lane %(lane)s") % {"lane": one.lane}
    return gettext("Lane %(lane)s, place %(place)s") % {"lane": one.lane, "place": ui.grouped(one.seq)}
