"""Which rows of the two optional histories, spending and earlier contacts, are sound. Called by `reading`."""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, fields, reasons, registers
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def sift_spending(sieve: Sieve, customers: registers.Customers, setting: Setting) -> pl.DataFrame:
    """What each customer spent by day and category: several purchases of a day and category are added up."""
    policy, file = setting.policy, sieve.file
    ids = _customer(sieve, setting)
    customer = customers.resolve(sieve, ids, setting)
    spent = fields.dates(sieve.column("spent_on"), earliest=policy.date_earliest, latest=policy.date_latest, file=file)
    spent_on = sieve.take("spent_on", spent)
    sieve.reject(spent_on > setting.as_of, column="spent_on", reason=reasons.DATE_IN_FUTURE)
    digits = customer["digits"].fill_null(2)
    amount = sieve.take("amount", amounts.parse(sieve.column("amount"), digits, file=file)).alias("amount_minor")
    category = _code(sieve, "category", setting)
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
    ids = _customer(sieve, setting)
    customers.resolve(sieve, ids, setting)
    at = sieve.take("at", fields.moments(sieve.column("at"), zone=setting.policy.zone, file=sieve.file))
    years = at.dt.date()
    absurd = (years < setting.policy.date_earliest) | (years > setting.policy.date_latest)
    sieve.reject(absurd, column="at", reason=reasons.DATE_ABSURD)
    local = at.dt.convert_time_zone(setting.policy.zone).dt.date()
    sieve.reject(local > setting.as_of, column="at", reason=reasons.DATE_IN_FUTURE)
    channel = _code(sieve, "channel", setting).str.to_uppercase().replace(dict(setting.policy.channels))
    frame = pl.DataFrame([ids, at, channel, _code(sieve, "outcome", setting).str.to_uppercase()])
    sieve.settle_duplicates(frame, schemas.KEYS["contact_history"], column="at")
    kept = sieve.kept(frame).select(list(schemas.CONTACT_HISTORY))
    return kept.sort([*schemas.SORT["contact_history"], "channel"])


def _customer(sieve: Sieve, setting: Setting) -> pl.Series:
    found = fields.identifier(sieve.column("customer_id"), policy=setting.policy, file=sieve.file)
    return sieve.take("customer_id", found)


def _code(sieve: Sieve, name: str, setting: Setting) -> pl.Series:
    found = fields.code(sieve.column(name), policy=setting.policy, file=sieve.file)
    return sieve.take(name, found)
