"""Brings telephone numbers to E.164. Called by `contact_points` and by whoever must recognise a number again.

The numbering plans are those of the phonenumbers library. Most numbers of a tape are plain mobile numbers of one
country: those are matched against that country's own pattern in one pass over the column, with the same result as
asking the library one by one, which the tests prove; the library is asked about the rest.
"""

from __future__ import annotations

import phonenumbers
import polars as pl
from phonenumbers import PhoneMetadata, PhoneNumberType

_MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalised(values: pl.Series, countries: pl.Series, kinds: pl.Series) -> pl.Series:
    """E.164 of each number, null where it is none.

    values    : (n,) text as written
    countries : (n,) ISO 3166 alpha-2, the default when no country code is written
    kinds     : (n,) MOBILE must be a mobile number; any other kind any valid number
    """
    frame = pl.DataFrame({"value": values, "country": countries, "kind": kinds})
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("number"))
    for country in frame["country"].unique().sort():
        frame = frame.with_columns(
            pl.when((pl.col("country") == country) & (pl.col("kind") == "MOBILE"))
            .then(_plain_mobiles(country))
            .otherwise("number")
            .alias("number")
        )
    rest = frame.filter(pl.col("number").is_null()).select("value", "country", "kind").unique()
    if not rest.height:
        return frame["number"].alias("value")
    asked = rest.with_columns(pl.Series("asked", [e164(*row) for row in rest.iter_rows()], dtype=pl.String))
    joined = frame.join(asked, on=["value", "country", "kind"], how="left", maintain_order="left", nulls_equal=True)
    return joined.select(pl.coalesce("number", "asked").alias("value")).to_series()


def e164(value: str, country: str, kind: str) -> str | None:
    """One number as the library understands it.

    example : e164("138 1234 5678", "CN", "MOBILE") -> "+8613812345678"; a landline as MOBILE -> None
    """
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    if kind == "MOBILE" and phonenumbers.number_type(number) not in _MOBILE_TYPES:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _plain_mobiles(country: str) -> pl.Expr:
    """E.164 where the value is a national mobile number, alone or after + and the country code; else null.

    Numbers that begin with something the country's plan would strip first are left to the library.
    """
    plan = PhoneMetadata.metadata_for_region(country, None)
    if plan is None or plan.mobile is None or not plan.mobile.national_number_pattern:
        return pl.lit(None, dtype=pl.String)
    code = str(plan.country_code)
    bare = pl.col("value").str.replace_all(r"[ \-]", "")
    national = bare.str.strip_prefix(f"+{code}")
    sound = national.str.contains(f"^(?:{plan.mobile.national_number_pattern})$")
    if plan.national_prefix_for_parsing:
        sound = sound & ~national.str.contains(f"^(?:{plan.national_prefix_for_parsing})")
    if plan.fixed_line is not None and plan.fixed_line.national_number_pattern:
        sound = sound & ~national.str.contains(f"^(?:{plan.fixed_line.national_number_pattern})$")
    return pl.when(sound).then(pl.lit(f"+{code}") + national)
