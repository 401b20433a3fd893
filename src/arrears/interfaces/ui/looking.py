"""Every page that shows one person leaves a trace before it is handed over: middleware of `config.settings`.

Whose page it is, its address says (`look_at_person.OF_ONE_PERSON`), so that a new page is born with it. A page that
could not be put on record is not shown.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from arrears.actions import look_at_person
from arrears.interfaces.ui import moment

SHOWN = 200


class LeavesTrace:
    """Runs after the view, for whoever is signed in and was shown something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        if match is None or answer.status_code != SHOWN or not request.user.is_authenticated:
            return answer
        customer_id = look_at_person.named(match.kwargs)
        if customer_id:
            at, actor = moment.of(request).at, moment.actor(request)
            look_at_person.look(customer_id=customer_id, page=match.url_name or "", at=at, actor=actor)
        return answer
