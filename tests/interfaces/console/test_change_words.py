"""Whatever an event says that something was, or became, is said in words of the reader's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pytest
from django.utils import translation

from arrears.actions import dial_call
from arrears.interfaces.ui import change_words
from arrears.kernel.transitions import Table
from arrears.records.cases.models import CaseStatus, CloseReason, Stage, WorkKind
from arrears.records.compliance import queries as compliance
from arrears.records.compliance.models import Flag
from arrears.records.promises.models import Promise
from arrears.records.runs.models import RunStatus
from arrears.records.staff import queries as staff
from arrears.records.webhooks.models import DeliveryStatus
from arrears.rules import cases, lockout, rights
from arrears.rules import complaints as complaint_rules
from arrears.rules.compliance import facts


def statuses(table: Table) -> set[str]:
    """Where the table starts from and leads to."""
    return {status for status, _ in table} | set(table.values())


#: A kind of event → every code that stands before or after in events that begin so.
NAMED: Mapping[str, Collection[str]] = {
    "access.locked": (lockout.ACCOUNT, lockout.CODE, lockout.ADDRESS),
    "call.dialled": (dial_call.PLACED, dial_call.REFUSED, dial_call.DOUBTFUL),
    "case.closed": CaseStatus.values,
    "closed": CloseReason.values,
    "complaint.answered": statuses(complaint_rules.COMPLAINT),
    "compliance.stopped": [code for code, _ in compliance.stop_reasons()],
    "consent.given": facts.CONSENTS,
    "contact.recorded": facts.OUTCOMES,
    "hold.lifted": statuses(rights.HOLD),
    "night.finished": (RunStatus.DONE,),
    "promise.kept": [code for code, _ in Promise._meta.get_field("status").flatchoices],
    "quality.decided": [code for code, _ in Flag._meta.get_field("status").flatchoices],
    "request.refused": statuses(rights.REQUEST),
    "retention.approved": statuses(rights.APPROVAL),
    "staff.role_granted": [code for code, _ in staff.roles()],
    "stage_changed": Stage.values,
    "webhook.redelivered": DeliveryStatus.values,
    "work.done": statuses(cases.WORK),
    "work_opened": WorkKind.values,
    "write_off.approved": statuses(cases.WRITE_OFF),
}


@pytest.mark.parametrize("kind", NAMED)
def test_no_code_of_an_event_is_left_as_it_is_stored(kind: str) -> None:
    for code in NAMED[kind]:
        with translation.override("en"):
            assert change_words.side(kind, code) != code
        with translation.override("zh-hans"):
            assert re.search("[\u4e00-\u9fff]", change_words.side(kind, code)), code


def test_one_code_is_said_as_the_thing_is_that_it_is_of() -> None:
    with translation.override("en"):
        assert change_words.change("retention.approved", "ASKED", "APPROVED") == "Waits for a second person → Approved"
        assert change_words.side("request.refused", "REFUSED") == "Refused"
        assert change_words.side("contact.recorded", "REFUSED") == "Refused to speak"
        assert change_words.side("work.opened", "LEGAL") == "Legal review"
