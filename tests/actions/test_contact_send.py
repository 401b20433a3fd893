"""What is due goes out once, with its verdict stored and its intent written first; what may not is held or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_plan, contact_send
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_send import SendReport
from arrears.channels.base import Leave, Outgoing, Result, free_leave
from arrears.channels.sandbox import adapter, responders
from arrears.channels.sandbox.responders import Door, Reaction
from arrears.kernel.errors import ChannelError
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.models import Verdict
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, ContactEvent, ContactStatus
from arrears.records.people.models import ContactPoint
from arrears.records.placements import operations as placements
from arrears.records.privacy import cipher

pytestmark = pytest.mark.django_db


def plan(gate: Gate, *drafts: contact_plan.Draft) -> contact_plan.PlanReport:
    return contact_plan.plan(drafts, at=cast.NOW, actor="test", gate=gate)


def send(gate: Gate, sandbox: adapter.Sandbox, *, at: datetime = cast.NOW) -> SendReport:
    return contact_send.send_due(at=at, limit=100, channels={"SMS": sandbox}, worker="test", gate=gate)


def heard_at(sandbox: adapter.Sandbox) -> list[Outgoing]:
    """Every message that the borrowers get from now on; the sandbox itself keeps no number and no text."""
    said: list[Outgoing] = []

    def respond(batch: Sequence[Outgoing], at: datetime) -> Sequence[responders.Reaction]:
        said.extend(batch)
        return responders.deliver_all(batch, at)

    sandbox.responder = respond
    return said


class TestSendDue:
    def test_a_due_contact_reaches_the_borrower_in_approved_words(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        said = heard_at(sandbox)

        report = send(gate, sandbox)

        assert (report.accepted, report.held, report.refused) == (1, 0, 0)
        [seen] = said
        assert [one.contact_id for one in sandbox.seen(cast.TODAY)] == [seen.contact_id]
        assert seen.to == cast.MOBILES[cast.PAYS]
        assert "人民币500.00元" in seen.text
        assert "拒收请回复T" in seen.text
        contact = Contact.objects.get()
        assert contact.status == ContactStatus.SENT
        assert contact.vendor_ref
        assert cipher.unseal(contact.text_sealed, context=sealed.text_context(contact.contact_id)) == seen.text
        assert contact.local_on == cast.TODAY
        assert list(ContactEvent.objects.order_by("id").values_list("before", "after")) == [
            ("", "PLANNED"),
            ("PLANNED", "SENDING"),
            ("SENDING", "SENT"),
        ]
        assert list(Verdict.objects.order_by("id").values_list("phase", "allowed")) == [("PLAN", True), ("SEND", True)]

    def test_a_case_that_an_agency_has_by_now_is_not_written_to(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES)
        case, other = cast.open_case(), cast.open_case(cast.PROMISES)
        plan(gate, draft(case_id=case.pk), draft(customer_id=cast.PROMISES, case_id=other.pk))
        placements.place(
            placement_id="p" * 32,
            case_id=case.pk,
            agency="EXAMPLE",
            placed_on=cast.TODAY,
            amount_minor=100,
            currency="CNY",
            reference="",
            note="",
            at=cast.NOW,
            actor="test",
        )

        said = heard_at(sandbox)
        report = send(gate, sandbox)

        assert (report.accepted, report.refused) == (1, 1)
        assert [seen.to for seen in said] == [cast.MOBILES[cast.PROMISES]]
        refused = Contact.objects.get(person_id=cast.PAYS)
        assert refused.status == ContactStatus.REFUSED
        assert ContactEvent.objects.get(contact=refused, after="REFUSED").reason == "placed with an agency"

    def test_it_is_sent_once_however_often_it_is_asked(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        send(gate, sandbox)
        assert send(gate, sandbox) == SendReport()
        assert len(sandbox.seen(cast.TODAY)) == 1

    def test_the_second_message_of_a_day_waits_for_the_next_morning(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft(), draft(template="EARLY_D7"))

        first, second = send(gate, sandbox), send(gate, sandbox)

        assert (first.accepted, second.accepted, second.held) == (1, 0, 1)
        held = Contact.objects.get(status=ContactStatus.PLANNED)
        assert held.not_before == datetime.fromisoformat("2026-11-24T08:00:00+08:00")
        reasons = Verdict.objects.get(contact_id=held.contact_id, phase="SEND").reasons
        assert [(reason["rule"], reason["counted"], reason["max"]) for reason in reasons] == [("LENDER-SMS-1", 1, 1)]
        assert send(gate, sandbox, at=held.not_before - timedelta(seconds=1)).sent == 0
        assert send(gate, sandbox, at=held.not_before).accepted == 1

    def test_a_stop_that_came_after_planning_refuses(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        compliance.stop(customer_id=cast.PAYS, reason="DISPUTED", at=cast.NOW, actor="test")

        assert send(gate, sandbox).refused == 1
        contact = Contact.objects.get()
        assert contact.status == ContactStatus.REFUSED
        assert contact.events.last().reason == "LENDER-DISPUTED"
        assert sandbox.seen(cast.TODAY) == []

    def test_an_expired_contact_is_not_sent(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft(expires_at=cast.NOW + timedelta(hours=1)))
        report = send(gate, sandbox, at=cast.NOW + timedelta(hours=1))
        assert (report.sent, report.expired) == (0, 1)
        assert Contact.objects.get().status == ContactStatus.EXPIRED

    def test_a_number_found_invalid_meanwhile_is_not_spoken_to(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        ContactPoint.objects.update(invalid_since=cast.NOW)
        assert send(gate, sandbox).refused == 1

    def test_a_moved_sealed_address_refuses_instead_of_guessing(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        ContactPoint.objects.update(value_sealed=cipher.seal("+8613900000000", context="somewhere else"))
        assert send(gate, sandbox).refused == 1
        assert Contact.objects.get().events.last().reason == "unable_to_open"

    def test_one_whose_data_cannot_be_read_is_refused_and_keeps_no_other_from_being_sent(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES)
        plan(gate, draft(), draft(customer_id=cast.PROMISES))
        Contact.objects.filter(person_id=cast.PAYS).update(facts=7)

        assert send(gate, sandbox) == SendReport(refused=1, more=True)
        assert send(gate, sandbox).accepted == 1

        poisoned = Contact.objects.get(person_id=cast.PAYS)
        assert poisoned.status == ContactStatus.REFUSED
        assert poisoned.events.latest("id").reason == "unreadable"
        assert Verdict.objects.filter(contact_id=poisoned.contact_id, phase="SEND").count() == 0
        assert Contact.objects.get(person_id=cast.PROMISES).status == ContactStatus.SENT


class TestWhatTheVendorSays:
    def test_an_adapter_that_breaks_leaves_doubts_and_the_other_channels_speak(
        self, gate: Gate, sandbox: adapter.Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cast.borrower()
        plan(gate, draft())

        def broken(batch: Sequence[Outgoing], *, at: datetime) -> Sequence[Result]:
            raise RuntimeError("a bug of the adapter's")

        monkeypatch.setattr(sandbox, "send", broken)
        assert send(gate, sandbox).in_doubt == 1
        assert Contact.objects.get().status == ContactStatus.IN_DOUBT

    def test_a_permanent_no_fails_and_does_not_count_against_the_cap(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        cast.borrower()
        plan(gate, draft(), draft(template="EARLY_D7"))
        sandbox.responder = lambda batch, at: [Reaction(door=Door.REFUSE, code="BAD", permanent=True)] * len(batch)
        assert send(gate, sandbox).rejected == 1
        failed = Contact.objects.get(status=ContactStatus.FAILED)
        assert (failed.outcome, failed.sent_at) == ("REJECTED", None)

        sandbox.responder = lambda batch, at: [Reaction()] * len(batch)
        assert send(gate, sandbox).accepted == 1

    def test_not_now_is_held_and_tried_again(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        sandbox.responder = lambda batch, at: [Reaction(door=Door.REFUSE, code="BUSY", permanent=False)] * len(batch)
        assert send(gate, sandbox).recalled == 1
        assert send(gate, sandbox).sent == 0

        sandbox.responder = lambda batch, at: [Reaction()] * len(batch)
        assert send(gate, sandbox, at=cast.NOW + contact_send.RETRY).accepted == 1
        assert len(sandbox.seen(cast.TODAY)) == 1

    def test_a_channel_that_is_down_recalls_what_it_did_not_say(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        class Down(adapter.Sandbox):
            def send(self, batch: Sequence[Outgoing], *, at: datetime, leave: Leave = free_leave) -> Sequence[Result]:
                raise ChannelError("no route")

        cast.borrower()
        plan(gate, draft())
        sandbox.__class__ = Down
        assert send(gate, sandbox).recalled == 1
        assert Contact.objects.get().status == ContactStatus.PLANNED

    def test_silence_leaves_it_in_doubt_and_it_is_never_sent_again(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        plan(gate, draft())
        sandbox.responder = lambda batch, at: [Reaction(door=Door.SILENT)] * len(batch)
        assert send(gate, sandbox).in_doubt == 1

        sandbox.responder = lambda batch, at: [Reaction()] * len(batch)
        for hour in range(30):
            assert send(gate, sandbox, at=cast.NOW + timedelta(hours=hour)).sent == 0
        assert Contact.objects.get().status == ContactStatus.IN_DOUBT
        assert len(sandbox.seen(cast.TODAY)) == 1
