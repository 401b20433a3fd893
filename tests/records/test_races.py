"""Two who write the same row at once: the second waits for the first, and then sees what that one did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections, transaction
from tests import cast

from arrears.actions import grant_role, manage_staff
from arrears.records.apikeys import operations as apikeys
from arrears.records.cases.models import CaseEvent
from arrears.records.placements import operations as placements
from arrears.records.placements.models import Placement
from arrears.records.promises import operations as promises
from arrears.records.promises.models import Promise
from arrears.records.staff import grants

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def uncommitted(deed: Callable[[], object]) -> Iterator[None]:
    """Somebody else has done it and commits half a second later, while the block runs."""
    done = threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                deed()
                done.set()
                time.sleep(0.5)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(20)
    try:
        yield
    finally:
        thread.join()


def test_what_an_agency_has_just_returned_does_not_end_with_the_case_once_more():
    cast.borrower()
    case = cast.open_case(dpd=100)
    when = {"at": cast.NOW, "actor": "user:1"}
    facts = {"agency": "EAST", "placed_on": cast.TODAY, "amount_minor": 500, "currency": "CNY"}
    placements.place(placement_id="P1", case_id=case.case_id, reference="", note="", **facts, **when)

    def returned() -> None:
        placements.end(placement_id="P1", reason="RETURNED", ended_on=cast.TODAY, note="", **when)

    with uncommitted(returned), transaction.atomic():
        assert placements.end_of_closed(case_ids=[case.case_id], ended_on=cast.TODAY, **when) == 0

    assert Placement.objects.get().end_reason == "RETURNED"
    assert not CaseEvent.objects.filter(kind="agency.closed").exists()


def test_a_promise_that_was_just_found_kept_is_not_replaced_by_a_newer_one():
    cast.borrower()
    case = cast.open_case()
    when = {"at": cast.NOW, "actor": "user:1"}

    def make(promise_id: str, amount_minor: int) -> bool:
        due_on = cast.TODAY + timedelta(days=3)
        about = {"case_id": case.case_id, "channel": "CALL", "currency": "CNY", "paid_before_minor": 0}
        about |= {"made_on": cast.TODAY, "due_on": due_on}
        return promises.make(promise_id=promise_id, amount_minor=amount_minor, **about, **when)

    def kept() -> None:
        promises.settle([promises.Judged("first", "KEPT", 500)], on=cast.TODAY, at=cast.NOW, actor="night")

    make("first", 500)
    with uncommitted(kept):
        assert make("second", 700)

    assert dict(Promise.objects.values_list("promise_id", "status")) == {"first": "KEPT", "second": "OPEN"}


def test_of_two_who_ask_for_a_role_at_once_one_is_told():
    user = cast.collector()

    def ask() -> None:
        grants.ask(user_id=user.pk, role="SUPERVISOR", at=cast.NOW, actor="user:1")

    with uncommitted(ask), pytest.raises(grants.GrantWaits):
        ask()
    assert len(grants.waiting()) == 1


def test_a_password_set_while_a_powerful_role_is_being_granted_waits_for_two():
    user = cast.collector()
    grants.ask(user_id=user.pk, role="SUPERVISOR", at=cast.NOW, actor="user:1000")

    def granted() -> None:
        grant_role.decide(user_id=user.pk, is_granted=True, at=cast.NOW, actor="user:1001")

    with uncommitted(granted):
        is_done = manage_staff.change(
            user_id=user.pk,
            display_name="",
            role="SUPERVISOR",
            is_active=True,
            password="lantern-harbour-43",
            at=cast.NOW,
            actor="user:1000",
        )
    user.refresh_from_db()
    assert (is_done, user.role, user.check_password("lantern-harbour-43")) == (False, "SUPERVISOR", False)


def test_of_two_who_decide_at_once_one_does():
    user = cast.collector()
    grants.ask(user_id=user.pk, role="SUPERVISOR", at=cast.NOW, actor="user:1000")

    def decide(is_granted: bool, actor: str) -> None:
        grant_role.decide(user_id=user.pk, is_granted=is_granted, at=cast.NOW, actor=actor)

    with uncommitted(lambda: decide(True, "user:1001")), pytest.raises(grants.NoSuchGrant):
        decide(False, "user:1002")
    user.refresh_from_db()
    assert user.role == "SUPERVISOR"


def test_of_two_who_confirm_a_key_at_once_one_does():
    made = apikeys.issue(name="p", scopes=["cases:read"], at=cast.NOW, actor="user:1000")

    def confirm(actor: str) -> None:
        apikeys.confirm(prefix=made.prefix, at=cast.NOW, actor=actor)

    with uncommitted(lambda: confirm("user:1001")), pytest.raises(apikeys.UnableToConfirmKey):
        confirm("user:1002")
