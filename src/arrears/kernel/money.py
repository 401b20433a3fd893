"""Money as integer minor units of a currency: how it is read from text and written.

Used by every floor above. Never a float: every text has one reading, or none.
"""

from __future__ import annotations

import re

from arrears.kernel.errors import InvalidInput

#: Digits after the point where they are not two (ISO 4217).
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}

#: The largest amount any one field may hold: keeps every sum of a partition inside int64.
MINOR_LIMIT = 10**15

#: How money is written: ASCII digits, and after a dot a fraction. No exponent, no separator, no blank, no other digits.
TEXT = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


class NotAnAmount(InvalidInput):
    code = "not_an_amount"
    message = "Not an amount: {text}"


class AmountTooLarge(InvalidInput):
    code = "amount_too_large"
    message = "No single amount may be so large: {text}"


class AmountTooPrecise(InvalidInput):
    code = "amount_too_precise"
    message = "{currency} has {digits} decimals, which is fewer than in {text}"


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency's major unit."""
    return EXPONENTS.get(currency, 2)


def parse_minor(text: str, currency: str) -> int:
    """Decimal major units as text → integer minor units; every text has one reading, or none.

    text    : TEXT, with at most as many digits after the dot as the currency has
    raises  : NotAnAmount, AmountTooPrecise, AmountTooLarge
    example : parse_minor("1234.56", "CNY") -> 123456; parse_minor("1234", "JPY") -> 1234
    """
    written = TEXT.fullmatch(text)
    if written is None:
        raise NotAnAmount(text=repr(text))
    sign, whole, fraction = written.group(1), written.group(2).lstrip("0"), written.group(3) or ""
    digits = exponent(currency)
    if len(whole) + digits >= len(str(MINOR_LIMIT)):
        raise AmountTooLarge(text=repr(text))
    if len(fraction) > digits:
        raise AmountTooPrecise(currency=currency, digits=digits, text=repr(text))
    minor = int(f"{whole}{fraction:0<{digits}}" or "0")
    return -minor if sign else minor


def format_minor(minor: int, currency: str) -> str:
    """Integer minor units → plain decimal major units, the inverse of `parse_minor`."""
    digits = exponent(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    point = f".{rest:0{digits}d}" if digits else ""
    return f"{'-' if minor < 0 else ''}{whole}{point}"
