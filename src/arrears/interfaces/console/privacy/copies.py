"""Make the copy of a person's data and take it away: a post each time, on record, never cached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.actions import hand_over_copy, wired
from arrears.interfaces.console import fields
from arrears.interfaces.console.privacy import requests
from arrears.interfaces.ui import copy_files, evidence_files, moment, refusals
from arrears.kernel.errors import NotFound, Refusal


@never_cache
@require_POST
def copy(request: HttpRequest, request_id: str) -> HttpResponse:
    """The files as one archive; the request is done with it."""
    try:
        made = hand_over_copy.hand_over(
            request_id=request_id,
            turn=fields.turn(request.POST),
            at=moment.of(request).at,
            actor=moment.actor(request),
            gate=wired.here().gate,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return requests.page(request, request_id, refused=refusals.sentence(refusal))
    answer = HttpResponse(evidence_files.zipped(copy_files.files(made)), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="personal-data-{request_id}.zip"'
    return answer
