"""Is there any need for us to call or visit this person? Nobody collects what is not owed, or what somebody else
collects; and nobody collects under the name of help.

Asked by `contact_call` before the gate, and again by whoever acts on what was cleared.
"""

from __future__ import annotations

from datetime import datetime

from arrears.kernel.errors import Refusal
from arrears.records.cases import work
from arrears.records.cases.models import Case
from arrears.records.compliance import stops
from arrears.records.compliance.models import StopReason
from arrears.records.placements import queries as placements
from arrears.records.staff import queries as staff
from arrears.rules import cases as machines

#: A case in which there is something to collect.
COLLECTABLE = {"status": "OPEN", "overdue_minor__gt": 0}
#: Why a person is left alone who may be called to be helped all the same: for this they are. Nobody calls to help whom
#: any other stop concerns, who asked for silence above all.
HELPED_UNDER = frozenset({StopReason.REST.value, StopReason.SELF_HARM.value, StopReason.DISPUTED.value})


class WithAgency(Refusal):
    """While an agency has the case we do not collect beside it; who asks us, or needs our help, is still answered."""

    code = "with_agency"
    message = "The agency {agency} has this person's debt: it is neither called nor visited by us meanwhile."


class NotPlacedWithYou(Refusal):
    """An agency calls and visits for what is placed with it, as long as it is."""

    code = "not_placed_with_you"
    message = "The case is not placed with {agency}."


class NothingToCollect(Refusal):
    """Judged with the person's row locked: a payment that has just come in counts."""

    code = "nothing_to_collect"
    message = "This person's case is closed, or nothing is overdue any more: nobody is called or visited for it."


class NoHelpAskedFor(Refusal):
    """To help is to do work that was asked for: without it there is no call that does not collect."""

    code = "no_help_asked_for"
    message = "No work to help the person of the case {case_id} waits for {actor}."


class HelpIsStopped(Refusal):
    """They are left alone for another reason than the help they need, such as their own wish."""

    code = "help_is_stopped"
    message = "Contact with {customer_id} is stopped for more than what they are helped with."


def refuse_needless(customer_id: str, case_id: str | None, purpose: str, actor: str) -> None:
    """Nobody collects what is not owed, or what somebody else collects.

    raises : NotPlacedWithYou, WithAgency, NothingToCollect
    """
    _refuse_beside_an_agency(customer_id, case_id, purpose, actor)
    if purpose == "COLLECT" and case_id and not Case.objects.filter(case_id=case_id, **COLLECTABLE).exists():
        raise NothingToCollect


def refuse_unasked(case_id: str | None, purpose: str, actor: str, *, channel: str) -> None:
    """Whoever calls to help does work of the case that is theirs to do; asked once, for it may be done meanwhile.

    Help is a call: nobody stands before a door for it.

    raises : NoHelpAskedFor
    """
    if purpose != machines.HELPING:
        return
    helper = staff.of_actor(actor).filter(is_active=True).first()
    if channel != "CALL" or helper is None or case_id is None or not work.helps_with(helper, case_id):
        raise NoHelpAskedFor(case_id=case_id, actor=actor)


def refuse_stopped(customer_id: str, purpose: str, *, channel: str, contact_point_id: str, at: datetime) -> None:
    """Whoever calls to help is held by more stops than the law packs say of an answer; collecting, the gate judges.

    raises : HelpIsStopped
    """
    where = {"channel": channel, "contact_point_id": contact_point_id}
    if purpose == machines.HELPING and is_stopped(customer_id, purpose, **where, at=at):
        raise HelpIsStopped(customer_id=customer_id)


def is_stopped(customer_id: str, purpose: str, *, channel: str, contact_point_id: str, at: datetime) -> bool:
    """Does a stop that is not over at a moment stand in the way of a call or visit, for what it is made?"""
    under = HELPED_UNDER if purpose == machines.HELPING else frozenset[str]()
    held = stops.not_over(customer_id, at=at)
    concerned = (stop for stop in held if stop.concerns(channel=channel, contact_point_id=contact_point_id))
    if any(stop.reason not in under for stop in concerned):
        return True
    return bool(contact_point_id and stops.shared_with_at_risk([contact_point_id]))


def _refuse_beside_an_agency(customer_id: str, case_id: str | None, purpose: str, actor: str) -> None:
    """Of two who might press one person, ourselves and an agency, only who has the case may."""
    own = staff.agency_of(actor)
    if own and (case_id is None or placements.agency_with(case_id) != own):
        raise NotPlacedWithYou(agency=own)
    agency = placements.agency_of(customer_id) if purpose != machines.HELPING and not own else ""
    if agency:
        raise WithAgency(agency=agency)
