"""Two who would both be allowed: only one is. Judgements are slowed down, so that without the lock both would pass."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import connection, connections
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_call, contact_gate, contact_plan, contact_send
from arrears.actions.contact_gate import Gate, Wish
from arrears.channels.sandbox import adapter
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.staff.models import Role, User
from arrears.rules.compliance.facts import Verdict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the first sender has judged; every judgement then takes a while to be acted on."""
    real, event = contact_gate.judge, threading.Event()

    def slow(gate: Gate, wishes: Sequence[Wish], **asked: bool) -> list[Verdict]:
        verdicts = real(gate, wishes, **asked)
        if wishes:
            event.set()
            time.sleep(0.3)
        return verdicts

    monkeypatch.setattr(contact_gate, "judge", slow)
    return event


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_only_as_many_colleagues_are_cleared_as_the_day_has_calls(gate: Gate, judged: threading.Event) -> None:
    cast.borrower()
    point = cast.own_point(cast.PAYS)
    # Each overrules the advice not to call again at once, and nothing else.
    chiefs = [f"user:{User.objects.create(username=f's{n}', role=Role.SUPERVISOR).pk}" for n in range(5)]
    cleared: list[bool] = []

    def ask(number: int) -> None:
        given = {"customer_id": cast.PAYS, "case_id": None, "contact_point_id": point, "gate": gate}
        at = cast.NOW + timedelta(seconds=number)
        answer = contact_call.clear_call(at=at, actor=chiefs[number], overruling="at once", **given)  # type: ignore[arg-type]
        cleared.append(answer.allowed)

    for thread in [in_thread(lambda number=number: ask(number)) for number in range(5)]:
        thread.join()

    assert sorted(cleared) == [False, False, True, True, True]
    assert Contact.objects.filter(status=ContactStatus.SENDING).count() == 3


def test_one_colleague_has_one_telephone(gate: Gate, judged: threading.Event) -> None:
    people = [cast.PAYS, cast.PROMISES]
    for customer_id in people:
        cast.borrower(customer_id)
    agent = f"user:{cast.collector().pk}"
    told: list[str] = []

    def ask(customer_id: str) -> None:
        given = {"case_id": None, "contact_point_id": cast.own_point(customer_id), "actor": agent, "gate": gate}
        try:
            contact_call.clear_call(customer_id=customer_id, at=cast.NOW, **given)  # type: ignore[arg-type]
        except contact_call.CallIsOpen:
            told.append("open")
        else:
            told.append("cleared")

    for thread in [in_thread(lambda who=who: ask(who)) for who in people]:
        thread.join()

    assert sorted(told) == ["cleared", "open"]


def test_a_contact_that_falls_due_while_another_is_being_sent_is_not_sent_beside_it(
    gate: Gate, sandbox: adapter.Sandbox, judged: threading.Event
) -> None:
    cast.borrower()
    later = draft(template="EARLY_D7", planned_for=cast.NOW + timedelta(hours=2))
    contact_plan.plan([draft(), later], at=cast.NOW, actor="test", gate=gate)
    judged.clear()
    send = {"at": cast.NOW, "limit": 1, "channels": {"SMS": sandbox}, "gate": gate}

    first = in_thread(lambda: contact_send.send_due(worker="first", **send))  # type: ignore[arg-type]
    assert judged.wait(10)
    Contact.objects.filter(contact_id=later.contact_id).update(not_before=cast.NOW - timedelta(hours=1))
    contact_send.send_due(worker="second", **send)  # type: ignore[arg-type]
    first.join()
    contact_send.send_due(worker="third", **send)  # type: ignore[arg-type]

    assert len(sandbox.seen(cast.TODAY)) == 1


def test_a_stop_waits_for_who_is_sending_and_holds_from_then_on(
    gate: Gate, sandbox: adapter.Sandbox, judged: threading.Event
) -> None:
    cast.borrower()
    contact_plan.plan([draft(), draft(template="EARLY_D7")], at=cast.NOW, actor="test", gate=gate)
    judged.clear()
    send = {"at": cast.NOW, "limit": 1, "channels": {"SMS": sandbox}, "gate": gate}

    first = in_thread(lambda: contact_send.send_due(worker="first", **send))  # type: ignore[arg-type]
    assert judged.wait(10)
    started = time.monotonic()
    compliance.stop(customer_id=cast.PAYS, reason="CEASED", at=cast.NOW, actor="test")
    waited = time.monotonic() - started
    first.join()
    contact_send.send_due(worker="second", **send)  # type: ignore[arg-type]

    assert waited > 0.1, f"{connection.vendor}: the stop was written beside a sender who had already judged"
    # Whichever came first: the words, which then were said before the stop; or the stop, and then they were not.
    statuses = sorted(Contact.objects.values_list("status", flat=True))
    assert statuses in ([ContactStatus.REFUSED, ContactStatus.SENT], [ContactStatus.PLANNED, ContactStatus.REFUSED])
    assert len(sandbox.seen(cast.TODAY)) == statuses.count(ContactStatus.SENT)


def test_a_case_that_closes_while_one_of_its_contacts_is_being_sent_lets_go_of_the_others(
    gate: Gate, sandbox: adapter.Sandbox, judged: threading.Event
) -> None:
    cast.borrower()
    case_id = cast.open_case().case_id
    contact_plan.plan(
        [draft(case_id=case_id), draft(case_id=case_id, template="EARLY_D7")], at=cast.NOW, actor="test", gate=gate
    )
    judged.clear()
    send = {"at": cast.NOW, "limit": 1, "channels": {"SMS": sandbox}, "gate": gate}

    first = in_thread(lambda: contact_send.send_due(worker="first", **send))  # type: ignore[arg-type]
    assert judged.wait(10)
    cancelled = contacts.cancel_of_cases(case_ids=[case_id], reason="case closed", at=cast.NOW, actor="night")
    first.join()

    contact_send.send_due(worker="second", **(send | {"at": cast.NOW + contact_send.RETRY}))  # type: ignore[arg-type]

    assert cancelled == 1
    statuses = sorted(Contact.objects.values_list("status", flat=True))
    assert statuses in ([ContactStatus.CANCELLED, ContactStatus.SENT], [ContactStatus.CANCELLED, ContactStatus.EXPIRED])
    assert len(sandbox.seen(cast.TODAY)) == statuses.count(ContactStatus.SENT)
