"""Ask for the evidence of a case, with a purpose, and take it away: a post each time, on record, never cached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arrears.actions import evidence as evidences
from arrears.actions import reveal_sealed
from arrears.interfaces.ui import evidence_files, moment, papers, refusals
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases


@never_cache
@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, case_id: str) -> HttpResponse:
    """GET asks what it is for; POST gives the files as one archive."""
    card = cases.access(request.user, case_id)
    if request.method == "GET":
        offered = reveal_sealed.policy().offered()
        context = {
            "card": card,
            "reveal_purposes": offered,
            "identity_purposes": [one for one in offered if one.identity],
            "prints": papers.can_print(),
        }
        return render(request, "console/evidence/ask.html", context)
    try:
        pack = evidences.export(
            case_id=case_id,
            purpose=request.POST.get("purpose", ""),
            reason=request.POST.get("reason", ""),
            with_identity=request.POST.get("with_identity") == "1",
            verified=None,
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
    except Refusal as refusal:
        refusals.tell(request, refusal)
        return redirect("case-evidence", case_id)
    archive = evidence_files.zipped(evidence_files.files(pack, language=get_language() or "en"))
    answer = HttpResponse(archive, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{case_id}.zip"'
    return answer
