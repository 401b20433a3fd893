"""An address that is a whole office: its typos are forgotten with time, and whoever guesses from there is held back."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from tests.records.test_races import uncommitted

from arrears.actions import sign_in
from arrears.kernel.errors import Refusal
from arrears.records.signin import tries
from arrears.records.signin.models import Tries
from arrears.records.staff import operations as staff
from arrears.rules import lockout

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, PASSWORD = "203.0.113.1", "harbour-lantern-42"
ALLOWED = lockout.ALLOWANCES[lockout.ADDRESS]


def enter(name: str, password: str, at: datetime) -> str:
    """The refusal's code; blank when let in."""
    try:
        sign_in.by_password(username=name, password=password, address=OFFICE, on=at.date(), at=at)
    except Refusal as refusal:
        return refusal.code
    return ""


def people(count: int) -> list[str]:
    names = [f"colleague-{number}" for number in range(count)]
    for name in names:
        staff.add(username=name, display_name=name, role="AGENT", password=PASSWORD, joined_at=AT)
    return names


@pytest.mark.django_db
class TestOffice:
    def test_an_active_one_is_never_shut_out_by_typos(self):
        """Every three minutes for a working day somebody mistypes once, and signs in rightly."""
        names = people(10)
        for minute in range(0, 8 * 60, 3):
            name, at = names[minute % len(names)], AT + timedelta(minutes=minute)
            assert enter(name, "wrong", at) == "wrong_sign_in"
            assert enter(name, PASSWORD, at + timedelta(seconds=20)) == ""

    def test_right_sign_ins_do_not_keep_failures_alive(self):
        names = people(1)
        for number in range(ALLOWED.free):
            enter(f"nobody-{number}", "wrong", AT)
        for minute in range(60):
            assert enter(names[0], PASSWORD, AT + timedelta(minutes=minute)) == ""
        later = AT + timedelta(hours=1)
        told = [enter(f"nobody-{number}", "wrong", later) for number in range(ALLOWED.free)]
        assert set(told) == {"wrong_sign_in"}

    def test_a_right_sign_in_does_not_end_the_wait_that_failures_made(self):
        names = people(1)
        for number in range(ALLOWED.free):
            enter(f"nobody-{number}", "wrong", AT)
        tries.claim(lockout.ADDRESS, OFFICE, at=AT)
        assert enter("nobody", "wrong", AT) == "wrong_sign_in"
        tries.give_back(lockout.ADDRESS, OFFICE, at=AT)
        assert enter(names[0], PASSWORD, AT + timedelta(seconds=29)) == "too_many_tries"
        assert enter(names[0], PASSWORD, AT + timedelta(seconds=31)) == ""

    def test_one_who_waits_and_goes_on_trying_does_not_shut_out_the_others(self):
        names = people(2)
        for number in range(3 * ALLOWED.free):
            enter(names[0], "wrong", AT + timedelta(milliseconds=number))
        assert enter(names[1], PASSWORD, AT + timedelta(seconds=1)) == ""

    def test_a_guesser_of_many_accounts_gets_fewer_than_a_hundred_tries_in_any_hour(self):
        judged = [
            second
            for second in range(0, 3 * 3600, 5)
            if enter(f"name-{second}", "wrong", AT + timedelta(seconds=second)) == "wrong_sign_in"
        ]
        within = [sum(1 for one in judged if start <= one < start + 3600) for start in judged]
        assert max(within) <= ALLOWED.free + ALLOWED.at_once + 31
        assert within[0] > within[-1]
        assert sum(1 for one in judged if one >= 2 * 3600) <= 31, "what time forgets, once the free ones are spent"

    def test_of_many_guesses_at_one_moment_no_more_are_judged(self):
        for _ in range(ALLOWED.free + ALLOWED.at_once + 1):
            tries.claim(lockout.ADDRESS, OFFICE, at=AT)
        with pytest.raises(tries.TooManyTries):
            tries.claim(lockout.ADDRESS, OFFICE, at=AT)
        tries.failed(lockout.ADDRESS, OFFICE, at=AT)
        assert Tries.objects.get().open_at == AT + ALLOWED.longest


@pytest.mark.django_db(transaction=True)
def test_near_the_limit_right_sign_ins_at_one_moment_do_not_refuse_each_other():
    names = people(8)
    for number in range(ALLOWED.free):
        enter(f"nobody-{number}", "wrong", AT)
    told: list[str] = []

    def go(name: str) -> None:
        try:
            told.append(enter(name, PASSWORD, AT))
        finally:
            connections.close_all()

    going = [threading.Thread(target=go, args=[name]) for name in names]
    for one in going:
        one.start()
    for one in going:
        one.join()
    assert Counter(told) == {"": len(names)}
    assert Tries.objects.get(kind=lockout.ADDRESS).failures == ALLOWED.free


@pytest.mark.django_db(transaction=True)
def test_a_try_that_comes_while_another_is_forgotten_begins_anew():
    tries.claim(lockout.CODE, "1", at=AT)
    with uncommitted(lambda: tries.forget(lockout.CODE, "1")):
        assert tries.claim(lockout.CODE, "1", at=AT) == 1
