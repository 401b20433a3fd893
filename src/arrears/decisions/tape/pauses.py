"""Which pauses of ageing or contact are sound. Called by `reading`; what a pause stops is the product policy's say."""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def sift(sieve: Sieve, accounts: registers.Accounts, setting: Setting) -> tuple[pl.DataFrame, registers.Resolved]:
    """Sound pauses sorted for the lake, and every row's account. A pause may begin after the tape; it may be open."""
    account = accounts.resolve(sieve, setting)
    days = [taking.day(sieve, name, setting) for name in ("from_on", "to_on")]
    sieve.reject(days[1] < days[0], column="to_on", reason=reasons.DATE_OUT_OF_ORDER)
    reason = taking.code(sieve, "reason", setting)
    frame = pl.DataFrame([account.column("account_id"), account.column("customer_id"), *days, reason])
    sieve.settle_duplicates(frame, schemas.KEYS["pauses"], column="from_on")
    kept = sieve.kept(frame).select(list(schemas.PAUSES))
    return kept.sort([*schemas.SORT["pauses"], "reason"]), account
