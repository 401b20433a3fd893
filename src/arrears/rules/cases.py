"""The life of a piece of work, of a contact, of a write-off: which event leads from which status to which.

Used by records' operations; drawn in docs from these tables. Nothing here knows a database.
"""

from __future__ import annotations

from arrears.kernel.transitions import Table

WORK: Table = {
    ("OPEN", "complete"): "DONE",
    ("OPEN", "cancel"): "CANCELLED",
}

#: How a task to call may end: a call reached the right person, calls were tried, or none was made, for one of these.
TRIED = "TRIED"
NOT_CALLED = (
    "NOT_CALLED_NO_NUMBER",
    "NOT_CALLED_STOPPED",
    "NOT_CALLED_PAID",
    "NOT_CALLED_SPOKEN",
    "NOT_CALLED_OTHER",
)
CALL_ENDS = frozenset({"RIGHT_PARTY", TRIED, *NOT_CALLED})
#: The outcome of a call that was cleared and, as somebody declared, never dialled.
NOT_DIALLED = "NOT_DIALLED"

#: PLANNED → SENDING is the intent, committed before a vendor is called. `recall` follows a vendor's word that nothing
#: was spoken and that it may be tried again. IN_DOUBT is never sent again.
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
    ("IN_DOUBT", "accept"): "SENT",
    ("IN_DOUBT", "fail"): "FAILED",
    ("IN_DOUBT", "deliver"): "DELIVERED",
    ("SENT", "deliver"): "DELIVERED",
    ("SENT", "fail"): "FAILED",
}

WRITE_OFF: Table = {
    ("PROPOSED", "approve"): "APPROVED",
    ("PROPOSED", "reject"): "REJECTED",
    ("PROPOSED", "lapse"): "LAPSED",
    ("APPROVED", "post"): "POSTED",
    ("APPROVED", "reject"): "REJECTED",
}
