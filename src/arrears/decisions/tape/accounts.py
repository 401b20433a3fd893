"""Which accounts of the tape are sound, and whose they are.

Called by `reading` in two steps, because incomes are read in the currency of the customer's accounts while an
account stands on its customer: `parse` first, `settle` once the customers are known.
"""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, fields, reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def parse(sieve: Sieve, setting: Setting) -> pl.DataFrame:
    """Every row's values, with what is wrong in itself rejected. Row for row as the sieve; columns of the lake."""
    file = sieve.file
    columns = [taking.identifier(sieve, name, setting) for name in ("account_id", "customer_id")]
    columns.append(taking.code(sieve, "product_code", setting))
    currency = fields.matching(sieve.column("currency"), r"^[A-Z]{3}$", reason=reasons.CURRENCY_MALFORMED, file=file)
    columns.append(sieve.take("currency", currency))
    columns.append(taking.past_day(sieve, "opened_on", setting))
    digits = amounts.exponents(currency.values)
    for name in ("principal", "credit_limit"):
        taken = sieve.take(name, amounts.parse(sieve.column(name), digits, file=file))
        columns.append(taken.alias(f"{name}_minor"))
    rate = fields.rate(sieve.column("apr"), highest=setting.policy.apr_highest, file=file)
    columns.append(sieve.take("apr", rate))
    columns += [taking.code(sieve, name, setting) for name in ("status", "insured_by")]
    frame = pl.DataFrame(columns).select(list(schemas.ACCOUNTS))
    sieve.settle_duplicates(frame, ["account_id"], column="account_id")
    return frame


def settle(
    sieve: Sieve, frame: pl.DataFrame, customers: registers.Customers | None, setting: Setting
) -> tuple[pl.DataFrame, registers.Accounts]:
    """The accounts that stand, sorted for the lake, and the register that other tables are resolved against.

    customers : None when the customers file is not being read: then nobody is asked whether a customer exists
    """
    if customers is not None:
        customers.resolve(sieve, frame["customer_id"], setting)
    stored = setting.known.accounts(frame["account_id"])
    if stored.height:
        before = frame.select("account_id").join(
            stored, on="account_id", how="left", maintain_order="left", validate="m:1"
        )
        sieve.reject(
            before["customer_id"] != frame["customer_id"], column="customer_id", reason=reasons.CUSTOMER_CHANGED
        )
        sieve.reject(before["currency"] != frame["currency"], column="currency", reason=reasons.CURRENCY_MISMATCH)
    kept = sieve.kept(frame).sort(schemas.SORT["accounts"])
    set_aside = pl.concat([frame["account_id"].filter(sieve.rejected()).drop_nulls(), sieve.broken()]).unique()
    register = kept.select("account_id", "customer_id", "currency", "opened_on").with_columns(
        amounts.exponents(kept["currency"]).alias("digits")
    )
    standing = set_aside.filter(~set_aside.is_in(kept["account_id"].implode()))
    return kept, registers.Accounts(register, standing)
