"""Take a complaint in: put it on record with its clock, leave the person alone while it is open, and hear what it says.

Called by the console, the API and the synthetic lender's day. One transaction: the sealed words, the terms with their
sources, the stop, the audit row. Told twice it is one complaint. Words that show a risk to a life are acted upon like
any other words of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from arrears.actions import hear_person, hear_stranger, late_lists, stop_contact
from arrears.actions.contact_gate import Gate, GateIsClosed
from arrears.kernel import clock, identifiers
from arrears.kernel.errors import InvalidInput
from arrears.kernel.unseen import is_blank
from arrears.records.cases import queries as cases
from arrears.records.complaints import operations as complaints
from arrears.records.complaints import queries as known
from arrears.records.complaints.operations import About, Clock, Intake
from arrears.records.compliance import stops
from arrears.records.staff import queries as staff
from arrears.records.staff import teams
from arrears.rules import reveals
from arrears.rules.compliance import complaint_terms
from arrears.rules.compliance.packs import Duty

REASON = "COMPLAINT"
LONGEST = 10_000
#: So many teams of one colleague are told of a complaint about them.
TEAMS_MAX = 10
#: Way in → the channel by which a danger in a complaint of nobody known is told to have come.
ROADS = {"PHONE": "CALL", "WRITTEN": "LETTER", "PORTAL": "APP", "REGULATOR": "LETTER"}


class NothingComplained(InvalidInput):
    code = "nothing_complained"
    message = "A complaint has words, and at most {longest} characters."


class RegulatorMissing(InvalidInput):
    code = "regulator_missing"
    message = "Which regulator sent the complaint on must be named."


class UnknownAbout(InvalidInput):
    code = "unknown_about"
    message = "{about!r} is no colleague and no agency of this lender."


@dataclass(frozen=True)
class Taken:
    """is_new : False when this very complaint was on record already

    alerted         : somebody may be in danger, and a colleague was asked to care
    of_nobody_known : somebody may be, and nobody knows who: the page of the people heard tells of it
    """

    complaint_id: str
    is_new: bool
    answer_due_on: date
    alerted: bool = False
    of_nobody_known: bool = False


def take(*, intake: Intake, at: datetime, actor: str, gate: Gate) -> Taken:
    """Take one complaint in.

    intake  : complaint_id was made by whoever takes it in, so that a second click or call is one complaint; its case
              may be left out, and is then found
    returns : Taken; is_new False when this very complaint was on record already
    raises  : NothingComplained, RegulatorMissing; reveals.ReasonHoldsIdentity for a regulator that is none;
              complaints.NobodyKnown, ComplaintDiffers, UnknownComplaintWord, NotTheirContact
    """
    if is_blank(intake.text) or len(intake.text) > LONGEST:
        raise NothingComplained(longest=LONGEST)
    intake = replace(intake, regulator=reveals.kept(intake.regulator))
    if intake.intake == "REGULATOR" and not intake.regulator:
        raise RegulatorMissing
    [heard] = hear_person.listen([intake.text])
    on = clock.business_date(at, settings.LENDER_ZONE)
    with transaction.atomic():
        if intake.customer_id:
            complaints.lock_person(intake.customer_id)
            intake = replace(intake, case_id=intake.case_id or case_of(intake.customer_id))
        intake = replace(intake, about=with_team(intake.about, case_id=intake.case_id))
        runs = running(gate, from_on=on, intake=intake.intake)
        taken = Taken(intake.complaint_id, False, known.answer_due_on(intake.complaint_id) or runs.answer_due_on)
        if complaints.is_on_record(intake):
            return taken
        stop_id = pause(intake.customer_id, at=at, actor=actor) if intake.customer_id else None
        if not complaints.put_on_record(intake, clock=runs, stop_id=stop_id, received_on=on, at=at, actor=actor):
            return taken
        if not intake.customer_id:
            road = ROADS[intake.intake]
            cries = hear_stranger.heed_complaint(intake.complaint_id, heard=heard, channel=road, at=at)
            return replace(taken, is_new=True, of_nobody_known=cries)
        alerted = hear_person.act(
            customer_id=intake.customer_id,
            heard=heard,
            complaint_id=intake.complaint_id,
            at=at,
            actor=actor,
            is_own=intake.complainant == "SELF",
        )
        return replace(taken, is_new=True, alerted=alerted)


def running(gate: Gate, *, from_on: date, intake: str, extended: int = 0) -> Clock:
    """The clock of a complaint by the law in force: each term with its source, the earliest of them due."""
    found = complaint_terms.terms(
        duties(gate), from_on=from_on, intake=intake, country=settings.LENDER_COUNTRY, extended=extended
    )
    answer_due_on = complaint_terms.due(found, complaint_terms.ANSWER)
    assert answer_due_on is not None, from_on
    return Clock(
        from_on=from_on,
        acknowledge_due_on=complaint_terms.due(found, complaint_terms.ACKNOWLEDGE),
        answer_due_on=answer_due_on,
        terms=[
            {
                "what": term.what,
                "due_on": term.due_on.isoformat(),
                "rule": term.rule_id,
                "citation": term.citation,
                "text_zh": term.text_zh,
                "text_en": term.text_en,
            }
            for term in found
        ],
        extended=extended,
    )


def duties(gate: Gate) -> tuple[Duty, ...]:
    """The duties of the law in force; none where no pack can be used, and then a complaint is due at once."""
    try:
        return gate.pack.duties
    except GateIsClosed:
        return ()


def pause(customer_id: str, *, at: datetime, actor: str) -> int | None:
    """Leave a person alone while a complaint is open; the stop that does so, None where somebody's own does already."""
    stopped = stop_contact.stop_contact(customer_id=customer_id, reason=REASON, at=at, actor=actor)
    stop_id = stops.holding(customer_id, reason=REASON, at=at)
    return stop_id if stopped.is_new or known.is_of_a_complaint(stop_id) else None


def about(code: str) -> About:
    """Whom a complaint is about, as a form says it: "user:7", "agency:CODE", or blank. Raises UnknownAbout."""
    kind, _colon, name = code.partition(":")
    if not code:
        return About()
    if kind == "agency" and name in late_lists.lists().agencies:
        return About(agency=name)
    if kind != "user" or not staff.role_of(code):
        raise UnknownAbout(about=code[:40])
    return About(actor=code)


def with_team(about: About, *, case_id: str) -> About:
    """The colleague's team of now: that of the case when they are of it or of none, else each of theirs."""
    if not about.actor:
        return about
    theirs, of_case = teams.of(about.actor), cases.team_of(case_id) if case_id else ""
    return replace(about, team=of_case if of_case in theirs or not theirs else " ".join(theirs[:TEAMS_MAX]))


def case_of(customer_id: str) -> str:
    """The case in whose story it stands: an open one, else the newest."""
    return next(iter(cases.cases_to_tell(customer_id)), "")


def new_id(*parts: object) -> str:
    """An identifier that the same parts give again."""
    return identifiers.derived_id("complaint", *parts)
