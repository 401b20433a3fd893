"""The case list and the page of one case. Reads only; what can be done to a case is in `deeds`."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from arrears.actions import house
from arrears.exchange import customer_book
from arrears.interfaces.console.cases import debt, file, forms, outside
from arrears.interfaces.console.late import standing
from arrears.interfaces.ui import keyset, moment, parts
from arrears.records.cases import queries, work
from arrears.records.privacy import slips
from arrears.records.staff import queries as staff
from arrears.records.writeoffs import queries as writeoffs

PAGE_SIZE = 50
SEARCH_CHARS = 80
#: Longer than any slip of a search of that length.
SLIP_CHARS = 2_000
PURPOSE = "cases.search"


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """What is searched for may be a name or a number: it comes in a body, and goes on sealed, never in an address."""
    text = request.POST.get("q", "").strip()[:SEARCH_CHARS]
    if not text:
        return redirect("cases")
    slip = slips.write(text, purpose=PURPOSE, holder=str(request.user.pk), at=moment.of(request).at)
    return redirect(f"{reverse('cases')}?{urlencode({'found': slip})}")


def _searched(request: HttpRequest, slip: str) -> str | None:
    """What was searched for; None without a search, blank when the slip is too old or another's."""
    if not slip:
        return None
    return slips.read(slip, purpose=PURPOSE, holder=str(request.user.pk), at=moment.of(request).at) or ""


def _account_of_payment(text: str) -> str | None:
    """Where the tape tells of a payment of this number, which the books do not know."""
    return customer_book.account_of_payment(text, lake=house.here().lake)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The list: filters, order, search, pages; HTMX asks for the table alone. An agency has a list of its own."""
    if outside.is_for(request):
        return outside.listing(request)
    asked = parts.of(request)
    slip = asked.text("found", longest=SLIP_CHARS)
    searched = _searched(request, slip)
    wanted = forms.wanted(asked, viewer_id=request.user.pk, searched=searched)
    after, before = (forms.place(asked, wanted.order, name) for name in ("after", "before"))
    before = None if after else before
    page = queries.page(request.user, wanted, after=after, before=before, size=PAGE_SIZE)
    if searched and not page.count and (account_id := _account_of_payment(searched)):
        wanted = replace(wanted, found_ids=queries.search(account_id))
        page = queries.page(request.user, wanted, after=after, before=before, size=PAGE_SIZE)
    context = {
        "wanted": wanted,
        "written": {name: asked.written(name) for name in ("assigned", "least", "most")},
        "wrong": [name for name, _text in asked.wrong()],
        "text": searched or "",
        "slip": slip,
        "is_stale": searched == "",
        "is_narrow": searched is not None or bool(wanted.customer_id),
        "rows": page.rows,
        "written_off": writeoffs.posted_of(row.case_id for row in page.rows),
        "earlier": keyset.pack(page.first) if page.first else "",
        "later": keyset.pack(page.last) if page.last else "",
        "count": page.count,
        "is_more_than_count": page.is_more_than_count,
    }
    if request.htmx and request.htmx.target == "case-table":
        return render(request, "console/cases/list.html#table", context)
    context |= {"choices": queries.choices(), "facets": queries.facets(), "colleagues": staff.assignable()}
    return render(request, "console/cases/list.html", context)


@never_cache  # what was opened on it must not come back from a cache
@require_GET
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: who, how much, why here, what happened, what comes next; HTMX asks for older events alone."""
    card = queries.access(request.user, case_id)
    if outside.is_for(request):
        return outside.case(request, card)
    now = moment.of(request)
    accounts = debt.accounts(card, as_of=now.business_on)
    until = file.timeline_place(parts.of(request))
    late = standing.of_case(request.user, card)
    tasks, write_offs = work.work_of_case(case_id), writeoffs.of_case(case_id)
    own = [row for row in write_offs if row.case_id == case_id]
    story = file.timeline(card, accounts=accounts, tasks=tasks, write_offs=own, late=late.own, until=until)
    if request.htmx and request.htmx.target == "older-events":
        return render(request, "console/cases/case.html#events", {"card": card} | story)
    context = file.read(request.user, card, accounts=accounts, tasks=tasks, write_offs=write_offs, late=late, now=now)
    context |= story
    return render(request, "console/cases/case.html", context)
