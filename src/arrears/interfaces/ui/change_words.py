"""What an event changed, said aloud: a status before and after is of the thing that the event is about.

One code may be two things: a request that is REFUSED was turned down, a call that is REFUSED was not taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import audit_words, gate_words

#: What an event's kind begins with → the codes that stand in no list of words, or mean another thing there.
CHANGES: Mapping[str, Mapping[str, Promise]] = {
    "access": {"ACCOUNT": _("User name"), "CODE": _("Code of the second factor"), "ADDRESS": _("Address asked from")},
    "call": {
        "PLACED": _("The switchboard puts it through"),
        "REFUSED": _("The switchboard could not place it"),
        "DOUBTFUL": _("The switchboard has not answered"),
    },
    "complaint": {
        "IN_REVIEW": _("Being looked into"),
        "ESCALATED": _("With a regulator"),
        "ANSWERED": _("Answered"),
    },
    "consent": gate_words.CONSENTS,
    "promise": {"KEPT": _("Kept"), "BROKEN": _("Broken"), "REPLACED": _("Replaced by a newer one")},
    "request": {"REFUSED": _("Refused")},
    "retention": {"ASKED": _("Waits for a second person")},
    "work": {"AGENCY": _("Agency placement"), "LEGAL": _("Legal review")},
    "webhook": {"WAITING": _("Waiting"), "GIVEN_UP": _("Given up")},
}


def side(kind: str, code: str) -> str:
    """What something was, or became, by an event of a kind."""
    words = CHANGES.get(re.split("[._]", kind)[0], {})
    return str(words[code]) if code in words else audit_words.code(code)


def change(kind: str, before: str, after: str) -> str:
    """What something was and became, as far as the event says."""
    return " → ".join(side(kind, one) for one in (before, after) if one)
