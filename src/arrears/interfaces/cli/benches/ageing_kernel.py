"""`ageing-kernel`: accounts a second inside the compiled fold, on one core, penalties on.

The policy is the shipped cash loan: two allocation ranges, grace, tolerance, penalty and cap.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from arrears.interfaces.cli.benches import rows, tapes
from arrears.rules.ageing import columns, reading

ACCOUNTS = 1_000_000
GOAL_PER_SECOND = 4_000_000


def measure(name: str, folder: Path, runs: int) -> list[rows.Row]:
    """Median over the runs, after one that compiles."""
    accounts = tapes.columns_of(tapes.book(ACCOUNTS, seed=1))
    policy_of = np.zeros(ACCOUNTS, np.int16)
    policies = [reading.find("cash_loan_cn")]

    def work() -> object:
        return columns.age(accounts, policies=policies, policy_of=policy_of, as_of=tapes.AS_OF_DAY)

    seconds = rows.median_seconds(work, runs)
    size = f"{ACCOUNTS} x {tapes.INSTALMENTS}+{tapes.PAYMENTS}"
    return [rows.at_least(name, size, "rate", ACCOUNTS / seconds, "accounts/s", GOAL_PER_SECOND)]
