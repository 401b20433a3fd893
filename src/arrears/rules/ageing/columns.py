"""Age a whole batch of accounts held in flat columns; the one door to the compiled kernel.

Called by `one` for a single account and by `arrears.decisions.positions` for a partition. It checks shapes and types
once, so that the kernel need not, and never loops over rows in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from arrears.kernel.errors import InvalidInput
from arrears.rules.ageing import charges, kernel, packing
from arrears.rules.ageing.policy import Policy

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Int16 = npt.NDArray[np.int16]

#: What a STATUS other than 0 means; stable, shown to people and stored beside a refused account.
REASONS = {
    kernel.AMOUNT_LIMIT: "amount_out_of_range",
    kernel.ROW_LIMIT: "too_many_rows",
    kernel.DUES_UNSORTED: "instalments_out_of_order",
    kernel.PAYMENTS_UNSORTED: "payments_out_of_order",
}

#: Nobody asks for what was allocated to what, or for the instalments.
_NOTHING = np.zeros((0, 0, 0), np.int64)


def _none_64() -> Int64:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Accounts:
    """A batch in compressed rows: account a owns dues [due_start[a], due_start[a+1]), and so on.

    due_on, paid_on : (rows,) int32 days since 1970-01-01, ascending within an account
    principal, interest, fee, amount : (rows,) int64 minor units ≥ 0; penalty : same, or empty when none is scheduled
    pauses : (rows, 3) int64 of from, to (exclusive) and a bit mask (packing.STOPS_*), by `from` within an account
    channel : (payments,) int16, 0 or the place (from 1) of the payment's channel in its policy; empty when no policy
    has channels
    """

    due_start: Int64
    due_on: Int32
    principal: Int64
    interest: Int64
    fee: Int64
    pay_start: Int64
    paid_on: Int32
    amount: Int64
    pause_start: Int64
    pauses: Int64
    penalty: Int64 = field(default_factory=_none_64)
    channel: Int16 = field(default_factory=lambda: np.zeros(0, np.int16))

    def __post_init__(self) -> None:
        dues, payments = len(self.due_on), len(self.paid_on)
        for start, rows in ((self.due_start, dues), (self.pay_start, payments), (self.pause_start, len(self.pauses))):
            if len(start) != len(self.due_start) or start[0] != 0 or start[-1] != rows or (np.diff(start) < 0).any():
                raise InvalidInput("row offsets do not fit their rows")
        if {len(self.principal), len(self.interest), len(self.fee)} != {dues} or len(self.penalty) not in (0, dues):
            raise InvalidInput("columns of dues differ in length")
        if len(self.amount) != payments or len(self.channel) not in (0, payments) or self.pauses.shape[1:] != (3,):
            raise InvalidInput("columns of payments or pauses differ in length")

    def __len__(self) -> int:
        return len(self.due_start) - 1


def age(accounts: Accounts, *, policies: Sequence[Policy], policy_of: npt.NDArray[np.int16], as_of: int) -> Int64:
    """Fold every account under its policy.

    policy_of : (accounts,) int16, index into `policies`
    as_of     : days since 1970-01-01; payments after it do not count yet
    returns   : (kernel.OUT_HEIGHT, accounts) int64; the rows are named in `kernel`. Where STATUS is not 0 the account
                was refused, for the reason in REASONS, and its other figures are 0
    """
    return _fold(accounts, policies, policy_of, as_of, parts=_NOTHING, kept=_NOTHING)


def age_instalments(
    accounts: Accounts, *, policies: Sequence[Policy], policy_of: npt.NDArray[np.int16], as_of: int
) -> tuple[Int64, Int64]:
    """As `age`, and what is left of each instalment.

    returns : (positions, kept (dues, kernel.KEPT_WIDTH), zeros for the instalments of refused accounts)
    """
    kept = np.zeros((len(accounts.due_on), kernel.KEPT_WIDTH), np.int64)
    return _fold(accounts, policies, policy_of, as_of, parts=_NOTHING, kept=kept), kept


def age_recorded(accounts: Accounts, *, policy: Policy, as_of: int) -> tuple[Int64, Int64, Int64]:
    """Fold one account and keep what was allocated to what.

    accounts : exactly one
    returns  : (positions and kept as from `age_instalments`, parts (payments, dues, 4))
    """
    assert len(accounts) == 1, "one account at a time can be recorded"
    parts = np.zeros((len(accounts.paid_on), len(accounts.due_on), 4), np.int64)
    kept = np.zeros((len(accounts.due_on), kernel.KEPT_WIDTH), np.int64)
    out = _fold(accounts, [policy], np.zeros(1, np.int16), as_of, parts=parts, kept=kept)
    return out, kept, parts


def _fold(
    accounts: Accounts,
    policies: Sequence[Policy],
    policy_of: npt.NDArray[np.int16],
    as_of: int,
    *,
    parts: Int64,
    kept: Int64,
) -> Int64:
    """The one call into compiled code: every array is proved to have the type and length that the kernel takes for
    granted, and is held here until the kernel has returned."""
    if len(policy_of) != len(accounts) or (
        len(policy_of) and not 0 <= policy_of.min() <= policy_of.max() < len(policies)
    ):
        raise InvalidInput("policy_of does not fit the accounts or the policies")
    out = np.empty((kernel.OUT_HEIGHT, len(accounts)), np.int64)
    rows = min(int(np.diff(accounts.due_start).max(initial=0)), kernel.ROWS_MAX)
    work = np.zeros((rows + 1, charges.ROW_WIDTH), np.int64)
    packed, places = packing.pack_all(policies)
    _check_channels(accounts, policies, policy_of)
    arrays: list[npt.NDArray[Any]] = [
        _exact(accounts.due_start, np.int64),
        _exact(accounts.due_on, np.int32),
        _exact(accounts.principal, np.int64),
        _exact(accounts.interest, np.int64),
        _exact(accounts.fee, np.int64),
        _exact(accounts.penalty, np.int64),
        _exact(accounts.pay_start, np.int64),
        _exact(accounts.paid_on, np.int32),
        _exact(accounts.amount, np.int64),
        _exact(accounts.channel, np.int16),
        _exact(accounts.pause_start, np.int64),
        _exact(accounts.pauses, np.int64),
        packed,
        _exact(policy_of, np.int16) if len(packed) == len(policies) else places.astype(np.int16)[policy_of],
    ]
    recorded = [parts, np.zeros((rows, 4), np.int64), np.zeros(len(parts) + 1, np.int64)]
    kernel.fold_all(
        len(accounts),
        *(_address(array) for array in arrays),
        as_of,
        work.ctypes.data,
        out.ctypes.data,
        _address(kept),
        *(_address(array) for array in recorded),
    )
    return out


def _check_channels(accounts: Accounts, policies: Sequence[Policy], policy_of: npt.NDArray[np.int16]) -> None:
    """A payment's channel is a place in the policy of its own account: the kernel reads there without looking."""
    if len(accounts.channel):
        most = np.array([len(policy.channels) for policy in policies])[policy_of]
        if (accounts.channel < 0).any() or (accounts.channel > np.repeat(most, np.diff(accounts.pay_start))).any():
            raise InvalidInput("a payment's channel is none of its policy's")


def _exact(column: npt.NDArray[Any], kind: type[np.generic]) -> npt.NDArray[Any]:
    if column.dtype != kind:
        raise InvalidInput(f"a column is {column.dtype}, not {np.dtype(kind)}")
    return np.ascontiguousarray(column)


def _address(array: npt.NDArray[Any]) -> int:
    """Where an array begins; 0 when it is empty, which no compiled function reads."""
    return int(array.ctypes.data) if array.size else 0
