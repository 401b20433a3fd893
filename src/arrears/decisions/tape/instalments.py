"""Which instalments are sound: of a known account, numbered once, due in order, worth an exact amount.

Called by `reading`. The largest table of a tape: after one look-up per run of rows, everything is integers.
"""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, fields, reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve

#: An instalment number fits in 17 bits, so (account index, number) packs into one integer.
NUMBER_HIGHEST = 99_999
_NUMBER_BITS = 17


def sift(sieve: Sieve, accounts: registers.Accounts, setting: Setting) -> tuple[pl.DataFrame, registers.Resolved]:
    """Sound instalments sorted for the lake, and every row's account."""
    file = sieve.file
    account = accounts.resolve(sieve, setting)
    number = fields.whole_number(sieve.column("number"), highest=NUMBER_HIGHEST, file=file)
    columns = [account.index, sieve.take("number", number), taking.day(sieve, "due_on", setting)]
    sieve.reject(columns[-1] < account.column("opened_on"), column="due_on", reason=reasons.DATE_OUT_OF_ORDER)
    digits = account.digits()
    for name in ("principal", "interest", "fee", "penalty"):
        values = sieve.take(name, amounts.parse(sieve.column(name), digits, file=file))
        columns.append(values.fill_null(0).alias(f"{name}_minor"))
        sieve.release(name)
    account.check_currency(sieve)
    ordered = _in_order(sieve, pl.DataFrame(columns))
    index = ordered["index"]
    frame = ordered.with_columns(
        account.frame["account_id"].gather(index), account.frame["customer_id"].gather(index)
    ).select(list(schemas.INSTALMENTS))
    return frame, account


def _in_order(sieve: Sieve, frame: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows by account and number, after settling repeated numbers and due dates that run backwards."""
    rows = _sorted(sieve, frame)
    if (rows["key"] == rows["key"].shift(1)).any():
        sieve.settle_duplicates(frame, ["index", "number"], column="number")
        rows = _sorted(sieve, frame)
    backwards = ((rows["index"] == rows["index"].shift(1)) & (rows["due_on"] < rows["due_on"].shift(1))).fill_null(
        False
    )
    if backwards.any():
        sieve.reject(sieve.mask(rows["row"].filter(backwards)), column="due_on", reason=reasons.DATE_OUT_OF_ORDER)
        rows = rows.filter(~backwards)
    return rows


def _sorted(sieve: Sieve, frame: pl.DataFrame) -> pl.DataFrame:
    key = frame["index"].cast(pl.Int64) * (1 << _NUMBER_BITS) + frame["number"]
    rows = sieve.kept(frame.with_columns(key.alias("key")).with_row_index("row"))
    return rows if rows["key"].is_sorted() else rows.sort("key", "row")
