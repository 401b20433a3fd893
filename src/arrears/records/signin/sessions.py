"""The session engine: Django's, in a table that knows whose each session is, so that a person's can be ended together.

Named by `config.settings` as SESSION_ENGINE. Moments stand in the session's data as whole seconds. The books hold the
hash of a key, never the key that is in the cookie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from arrears.records.signin.models import Session

#: Keys of the session's data.
OPENED, SEEN, CONFIRMED = "opened", "seen", "confirmed"
ADDRESS, BROWSER, PROVED = "address", "browser", "proved"


def hashed(key: str) -> str:
    """The key of a session as the books hold it; a key has 165 random bits, so that nothing need be added to it."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    """Sessions in the table of `signin`, found by the hash of their key; asked by synchronous code alone."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where sessions are kept."""
        return Session

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        """The row of a session, with whose it is beside its data."""
        row: Session = super().create_model_instance(data)  # type: ignore[arg-type, assignment]
        row.session_key = hashed(row.session_key)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.opened_at, row.seen_at = _moment(data.get(OPENED)), _moment(data.get(SEEN))
        row.address, row.browser = data.get(ADDRESS, "")[:45], data.get(BROWSER, "")[:200]
        return row

    def exists(self, session_key: str) -> bool:
        """Is there one of this key?"""
        return super().exists(hashed(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End the one of this key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=hashed(key)).delete()

    def _get_session_from_db(self) -> Session | None:
        """The row of this session while it has not run out; without one the key is worth nothing."""
        key = self.session_key
        self._session_key = hashed(key or "")
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = key if row else None
        return row


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
