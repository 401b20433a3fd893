"""What is sealed opens for who may see the case, for a stated purpose, with an audit row, and not too often."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from tests import cast

from arrears.actions import contact_call, reveal_sealed
from arrears.actions.contact_gate import Gate
from arrears.actions.reveal_sealed import KIND, POINT, REFUSED, WORDS, Revealed
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event
from arrears.records.cases import queries as cases
from arrears.records.people.models import ContactPoint
from arrears.rules import reveals

MOBILE = cast.MOBILES[cast.PAYS]


@pytest.fixture
def few(monkeypatch):
    """Three an hour of each kind."""
    shipped = reveal_sealed.policy()
    strict = dataclasses.replace(shipped, an_hour={reveals.ASKED: 3, reveals.CLEARED: 3})
    monkeypatch.setattr(reveal_sealed, "policy", lambda: strict)


def reveal(*, what: str = POINT, subject_id: str = "", minutes: int = 0, **changes: object) -> Revealed:
    given: dict[str, object] = {
        "viewer": cast.collector(),
        "case_id": cast.open_case().case_id,
        "what": what,
        "subject_id": subject_id or cast.own_point(cast.PAYS),
        "purpose": "IDENTITY",
        "reason": "",
        "at": cast.NOW + timedelta(minutes=minutes),
    }
    return reveal_sealed.reveal(**(given | changes))


@pytest.mark.django_db
class TestReveal:
    def test_it_opens_the_value_and_leaves_who_what_and_why_but_not_the_value(self) -> None:
        cast.borrower()
        opened = reveal(reason="  caller asks  ")

        assert (opened.what, opened.kind, opened.value) == (POINT, "MOBILE", MOBILE)
        assert MOBILE not in repr(opened)
        event = Event.objects.get(kind=KIND)
        assert (event.subject_id, event.actor) == (cast.PAYS, f"user:{cast.collector().pk}")
        [facts] = trail.told([event])
        assert facts == {
            "what": POINT,
            "what_kind": "MOBILE",
            "subject_id": cast.own_point(cast.PAYS),
            "case_id": cast.open_case().case_id,
            "purpose": "IDENTITY",
            "reason": "caller asks",
        }
        assert not any(MOBILE[-8:] in str(vars(each)) for each in Event.objects.all())

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"purpose": "CURIOSITY"}, reveals.NoSuchPurpose),
            ({"purpose": "CALL"}, reveals.NoSuchPurpose),
            ({"purpose": "OTHER", "reason": " "}, reveals.ReasonMissing),
            ({"purpose": "OTHER", "reason": "."}, reveals.ReasonNotInWords),
            ({"purpose": "OTHER", "reason": "1234 56"}, reveals.ReasonNotInWords),
            ({"reason": "it is 138 0000-0001"}, reveals.ReasonHoldsIdentity),
            ({"reason": "a@example.cn"}, reveals.ReasonHoldsIdentity),
            ({"what": "NAME"}, reveal_sealed.UnknownThing),
            ({"subject_id": "?"}, reveal_sealed.NothingToReveal),
            ({"what": WORDS, "subject_id": "?"}, reveal_sealed.NothingToReveal),
            ({"case_id": "?"}, cases.NoSuchCase),
        ],
    )
    def test_what_is_wrong_is_refused_and_leaves_no_trace(self, changes, refusal) -> None:
        cast.borrower()
        with pytest.raises(refusal):
            reveal(**changes)
        assert not Event.objects.exists()

    def test_another_persons_number_does_not_open_here(self) -> None:
        cast.borrower()
        cast.borrower(cast.PROMISES)
        with pytest.raises(reveal_sealed.NothingToReveal):
            reveal(subject_id=cast.own_point(cast.PROMISES))

    def test_who_may_not_see_the_case_opens_nothing(self) -> None:
        cast.borrower()
        viewer = cast.collector()
        viewer.role = "LEGAL"  # an early case is none of theirs
        with pytest.raises(cases.NoSuchCase):
            reveal(viewer=viewer)

    def test_the_limit_holds_for_an_hour_and_the_refusal_is_on_record(self, few) -> None:
        cast.borrower()
        for minute in range(3):
            reveal(minutes=minute)
        with pytest.raises(reveal_sealed.RevealLimitReached):
            reveal(minutes=4)
        refused = Event.objects.get(kind=REFUSED)
        assert (refused.data["limit"], refused.data["count"]) == (3, 3)
        assert Event.objects.filter(kind=KIND).count() == 3
        reveal(minutes=4, viewer=cast.supervisor())
        reveal(minutes=61)


def show(contact_id: str, *, actor: str = "user:1", reason: str = "the switchboard is down") -> reveal_sealed.Revealed:
    return reveal_sealed.reveal_cleared(contact_id=contact_id, at=cast.NOW, actor=actor, reason=reason)


@pytest.mark.django_db
class TestCleared:
    def cleared(self, gate: Gate, *, minutes: int = 0, actor: str = "user:1") -> contact_call.Clearance:
        at = cast.NOW + timedelta(minutes=minutes)
        whom = {"customer_id": cast.PAYS, "case_id": None, "contact_point_id": cast.own_point(cast.PAYS)}
        return contact_call.clear_call(**whom, at=at, actor=actor, gate=gate)

    def test_no_number_comes_with_the_clearance_of_a_call_and_one_is_opened_for_a_written_reason(
        self, gate: Gate
    ) -> None:
        cast.borrower()
        clearance = self.cleared(gate)
        assert (clearance.allowed, clearance.point) == (True, None)
        assert not Event.objects.filter(kind=KIND).exists()
        for wrong, refusal in (
            ("", reveals.ReasonMissing),
            (" ", reveals.ReasonMissing),
            (".", reveals.ReasonNotInWords),
            ("13800000001", reveals.ReasonHoldsIdentity),
        ):
            with pytest.raises(refusal):
                show(clearance.contact_id, reason=wrong)
        opened = show(clearance.contact_id)

        assert opened.value == MOBILE
        assert MOBILE not in repr(opened)
        [facts] = trail.told([Event.objects.get(kind=KIND)])
        assert (facts["purpose"], facts["contact_id"]) == ("CALL", clearance.contact_id)
        assert facts["reason"] == "the switchboard is down"

    def test_no_number_comes_with_a_refusal(self, gate: Gate) -> None:
        cast.borrower()
        at_night = self.cleared(gate, minutes=13 * 60)

        assert (at_night.allowed, at_night.point) == (False, None)
        assert not Event.objects.filter(kind=KIND).exists()
        with pytest.raises(reveal_sealed.NotYourClearance):
            show(at_night.contact_id)

    def test_it_is_shown_again_to_the_same_colleague_until_the_outcome_is_told(self, gate: Gate) -> None:
        cast.borrower()
        contact_id = self.cleared(gate).contact_id
        assert show(contact_id).value == MOBILE
        with pytest.raises(reveal_sealed.NotYourClearance):
            show(contact_id, actor="user:2")
        contact_call.record_call(contact_id=contact_id, outcome="NO_ANSWER", at=cast.NOW, actor="user:1")
        with pytest.raises(reveal_sealed.NotYourClearance):
            show(contact_id)

    def test_above_the_limit_no_number_is_opened(self, gate: Gate, monkeypatch) -> None:
        cast.borrower()
        strict = dataclasses.replace(reveal_sealed.policy(), an_hour={reveals.ASKED: 3, reveals.CLEARED: 1})
        monkeypatch.setattr(reveal_sealed, "policy", lambda: strict)
        contact_id = self.cleared(gate).contact_id
        show(contact_id)
        with pytest.raises(reveal_sealed.RevealLimitReached):
            show(contact_id)
        assert Event.objects.filter(kind=KIND).count() == 1


@pytest.mark.django_db
class TestWords:
    def test_a_note_of_a_call_opens_in_its_case_and_in_no_other(self, gate: Gate) -> None:
        cast.borrower()
        case = cast.open_case()
        point = cast.own_point(cast.PAYS)
        clearance = contact_call.clear_call(
            customer_id=cast.PAYS,
            case_id=case.case_id,
            contact_point_id=point,
            at=cast.NOW,
            actor="user:1",
            gate=gate,
        )
        contact_call.record_call(
            contact_id=clearance.contact_id, outcome="RIGHT_PARTY", note="周五还款", at=cast.NOW, actor="user:1"
        )
        opened = reveal(what=WORDS, subject_id=clearance.contact_id, purpose="CONVERSATION")
        assert (opened.what, opened.kind, opened.value) == ("NOTE", "CALL", "周五还款")
        dollars = cast.open_case(currency="USD")
        with pytest.raises(reveal_sealed.NothingToReveal):
            reveal(what=WORDS, subject_id=clearance.contact_id, case_id=dollars.case_id)


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_than_the_limit_open(few) -> None:
    cast.borrower()
    viewer, case_id = cast.collector(), cast.open_case().case_id
    start = threading.Barrier(8)

    def one(_number: int) -> bool:
        start.wait()
        try:
            reveal(viewer=viewer, case_id=case_id)
        except reveal_sealed.RevealLimitReached:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(one, range(8)))
    assert sum(opened) == 3
    assert Event.objects.filter(kind=KIND).count() == 3
    assert Event.objects.filter(kind=REFUSED).count() == 5
    assert ContactPoint.objects.count() == 1
