"""Which customers of the tape are sound; what of them goes to the lake, and what only to the vault.

Called by `reading`. Names, ID numbers, birth dates and employers leave this module in the identity table alone; the
lake learns the year of birth.
"""

from __future__ import annotations

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import amounts, fields, reasons, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve
from arrears.kernel import money

IDENTITY = {
    "customer_id": pl.String,
    "name": pl.String,
    "id_number": pl.String,
    "birth_on": pl.Date,
    "employer": pl.String,
}


def sift(
    sieve: Sieve, accounts: pl.DataFrame, setting: Setting
) -> tuple[pl.DataFrame, pl.DataFrame, registers.Customers]:
    """Sound customers for the lake, their identity for the vault, and the register for other tables.

    accounts : parsed accounts of the same tape: an income is read in the currency of the customer's first account
    """
    policy, file = setting.policy, sieve.file
    ids = taking.identifier(sieve, "customer_id", setting)
    identity = [
        sieve.take(name, fields.bounded_text(sieve.column(name), characters=policy.text_characters, file=file))
        for name in ("name", "id_number", "employer")
    ]
    born = taking.past_day(sieve, "birth_on", setting, earliest=policy.birth_earliest)
    region = fields.matching(
        sieve.column("region_code"), r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", reason=reasons.REGION_MALFORMED, file=file
    )
    digits = _digits(ids, accounts, setting)
    income = sieve.take("monthly_income", amounts.parse(sieve.column("monthly_income"), digits, file=file))
    frame = pl.DataFrame(
        [
            ids,
            *identity,
            born,
            sieve.take("region_code", region),
            _language(sieve, setting),
            income.alias("monthly_income_minor"),
            taking.past_day(sieve, "since_on", setting),
            digits.alias("digits"),
        ]
    ).with_columns(pl.col("birth_on").dt.year().cast(pl.Int32).alias("birth_year"))
    sieve.settle_duplicates(frame, ["customer_id"], column="customer_id")
    kept = sieve.kept(frame).sort("customer_id")
    set_aside = pl.concat([frame["customer_id"].filter(sieve.rejected()).drop_nulls(), sieve.broken()]).unique()
    register = registers.Customers(kept.select("customer_id", "region_code", "digits"), set_aside)
    return kept.select(list(schemas.CUSTOMERS)), kept.select(list(IDENTITY)), register


def _language(sieve: Sieve, setting: Setting) -> pl.Series:
    """zh-Hans or en; a language that the house does not speak is no fault of the row and becomes null."""
    text = fields.as_text(sieve.column("language"), file=sieve.file).str.to_lowercase().str.replace_all("_", "-")
    languages = dict(setting.policy.languages)
    return text.replace_strict(languages, default=None, return_dtype=pl.String).alias("language")


def _digits(ids: pl.Series, accounts: pl.DataFrame, setting: Setting) -> pl.Series:
    """Digits after the point of each customer's money: of the first account stored, else of the first on this tape,
    else of the policy's currency."""
    stored = setting.known.customers(ids.drop_nulls()).select("customer_id", "currency").drop_nulls()
    default = money.exponent(setting.policy.currency)
    currencies = pl.concat([accounts["currency"].unique(), stored["currency"].unique()])
    if (amounts.exponents(currencies) == default).all():
        return pl.repeat(default, len(ids), dtype=pl.UInt8, eager=True)
    firsts = (
        accounts.select("customer_id", "opened_on", "account_id", "currency")
        .drop_nulls()
        .sort("opened_on", "account_id")
        .select("customer_id", "currency")
    )
    firsts = pl.concat([stored, firsts]).unique("customer_id", keep="first", maintain_order=True)
    firsts = firsts.with_columns(amounts.exponents(firsts["currency"]).alias("digits"))
    joined = pl.DataFrame({"customer_id": ids}).join(
        firsts.select("customer_id", "digits"), on="customer_id", how="left", maintain_order="left"
    )
    return joined["digits"].fill_null(default)
