"""The staff list changes only with a line in the audit trail, whoever changes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from arrears.actions import manage_staff
from arrears.records.audit.models import Event
from arrears.records.staff.models import User
from arrears.records.staff.operations import UnableToAddStaff

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD, NEXT = "harbour-lantern-42", "lantern-harbour-43"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin():
    manage_staff.add(username="lin", display_name="Lin", role="AGENT", password=PASSWORD, at=AT, actor="cli")
    return User.objects.get(username="lin")


def test_a_colleague_who_comes_back_gets_a_new_password_at_once(lin):
    change = {"user_id": lin.pk, "display_name": "Lin", "role": "AGENT", "at": AT, "actor": "user:0"}
    manage_staff.change(**change, is_active=False, password="")
    manage_staff.change(**change, is_active=True, password=NEXT)
    lin.refresh_from_db()
    assert lin.is_active
    assert lin.check_password(NEXT)


def test_a_password_set_from_the_command_line_is_on_record(lin):
    manage_staff.set_password(username="lin", password=NEXT, at=AT, actor="cli")
    assert User.objects.get(username="lin").check_password(NEXT)
    kinds = Event.objects.filter(subject_id=f"user:{lin.pk}", actor="cli").values_list("kind", flat=True)
    assert sorted(kinds) == ["staff.added", "staff.password_set"]


@pytest.mark.parametrize(("given", "told"), [({"language": "fr"}, "are zh-hans, en"), ({"role": "KING"}, "are AGENT,")])
def test_a_language_or_role_that_nobody_speaks_of_is_refused_with_those_there_are(given, told):
    asked = {"username": "wei", "display_name": "Wei", "role": "AGENT", "password": PASSWORD} | given
    with pytest.raises(UnableToAddStaff, match=told):
        manage_staff.add(**asked, at=AT, actor="cli")
    assert not User.objects.exists()


ODD = "\u7801 \U0001f511 -- <'\";%>\u00e9"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("harbour-42x", "at least 12"),
        ("password1234", "too common"),
        ("mei-lin-2026!", "too similar"),
        ("horse7" * 21 + "abc", "at most 128"),
        ("a" * 16, "different characters"),
        ("abab" * 4, "different characters"),
    ],
)
def test_a_password_that_is_short_common_their_own_name_or_endless_is_refused(lin, password, told):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with pytest.raises(UnableToAddStaff, match=told), translation.override("en"):
        manage_staff.add(
            username="mei-lin", display_name="Mei Lin", role="AGENT", password=password, at=at, actor="cli"
        )
    assert not User.objects.filter(username="mei-lin").exists()


@pytest.mark.parametrize("password", ["horse7" * 21 + "ab", ODD * 3], ids=["longest", "odd signs"])
def test_one_of_128_characters_is_taken_whole_and_of_any_signs(lin, password):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    manage_staff.add(username="mei", display_name="Mei", role="AGENT", password=password, at=at, actor="cli")
    user = User.objects.get(username="mei")
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
