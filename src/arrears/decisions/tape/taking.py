"""Columns as many tables have them, parsed under the policy and taken into the sieve: identifiers, codes, dates.

Called by the modules of the tables; each column is named as the contract has it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions.tape import fields, reasons
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve


def identifier(sieve: Sieve, name: str, setting: Setting) -> pl.Series:
    return sieve.take(name, fields.identifier(sieve.column(name), policy=setting.policy, file=sieve.file))


def code(sieve: Sieve, name: str, setting: Setting) -> pl.Series:
    return sieve.take(name, fields.code(sieve.column(name), policy=setting.policy, file=sieve.file))


def day(sieve: Sieve, name: str, setting: Setting, *, earliest: date | None = None) -> pl.Series:
    """A date from the policy's earliest (or another) to its latest."""
    first, last = earliest or setting.policy.date_earliest, setting.policy.date_latest
    return sieve.take(name, fields.dates(sieve.column(name), earliest=first, latest=last, file=sieve.file))


def past_day(sieve: Sieve, name: str, setting: Setting, *, earliest: date | None = None) -> pl.Series:
    """The date of something that has happened: no later than the tape."""
    values = day(sieve, name, setting, earliest=earliest)
    sieve.reject(values > setting.as_of, column=name, reason=reasons.DATE_IN_FUTURE)
    return values
