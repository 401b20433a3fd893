"""How is a stored code said aloud? Codes of events, reasons, outcomes and templates in the reader's language.

Records keep codes; the sentence is made when a page is read. A code that is not known here is shown as it is, never
hidden: the lender's own policies may name reasons of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import calming
from arrears.interfaces.ui.event_words import EVENTS
from arrears.interfaces.ui.outcome_words import OUTCOMES
from arrears.records.cases import queries as cases
from arrears.records.complaints import queries as complaints
from arrears.records.complaints.operations import OF_A_COMPLAINT
from arrears.records.compliance import queries as compliance
from arrears.rules import cases as machines

#: What tells apart the two ways of asking for it.
STOP_HINTS: Mapping[str, Promise] = {
    "OPTED_OUT": _("they decline our calls and messages"),
    "CEASED": _("they demand to be left in peace altogether; only notices that the law demands may go out"),
    "STAFF_SAFETY": _("violence was spoken of or done; visits alone are held, until a supervisor lifts it"),
}

REVERSALS: Mapping[str, Promise] = {
    "RETURNED": _("The bank returned it"),
    "DUPLICATE": _("Posted twice"),
    "WRONG_ACCOUNT": _("Posted to the wrong account"),
    "WRONG_AMOUNT": _("Posted with a wrong amount"),
    "OTHER": _("Another reason"),
}

#: What stands sealed: words by what they are, contact points by their kind.
WORDS: Mapping[str, Promise] = {
    "TEXT": _("Text that was sent"),
    "REPLY": _("Reply"),
    "NOTE": _("Note"),
    "TRANSCRIPT": _("Transcript"),
    "COMPLAINT": _("What was complained of"),
    "REQUEST": _("What somebody asked about their own data"),
    "STRANGER": _("What somebody wrote from a number that nobody knows"),
    "ANSWER": _("Answer to a complaint"),
    "NAME": _("Name"),
    "ID_NUMBER": _("ID number"),
    "BIRTH_ON": _("Date of birth"),
    "EMPLOYER": _("Employer"),
}
POINTS: Mapping[str, Promise] = {
    "MOBILE": _("Mobile"),
    "PHONE": _("Fixed line"),
    "EMAIL": _("E-mail"),
    "ADDRESS": _("Address"),
    "WECHAT": _("WeChat"),
    "APP": _("Account in the lender's app"),
}

#: Codes that stand in more than one place: stages, closing reasons.
CODES: Mapping[str, Promise] = {
    "BY_PHONE": _("On the phone"),
    "IN_WRITING": _("In writing"),
    "AT_EARLIER_VISIT": _("On an earlier visit"),
    "CARE": _("Care for a person at risk"),
    "SAFETY": _("Threat against our people"),
    "HARDSHIP": _("Help in hardship"),
    "DISPUTE": _("Look into a dispute"),
    "NEW": _("New account"),
    "NONE": _("Nothing due"),
    "WARNING": _("Warning"),
    "EARLY": _("Early collection"),
    "LATE": _("Late collection"),
    "BAD_DEBT": _("Bad debt"),
    "OPEN": _("Open"),
    "CLOSED": _("Closed"),
    "CURED": _("Arrears paid"),
    "PAID_OFF": _("Paid in full"),
    "WRITTEN_OFF": _("Written off"),
    "PROPOSED": _("Proposed"),
    "APPROVED": _("Approved"),
    "REJECTED": _("Rejected"),
    "POSTED": _("Posted"),
    "LAPSED": _("Lapsed"),
    "UPHELD": _("Upheld"),
    "DISMISSED": _("Not a violation"),
    "DUE_IN_3": _("Due in three days"),
    "DUE_IN_1": _("Due tomorrow"),
    "DUE_IN_0": _("Due today"),
    "EARLY_CADENCE": _("Early reminders by days past due"),
    "EARLY_CALL": _("Early call"),
    "EARLY_CALL_LOW_TOUCH": _("Early call, few touches"),
    "LATE_CADENCE": _("Late reminders by days past due"),
    "LATE_CALL": _("Late call"),
    "LATE_VISIT": _("Visit"),
    "LATE_AGENCY": _("Placement with an agency"),
    "LATE_LEGAL": _("Legal review"),
    "LATE_NOTICE": _("Late notice"),
    "PRE_LEGAL": _("Before legal steps"),
    "PRE_LEGAL_NOTICE": _("Notice before legal steps"),
    "BAD_DEBT_NOTICE": _("Notice that the debt is still owed"),
    "BAD_DEBT_CALL": _("Call about bad debt"),
    "BAD_DEBT_WRITE_OFF": _("Bad debt, proposed for write-off"),
    "PAYMENT_REVERSED": _("A payment of before the write-off was taken back"),
    "case closed": _("Its case was closed"),
    "contact stopped": _("Contact with the person is stopped"),
    "no longer late": _("Its case is no longer in late collection"),
    "stage changed": _("The case has moved to another stage"),
    "nothing is late": _("No day past due counts any more: nobody is called or visited for it"),
    "placed with an agency": _("Placed with an agency"),
    "no longer bad debt": _("The debt is bad debt no longer"),
    "paid": _("The debt was paid"),
    "payment taken": _("A payment came in: its text would state an amount no longer owed; the next night plans anew"),
    "payment reversed": _("A payment was reversed"),
    "planned anew": _("The night ran again: what this would have stated is not true any more"),
    "written off": _("Written off"),
    "unreadable": _("Its data could not be read"),
    "WRONG_PARTY": _("It is somebody else's"),
    "WRONG_PLACE": _("Wrong address: they do not live there"),
    "OUT_OF_SERVICE": _("The number is out of service"),
    "UNDELIVERABLE": _("What is sent there fails for good or comes back"),
    "UNKNOWN_SUBSCRIBER": _("There is no such number"),
    "ESME_RINVDSTADR": _("There is no such number"),
    "UNDELIV:001": _("There is no such number"),
    "SIMULATED": _("It failed, as the demo's vendor plays it"),
    "lease_over": _("The sender stopped before it knew the outcome"),
    "settled": _("Settled by a person"),
    "NO_LEAVE": _("When it was about to be said, it might not be any more"),
    "proven": _("It was said after all: the carrier knows it"),
}

CHANNELS: Mapping[str, Promise] = {
    "SMS": _("SMS"),
    "EMAIL": _("E-mail"),
    "LETTER": _("Letter"),
    "CALL": _("Call"),
    "AI_CALL": _("AI call"),
    "VISIT": _("Visit"),
    "APP": _("App message"),
    "CHAT": _("Chat"),
}

#: Who carries contacts; a lender's own adapter has its own name.
VENDORS: Mapping[str, Promise] = {
    "staff": _("Our own staff"),
    "sandbox": _("Sandbox: nothing leaves the house"),
    "sms_smpp": _("SMS centre (SMPP)"),
}
PAYMENT_CHANNELS: Mapping[str, Promise] = {
    "AUTO_DEBIT": _("Direct debit"),
    "APP": _("Paid in the app"),
    "WALLET": _("E-wallet"),
    "BANK_TRANSFER": _("Bank transfer"),
    "COUNTER": _("At the counter"),
    "OTHER": _("Another way"),
    "CONSOLE": _("Console"),
}
#: Those that a colleague who posts a payment may name.
POSTED_BY_HAND = ("BANK_TRANSFER", "COUNTER", "AUTO_DEBIT", "WALLET", "APP", "OTHER")

RULE = re.compile(r"(?:stage )?rule (?P<number>\d+)", re.I)

FACTS: Mapping[str, Promise] = {
    "as_of": _("As of"),
    "policy": _("Policy"),
    "principal": _("Principal"),
    "interest": _("Interest"),
    "fee": _("Fee"),
    "penalty": _("Penalty"),
    "dpd": _("Days past due"),
    "dpd_max": _("Days past due"),
    "past_due_days": _("Calendar days past due"),
    "outstanding_minor": _("Outstanding"),
    "overdue_minor": _("Overdue"),
    "oldest_due_on": _("Oldest unpaid due date"),
    "payment_id": _("Payment"),
    "reversal_id": _("Reversal"),
    "write_off_id": _("Write-off"),
    "contacts": _("Contacts made"),
    "days": _("Days"),
}

LANGUAGES: Mapping[str, Promise] = {
    "zh-hans": _("Simplified Chinese"),
    "zh-hant": _("Traditional Chinese"),
    "zh": _("Chinese"),
    "en": _("English"),
    "": _("Unknown language"),
}


#: Who acts beside colleagues and partners' keys. Older books name the command line in words.
MACHINES: Mapping[str, Promise] = {
    **dict.fromkeys(("cli", "command line"), _("the command line")),
    "demo": _("the demo"),
    "night": _("the night"),
    "setup": _("the installation itself"),
    "stranger": _("somebody who was not signed in"),
    "tape": _("the loan tape"),
    "worker": _("the sender"),
}


def event(kind: str) -> str:
    """What happened."""
    return said(EVENTS, kind)


def fact(name: str) -> str:
    """The name of a fact: of evidence, of a contact."""
    return said(FACTS, name)


def code(code: str) -> str:
    """A stage, a closing reason, why contact was stopped, the number of a rule, or any other stored word."""
    if match := RULE.fullmatch(code):
        return gettext("rule %(rule)s") % {"rule": match["number"]}
    if why := dict(compliance.stop_reasons()).get(code):
        return why
    if code.startswith(OF_A_COMPLAINT):
        lists = complaints.choices()
        return dict(lists["kinds"] + lists["outcomes"]).get(code.removeprefix(OF_A_COMPLAINT), code)
    return str(CODES[code]) if code in CODES else calming.title(code) or code


def channel(code: str) -> str:
    """By which road a contact goes."""
    return said(CHANNELS, code)


def vendor(code: str) -> str:
    """Who carried a contact; a lender's own adapter by its name."""
    return said(VENDORS, code)


def payment_channel(code: str) -> str:
    """By which road a payment came; a lender's own word as it is."""
    return said(PAYMENT_CHANNELS, code)


def payment_channels() -> list[tuple[str, str]]:
    """By which road a payment posted by hand may have come."""
    return [(code, str(PAYMENT_CHANNELS[code])) for code in POSTED_BY_HAND]


def sealed_words(code: str) -> str:
    """What the sealed words of a contact are: text, reply, note."""
    return said(WORDS, code)


def opened(what: str, kind: str) -> str:
    """What was opened: words, or a contact point by its kind."""
    return said(WORDS, what) if what in WORDS else said(POINTS, kind)


def treatment(code: str) -> str:
    """What a strategy asked for: a kind of work, or a way of contact."""
    return dict(cases.choices()["work_kinds"]).get(code) or channel(code)


def outcome(code: str) -> str:
    """How a call, visit or message went."""
    return said(OUTCOMES, code)


#: What may have come of a call or a visit, in the order in which it happens.
SPOKEN = {
    "CALL": ("RIGHT_PARTY", "WRONG_PARTY", "CONNECTED", "NO_ANSWER", "BUSY", "VOICEMAIL", "FAILED"),
    "VISIT": ("MET", "NOT_MET", "REFUSED", "WRONG_PLACE"),
}


def spoken_outcomes() -> dict[str, list[tuple[str, str]]]:
    """Channel → what may have come of a call or visit."""
    return {channel: [(code, str(OUTCOMES[code])) for code in codes] for channel, codes in SPOKEN.items()}


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes to choose from, each with its words."""
    return [(code, str(CODES[code])) for code in codes]


def stop_reasons() -> list[tuple[str, str]]:
    """Why a colleague may stop contact; those that are easily taken for one another with what tells them apart.

    A complaint is no reason by itself: it is taken in, answered, and stops contact meanwhile. Nor is a restriction,
    which somebody asks for at the privacy desk.
    """
    own = [one for one in compliance.stop_reasons() if one[0] not in {"COMPLAINT", "RESTRICTED"}]
    told = [(code, label, STOP_HINTS.get(code)) for code, label in own]
    return [(code, f"{label}: {hint}" if hint else label) for code, label, hint in told]


def reversal_reasons() -> list[tuple[str, str]]:
    """Why a payment may be taken back."""
    return [(code, str(told)) for code, told in REVERSALS.items()]


def reversal_reason(code: str) -> str:
    """Why a payment was taken back."""
    return said(REVERSALS, code)


def work_ends() -> dict[str, list[tuple[str, str]]]:
    """Kind of work → how it may be finished by hand."""
    return {kind: [(code, str(OUTCOMES[code])) for code in machines.ends_by_hand(kind)] for kind in machines.WITHOUT}


def language(code: str) -> str:
    """The name of a borrower's language."""
    return said(LANGUAGES, code.lower())


def actor(code: str, names: Mapping[str, str]) -> str:
    """Who did it: a colleague by name, the night, the worker, a partner's key."""
    kind, _colon, rest = code.partition(":")
    if kind == "user" and rest.startswith("demo-"):
        return gettext("a colleague of the demo")
    if kind == "user":
        return names.get(code, code)
    if kind in MACHINES:
        return str(MACHINES[kind])
    if kind == "api" and code in names:
        return gettext("API key %(name)s (%(key)s)") % {"name": names[code], "key": rest}
    if kind == "api":
        return gettext("API key %(key)s") % {"key": rest}
    return code


def in_language(chinese: str, english: str) -> str:
    """The reader's one of two texts that a rule pack or a policy holds."""
    return chinese if (get_language() or "").startswith("zh") else english


def of_texts(texts: Mapping[str, str]) -> str:
    """The same of what a policy says by language."""
    return in_language(texts["zh-hans"], texts["en"])


def said(words: Mapping[str, Promise], code: str) -> str:
    return str(words[code]) if code in words else code
