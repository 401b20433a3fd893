"""Where a judge of words is set, what leaves was passed by it: else refused with its law, or waiting for its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests import cast, judge_server
from tests.gatehouse import draft

from arrears import policies
from arrears.actions import contact_plan, contact_send, contact_words
from arrears.actions.contact_gate import Gate
from arrears.actions.second_opinion import Judge
from arrears.channels.judge_openai.adapter import Endpoint
from arrears.channels.sandbox import adapter
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    contact_words.forget()
    yield
    contact_words.forget()


def judged_by(gate: Gate, base: str) -> Gate:
    return replace(gate, judge=Judge(Endpoint(base, "small", timeout=1.0), policies.folder()))


def plan(gate: Gate, *customers: str) -> None:
    for customer_id in customers:
        cast.borrower(customer_id)
    facts = {"currency": "CNY", "due_on": "2026-11-20", "days": 3}
    drafts = [draft(one, facts={**facts, "amount_minor": 50_000 + n}) for n, one in enumerate(customers)]
    contact_plan.plan(drafts, at=cast.NOW, actor="test", gate=gate)


def send(gate: Gate, sandbox: adapter.Sandbox, *, minutes: int = 0) -> contact_send.SendReport:
    at = cast.NOW + timedelta(minutes=minutes)
    return contact_send.send_due(at=at, limit=100, channels={"SMS": sandbox}, worker="test", gate=gate)


def test_what_it_passes_is_sent_at_once_and_asked_about_once(gate: Gate, sandbox: adapter.Sandbox) -> None:
    plan(gate, cast.PAYS, cast.PROMISES, cast.DISPUTES)
    with judge_server.model(judge_server.label("OK")) as model:
        assert send(judged_by(gate, model.base), sandbox).accepted == 3
        assert len(model.asked) == 1
    assert len(sandbox.seen(cast.TODAY)) == 3
    assert Verdict.objects.filter(phase="SEND", allowed=True).count() == 3


def test_what_it_finds_is_refused_with_the_law_and_never_sent(gate: Gate, sandbox: adapter.Sandbox) -> None:
    plan(gate, cast.PAYS)
    with judge_server.model(judge_server.label("THREAT_VIOLENCE", "逾期")) as model:
        report = send(judged_by(gate, model.base), sandbox)
    assert (report.refused, report.sent) == (1, 0)
    assert sandbox.seen(cast.TODAY) == []
    contact = Contact.objects.get()
    assert (contact.status, contact.reason) == (ContactStatus.REFUSED, "")
    verdict = Verdict.objects.get(phase="SEND")
    [reason] = verdict.reasons
    assert (reason["rule"], reason["citation"]) == ("WORDS-THREAT_VIOLENCE", "CN-CBA26-BAN-THREAT")


@pytest.mark.parametrize("says", [lambda _: b"500", lambda _: "fine", lambda _: 30.0], ids=["fails", "prose", "late"])
def test_while_it_has_no_answer_the_contact_waits_and_goes_when_it_has(
    gate: Gate, sandbox: adapter.Sandbox, says: judge_server.Says
) -> None:
    plan(gate, cast.PAYS)
    with judge_server.model(says) as model:
        judging = judged_by(gate, model.base)
        report = send(judging, sandbox)
        assert (report.held, report.sent, report.refused) == (1, 0, 0)
        contact = Contact.objects.get()
        assert contact.status == ContactStatus.PLANNED
        assert contact.not_before == cast.NOW + contact_words.RETRY
        assert [one["rule"] for one in Verdict.objects.get(phase="SEND").reasons] == ["WORDS-UNJUDGED"]
        assert send(judging, sandbox, minutes=14).sent == 0
        model.says = judge_server.label("OK")
        assert send(judged_by(gate, model.base), sandbox, minutes=15).accepted == 1
    assert len(sandbox.seen(cast.TODAY)) == 1


def test_no_sum_or_number_of_the_case_is_told_to_it(gate: Gate, sandbox: adapter.Sandbox) -> None:
    plan(gate, cast.PAYS)
    with judge_server.model(judge_server.label("OK")) as model:
        assert send(judged_by(gate, model.base), sandbox).accepted == 1
        [text] = model.texts
    assert "400-" not in text
    assert "人民币" in text


def test_without_a_judge_approved_words_are_sent_as_they_are(gate: Gate, sandbox: adapter.Sandbox) -> None:
    plan(gate, cast.PAYS)
    assert send(gate, sandbox).accepted == 1
