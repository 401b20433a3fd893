"""How are the codes of a rule pack said aloud: units, windows, statuses, consents and the rest, in both languages?

Used by the pages that show a rule, a contact that is judged, or a judgement. A code that is not known here is shown as
it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from arrears.interfaces.ui import outcome_words, sentences
from arrears.rules.compliance import facts

KINDS: Mapping[str, Promise] = {
    "ban": _("Ban"),
    "staff": _("Staff"),
    "notice": _("Notice first"),
    "hours": _("Hours"),
    "limit": pgettext_lazy("rule", "Limit"),
    "duty": _("Duty"),
}
NATURES: Mapping[str, Promise] = {
    "hard": _("Forbids"),
    "presumption": _("Presumed unlawful"),
    "guidance": _("Guidance"),
}
AUTHORS: Mapping[str, Promise] = {
    "law": _("Law"),
    "standard": _("Standard"),
    "lender": _("The lender's own"),
}
CONFIDENCES: Mapping[str, Promise] = {
    "verified_primary": _("Checked against the text itself"),
    "verified_secondary": _("Checked against reports of the text, not the text"),
    "memory_high": _("Not checked: from knowledge, high confidence"),
    "memory_medium": _("Not checked: from knowledge, medium confidence"),
    "memory_low": _("Not checked: from knowledge, low confidence"),
    "own_choice": _("Chosen by the lender"),
}
PURPOSES: Mapping[str, Promise] = {
    "REMIND": _("Reminder"),
    "COLLECT": _("Collection"),
    "NEGOTIATE": _("Negotiation"),
    "LOCATE": _("Locate"),
    "RELAY": _("Relay"),
    "LEGAL_NOTICE": _("Legal notice"),
    "RESPOND": _("Answer"),
}
RELATIONS: Mapping[str, Promise] = {
    "SELF": pgettext_lazy("relation", "The borrower"),
    "GUARANTOR": pgettext_lazy("relation", "Guarantor"),
    "SPOUSE": pgettext_lazy("relation", "Spouse"),
    "KIN": pgettext_lazy("relation", "Relative"),
    "COLLEAGUE": pgettext_lazy("relation", "Colleague"),
    "EMPLOYER": pgettext_lazy("relation", "Employer"),
    "OTHER": pgettext_lazy("relation", "Somebody else"),
}
INITIATORS: Mapping[str, Promise] = {
    "COLLECTOR": _("Us"),
    "BORROWER": pgettext_lazy("relation", "The borrower"),
}
COLLECTORS: Mapping[str, Promise] = {
    "CREDITOR": _("The lender itself"),
    "AGENCY": _("An agency"),
    "DEBT_BUYER": _("Who bought the debt"),
}
STATUSES: Mapping[str, Promise] = {
    "DISPUTED": _("Debt is disputed"),
    "CEASED": _("Demanded to be left in peace"),
    "OPTED_OUT_SMS": _("Declined text messages"),
    "OPTED_OUT_CALL": _("Declined calls"),
    "OPTED_OUT_EMAIL": _("Declined e-mail"),
    "UNREACHABLE": _("Cannot be reached"),
    "DECEASED": _("Deceased"),
    "INCAPACITATED": _("Without legal capacity"),
    "MINOR": _("Under age"),
    "BANKRUPT": _("Bankruptcy"),
    "REPRESENTED": _("Represented by a lawyer"),
    "VULNERABLE": _("Vulnerable"),
    "PLAN_ACTIVE": _("Keeps a repayment plan"),
    "HARDSHIP_REVIEW": _("Hardship is being examined"),
    "BREATHING_SPACE": _("In a breathing space"),
    "RESTING": _("Left in peace for a while"),
    "SELF_HARM_RISK": _("At risk of self-harm"),
    "STAFF_SAFETY": _("Threatens our people"),
    "STOPPED": _("On the house's stop list"),
}
CONSENTS: Mapping[str, Promise] = {
    "HOURS": _("to other hours"),
    "VISIT_HOME": _("to visits at home"),
    "WORKPLACE": _("to contact at work"),
    "SMS": _("to text messages"),
    "EMAIL": _("to e-mail"),
    "THIRD_PARTY": _("to contact with a third party"),
}
UNITS: Mapping[str, Promise] = {
    "attempt": _("calls not answered"),
    "placed": _("calls placed"),
    "connected": _("calls connected"),
    "conversation": _("conversations with the right person"),
    "message": _("messages"),
    "visit": _("visits"),
    "any": _("contacts of any kind"),
    "refusal": _("refusals to speak"),
    "reply": _("messages and letters of the other side"),
}
SCOPES: Mapping[str, Promise] = {
    "person": _("for each person"),
    "debt": _("for each debt"),
    "contact_point": _("for each number or address"),
    "creditor": _("for each creditor"),
}
WEEKDAYS: Mapping[str, Promise] = {
    "MON": _("Monday"),
    "TUE": _("Tuesday"),
    "WED": _("Wednesday"),
    "THU": _("Thursday"),
    "FRI": _("Friday"),
    "SAT": _("Saturday"),
    "SUN": _("Sunday"),
    "HOLIDAY": _("public holidays"),
}
TOPICS: Mapping[str, Promise] = {
    "scope": _("Scope"),
    "forbidden_conduct": _("Forbidden conduct"),
    "disclosure": _("What must be disclosed"),
    "privacy": _("Privacy"),
    "criminal": _("Criminal law"),
    "liability": _("Liability"),
    "staff": _("Staff"),
    "governance": _("Governance"),
    "licensing": _("Licensing"),
    "agency_oversight": _("Oversight of agencies"),
    "field_visit": _("Visits"),
    "contact_place": _("Place of contact"),
    "recording": _("Recording"),
    "retention": _("Keeping of records"),
    "subject_requests": _("Requests about one's own data"),
    "complaints": _("Complaints"),
    "dispute": _("Disputes"),
    "validation": _("Validation of the debt"),
    "opt_out": _("Opting out"),
    "electronic": _("Electronic messages"),
    "ai": _("Automated speech"),
    "vulnerability": _("Vulnerability"),
    "forbearance": _("Forbearance"),
    "deceased": _("Deceased"),
    "third_party": _("Third parties"),
    "limitation": _("Limitation"),
    "interest": _("Interest"),
    "fees": _("Fees"),
    "cost_cap": _("Cap on costs"),
    "allocation": _("Order of allocation"),
    "legal_process": _("Legal process"),
    "credit_reporting": _("Credit reporting"),
    "classification": _("Classification"),
    "charge_off": _("Write-offs"),
}


def listed(words: Mapping[str, Promise], codes: Iterable[str]) -> str:
    """Several codes, in the order of their vocabulary."""
    order = list(words)
    known = sorted(codes, key=lambda code: (order.index(code) if code in words else len(order), code))
    return str(_(", ")).join(sentences.said(words, code) for code in known)


def channels(codes: frozenset[str]) -> str:
    """Channels by name; all of them as such."""
    return str(_("All channels")) if codes >= facts.CHANNELS else listed(sentences.CHANNELS, codes)


def counted(codes: Iterable[str]) -> str:
    """Outcomes and purposes, as a limit leaves them out."""
    return listed(outcome_words.OUTCOMES | PURPOSES, codes)


def choices(words: Mapping[str, Promise], codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes to choose from, each with its words, in the order of their vocabulary."""
    wanted = set(codes)
    return [(code, str(label)) for code, label in words.items() if code in wanted]
