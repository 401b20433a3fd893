"""The audit trail, said aloud: what a verification finds, and the facts of an event by their names.

A fact that has no words here is shown under its stored name, never hidden. Facts hold no identity; should a number
that reaches somebody stand in one all the same, as in a reason that a partner sent, it is masked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.actions import reveal_sealed
from arrears.interfaces.ui import outcome_words, permission_words, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.records.audit.exploring import UNREADABLE
from arrears.records.privacy import masking
from arrears.records.staff import queries as staff

#: What each kind of finding says.
FINDINGS: Mapping[str, Promise] = {
    "ALTERED": _("the event was altered, moved or put there"),
    "MISSING": _("events are missing from here on"),
    "UNCHAINED": _("the event stands in no lane: it was put there past the system"),
    "END_MOVED": _("the lane's newest event is not the one it ended with"),
    "END_FORGED": _("nobody with the key vouched for the lane's end"),
    "NO_GUARD": _("the database would let the trail be edited: its triggers are gone or switched off"),
    "NO_TRAIL": _("the books hold colleagues or nights, and no event tells of them: the whole trail is gone"),
    "NO_LANE": _("the lane is gone, or was put there"),
    "WORDS_GONE": _("what was written with the event was taken away, and no erasure on the trail says so"),
    "WORDS_ALTERED": _("what was written with the event was altered, or does not open"),
    "ANCHOR_FORGED": _("the anchor is not signed with this key, or was altered"),
    "ANCHOR_LOST": _("the anchor is missing from the books, or differs from the one that was kept"),
    "ANCHOR_BROKEN": _("the anchor names an event that is another one now, or gone"),
}

FACTS: Mapping[str, Promise] = {
    "account": _("Account"),
    "account_id": _("Account"),
    "address": _("Address asked from"),
    "agency": _("Agency"),
    "amount_minor": _("Amount"),
    "as_of": _("As of"),
    "asked": _("Filters"),
    "bytes": _("Bytes"),
    "case_id": _("Case"),
    "cases": _("Cases"),
    "channel": _("Channel"),
    "characters": _("Characters"),
    "complaint_id": _("Complaint"),
    "contact_id": _("Contact"),
    "contact_point_id": _("Contact point"),
    "consent_id": _("Consent"),
    "count": _("How many"),
    "currency": _("Currency"),
    "customer_id": _("Customer"),
    "due_on": _("Due"),
    "erased_words": _("Words erased with it, by their marks"),
    "fault": _("Fault"),
    "first": _("From"),
    "hold_id": _("Legal hold"),
    "joined": _("Joined"),
    "kinds": _("Kinds"),
    "labels": _("What was found"),
    "last": _("To"),
    "left": _("Left"),
    "limit": _("Limit"),
    "note": _("Note"),
    "networks": _("Networks"),
    "outcome": _("Outcome"),
    "page": _("Page"),
    "parts": _("Parts"),
    "payment_id": _("Payment"),
    "placement_id": _("Placement"),
    "promise_id": _("Promise to pay"),
    "policy": _("Policy"),
    "proof": _("Proof"),
    "proof_ref": _("Where the proof is"),
    "purpose": _("What for"),
    "reason": _("Reason"),
    "reference": _("Reference"),
    "regions": _("Regions"),
    "request": _("What is asked"),
    "request_id": _("Request"),
    "reversal_id": _("Reversal"),
    "rules": _("Rules"),
    "scopes": _("Scopes"),
    "settled_minor": _("Settled"),
    "memo_minor": _("Still claimed, less by"),
    "severity": _("Severity"),
    "stop_id": _("Stop"),
    "subject_id": _("What was opened"),
    "tries": _("Tries"),
    "wait_seconds": _("Seconds to wait"),
    "what": _("Kind of what was opened"),
    "what_kind": _("Kind of number or address"),
    "with_second_factor": _("With a second factor"),
    "work_id": _("Task"),
    "work_kind": _("Kind of task"),
    "figures": _("Figures"),
    "accepted": _("Accepted"),
    "quarantined": _("Set aside"),
    "read": _("Rows read"),
    UNREADABLE: _("Facts that cannot be read"),
}
#: Statuses and marks that stand in no other list of words.
CODES: Mapping[str, Promise] = {
    "DONE": _("Done"),
    "CANCELLED": _("Cancelled"),
    "RECEIVED": _("Received"),
    "EXPLAINED": _("Explained"),
    "WITHDRAWN": _("Withdrawn"),
    "HOLDING": _("Under legal hold"),
    "LIFT_ASKED": _("To be lifted: a second person decides"),
    "LIFTED": _("Lifted"),
    "PAGE": _("Page"),
    "POINT": _("A number or an address"),
    "PASSWORD": _("New password"),
    "FACTOR": _("Second factor taken away"),
}
#: Pages that show one person, by the names of their addresses; another is told by the permission table's words.
PAGES: Mapping[str, Promise] = {
    "api-answer": _("API: the answer to a complaint"),
    "api-case": _("API: a case"),
    "api-cases": _("API: list of cases"),
    "api-complaint": _("API: a complaint"),
    "api-complaints": _("API: complaints of a person"),
    "api-contacts": _("API: contacts of a case or a person"),
    "audit": _("Audit trail"),
    "case": _("Case"),
    "case-who": _("Who can see this person"),
    "case-evidence": _("Evidence"),
    "contact": _("Contact"),
    "complaint": _("Complaint"),
    "privacy-person": _("Person, at the privacy desk"),
    "subject-request": _("Request"),
    "quality-flag": _("Quality check"),
    "verdict": _("A judgement, judged again"),
}
#: Facts that are numbers, days or marks by their nature, and no number of a person.
PLAIN = re.compile(
    r".*(_id|_on|_at|_ref|_mark)|as_of|sha256|address|networks|keys?|scopes|rules|cases|first|last|pack|policy|master|erased_words"
)


def finding(kind: str) -> str:
    """What a finding says."""
    return sentences.said(FINDINGS, kind)


def code(text: str) -> str:
    """A status, a reason, an outcome, a channel, a role: whatever list of words knows it, or as it is."""
    for words in (outcome_words.OUTCOMES, sentences.CHANNELS, sentences.POINTS, CODES):
        if text in words:
            return str(words[text])
    return dict(staff.roles()).get(text) or sentences.code(text)


def facts(data: Mapping[str, object]) -> list[tuple[str, str]]:
    """Each fact by its name, in words; figures within figures by both names."""
    currency = data.get("currency")
    return list(_facts(data, currency if isinstance(currency, str) else "", ""))


def _facts(data: Mapping[str, object], currency: str, under: str) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        label = f"{under}{sentences.said(FACTS, name)}"
        if isinstance(value, Mapping):
            yield from _facts(value, currency, f"{label} · ")
        elif value not in ("", None, []):
            yield label, _value(name, value, currency)


def _value(name: str, value: object, currency: str) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(_value(name, each, currency) for each in value)
    if isinstance(value, int) and name.endswith("_minor") and currency:
        return ui.money_text(value, currency)
    if isinstance(value, str):
        return _said(name, value)
    return masking.inside(str(value)) if isinstance(value, Mapping) else str(value)


def _said(name: str, text: str) -> str:
    if name == "purpose":
        return purpose(text)
    if name == "page":
        return page(text)
    if name == "what" and text in sentences.WORDS:
        return sentences.sealed_words(text)
    return text if PLAIN.fullmatch(name) else masking.inside(code(text))


def purpose(stated: str) -> str:
    """What something was opened for."""
    known = reveal_sealed.policy().purposes.get(stated)
    return sentences.of_texts(known.texts) if known else code(stated)


def page(name: str) -> str:
    """A page that shows one person."""
    if name in PAGES:
        return str(PAGES[name])
    for noun, actions in permission_words.NOUNS:
        if name in dict(actions):
            return f"{noun}: {dict(actions)[name]}"
    return name
