"""A cleared call is put through by the switchboard: once, on record, for whom the gate cleared, the number unseen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import cast

from arrears.actions import contact_call, dial_call, stop_contact
from arrears.actions.contact_gate import Gate
from arrears.actions.dial_call import DOUBTFUL, NO_DIALLER, PLACED, REFUSED, Dialled
from arrears.actions.reveal_sealed import KIND, NotYourClearance, PointGone, reveal_cleared
from arrears.channels.base import Accepted, InDoubt, Rejected, Result
from arrears.channels.dialling import Call
from arrears.records.audit.models import Event
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint

pytestmark = pytest.mark.django_db


class Board:
    """A switchboard that answers as it is told."""

    def __init__(self, answer: str = "yes") -> None:
        self.answer, self.asked = answer, list[Call]()

    def dial(self, call: Call, *, at: datetime) -> Result:
        self.asked.append(call)
        if self.answer == "yes":
            return Accepted(call.reference, "PBX-7")
        if self.answer == "no":
            return Rejected(call.reference, "REFUSED", "HTTP 409", False)
        return InDoubt(call.reference, "ReadTimeout")


@pytest.fixture
def contact_id(gate: Gate) -> str:
    cast.borrower()
    whom = {"customer_id": cast.PAYS, "case_id": None, "contact_point_id": cast.own_point(cast.PAYS)}
    return contact_call.clear_call(**whom, at=cast.NOW, actor="user:1", gate=gate).contact_id


def dial(contact_id: str, board: Board | None, actor: str = "user:1") -> Dialled:
    return dial_call.dial(contact_id=contact_id, dialler=board, at=cast.NOW, actor=actor)


def number() -> str:
    from_vault = dial_call.people.open_point(cast.own_point(cast.PAYS), customer_id=cast.PAYS)
    assert from_vault is not None
    return from_vault.value


def test_the_switchboard_gets_the_number_and_nobody_else_does(contact_id):
    board = Board()
    assert dial(contact_id, board) == Dialled(PLACED, "PBX-7")
    assert [(call.reference, call.agent, call.to) for call in board.asked] == [(contact_id, "user:1", number())]
    assert Contact.objects.get().vendor_ref == "PBX-7"
    assert Event.objects.get(kind=dial_call.KIND).after == PLACED
    assert not Event.objects.filter(kind=KIND).exists()
    assert not any(number()[-8:] in str(vars(event)) for event in Event.objects.all())


@pytest.mark.parametrize(("answer", "what"), [("yes", PLACED), ("silence", DOUBTFUL)])
def test_it_is_dialled_once(contact_id, answer, what):
    board = Board(answer)
    assert dial(contact_id, board).what == what
    assert dial(contact_id, board).what == what
    assert len(board.asked) == 1


def test_what_was_refused_rang_nobody_and_may_be_asked_again(contact_id):
    board = Board("no")
    assert dial(contact_id, board) == Dialled(REFUSED)
    board.answer = "yes"
    assert dial(contact_id, board) == Dialled(PLACED, "PBX-7")
    assert Event.objects.filter(kind=dial_call.KIND).count() == 2


def test_without_a_switchboard_nothing_is_noted(contact_id):
    assert dial(contact_id, None) == Dialled(NO_DIALLER)
    assert Contact.objects.get().vendor_ref == ""


def test_a_number_corrected_since_is_neither_rung_nor_shown_and_it_is_said_why(contact_id):
    ContactPoint.objects.filter(pk=cast.own_point(cast.PAYS)).update(invalid_since=cast.NOW)
    board = Board()
    with pytest.raises(PointGone):
        dial(contact_id, board)
    with pytest.raises(PointGone):
        reveal_cleared(contact_id=contact_id, at=cast.NOW, actor="user:1", reason="The line is bad, I dial myself")
    assert board.asked == []


def test_a_person_left_alone_since_is_not_rung(contact_id):
    a_moment_later = cast.NOW + timedelta(seconds=1)  # by another request's clock, while ours was under way
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="SELF_HARM", at=a_moment_later, actor="user:2")
    board = Board()
    with pytest.raises(dial_call.StoppedSince):
        dial(contact_id, board)
    assert board.asked == []


def test_a_stop_of_another_channel_does_not_stand_in_the_way(contact_id):
    stop_contact.stop_contact(customer_id=cast.PAYS, reason="OPTED_OUT", channel="SMS", at=cast.NOW, actor="user:2")
    assert dial(contact_id, Board()).what == PLACED


def test_only_whom_the_gate_cleared_is_put_through_and_only_until_it_is_told(contact_id):
    board = Board()
    with pytest.raises(NotYourClearance):
        dial(contact_id, board, actor="user:2")
    contact_call.record_call(contact_id=contact_id, outcome="BUSY", at=cast.NOW, actor="user:1")
    with pytest.raises(NotYourClearance):
        dial(contact_id, board)
    assert board.asked == []
