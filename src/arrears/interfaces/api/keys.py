"""Who calls: a bearer key with scopes. One object per scope guards each route, and shows in the OpenAPI document."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from arrears.interfaces.ui import moment
from arrears.records.apikeys import operations, queries


class Scope(HttpBearer):
    """Requires a live key that holds `scope`: 401 without a key, 403 without the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> queries.Caller | None:
        caller = queries.caller_of(token)
        if caller is None:
            return None
        if self.scope not in caller.scopes:
            raise HttpError(403, f"this key lacks the scope {self.scope}")
        operations.note_use(key_id=caller.key_id, at=moment.of(request).at)
        return caller


class KeyRate(AuthRateThrottle):
    """How often one key may ask, counted by each serving process; 429 with Retry-After beyond."""

    def __init__(self) -> None:
        super().__init__(settings.API_RATE)

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"api-rate-{request.auth.key_id}"  # type: ignore[attr-defined]
