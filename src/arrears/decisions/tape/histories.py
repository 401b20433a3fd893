"""Which rows of the two optional histories, spending and earlier contacts, are sound. Called by `reading`."""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, fields, reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def sift_spending(sieve: Sieve, customers: registers.Customers, setting: Setting) -> pl.DataFrame:
    """What each customer spent by day and category: several purchases of a day and category are added up."""
    ids = taking.identifier(sieve, "customer_id", setting)
    customer = customers.resolve(sieve, ids, setting)
    spent_on = taking.past_day(sieve, "spent_on", setting)
    digits = customer["digits"].fill_null(2)
    amount = sieve.take("amount", amounts.parse(sieve.column("amount"), digits, file=sieve.file)).alias("amount_minor")
    category = taking.code(sieve, "category", setting)
    frame = pl.DataFrame([ids, spent_on, amount, category])
    keys = schemas.KEYS["spending"]
    later = frame.select(
        pl.int_range(pl.len()).filter(sieve.sound()).alias("row"), *[pl.col(key).filter(sieve.sound()) for key in keys]
    )
    again = later.filter(~pl.struct(keys).is_first_distinct())["row"]
    summed = sieve.kept(frame).group_by(keys).agg(pl.col("amount_minor").sum())
    sieve.collapse(sieve.mask(again))
    return summed.select(list(schemas.SPENDING)).sort(schemas.SORT["spending"])


def sift_contacts(sieve: Sieve, customers: registers.Customers, setting: Setting) -> pl.DataFrame:
    """Contacts that the lender made without this system, one row per customer, moment and channel; channels and
    outcomes in capitals, and channels by our names where the policy knows theirs."""
    ids = taking.identifier(sieve, "customer_id", setting)
    customers.resolve(sieve, ids, setting)
    at = sieve.take("at", fields.moments(sieve.column("at"), zone=setting.policy.zone, file=sieve.file))
    on = at.dt.date()
    absurd = (on < setting.policy.date_earliest) | (on > setting.policy.date_latest)
    sieve.reject(absurd, column="at", reason=reasons.DATE_ABSURD)
    local = at.dt.convert_time_zone(setting.policy.zone).dt.date()
    sieve.reject(local > setting.as_of, column="at", reason=reasons.DATE_IN_FUTURE)
    channel = taking.code(sieve, "channel", setting).str.to_uppercase().replace(dict(setting.policy.channels))
    frame = pl.DataFrame([ids, at, channel, taking.code(sieve, "outcome", setting).str.to_uppercase()])
    sieve.settle_duplicates(frame, schemas.KEYS["contact_history"], column="at")
    kept = sieve.kept(frame).select(list(schemas.CONTACT_HISTORY))
    return kept.sort([*schemas.SORT["contact_history"], "channel"])
