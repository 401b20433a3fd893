"""Which payments and reversals are sound.

Called by `reading`. A reversal must undo one whole payment of its own account, once; a reversal is never reversed.
Which of two reversals of one payment stands is a rule: the earlier by value date, then by payment_id.
"""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def sift(sieve: Sieve, accounts: registers.Accounts, setting: Setting) -> tuple[pl.DataFrame, registers.Resolved]:
    """Sound payments sorted for the lake, and every row's account."""
    payment_id = taking.identifier(sieve, "payment_id", setting)
    account = accounts.resolve(sieve, setting)
    paid_on = taking.day(sieve, "paid_on", setting)
    sieve.reject(paid_on > setting.as_of, column="paid_on", reason=reasons.PAYMENT_IN_FUTURE)
    sieve.reject(paid_on < account.column("opened_on"), column="paid_on", reason=reasons.DATE_OUT_OF_ORDER)
    amount = sieve.take("amount", amounts.parse(sieve.column("amount"), account.digits(), file=sieve.file))
    sieve.reject(amount == 0, column="amount", reason=reasons.AMOUNT_ZERO)
    sieve.release("amount")
    account.check_currency(sieve)
    frame = pl.DataFrame(
        [
            payment_id,
            account.index,
            paid_on,
            amount.alias("amount_minor"),
            taking.code(sieve, "channel", setting),
            taking.identifier(sieve, "reverses", setting),
            taking.day(sieve, "booked_on", setting),
        ]
    )
    sieve.settle_duplicates(frame, ["payment_id"], column="payment_id")
    _refuse_moved(sieve, frame, account, setting)
    _refuse_contradicted(sieve, frame, account, setting)
    _settle_reversals(sieve, frame, account, setting)
    return _ordered(sieve.kept(frame), account), account


def _ordered(kept: pl.DataFrame, account: registers.Resolved) -> pl.DataFrame:
    """By account, value date and payment_id, with account and customer named."""
    day = kept.select(pl.col("index").cast(pl.Int64) * 2**20 + pl.col("paid_on").to_physical()).to_series()
    within = (day == day.shift(1)) & (kept["payment_id"] < kept["payment_id"].shift(1))
    if not day.is_sorted() or within.any():
        kept = kept.with_columns(day.alias("day")).sort("day", "payment_id")
    index = kept["index"]
    return kept.with_columns(
        account.frame["account_id"].gather(index), account.frame["customer_id"].gather(index)
    ).select(list(schemas.PAYMENTS))


def _refuse_moved(sieve: Sieve, frame: pl.DataFrame, account: registers.Resolved, setting: Setting) -> None:
    """A payment already stored belongs to its account for ever: a misposting is reversed, not moved."""
    named = pl.DataFrame([frame["payment_id"], account.column("account_id"), account.column("customer_id")])
    moved = setting.known.moved_payments(named.filter(sieve.sound()))
    if len(moved):
        sieve.reject(frame["payment_id"].is_in(moved.implode()), column="account_id", reason=reasons.ACCOUNT_CHANGED)


def _refuse_contradicted(sieve: Sieve, frame: pl.DataFrame, account: registers.Resolved, setting: Setting) -> None:
    """A payment that our own books hold is the same on a tape, or somebody looks: neither overwrites the other."""
    own = setting.known.own_payments()
    if own.is_empty():
        return
    told = frame.select("payment_id", "amount_minor").with_columns(account.column("account_id"))
    told = told.join(own, on="payment_id", how="left", maintain_order="left")
    other = (pl.col("account_id") != pl.col("own_account_id")) | (pl.col("amount_minor") != pl.col("own_minor"))
    sieve.reject(told.select(other.fill_null(value=False)).to_series(), column="amount", reason=reasons.PAYMENT_DIFFERS)


def _settle_reversals(sieve: Sieve, frame: pl.DataFrame, account: registers.Resolved, setting: Setting) -> None:
    """Set aside every reversal that does not undo exactly one standing payment of its account."""
    if frame["reverses"].null_count() == frame.height:
        return
    numbered = frame.with_columns(account.column("account_id")).with_row_index("row")
    reversals = sieve.kept(numbered).filter(pl.col("reverses").is_not_null())
    wanted = reversals["reverses"].unique()
    here = sieve.kept(numbered).filter(pl.col("payment_id").is_in(wanted.implode()))
    stored = setting.known.payments(wanted)
    columns = ["payment_id", "account_id", "paid_on", "amount_minor", "reverses"]
    targets = pl.concat([here.select(columns), stored.select(columns)]).unique(
        "payment_id", keep="first", maintain_order=True
    )
    judged = reversals.join(
        targets.select(pl.all().name.prefix("target_")),
        left_on="reverses",
        right_on="target_payment_id",
        how="left",
        maintain_order="left",
    )
    aside = frame["payment_id"].filter(sieve.rejected()).drop_nulls()
    absent = pl.col("target_account_id").is_null()
    for reason, condition in (
        (reasons.REVERSES_QUARANTINED, absent & pl.col("reverses").is_in(aside.implode())),
        (reasons.REVERSES_UNKNOWN, absent),
        (reasons.REVERSES_REVERSAL, pl.col("target_reverses").is_not_null()),
        (reasons.REVERSES_OTHER_ACCOUNT, pl.col("target_account_id") != pl.col("account_id")),
        (reasons.REVERSES_OTHER_AMOUNT, pl.col("target_amount_minor") != pl.col("amount_minor")),
        (reasons.DATE_OUT_OF_ORDER, pl.col("paid_on") < pl.col("target_paid_on")),
        (reasons.REVERSED_TWICE, _second(stored)),
    ):
        hit = judged.select(condition.fill_null(False)).to_series()
        if hit.any():
            sieve.reject(sieve.mask(judged["row"].filter(hit)), column="reverses", reason=reason)
            judged = judged.filter(~hit)


def _second(stored: pl.DataFrame) -> pl.Expr:
    """Not the first reversal of its payment, neither on this tape nor on an earlier one."""
    earlier = stored.filter(pl.col("reverses").is_not_null())
    pairs = dict(earlier.select("reverses", "payment_id").iter_rows())
    already = pl.col("reverses").replace_strict(pairs, default=None, return_dtype=pl.String)
    order = pl.struct("paid_on", "payment_id").rank("ordinal").over("reverses")
    return pl.when(already.is_not_null()).then(already != pl.col("payment_id")).otherwise(order > 1)
