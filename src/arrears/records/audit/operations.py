"""Record what happened. Called inside the transaction of the change it records, so neither stands without the other."""

from datetime import datetime

from arrears.records.audit.models import Event


def record(
    kind: str, *, subject: str, actor: str, at: datetime, before: str = "", after: str = "", **data: object
) -> None:
    """Append one event."""
    Event.objects.create(kind=kind, subject_id=subject, actor=actor, at=at, before=before, after=after, data=data)
