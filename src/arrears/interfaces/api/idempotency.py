"""The same request twice is one change: its answer is kept with the change and given again.

Every POST that writes passes through `once`. The key is the caller's `Idempotency-Key` header; the same key with a
different body is refused (409). A refusal is not kept: the caller may mend the request and try again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from ninja.errors import HttpError

from arrears.records.apikeys import operations as apikeys

KEY = re.compile("[!-~]{1,80}")


@dataclass(frozen=True)
class Reply:
    """An HTTP status and a JSON body; `kept` is what a repeat is given, where that may not be everything."""

    status: int
    body: object
    kept: object = None


def once(request: HttpRequest, *, key_id: int, at: datetime, work: Callable[[], Reply]) -> Reply:
    """Do `work` in one transaction with the claim on its idempotency key, or give the earlier answer again."""
    idempotency_key = request.headers.get("Idempotency-Key", "")
    if KEY.fullmatch(idempotency_key) is None:
        raise HttpError(422, "an Idempotency-Key header of 1 to 80 visible ASCII characters is required")
    hashed = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    try:
        with transaction.atomic():
            claimed = apikeys.claim(key_id=key_id, idempotency_key=idempotency_key, input_hash=hashed, at=at)
            reply = work()
            apikeys.answer(claimed, status=reply.status, body=reply.body if reply.kept is None else reply.kept)
            return reply
    except apikeys.AlreadyAnswered as earlier:
        return Reply(earlier.status, earlier.body)
