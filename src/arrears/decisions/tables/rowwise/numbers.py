"""The built-in functions on numbers and booleans: rounding, remainders, roots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from arrears.decisions.tables import decimals
from arrears.decisions.tables.decimals import DECIMAL
from arrears.decisions.tables.rowwise import values
from arrears.decisions.tables.rowwise.values import Feel

#: The scale of a number may be no more than this, either way.
SCALES = range(-6111, 6177)


def rounded(mode: str) -> Callable[..., Feel]:
    """A function of (number, scale): so many places behind the point are kept; none when no scale is given."""

    def work(number: Decimal, scale: Decimal | None = None) -> Feel:
        places = 0 if scale is None else int(scale)
        if places not in SCALES:
            return None
        if not number or -number.as_tuple().exponent <= places:  # type: ignore[operator]
            return number
        return number.quantize(Decimal(1).scaleb(-places, DECIMAL), mode, DECIMAL)

    return work


def modulo(dividend: Decimal, divisor: Decimal) -> Feel:
    """FEEL's remainder has the sign of the divisor, and there is none for zero."""
    if not divisor:
        return None
    rest = DECIMAL.remainder(dividend, divisor)
    return DECIMAL.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def square_root(number: Decimal) -> Feel:
    return DECIMAL.sqrt(number) if number >= 0 else None


def logarithm(number: Decimal) -> Feel:
    return DECIMAL.ln(number) if number > 0 else None


def parity(odd: bool) -> Callable[[Decimal], Feel]:
    def work(number: Decimal) -> Feel:
        if number != number.to_integral_value():
            return None
        return (int(number) % 2 == 1) is odd

    return work


def absolute(value: Feel) -> Feel:
    match value:
        case Decimal():
            return DECIMAL.abs(value)
    negative = values.order("<", value, values.arithmetic("-", value, value))
    return values.minus(value) if negative else value


def number_of(text: Feel, grouping: str | None = None, point: str | None = None) -> Feel:
    """number(text, grouping separator, decimal separator)."""
    if isinstance(text, Decimal):
        return text
    if not isinstance(text, str) or (point is not None and point == grouping):
        return None
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    plain = text.replace(grouping, "") if grouping else text
    return decimals.number(plain.replace(point, ".") if point else plain)


NUMBER_AND_SCALE = "n: number, scale: number"
FUNCTIONS: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]] = {
    "floor": [("n: number, scale?: number", rounded(ROUND_FLOOR))],
    "ceiling": [("n: number, scale?: number", rounded(ROUND_CEILING))],
    "decimal": [(NUMBER_AND_SCALE, rounded(ROUND_HALF_EVEN))],
    "round half up": [(NUMBER_AND_SCALE, rounded(ROUND_HALF_UP))],
    "round half down": [(NUMBER_AND_SCALE, rounded(ROUND_HALF_DOWN))],
    "round up": [(NUMBER_AND_SCALE, rounded(ROUND_UP))],
    "round down": [(NUMBER_AND_SCALE, rounded(ROUND_DOWN))],
    "abs": [("n: size", absolute)],
    "modulo": [("dividend: number, divisor: number", modulo)],
    "sqrt": [("number: number", square_root)],
    "log": [("number: number", logarithm)],
    "exp": [("number: number", DECIMAL.exp)],
    "odd": [("number: number", parity(True))],
    "even": [("number: number", parity(False))],
    "number": [("from, grouping separator?: string, decimal separator?: string", number_of)],
    "not": [("negand", values.inverse)],
}
