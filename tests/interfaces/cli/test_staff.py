"""`arrears staff`: what a shell on the machine may do for people who cannot come in, or for a house of one."""

from __future__ import annotations

import pytest

from arrears.actions import manage_staff
from arrears.kernel.clock import SystemClock
from arrears.records.audit.models import Event
from arrears.records.signin import factors
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "harbour-lantern-42"


def add(name: str, role: str, actor: str) -> User:
    at = SystemClock().now()
    manage_staff.add(username=name, display_name=name, role=role, password=PASSWORD, at=at, actor=actor)
    return User.objects.get(username=name)


def test_somebody_is_added_with_a_password_to_change(arrears):
    code, told, _ = arrears("staff", "add", "lin", "--role", "supervisor")

    assert (code, told.splitlines()[0]) == (0, "added lin (SUPERVISOR)")
    user = User.objects.get(username="lin")
    assert user.is_active
    assert user.password_is_temporary
    assert user.check_password(told.splitlines()[1].removeprefix("password: "))


def test_no_two_are_given_the_same_password_and_none_can_be_guessed(arrears):
    made = set()
    for name in ("a1", "b2", "c3", "d4"):
        told = arrears("staff", "add", name, "--role", "agent")[1]
        made.add(told.splitlines()[1].removeprefix("password: "))
        assert User.objects.get(username=name).password_ends_at is not None
    assert len(made) == 4
    assert min(len(password) for password in made) >= 16


def test_somebody_of_an_agency_names_it(arrears):
    assert arrears("staff", "add", "dong", "--role", "agency")[0] == 1
    assert arrears("staff", "add", "dong", "--role", "agency", "--agency", "NO_SUCH")[0] == 1
    assert arrears("staff", "add", "dong", "--role", "agency", "--agency", "EXAMPLE_EAST")[0] == 0
    assert User.objects.get(username="dong").agency == "EXAMPLE_EAST"


def test_a_role_that_waits_is_granted(arrears):
    user = add("zhao", "ADMIN", actor="user:0")
    assert not user.is_active
    code, told, _ = arrears("staff", "grant", "zhao")
    assert code == 0
    user.refresh_from_db()
    assert (user.role, user.is_active) == ("ADMIN", True)
    assert user.check_password(told.strip().removeprefix("password: "))
    assert arrears("staff", "grant", "zhao")[0] == 1


def test_a_lost_factor_is_taken_away(arrears):
    user, at = add("lin", "AGENT", actor="cli"), SystemClock().now()
    factors.begin(user_id=user.pk, at=at)

    assert arrears("staff", "remove-factor", "lin")[0] == 0
    assert Event.objects.filter(kind="access.factor_removed", actor="cli").exists()
    assert arrears("staff", "remove-factor", "lin")[0] == 1
    assert arrears("staff", "remove-factor", "nobody")[0] == 1
