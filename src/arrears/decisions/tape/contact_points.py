"""Which ways of reaching people are sound; their values go to the vault, the lake gets only a keyed identifier.

Called by `reading`. A telephone number is brought to E.164 with the customer's country as default; the identifier is
derived from a keyed hash (HMAC-SHA256), so nobody without the key can test whether a number is in the lake.
"""

from __future__ import annotations

import hmac
import re

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import fields, phones, reasons, refusals, registers, taking
from arrears.decisions.tape.registers import Setting
from arrears.decisions.tape.sieve import Sieve
from arrears.kernel import identifiers

IDENTITY = {
    "contact_point_id": pl.String,
    "customer_id": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "relation": pl.String,
}
_EMAIL = r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+$"


def contact_point_id(*, key: bytes, customer_id: str, kind: str, value: str, relation: str) -> str:
    """The identifier of a contact point.

    key     : the pseudonym key of the house
    value   : normalised: E.164, lower-case e-mail, or the text as it stands
    returns : 32 hex digits; the same for the same point under the same key
    """
    hashed = hmac.digest(key, value.encode(), "sha256").hex()
    return identifiers.derived_id("contact_point", customer_id, kind, hashed, relation)


def is_email(text: str) -> bool:
    """Is it written as an e-mail address?"""
    return re.fullmatch(_EMAIL, text) is not None


def sift(sieve: Sieve, customers: registers.Customers, setting: Setting) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sound contact points for the lake, and with their values for the vault.

    raises : PseudonymKeyMissing
    """
    if not setting.pseudonym_key:
        raise refusals.PseudonymKeyMissing
    policy, file = setting.policy, sieve.file
    ids = taking.identifier(sieve, "customer_id", setting)
    customer = customers.resolve(sieve, ids, setting)
    codes = [
        sieve.take(name, fields.one_of(sieve.column(name), allowed, reason=reasons.CODE_UNKNOWN, file=file))
        for name, allowed in (("kind", policy.kinds), ("relation", policy.relations))
    ]
    text = sieve.take("value", fields.bounded_text(sieve.column("value"), characters=policy.text_characters, file=file))
    value = _normalised(sieve, codes[0], text, customer["region_code"], setting)
    days = [taking.past_day(sieve, name, setting) for name in ("consented_on", "verified_on")]
    frame = pl.DataFrame([ids, codes[0], value, codes[1], *days])
    sieve.settle_duplicates(frame, ["customer_id", "kind", "value", "relation"], column="value")
    kept = sieve.kept(frame)
    named = [
        contact_point_id(key=setting.pseudonym_key, customer_id=c, kind=k, value=v, relation=r)
        for c, k, v, r in kept.select("customer_id", "kind", "value", "relation").iter_rows()
    ]
    kept = kept.with_columns(pl.Series("contact_point_id", named, dtype=pl.String))
    kept = kept.sort(schemas.SORT["contact_points"])
    return kept.select(list(schemas.CONTACT_POINTS)), kept.select(list(IDENTITY))


def _normalised(sieve: Sieve, kinds: pl.Series, text: pl.Series, regions: pl.Series, setting: Setting) -> pl.Series:
    """Values in the one form that stands for them, rejecting telephone numbers and e-mails that are none."""
    telephone = kinds.is_in(setting.policy.telephones) & text.is_not_null() & sieve.sound()
    countries = regions.str.slice(0, 2).fill_null(setting.policy.region)
    invented = telephone & text.str.contains("|".join(setting.policy.fictitious) or "$^")
    asked = telephone & ~invented
    numbers = phones.normalised(text.filter(asked), countries.filter(asked), kinds.filter(asked))
    dialled = pl.Series([None] * sieve.height, dtype=pl.String).scatter(asked.arg_true(), numbers)
    dialled = dialled.zip_with(~invented.fill_null(False), text)
    sieve.reject(telephone & dialled.is_null(), column="value", reason=reasons.PHONE_INVALID)
    email = kinds == "EMAIL"
    sieve.reject(email & ~text.str.contains(_EMAIL), column="value", reason=reasons.EMAIL_INVALID)
    rows = pl.DataFrame({"text": text, "number": dialled, "telephone": telephone, "email": email})
    return rows.select(
        pl.when("telephone")
        .then(pl.col("number"))
        .when("email")
        .then(pl.col("text").str.to_lowercase())
        .otherwise(pl.col("text"))
        .alias("value")
    ).to_series()
