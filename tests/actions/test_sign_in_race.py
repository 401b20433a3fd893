"""Guesses that come at one moment are counted like those that come one after another."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connections

from arrears.actions import sign_in
from arrears.kernel.errors import Refusal
from arrears.records.signin.tries import TooManyTries
from arrears.rules import lockout

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FREE = lockout.ALLOWANCES[lockout.ACCOUNT].free


@pytest.mark.django_db(transaction=True)
def test_guesses_at_one_moment_are_all_counted():
    """Many processes at once get no more tries than one after another."""
    refused: list[type[Refusal]] = []

    def guess() -> None:
        try:
            sign_in.by_password(username="nobody", password="x", address="203.0.113.1", on=AT.date(), at=AT)
        except Refusal as refusal:
            refused.append(type(refusal))
        finally:
            connections.close_all()

    guessing = [threading.Thread(target=guess) for _ in range(FREE + 6)]
    for one in guessing:
        one.start()
    for one in guessing:
        one.join()
    assert len(refused) == FREE + 6
    assert refused.count(TooManyTries) == 5
