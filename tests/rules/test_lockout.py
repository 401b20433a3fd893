"""The wait of whoever guesses wrong grows and has an end."""

import itertools
from datetime import timedelta

import pytest

from arrears.rules import lockout


@pytest.mark.parametrize("kind", sorted(lockout.ALLOWANCES))
class TestEachKind:
    def test_the_first_failures_cost_nothing(self, kind):
        free = lockout.ALLOWANCES[kind].free
        assert {lockout.wait(kind, failures) for failures in range(free + 1)} == {timedelta(0)}

    def test_then_each_waits_twice_as_long_up_to_a_limit(self, kind):
        allowed = lockout.ALLOWANCES[kind]
        waits = [lockout.wait(kind, failures) for failures in range(allowed.free + 1, allowed.free + 60)]
        assert waits[0] == allowed.first
        assert all(after == min(2 * before, allowed.longest) for before, after in itertools.pairwise(waits))
        assert waits[-1] == allowed.longest

    def test_a_guesser_gets_fewer_than_a_hundred_tries_an_hour(self, kind):
        spent, failures = timedelta(0), 0
        while spent < timedelta(hours=1):
            failures += 1
            spent += lockout.wait(kind, failures)
        assert failures < 100


def test_the_example_holds():
    waits = [lockout.wait(lockout.ACCOUNT, failures).total_seconds() for failures in (5, 6, 7, 11, 12)]
    assert waits == [0, 30, 60, 900, 900]
