"""Open one sealed thing of a case: always a post, never cached, told in the answer alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.actions import reveal_sealed
from arrears.interfaces.ui import moment, refusals
from arrears.kernel.errors import NotFound, Refusal


@never_cache
@require_POST
def reveal(request: HttpRequest, case_id: str) -> HttpResponse:
    """The opened value: a fragment for HTMX, a page of its own without."""
    try:
        revealed = reveal_sealed.reveal(
            viewer=request.user,
            case_id=case_id,
            what=request.POST.get("what", ""),
            subject_id=request.POST.get("subject_id", ""),
            purpose=request.POST.get("purpose", ""),
            reason=request.POST.get("reason", ""),
            at=moment.of(request).at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        if request.htmx:
            return render(request, "console/reveals/value.html", {"refusal": refusals.sentence(refusal)})
        refusals.tell(request, refusal)
        return redirect("case", case_id)
    context = {"value": revealed.value, "is_words": revealed.what != reveal_sealed.POINT}
    if request.htmx:
        return render(request, "console/reveals/value.html", context)
    return render(request, "console/reveals/page.html", context | {"case_id": case_id})
