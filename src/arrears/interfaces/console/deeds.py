"""What can be done on a page: each deed is one POST and one call below, and says what to tell whoever did it.

`@deeds.on(…)` makes a view of it, once for each thing that deeds are done to. A refusal changes nothing: it is told on
the page of the thing, beside what was entered, or above the list where the thing has no page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import NotFound, Refusal

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Asked:
    """Who asks for a deed, when, with what they entered; named : what the address names, such as `request_id`;
    turn : what they had seen of it, where that counts"""

    named: Mapping[str, str]
    given: QueryDict
    at: datetime
    actor: str
    turn: int | None = None

    @property
    def by(self) -> dict[str, Any]:
        """What every deed is told: to what, when, by whom."""
        return {**self.named, "at": self.at, "actor": self.actor}

    @property
    def seen(self) -> dict[str, Any]:
        """The same, and what was seen of it."""
        return {**self.by, "turn": self.turn}

    def text(self, name: str) -> str:
        """What was entered, as it came."""
        return self.given.get(name, "")


Deed = Callable[[Asked], str]


def on(
    name: str,
    *,
    page: View | None = None,
    turn: Callable[[QueryDict], int] | None = None,
    first: Callable[..., object] | None = None,
) -> Callable[[Deed], View]:
    """Views of deeds.

    name  : the address that is shown afterwards: of the thing where it has a page, else of the list
    page  : shows the thing with `entered` and `refused`; None where it has no page
    turn  : reads what was seen of it
    first : called before anything is done, with the request and what the address names; raises Http404
    """

    def of(deed: Deed) -> View:
        @never_cache
        @require_POST
        @wraps(deed)
        def view(request: HttpRequest, **named: str) -> HttpResponse:
            if first:
                first(request, **named)
            try:
                seen = turn(request.POST) if turn else None
                told = deed(Asked(named, request.POST, moment.of(request).at, moment.actor(request), seen))
            except NotFound:
                raise
            except Refusal as refusal:
                if page:
                    return page(request, **named, entered=request.POST.dict(), refused=refusals.sentence(refusal))
                refusals.tell(request, refusal)
            else:
                messages.success(request, told)
            return redirect(name, **named) if page else redirect(name)

        return view

    return of
