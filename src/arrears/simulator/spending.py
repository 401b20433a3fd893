"""What do people spend, by category? One row a borrower, month and category, written when a month ends.

Called by `market` each day and does something on the first of a month. Spending follows income and falls after a shock:
the signal a risk model can find. Only the last months are kept, as a lender would be sent.
"""

from __future__ import annotations

import numpy as np

from arrears.simulator import chance
from arrears.simulator.state import State


def month_end(s: State, day: int) -> None:
    """On the first of a month, write the month that ended and drop the months no longer kept."""
    today = np.datetime64(day, "D")
    if today != today.astype("datetime64[M]").astype("datetime64[D]"):
        return
    b, p = s.borrowers, s.parameters.spending
    fallen = np.where(b.shock > 0, s.parameters.shocks.spending_falls_to, 1.0)
    everyone = np.arange(len(b.number))
    for at, share in enumerate(p.shares):
        habit = np.exp(p.sigma * chance.normal(s.seed, f"spends.{at}", b.number, day) - p.sigma**2 / 2)
        amount = np.maximum((b.income_minor * share * habit * fallen).astype(np.int64), 100)
        s.spending.append(borrower=everyone, day=np.int32(day - 1), category=np.int8(at), amount=amount)
    oldest = (today.astype("datetime64[M]") - p.months_kept).astype("datetime64[D]").astype(np.int64)
    s.spending.keep(s.spending["day"] >= oldest)
