"""Money as integer minor units with a currency; every fen is accounted for.

Used by every floor above. Never a float, never a division: `split` is the only way to share an amount, and it
gives back exactly what it took.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


class CurrencyMismatch(InvalidInput):
    code = "currency_mismatch"
    message = "Amounts in {left} and {right} cannot be combined."


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


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (fen, cents) of one currency. Adding unlike currencies raises CurrencyMismatch."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise InvalidInput(f"minor units must be an integer, not {self.minor!r}")

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._check(other)
        return self.minor <= other.minor

    def split(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Share by weights with the largest remainder; ties go to the earlier part.

        weights : each ≥ 0, at least one > 0
        returns : as many parts as weights; they sum to self exactly
        example : Money(100, "CNY").split([1, 1, 1]) -> 34, 33, 33
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise InvalidInput("weights must be non-negative and not all zero")
        sign, amount = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        floors = [amount * w // total for w in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
        for i in by_remainder[: amount - sum(floors)]:
            floors[i] += 1
        return tuple(Money(sign * part, self.currency) for part in floors)

    def _check(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency}"
