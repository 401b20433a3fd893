"""Whose words tell of trouble, or of a dispute, is sent on to a colleague who knows such cases: there is work to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast
from tests.actions.test_hear_person import take, write

from arrears.actions import finish_work
from arrears.actions.contact_gate import Gate
from arrears.channels.sandbox import adapter
from arrears.records.cases import heard, work
from arrears.records.cases.models import Case, WorkItem
from arrears.records.compliance.models import Stop

pytestmark = pytest.mark.django_db

LATER = cast.NOW + timedelta(hours=2)


@pytest.fixture
def case() -> Case:
    cast.borrower()
    return cast.open_case()


@pytest.mark.parametrize(
    ("text", "kind", "card"),
    [
        ("我失业了，实在没有收入", "HARDSHIP", "NO_WORK"),
        ("我住院了，刚做完手术", "HARDSHIP", "ILL"),
        ("看不到任何希望，我撑不下去了", "HARDSHIP", "HOPELESS"),
        ("这笔钱我早就还清了，金额不对", "DISPUTE", "DISPUTED"),
        ("you have the wrong person, I never had a loan", "DISPUTE", "NOT_THE_PERSON"),
    ],
)
def test_work_is_asked_for_at_once(
    gate: Gate, sandbox: adapter.Sandbox, case: Case, text: str, kind: str, card: str
) -> None:
    write(sandbox, text)
    take(gate, sandbox)
    task = WorkItem.objects.get()
    assert (task.kind, task.reason, task.status, task.due_on) == (kind, card, "OPEN", cast.TODAY)
    assert [row.work_id for row in work.queue(cast.supervisor(), kind, mine=False, after=None, size=9)] == [task.pk]
    assert heard.care_of([cast.PAYS], kinds=heard.HELP)[cast.PAYS].is_open
    assert heard.care_of([cast.PAYS]) == {}
    assert heard.undone_counts(cast.supervisor()) == {}  # nobody is in danger


@pytest.mark.parametrize("text", ["知道了，下周还", "我忘了，马上处理"])
def test_whoever_has_the_case_goes_on_with_the_rest(
    gate: Gate, sandbox: adapter.Sandbox, case: Case, text: str
) -> None:
    write(sandbox, text)
    take(gate, sandbox)
    assert not WorkItem.objects.exists()


def test_told_twice_it_is_asked_for_once(gate: Gate, sandbox: adapter.Sandbox, case: Case) -> None:
    for text in ("我失业了，实在没有收入", "我真的失业了，没有收入"):
        write(sandbox, text)
        take(gate, sandbox)
    assert WorkItem.objects.count() == 1


def test_nothing_is_asked_for_in_a_case_that_is_closed(gate: Gate, sandbox: adapter.Sandbox, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(status="CLOSED", closed_on=cast.TODAY, close_reason="CURED")
    write(sandbox, "我失业了，实在没有收入")
    take(gate, sandbox)
    assert not WorkItem.objects.exists()


@pytest.mark.parametrize(("how", "stopped"), [("DISPUTE_STANDS", ["DISPUTED"]), ("DISPUTE_ANSWERED", [])])
def test_a_dispute_that_stands_stops_contact_until_it_is_settled(
    gate: Gate, sandbox: adapter.Sandbox, case: Case, how: str, stopped: list[str]
) -> None:
    write(sandbox, "这笔钱我早就还清了，金额不对")
    take(gate, sandbox)
    task = WorkItem.objects.get()
    finish_work.finish_work(work_id=task.pk, how=how, note="", at=LATER, actor="user:1")
    held = Stop.objects.exclude(reason="REST")
    assert [(one.reason) for one in held] == stopped
    assert all(one.to_at is None for one in held)
