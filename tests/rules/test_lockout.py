"""The wait of whoever guesses wrong grows and has an end."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from arrears.rules import lockout

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


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
        at, since, failures, tries = AT, AT, 0, 0
        while at < AT + timedelta(hours=1):
            failures, since = lockout.remembered(kind, failures, since=since, at=at)
            failures, tries = failures + 1, tries + 1
            at += lockout.wait(kind, failures)
        assert tries + lockout.ALLOWANCES[kind].at_once < 100

    def test_time_forgets_one_after_another_and_all_after_a_quiet_day(self, kind):
        each = lockout.ALLOWANCES[kind].forgotten_after

        def left(after: timedelta) -> tuple[int, timedelta]:
            failures, since = lockout.remembered(kind, 1000, since=AT, at=AT + after)
            return failures, since - AT

        moment = timedelta(seconds=1)
        assert left(-moment) == (1000, timedelta(0)), "a clock that was put back forgets nothing"
        assert left(each - moment) == (1000, timedelta(0))
        assert left(each) == (999, each)
        assert left(2 * each + moment) == (998, 2 * each)
        assert left(lockout.QUIET)[0] > 0
        assert left(lockout.QUIET + moment) == (0, lockout.QUIET + moment)
        assert lockout.remembered(kind, 2, since=AT, at=AT + 2 * each) == (0, AT + 2 * each)


def test_the_example_holds():
    waits = [lockout.wait(lockout.ACCOUNT, failures).total_seconds() for failures in (5, 6, 7, 11, 12)]
    assert waits == [0, 30, 60, 900, 900]
    nine = AT.replace(hour=9)
    later = nine + timedelta(minutes=5)
    assert lockout.remembered(lockout.ADDRESS, 10, since=nine, at=later) == (8, nine + timedelta(minutes=4))
