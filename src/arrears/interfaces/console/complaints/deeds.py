"""What can be done to a complaint: each is one POST and one call below; a refusal is told with what was entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from arrears.actions import take_complaint, wired, work_complaint
from arrears.interfaces.console.complaints import forms, views
from arrears.interfaces.ui import moment, refusals
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import NotFound, Refusal


@dataclass(frozen=True)
class Asked:
    """Who asks for a deed, when, and what they had seen of the complaint."""

    turn: int
    at: datetime
    actor: str


def _do(request: HttpRequest, complaint_id: str, deed: Callable[[Asked], str]) -> HttpResponse:
    """Do, tell; a refusal changes nothing and is told on the page, beside what was entered."""
    views.access(request, complaint_id)
    try:
        told = deed(Asked(forms.turn(request.POST), moment.of(request).at, moment.actor(request)))
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except Refusal as refusal:
        return views.page(request, complaint_id, entered=request.POST.dict(), refused=refusals.sentence(refusal))
    messages.success(request, told)
    return redirect("complaint", complaint_id)


@never_cache
@require_POST
def acknowledge(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """Whoever complained was told that it is looked into."""

    def deed(by: Asked) -> str:
        work_complaint.acknowledge(complaint_id=complaint_id, turn=by.turn, at=by.at, actor=by.actor)
        return gettext("It is on record that the complaint was acknowledged.")

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def classify(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """What it is about, and whom."""

    def deed(by: Asked) -> str:
        work_complaint.classify(
            complaint_id=complaint_id,
            turn=by.turn,
            kind=request.POST.get("kind", ""),
            about=take_complaint.about(request.POST.get("about", "")),
            at=by.at,
            actor=by.actor,
        )
        return gettext("What the complaint is about is on record.")

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def link(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """Which contacts it is about."""

    def deed(by: Asked) -> str:
        chosen = request.POST.getlist("contact_id")
        work_complaint.link(complaint_id=complaint_id, turn=by.turn, contact_ids=chosen, at=by.at, actor=by.actor)
        return gettext("The contacts that the complaint is about are on record.")

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def answer(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """What was found, why it happened, what is done about it, what the person is told."""

    def deed(by: Asked) -> str:
        is_let_go = work_complaint.answer(
            complaint_id=complaint_id,
            turn=by.turn,
            outcome=request.POST.get("outcome", ""),
            root_cause=request.POST.get("root_cause", ""),
            remedy=request.POST.get("remedy", ""),
            text=forms.words(request.POST, "text"),
            at=by.at,
            actor=by.actor,
        )
        return f"{gettext('The answer is on record.')} {_peace(is_let_go)}"

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def withdraw(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """Whoever complained takes it back."""

    def deed(by: Asked) -> str:
        note = request.POST.get("note", "")
        is_let_go = work_complaint.withdraw(
            complaint_id=complaint_id, turn=by.turn, note=note, at=by.at, actor=by.actor
        )
        return f"{gettext('The complaint is withdrawn.')} {_peace(is_let_go)}"

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def extend(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """The answer takes longer, as the law allows, and why."""

    def deed(by: Asked) -> str:
        due_on = work_complaint.extend(
            complaint_id=complaint_id,
            turn=by.turn,
            note=request.POST.get("note", ""),
            at=by.at,
            actor=by.actor,
            gate=wired.here().gate,
        )
        return gettext("The answer is due on %(on)s now. Tell whoever complained, and why.") % {"on": ui.day(due_on)}

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def reopen(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """It is looked into again."""

    def deed(by: Asked) -> str:
        work_complaint.reopen(
            complaint_id=complaint_id,
            turn=by.turn,
            note=request.POST.get("note", ""),
            at=by.at,
            actor=by.actor,
            gate=wired.here().gate,
        )
        return gettext("The complaint is open again: its clock runs anew, and collection rests.")

    return _do(request, complaint_id, deed)


@never_cache
@require_POST
def escalate(request: HttpRequest, complaint_id: str) -> HttpResponse:
    """It is before a regulator."""

    def deed(by: Asked) -> str:
        due_on = work_complaint.escalate(
            complaint_id=complaint_id,
            turn=by.turn,
            regulator=request.POST.get("regulator", "")[: forms.REGULATOR_MAX],
            reference=request.POST.get("reference", "")[: forms.REFERENCE_MAX],
            reply_on=forms.day_or_none(request.POST, "reply_on"),
            at=by.at,
            actor=by.actor,
            gate=wired.here().gate,
        )
        return gettext("The complaint is with the regulator; the answer is due on %(on)s.") % {"on": ui.day(due_on)}

    return _do(request, complaint_id, deed)


def _peace(is_let_go: bool) -> str:
    if is_let_go:
        return gettext("Collection rests no longer for this complaint.")
    return gettext("Nothing changes in whom we may contact: another reason holds, or nothing rested.")
