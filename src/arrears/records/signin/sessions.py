"""The session engine: Django's, in a table that knows whose each session is, so that a person's can be ended together.

Named by `config.settings` as SESSION_ENGINE. Moments stand in the session's data as whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from arrears.records.signin.models import Session

#: Keys of the session's data.
OPENED, SEEN, CONFIRMED = "opened", "seen", "confirmed"
ADDRESS, BROWSER, PROVED = "address", "browser", "proved"


class SessionStore(db.SessionStore):
    """Sessions in the table of `signin`."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where sessions are kept."""
        return Session

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        """The row of a session, with whose it is beside its data."""
        row: Session = super().create_model_instance(data)  # type: ignore[arg-type, assignment]
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.opened_at, row.seen_at = _moment(data.get(OPENED)), _moment(data.get(SEEN))
        row.address, row.browser = data.get(ADDRESS, "")[:45], data.get(BROWSER, "")[:200]
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
