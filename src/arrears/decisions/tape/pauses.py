"""Which pauses of ageing or contact are sound. Called by `reading`; what a pause stops is the product policy's say."""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import fields, reasons, registers
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def sift(sieve: Sieve, accounts: registers.Accounts, setting: Setting) -> tuple[pl.DataFrame, registers.Resolved]:
    """Sound pauses sorted for the lake, and every row's account. A pause may begin after the tape; it may be open."""
    policy, file = setting.policy, sieve.file
    account = accounts.resolve(sieve, setting)
    days = [
        sieve.take(
            name,
            fields.dates(sieve.column(name), earliest=policy.date_earliest, latest=policy.date_latest, file=file),
        )
        for name in ("from_on", "to_on")
    ]
    sieve.reject(days[1] < days[0], column="to_on", reason=reasons.DATE_OUT_OF_ORDER)
    reason = fields.code(sieve.column("reason"), policy=policy, file=file)
    frame = pl.DataFrame([account.column("account_id"), account.column("customer_id"), *days])
    frame = frame.with_columns(sieve.take("reason", reason))
    sieve.settle_duplicates(frame, schemas.KEYS["pauses"], column="from_on")
    kept = sieve.kept(frame).select(list(schemas.PAUSES))
    return kept.sort([*schemas.SORT["pauses"], "reason"]), account
