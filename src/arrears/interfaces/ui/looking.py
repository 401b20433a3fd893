"""Every page that shows people leaves a trace before it is handed over: middleware of `config.settings`.

Whose page it is, its address says (`look_at_person.OF_ONE_PERSON`); whom a list shows, the queries say that mask their
names (`people.shown`): so a new page is born with it. What a partner's program reads through the API is traced to its
key in the same way. A page that could not be put on record is not shown.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from arrears.actions import look_at_person
from arrears.interfaces.ui import moment, parts
from arrears.records.people import shown

SHOWN = 200
#: Pages that show whom somebody asked for by name or number; others carry what was asked for as `found`.
SEARCHES = frozenset({"privacy-find"})


class LeavesTrace:
    """Runs after the view, for whoever is signed in or holds a key, and was shown something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with shown.noted() as people:
            answer = self.get_response(request)
        match = request.resolver_match
        actor = moment.actor(request)
        if match is None or answer.status_code != SHOWN or not actor:
            return answer
        at, page = moment.of(request).at, match.url_name or ""
        customer_id = look_at_person.named(match.kwargs)
        if customer_id:
            look_at_person.look(customer_id=customer_id, page=page, at=at, actor=actor)
        elif people:
            is_search = "found" in request.GET or page in SEARCHES
            asked = parts.asked(request)
            look_at_person.look_at_list(
                customer_ids=people, page=page, is_search=is_search, asked=asked, at=at, actor=actor
            )
        return answer
