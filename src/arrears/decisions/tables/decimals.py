"""How does FEEL count? In decimals of 34 digits, as IEEE 754's decimal128.

Called by everything that reads, works out or writes a number exactly.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow

DECIMAL = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
#: Beyond this exponent a number is written with one.
WRITTEN_OUT = 40


def number(text: str) -> Decimal | None:
    """The number that a text spells, or None."""
    try:
        found = DECIMAL.create_decimal(text.strip())
    except DecimalException:
        return None
    return found if found.is_finite() else None


def written(value: Decimal) -> str:
    """A number as JSON has it: no zeros at its end, no point in a whole number."""
    value = value.normalize(DECIMAL)
    if not value:
        return "0"
    if abs(value.adjusted()) > WRITTEN_OUT:
        return str(value)
    return f"{value:f}"
