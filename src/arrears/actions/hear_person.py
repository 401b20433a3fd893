"""Act on what a person's own words tell: on a risk to their life or a threat against our people at once, on lesser
troubles by leaving them in peace and asking a colleague who knows such troubles to go on with it.

Called inside the transaction that keeps the words, wherever a person's own, or a colleague's note of them, are kept:
messages, calls, visits and transcripts, complaints and the work on them, requests about one's data, consents, holds,
numbers that reach them after all, why something of theirs was opened or a rule overruled, and by `screen_words` the
notes of work, placements and legal steps. A person who may harm themselves is left alone altogether, and a colleague is
asked to care for them. Whoever threatens our people is visited by nobody until a supervisor, who is asked at once,
lifts that. Others are not contacted of our own accord for as many days as the card says that answers them. The words
stay where they are sealed: here only the card and the names of the signals are on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from arrears.actions import stop_contact, words_in_force
from arrears.kernel import clock
from arrears.records.audit import operations as audit
from arrears.records.cases import finishing
from arrears.records.cases import operations as cases
from arrears.records.cases import queries as known
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.stops import SELF_HARM, STAFF_SAFETY
from arrears.rules import cases as machines
from arrears.rules import resistance
from arrears.rules.resistance import Heard


def listen(texts: Sequence[str], *, is_note: bool = False) -> list[Heard]:
    """What each text tells; many at a time cost little more than one. is_note: a colleague wrote them of the person"""
    return resistance.hear(texts, by=words_in_force.hearing().folder, is_note=is_note) if texts else []


def heed_note(note: str, *, customer_id: str, at: datetime, actor: str, tended: str = "") -> None:
    """Act on danger that a colleague noted of a person, and on nothing else: the words are not the person's.

    tended : the stop (StopReason) of the danger that the note must tell of, which is being tended: only another is news
    """
    for heard in listen([note] if note.strip() and customer_id else [], is_note=True):
        if (heard.is_grave and tended != SELF_HARM) or (heard.threatens and tended != STAFF_SAFETY):
            act(customer_id=customer_id, heard=heard, at=at, actor=actor, is_own=False)


#: To whom a card sends a person on → the work that is asked for in their open cases. Who has no hope, and is in no
#: danger, is helped as those in hardship are; whoever has the case goes on by themself.
GOES_TO = {"HARDSHIP": "HARDSHIP", "CARE": "HARDSHIP", "DISPUTES": "DISPUTE"}
#: Before what a night asks for, and after a danger.
NEXT = 100_000


@transaction.atomic
def act(
    *,
    customer_id: str,
    heard: Heard,
    at: datetime,
    actor: str,
    contact_id: str = "",
    complaint_id: str = "",
    is_own: bool = True,
) -> bool:
    """Do what the card asks for; returns whether a person was alerted.

    contact_id, complaint_id : where the words are kept, one of the two; neither for a note of the case
    is_own : are these surely the person's own words? Otherwise only a risk to life or a threat is acted upon
    raises : nothing of its own; twice the same is once
    """
    card = heard.card
    is_grave = heard.is_grave or heard.threatens
    if card is None or not (is_own or is_grave):
        return False
    told_in = {"complaint_id": complaint_id, "contact_id": contact_id}
    where = {name: value for name, value in told_in.items() if value}
    for case_id in known.cases_to_tell(customer_id):
        data = {
            **where,
            "quiet_days": card.quiet_days,
            "route": card.route,
            "stops": card.stops,
            "signals": [one.code for one in heard.signals],
        }
        cases.record_event(case_id=case_id, kind="person.heard", at=at, actor=actor, reason=card.code, data=data)
    audit.record("person.heard", subject=customer_id, actor=actor, at=at, after=card.code, **where)
    if card.stops:
        stop_contact.stop_contact(customer_id=customer_id, reason=SELF_HARM, at=at, actor=actor)
    elif card.quiet_days and is_own:
        rest(customer_id, to_at=at + timedelta(days=card.quiet_days), at=at, actor=actor)
    if is_own and not is_grave and card.route in GOES_TO:
        _send_on(customer_id, GOES_TO[card.route], reason=card.code, at=at, actor=actor)
    if heard.threatens:
        stop_contact.stop_contact(customer_id=customer_id, reason=STAFF_SAFETY, at=at, actor=actor)
    return is_grave


def rest(customer_id: str, *, to_at: datetime, at: datetime, actor: str) -> None:
    """What is planned waits at the gate; work that reaches them is asked for again by the first night after."""
    if compliance.stop(customer_id=customer_id, reason="REST", at=at, actor=actor, to_at=to_at):
        finishing.cancel_open_work_of_person(
            customer_id=customer_id, kinds=machines.ATTEMPTED, note="REST", at=at, actor=actor
        )


def _send_on(customer_id: str, kind: str, *, reason: str, at: datetime, actor: str) -> None:
    on = clock.business_date(at, settings.LENDER_ZONE)
    for case_id in known.open_ids(customer_id):
        cases.open_work(case_id=case_id, kind=kind, on=on, priority=NEXT, reason=reason, at=at, actor=actor)
