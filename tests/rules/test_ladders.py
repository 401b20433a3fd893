"""Reminder ladders: is the rung a function of today's facts alone?"""

from __future__ import annotations

from datetime import date

import pytest

from arrears.rules.ladders import (
    Anchor,
    Campaign,
    Rung,
    RunOutOfOrder,
    Taken,
    attempt_due,
    is_final,
    level_at,
    next_rung,
)

STATES = [Rung("A", 30), Rung("B", 40), Rung("C", 50)]
LETTERS = [Rung("mild", 10), Rung("firm", 30, Anchor.END_OF_MONTH), Rung("last", 10, Anchor.PREVIOUS)]


class TestLevelAt:
    @pytest.mark.parametrize(("day", "level"), [(29, 0), (30, 1), (39, 1), (40, 2), (50, 3), (500, 3)])
    def test_it_counts_from_the_oldest_unpaid_due_date(self, day, level):
        on = date.fromordinal(date(2026, 1, 1).toordinal() + day)
        assert level_at(STATES, oldest_due_on=date(2026, 1, 1), on=on) == level

    def test_a_payment_of_the_oldest_moves_it_down_by_itself(self):
        assert level_at(STATES, oldest_due_on=date(2026, 2, 1), on=date(2026, 2, 15)) == 0
        assert level_at(STATES, oldest_due_on=None, on=date(2026, 2, 15)) == 0


class TestNextRung:
    def test_one_run_takes_one_rung_however_late(self):
        late = date(2027, 1, 1)
        assert next_rung(LETTERS, due_on=date(2026, 1, 1), taken=Taken(), on=late) == LETTERS[0]

    def test_the_second_waits_for_the_end_of_the_month_and_the_third_for_the_second(self):
        one, two = Taken(1, date(2026, 1, 11)), Taken(2, date(2026, 2, 5))
        assert next_rung(LETTERS, due_on=date(2026, 1, 1), taken=one, on=date(2026, 1, 30)) is None
        assert next_rung(LETTERS, due_on=date(2026, 1, 1), taken=one, on=date(2026, 1, 31)) == LETTERS[1]
        assert next_rung(LETTERS, due_on=date(2026, 1, 1), taken=two, on=date(2026, 2, 14)) is None
        assert next_rung(LETTERS, due_on=date(2026, 1, 1), taken=two, on=date(2026, 2, 15)) == LETTERS[2]

    def test_the_end_is_final_and_an_older_run_is_refused(self):
        assert is_final(LETTERS, taken=Taken(3, date(2026, 3, 1)))
        assert (
            next_rung(LETTERS, due_on=date(2026, 1, 1), taken=Taken(3, date(2026, 3, 1)), on=date(2026, 9, 1)) is None
        )
        with pytest.raises(RunOutOfOrder):
            next_rung(LETTERS, due_on=date(2026, 1, 1), taken=Taken(1, date(2026, 3, 1)), on=date(2026, 2, 1))


class TestAttemptDue:
    RULES = Campaign(attempts_max=2, days_between=2, threshold_minor={"EUR": 15000})

    @pytest.mark.parametrize(
        ("currency", "overdue", "taken", "due"),
        [
            ("EUR", 14999, Taken(), False),
            ("EUR", 15000, Taken(), True),
            ("USD", 99999, Taken(), False),
            ("EUR", 15000, Taken(1, date(2026, 1, 8)), False),
            ("EUR", 15000, Taken(1, date(2026, 1, 7)), True),
            ("EUR", 15000, Taken(2, date(2026, 1, 1)), False),
        ],
    )
    def test_threshold_distance_and_count_all_hold(self, currency, overdue, taken, due):
        on = date(2026, 1, 10)
        assert attempt_due(self.RULES, currency=currency, overdue_minor=overdue, taken=taken, on=on) is due
