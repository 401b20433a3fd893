"""How late has each account ever been? A fold over dues and payments, apart from allocation policy.

Instalment k is settled on the day on which the money paid reaches the sum of all dues up to k; the days between its
due date and that day are its lateness. Used for vintages (ever 30 days late) and to tell a first delinquency from a
repeated one. Not a position: penalties, pauses and grace play no part, and no amount owed is read from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numba
import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.decisions import batches
from arrears.decisions.schemas import tape

#: Days past due from which a vintage counts an account as late.
VINTAGE_DAYS = 30
#: `late_30_on` : the first day on which the account stood 30 days late; null when that never was.
LATENESS = {
    "account_id": pl.String,
    "late_days_max": pl.Int32,
    "late_settled_count": pl.Int32,
    "settled_count": pl.Int32,
    "late_30_on": pl.Date,
}

Ints = npt.NDArray[np.int64]
NEVER = -1


@numba.njit(cache=True, nogil=True)
def _fold(
    due_from: Ints, due_on: Ints, due: Ints, paid_from: Ints, paid_on: Ints, paid: Ints, as_of: int
) -> tuple[Ints, Ints, Ints, Ints]:  # pragma: no cover - compiled
    accounts = len(due_from) - 1
    worst = np.zeros(accounts, np.int64)
    settled_late = np.zeros(accounts, np.int64)
    settled = np.zeros(accounts, np.int64)
    late_30_on = np.full(accounts, NEVER, np.int64)
    for a in range(accounts):
        p, money, owed, reached_on = paid_from[a], 0, 0, 0
        for k in range(due_from[a], due_from[a + 1]):
            if due_on[k] >= as_of:
                break
            owed += due[k]
            while money < owed and p < paid_from[a + 1]:
                money += paid[p]
                reached_on = paid_on[p]
                p += 1
            # One payment may settle several instalments: the last one taken is the one that reached this sum too.
            late = max(0, (as_of if money < owed else reached_on) - due_on[k])
            worst[a] = max(worst[a], late)
            if late >= VINTAGE_DAYS and late_30_on[a] == NEVER:
                late_30_on[a] = due_on[k] + VINTAGE_DAYS
            if money >= owed:
                settled[a] += 1
                settled_late[a] += late > 0
    return worst, settled_late, settled, late_30_on


@dataclass(frozen=True)
class Laid:
    """Dues of some accounts as flat columns, and their payments, to be folded at one date or several.

    payments : schemas.tape.PAYMENTS; which of them count is another question at each date
    """

    account_ids: pl.Series
    dues: tuple[Ints, Ints, Ints]
    payments: pl.DataFrame

    def at(self, as_of: date) -> pl.DataFrame:
        """LATENESS as of a date, one row per account, in the order of the accounts."""
        due_from, due_on, due = self.dues
        counted = batches.that_count(self.payments, as_of=as_of)
        paid_from, paid_on, paid = _laid(counted, self.account_ids, on="paid_on", minor=pl.col("amount_minor"))
        worst, settled_late, settled, late_30_on = _fold(
            due_from, due_on, due, paid_from, paid_on, paid, (as_of - batches.EPOCH).days
        )
        reached = pl.Series("late_30_on", late_30_on, pl.Int32)
        return self.account_ids.to_frame("account_id").with_columns(
            pl.Series("late_days_max", worst, pl.Int32),
            pl.Series("late_settled_count", settled_late, pl.Int32),
            pl.Series("settled_count", settled, pl.Int32),
            pl.when(reached != NEVER).then(reached.cast(pl.Date)).alias("late_30_on"),
        )


def lay(accounts: pl.DataFrame, instalments: pl.DataFrame, payments: pl.DataFrame) -> Laid:
    """Lay the rows of some accounts out.

    accounts    : account_id, unique, any order
    instalments : schemas.tape.INSTALMENTS, any order
    payments    : schemas.tape.PAYMENTS, any order; see batches.that_count
    example     : due 1 May, paid 20 May -> lay(…).at(1 June) says late_days_max 19, late_settled_count 1
    """
    ids = accounts["account_id"]
    return Laid(ids, _laid(instalments, ids, on="due_on", minor=tape.demand(instalments)), payments)


def lateness(accounts: pl.DataFrame, instalments: pl.DataFrame, payments: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The worst lateness so far of each account, how many of its instalments were settled, and of these late.

    returns : LATENESS of `lay(accounts, instalments, payments)` at as_of
    """
    return lay(accounts, instalments, payments).at(as_of)


def _laid(rows: pl.DataFrame, ids: pl.Series, *, on: str, minor: pl.Expr) -> tuple[Ints, Ints, Ints]:
    """Where each account's rows begin, and their days and amounts by account and day; others' rows are left out."""
    place = _places(rows["account_id"], ids)
    named = rows.select(pl.col(on).to_physical().cast(pl.Int64), minor=minor)
    days, amounts = named[on].to_numpy(), named["minor"].to_numpy()
    mine = place >= 0
    if not mine.all():
        place, days, amounts = place[mine], days[mine], amounts[mine]
    step = np.diff(place)
    if ((step < 0) | ((step == 0) & (np.diff(days) < 0))).any():
        order = np.lexsort((days, place))
        place, days, amounts = place[order], days[order], amounts[order]
    laid = np.searchsorted(place, np.arange(len(ids) + 1)), days, amounts
    for column in laid:  # what comes straight from a table is: else the fold is compiled once for each mixture
        column.flags.writeable = False
    return laid


def _places(account_ids: pl.Series, ids: pl.Series) -> Ints:
    """The place of each row's account among `ids`, -1 where it is not there; looked up once for a run of rows."""
    runs = account_ids.rle().struct.unnest()
    known = pl.DataFrame({"value": ids, "place": pl.Series(np.arange(len(ids), dtype=np.int64))})
    found = runs.join(known, on="value", how="left", maintain_order="left", validate="m:1")
    return np.repeat(found["place"].fill_null(-1).to_numpy(), found["len"].to_numpy())
