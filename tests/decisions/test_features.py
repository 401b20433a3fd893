"""What is known of a borrower, computed by hand from a few rows."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from arrears.decisions import features, lateness
from arrears.decisions.schemas import tape

DAY = date(2026, 11, 23)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def frame(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    schema = tape.TABLES[table]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


POSITIONS = pl.DataFrame(
    [("A1", "C1", "CNY"), ("A2", "C1", "CNY"), ("A3", "C2", "CNY"), ("A4", "C2", "USD")],
    schema={"account_id": pl.String, "customer_id": pl.String, "currency": pl.String},
    orient="row",
)
LATE = pl.DataFrame(
    [("A1", 9, 1, 3, None), ("A2", 0, 0, 1, None), ("A3", 20, 0, 0, None), ("A4", 0, 0, 5, None)],
    schema=lateness.LATENESS,
    orient="row",
)
STANDINGS = pl.DataFrame(
    [("C1", "CNY", 12, 30_000), ("C2", "CNY", 20, 50_000), ("C2", "USD", 0, 0)],
    schema={"customer_id": pl.String, "currency": pl.String, "dpd_max": pl.Int32, "overdue_minor": pl.Int64},
    orient="row",
)


@pytest.fixture
def seen() -> dict[tuple[str, str], dict[str, float | None]]:
    def paid(payment_id: str, days: int, minor: int, account: str = "A1", reverses: str | None = None):
        return {
            "payment_id": payment_id,
            "account_id": account,
            "customer_id": "C1",
            "paid_on": ago(days),
            "amount_minor": minor,
            "reverses": reverses,
        }

    tables = {
        "customers": frame(
            "customers",
            {"customer_id": "C1", "monthly_income_minor": 600_000},
            {"customer_id": "C2", "monthly_income_minor": 500_000},
        ),
        "payments": frame(
            "payments",
            paid("P1", 40, 90_000),
            paid("P2", 20, 10_000, "A2"),
            paid("P3", 5, 70_000),
            paid("R3", 3, 70_000, reverses="P3"),
            paid("P4", -1, 5_000),  # value-dated tomorrow
            paid("R2", -2, 10_000, "A2", reverses="P2"),  # and taken back the day after: P2 still counts today
        ),
        "spending": frame(
            "spending",
            *[
                {"customer_id": "C1", "spent_on": ago(days), "amount_minor": minor, "category": "DINING"}
                for days, minor in ((0, 100_000), (30, 50_000), (31, 200_000), (92, 200_000), (93, 999_999))
            ],
        ),
    }
    made = features.features(STANDINGS, positions=POSITIONS, late=LATE, tables=tables, as_of=DAY)
    assert made.schema == features.FEATURES
    return {(row["customer_id"], row["currency"]): row for row in made.to_dicts()}


def test_only_who_is_overdue_has_features(seen):
    assert list(seen) == [("C1", "CNY"), ("C2", "CNY")]


def test_habits_are_of_all_accounts_together(seen):
    assert seen["C1", "CNY"]["late_share"] == 1 / 4
    assert seen["C1", "CNY"]["dpd"] == 12


def test_a_payment_taken_back_or_not_yet_made_never_was(seen):
    assert seen["C1", "CNY"]["quiet_days"] == 20
    assert seen["C1", "CNY"]["part_paid"] == 10_000 / (10_000 + 30_000)


def test_means_and_spending(seen):
    told = seen["C1", "CNY"]
    assert told["burden"] == 30_000 / 600_000
    assert told["spend_trend"] == 150_000 / (400_000 / 2)
    assert told["spend_share"] == 150_000 / 600_000


def test_what_is_not_known_is_null_and_incomes_are_not_compared_across_currencies(seen):
    told = seen["C2", "CNY"]
    assert [told[name] for name in ("late_share", "quiet_days", "burden", "spend_trend", "spend_share")] == [None] * 5
    assert told["part_paid"] == 0
