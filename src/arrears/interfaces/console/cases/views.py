"""The case list and the page of one case. Reads only; what can be done to a case is in `deeds`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from arrears.interfaces.console.cases import debt, file, forms
from arrears.interfaces.console.late import standing
from arrears.interfaces.ui import keyset, moment
from arrears.records.cases import queries
from arrears.records.staff import queries as staff

PAGE_SIZE = 50


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The list: filters, order, search, pages; HTMX asks for the table alone."""
    wanted, form = forms.wanted(request.GET, viewer_id=request.user.pk)
    after = forms.place(request.GET.get("after", ""), wanted.order)
    before = forms.place(request.GET.get("before", ""), wanted.order) if not after else None
    page = queries.page(request.user, wanted, after=after, before=before, size=PAGE_SIZE)
    context = {
        "form": form,
        "wanted": wanted,
        "text": form.cleaned_data.get("q", "").strip(),
        "rows": page.rows,
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
    try:
        card = queries.access(request.user, case_id)
    except queries.NoSuchCase as refusal:
        raise Http404(str(refusal)) from refusal
    now = moment.of(request)
    accounts = debt.accounts(card, as_of=now.business_on)
    until = file.timeline_place(request.GET.get("until", ""))
    late = standing.of_case(case_id)
    story = file.timeline(card, accounts=accounts, late=late, until=until)
    if request.htmx and request.htmx.target == "older-events":
        return render(request, "console/cases/case.html#events", {"card": card} | story)
    context = file.read(request.user, card, accounts=accounts, late=late, now=now) | story
    return render(request, "console/cases/case.html", context)
