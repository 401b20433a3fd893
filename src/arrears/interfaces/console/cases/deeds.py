"""What can be done to a case: each is one POST, one call below, and back to the page with what came of it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from arrears.actions import stop_contact, take_promise
from arrears.interfaces.console import fields
from arrears.interfaces.console.cases import forms
from arrears.interfaces.ui import moment, refusals, sentences, typed
from arrears.kernel.errors import Refusal
from arrears.records.cases import operations, queries, teams
from arrears.records.compliance import operations as compliance

Deed = Callable[[queries.CaseCard], str]


def do(request: HttpRequest, case_id: str, deed: Deed) -> HttpResponse:
    """Access, do, tell; a refusal is told in the reader's language and changes nothing."""
    card = queries.access(request.user, case_id)
    try:
        told = deed(card)
    except Refusal as refusal:
        refusals.tell(request, refusal)
    else:
        if told:
            messages.success(request, told)
    return redirect("case", case_id)


@require_POST
def assign(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case to a colleague, or to nobody."""

    def deed(card: queries.CaseCard) -> str:
        chosen = request.POST.get("user_id", "")
        user_id = typed.number(chosen)
        if chosen and user_id is None:
            raise fields.WrongForm(field="user_id")
        operations.assign(
            case_id=card.case_id,
            user_id=user_id,
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        return gettext("The case is assigned.") if chosen else gettext("Nobody has the case now.")

    return do(request, case_id, deed)


@require_POST
def give_to_team(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case to another team, or to all; whoever gives it away may see it no longer."""

    def deed(card: queries.CaseCard) -> str:
        team = request.POST.get("team", "")
        is_new = teams.move(case_id=card.case_id, team=team, at=moment.of(request).at, actor=moment.actor(request))
        return gettext("The case is with the team now.") if is_new else ""

    answer = do(request, case_id, deed)
    return answer if queries.is_visible(request.user, case_id) else redirect("cases")


@require_POST
def promise(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put on record what the borrower promised to pay, and by when."""

    def deed(card: queries.CaseCard) -> str:
        wish, now = forms.promise(request.POST, currency=card.row.currency), moment.of(request)
        is_new = take_promise.take(
            case_id=card.case_id,
            channel=wish.channel,
            amount_minor=wish.amount_minor,
            due_on=wish.due_on,
            as_of=now.business_on,
            at=now.at,
            actor=moment.actor(request),
        )
        if not is_new:
            return gettext("This promise was already on record.")
        return gettext("The promise is on record. The person is left in peace until its day is over.")

    return do(request, case_id, deed)


@require_POST
def stop(request: HttpRequest, case_id: str) -> HttpResponse:
    """Put the person, or one of their contact points, on the stop list; a wrong number is never the person's fault."""

    def deed(card: queries.CaseCard) -> str:
        reason = request.POST.get("reason", "")
        if reason not in dict(sentences.stop_reasons()):
            raise compliance.UnknownStopReason(reason=reason[:20])
        stopped = stop_contact.stop_contact(
            customer_id=card.row.customer_id,
            reason=reason,
            contact_point_id=request.POST.get("contact_point_id", ""),
            at=moment.of(request).at,
            actor=moment.actor(request),
        )
        if not stopped.is_new:
            return gettext("Contact with this person was already stopped for this reason.")
        if stopped.channel:
            return gettext("Nobody visits this person until a supervisor has decided. Other contacts stay planned.")
        if stopped.contact_point_id:
            return gettext("This number or address is not used any more. Other contacts stay planned.")
        told = gettext("Contact is stopped. Planned contacts cancelled: %(count)s; tasks put aside: %(tasks)s.") % {
            "count": stopped.contacts_cancelled,
            "tasks": stopped.work_cancelled,
        }
        if stopped.placements_to_recall and not request.user.agency:  # type: ignore[union-attr]
            told += " " + gettext("An agency has this person's debt: recall it now.")
        return told

    return do(request, case_id, deed)
