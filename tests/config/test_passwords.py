"""What is refused as a password though it is long enough."""

from __future__ import annotations

import secrets

import pytest
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from arrears.records.staff.models import User

LIN = User(username="lin1", display_name="林梅 Mei Lin")


@pytest.mark.parametrize(
    "password",
    [
        *("123456789012", "1234567890123456", "passwordpassword", "qwertyuiopas", "adminadminadmin", "iloveyou1234"),
        *(
            "lin1-2026-11-27",
            "lin1lin1lin1",
            "Mei Lin 20261127",
            "林梅20261127林梅",
            "abcdefghijkl",
            "asdfghjkl;'12345",
        ),
        *("password-2026-11-27", "Password!Password!", "zxcvbnmzxcvbnm", "2026112720261128"),
    ],
)
def test_a_common_thing_drawn_out_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        password_validation.validate_password(password, LIN)
    assert "password_usual" in {one.code for one in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        *("harbour-lantern-42", "correct horse battery staple", "8274019365172648", "lin1 walks to the quarry"),
        *("春风又绿江南岸明月何时照我还", "x7#Kd-92pQ!mv", "Tr0ub4dor&3-extra"),
    ],
)
def test_others_are_taken(password: str) -> None:
    password_validation.validate_password(password, LIN)


def test_what_is_drawn_by_chance_is_taken() -> None:
    for _ in range(200):
        password_validation.validate_password(secrets.token_urlsafe(12), LIN)
