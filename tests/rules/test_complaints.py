"""The life of a complaint: every pair of status and event, the forbidden ones too."""

from __future__ import annotations

import pytest

from arrears.kernel.transitions import NoSuchTransition, next_status
from arrears.rules import complaints
from arrears.rules.complaints import ANSWERED, COMPLAINT, ENDED, ESCALATED, IN_REVIEW, OPEN, RECEIVED, WITHDRAWN

STATUSES = (*OPEN, *ENDED)
EVENTS = ("acknowledge", "answer", "extend", "withdraw", "reopen", "escalate", "classify", "link", "attach")
ALLOWED = {
    "acknowledge": {RECEIVED},
    "answer": {RECEIVED, IN_REVIEW, ESCALATED},
    "extend": {IN_REVIEW, ESCALATED},
    "withdraw": {RECEIVED, IN_REVIEW},
    "reopen": {ANSWERED, WITHDRAWN},
    "escalate": {RECEIVED, IN_REVIEW, ANSWERED, WITHDRAWN},
    "classify": set(STATUSES),
    "link": set(STATUSES),
    "attach": set(STATUSES) - set(ENDED),
}
ENDS = {"answer": ANSWERED, "withdraw": WITHDRAWN}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_pair(status, event):
    if status not in ALLOWED[event]:
        with pytest.raises(NoSuchTransition):
            next_status(COMPLAINT, status, event, noun="complaint")
        return
    after = next_status(COMPLAINT, status, event, noun="complaint")
    assert after == ENDS.get(event, after)
    assert (after in ENDED) == (event in ENDS or (status in ENDED and event in {"classify", "link"}))


def test_the_table_knows_no_other_event():
    assert {event for _, event in COMPLAINT} == set(EVENTS)


def test_a_complaint_with_a_regulator_is_not_taken_back():
    assert complaints.events_from(ESCALATED) == {"answer", "extend", "classify", "link", "attach"}
