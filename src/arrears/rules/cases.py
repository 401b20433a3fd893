"""The life of a piece of work, of a contact, of a write-off: which event leads from which status to which.

With what a piece of work may end stands here too.

Used by records' operations; drawn in docs from these tables. Nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel.transitions import Table

WORK: Table = {
    ("OPEN", "complete"): "DONE",
    ("OPEN", "cancel"): "CANCELLED",
}

#: How a piece of work may end as done: by what was done, by attempts on record, or without either for one of these.
TRIED, PLACED, STEP_TAKEN = "TRIED", "PLACED", "STEP_TAKEN"
#: There was no threat, or no danger any more: visits may go on.
SAFETY_UNFOUNDED = "SAFETY_UNFOUNDED"
#: It is really disputed: nobody collects until that is settled.
DISPUTE_STANDS = "DISPUTE_STANDS"
WITHOUT: Mapping[str, tuple[str, ...]] = {
    "CALL": (
        "NOT_CALLED_NO_NUMBER",
        "NOT_CALLED_STOPPED",
        "NOT_CALLED_PAID",
        "NOT_CALLED_SPOKEN",
        "NOT_CALLED_OTHER",
    ),
    "VISIT": (
        "NOT_VISITED_ADDRESS",
        "NOT_VISITED_DECLINED",
        "NOT_VISITED_STOPPED",
        "NOT_VISITED_PAID",
        "NOT_VISITED_SPOKEN",
        "NOT_VISITED_OTHER",
    ),
    "AGENCY": ("NOT_PLACED_PAID", "NOT_PLACED_AGREED", "NOT_PLACED_DISPUTED", "NOT_PLACED_LEGAL", "NOT_PLACED_OTHER"),
    "LEGAL": ("NO_STEP_PAID", "NO_STEP_AGREED", "NO_STEP_EVIDENCE", "NO_STEP_COST", "NO_STEP_OTHER"),
    "CARE": ("CARED_SPOKEN", "CARED_HANDED_OVER", "CARED_MISHEARD", "CARED_OTHER"),
    "HARDSHIP": (
        "HARDSHIP_AGREED",
        "HARDSHIP_DECLINED",
        "HARDSHIP_NOT_REACHED",
        "HARDSHIP_MISHEARD",
        "HARDSHIP_OTHER",
    ),
    "DISPUTE": ("DISPUTE_ANSWERED", DISPUTE_STANDS, "DISPUTE_WRONG_PERSON", "DISPUTE_MISHEARD", "DISPUTE_OTHER"),
    "SAFETY": ("SAFETY_HELD", "SAFETY_POLICE", SAFETY_UNFOUNDED, "SAFETY_OTHER"),
}
#: kind of work → what, put on record, ends it by itself. Only a person can say that somebody has been cared for.
DOING: Mapping[str, str] = {"CALL": "RIGHT_PARTY", "VISIT": "MET", "AGENCY": PLACED, "LEGAL": STEP_TAKEN}
#: Stages of a case in which it is collected in depth, and the work that only they ask for.
LATE_STAGES = ("LATE", "BAD_DEBT")
LATE_WORK = ("VISIT", "AGENCY", "LEGAL")
#: Kinds of work that attempts at the gate may end, though they did not reach the person.
ATTEMPTED = frozenset({"CALL", "VISIT"})
#: Kinds of work by which we, or an agency for us, reach the person: none is done while they are left alone altogether.
REACHING = ATTEMPTED | {"AGENCY"}
#: Work that a danger to a life, or to our people, asks for: somebody says how it ended, and nothing else ends it.
OF_DANGER = frozenset({"CARE", "SAFETY"})
#: What a contact is for by which a colleague goes on with what somebody told: an answer, which collects nothing.
HELPING = "RESPOND"
#: The outcome of a call or visit that was cleared and, as somebody declared, never happened.
NOT_DIALLED, NOT_MADE = "NOT_DIALLED", "NOT_MADE"


def ends_by_hand(kind: str) -> tuple[str, ...]:
    """How a person may end a piece of work without doing it now; `_OTHER` wants a note."""
    return (*((TRIED,) if kind in ATTEMPTED else ()), *WITHOUT[kind])


def ends(kind: str) -> frozenset[str]:
    """Every outcome with which work of a kind can be done."""
    return frozenset({*([DOING[kind]] if kind in DOING else ()), *ends_by_hand(kind)})


#: PLANNED → SENDING is the intent, committed before a vendor is called. `recall` follows a vendor's word that nothing
#: was spoken and that it may be tried again. IN_DOUBT is only sent again when its channel says that nobody began it.
CONTACT: Table = {
    ("PLANNED", "intend"): "SENDING",
    ("PLANNED", "refuse"): "REFUSED",
    ("PLANNED", "cancel"): "CANCELLED",
    ("PLANNED", "expire"): "EXPIRED",
    ("SENDING", "recall"): "PLANNED",
    ("SENDING", "accept"): "SENT",
    ("SENDING", "fail"): "FAILED",
    ("SENDING", "doubt"): "IN_DOUBT",
    ("SENDING", "complete"): "DONE",
    ("IN_DOUBT", "recall"): "PLANNED",
    ("IN_DOUBT", "accept"): "SENT",
    ("IN_DOUBT", "fail"): "FAILED",
    ("IN_DOUBT", "deliver"): "DELIVERED",
    ("SENT", "deliver"): "DELIVERED",
    ("SENT", "fail"): "FAILED",
    ("FAILED", "prove"): "SENT",
}

WRITE_OFF: Table = {
    ("PROPOSED", "approve"): "APPROVED",
    ("PROPOSED", "reject"): "REJECTED",
    ("PROPOSED", "lapse"): "LAPSED",
    ("APPROVED", "post"): "POSTED",
    ("APPROVED", "reject"): "REJECTED",
}
