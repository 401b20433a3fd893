"""Lateness is what a patient clerk finds, counting day by day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.decisions import lateness, scoring
from arrears.decisions.schemas import summaries, tape

START = date(2026, 1, 1)
DUES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 50)), min_size=1, max_size=5)
#: Paid on a day, so much, and taken back so many days later, or never.
PAID = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60), st.none() | st.integers(0, 60)), max_size=6)


def on(day: int) -> date:
    return START + timedelta(days=day)


def frames(dues, paid) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """One account."""
    instalments = [
        {"account_id": "A", "customer_id": "C", "number": n, "due_on": on(day), "principal_minor": minor}
        | {"interest_minor": 0, "fee_minor": 0}
        for n, (day, minor) in enumerate(sorted(dues))
    ]
    payments = [
        {"payment_id": f"P{n}", "account_id": "A", "customer_id": "C", "paid_on": on(day), "amount_minor": minor}
        for n, (day, minor, _) in enumerate(paid)
    ]
    payments += [
        {**payments[n], "payment_id": f"R{n}", "paid_on": on(day + after), "reverses": f"P{n}"}
        for n, (day, _, after) in enumerate(paid)
        if after is not None
    ]
    return (
        pl.DataFrame({"account_id": ["A"]}),
        pl.DataFrame(instalments, schema=tape.INSTALMENTS),
        pl.DataFrame(payments, schema=tape.PAYMENTS),
    )


def by_hand(dues, paid, as_of: int) -> tuple[int, int]:
    """(worst days late, instalments settled late), walking every day."""
    dues = sorted(dues)
    kept = [(day, minor) for day, minor, after in paid if after is None or day + after > as_of]
    worst = late_count = 0
    for k, (due, _) in enumerate(dues):
        if due >= as_of:
            break
        owed = sum(minor for _, minor in dues[: k + 1])
        settled = next(
            (day for day in range(as_of + 1) if sum(minor for paid_on, minor in kept if paid_on <= day) >= owed), None
        )
        worst = max(worst, (as_of if settled is None else max(settled, due)) - due)
        late_count += settled is not None and settled > due
    return worst, late_count


@settings(max_examples=150, deadline=None)
@given(dues=DUES, paid=PAID, as_of=st.integers(1, 90))
def test_it_agrees_with_counting_day_by_day(dues, paid, as_of):
    found = lateness.lateness(*frames(dues, paid), as_of=on(as_of))

    assert found.select("late_days_max", "late_settled_count").row(0) == by_hand(dues, paid, as_of)


def test_an_account_without_rows_was_never_late():
    accounts, instalments, payments = frames([(0, 10)], [])
    accounts = pl.DataFrame({"account_id": ["B", "A"]})

    found = lateness.lateness(accounts, instalments, payments, as_of=on(10))

    assert found.rows() == [("B", 0, 0, 0, None), ("A", 10, 0, 0, None)]


def test_a_payment_counts_until_the_day_on_which_it_was_taken_back():
    laid = lateness.lay(*frames([(0, 10)], [(5, 10, 35)]))

    assert [laid.at(on(day))["late_days_max"].item() for day in (30, 39, 40, 41)] == [5, 5, 40, 41]


@settings(max_examples=100, deadline=None)
@given(dues=DUES, paid=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60), st.none()), max_size=6))
def test_the_day_on_which_it_first_stood_thirty_days_late_is_the_first_day_that_says_so(dues, paid):
    late = next((day for day in range(1, 91) if by_hand(dues, paid, day)[0] >= 30), None)

    assert lateness.lateness(*frames(dues, paid), as_of=on(90))["late_30_on"].item() == (late and on(late))


class TestCureCells:
    PRIOR = scoring.CurePrior((("M1", 0.8), ("M2", 0.5)), 50)

    def observed(self, *rows: tuple[str, str, int, int]) -> pl.DataFrame:
        made = [
            {"figure": summaries.CURE_30, "currency": "CNY", "product_code": "p", "row": bucket, "column": history}
            | {"accounts": cured, "base_accounts": seen, "amount_minor": 0, "base_minor": 0}
            for bucket, history, cured, seen in rows
        ]
        return pl.DataFrame(made, schema=summaries.SUMMARY)

    def cells(self, *rows: tuple[str, str, int, int]) -> dict[tuple[str, str], tuple[float, int]]:
        found = scoring.cure_cells(self.observed(*rows), prior=self.PRIOR)
        return {(bucket, history): (share, seen) for bucket, history, share, seen in found.rows()}

    def test_without_history_the_prior_speaks(self):
        assert self.cells()["M2", scoring.REPEAT] == (0.5, 0)

    def test_a_bucket_moves_as_far_as_its_observations_weigh(self):
        """50 seen, 10 cured, prior 0.8 worth 50: the bucket stands at (10 + 40) / 100; its empty cell takes that."""
        cells = self.cells(("M1", scoring.FIRST, 10, 50))

        assert cells["M1", scoring.REPEAT] == (0.5, 0)
        assert cells["M1", scoring.FIRST] == ((10 + 50 * 0.5) / 100, 50)

    def test_much_history_drowns_the_prior(self):
        share, seen = self.cells(("M1", scoring.FIRST, 30_000, 100_000))["M1", scoring.FIRST]

        assert abs(share - 0.3) < 0.001
        assert seen == 100_000

    def test_nights_closer_than_thirty_days_are_not_counted_twice(self):
        days = [on(day) for day in (0, 29, 30, 31, 60, 89)]

        assert scoring.apart(days) == [on(89), on(31), on(0)]
