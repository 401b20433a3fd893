"""Turns a column of major units, however it is written, into exact minor units; what is not exact is named.

Called by the modules of the tables. Text never passes through a float; a binary float is taken only when exactly one
amount of the currency reads back as that float. Reads whatever `kernel.money.parse_minor` reads, to the same amount;
beyond that a leading plus, zeros past the last minor digit, and nothing on one side of the point, as exports have.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from arrears.decisions.tape import compiling, reasons, refusals
from arrears.decisions.tape.parsed import Parsed
from arrears.kernel import money

_OK, _MALFORMED, _NEGATIVE, _OVER_PRECISE, _TOO_LARGE = range(5)
_REASONS = {
    _MALFORMED: reasons.AMOUNT_MALFORMED,
    _NEGATIVE: reasons.AMOUNT_NEGATIVE,
    _OVER_PRECISE: reasons.AMOUNT_OVER_PRECISE,
    _TOO_LARGE: reasons.AMOUNT_TOO_LARGE,
}
_LIMIT = money.MINOR_LIMIT
#: A float32 tells neighbouring whole numbers apart up to here.
_FLOAT32_EXACT = 2**24


def exponents(currencies: pl.Series) -> pl.Series:
    """Digits after the point of each currency, as UInt8; a missing currency counts as two."""
    return currencies.replace_strict(money.EXPONENTS, default=2, return_dtype=pl.UInt8).fill_null(2)


def parse(values: pl.Series, digits: pl.Series, *, file: str) -> Parsed:
    """Amounts of any written type as Int64 minor units.

    values  : (n,) text, decimal, integer or float, in major units; null or blank text is no amount, not a problem
    digits  : (n,) UInt8 digits after the point of each row's currency
    returns : values null where missing or refused; each problem as (reason, (n,) boolean)
    raises  : ColumnType when the column is of another type
    example : parse(["1234.56", "-1"], [2, 2]) -> [123456, null], amount_negative on row 1
    """
    kind = values.dtype
    if kind == pl.String:
        return _from_text(values, digits)
    if isinstance(kind, pl.Decimal):
        return _from_scaled(values.to_physical(), kind.scale or 0, digits)
    if kind.is_integer():
        return _from_scaled(values.cast(pl.Int128), 0, digits)
    if kind.is_float():
        return _from_float(values, digits)
    if kind == pl.Null:
        return Parsed(values.cast(pl.Int64))
    raise refusals.ColumnType(file=file, column=values.name, type=str(kind), expected="an amount")


def _named(minor: pl.Series, *problems: tuple[int, pl.Series]) -> Parsed:
    """Values with their problems, the first that applies taking the row."""
    found, taken = [], pl.repeat(False, len(minor), dtype=pl.Boolean, eager=True)
    for status, mask in problems:
        mask = mask.fill_null(False) & ~taken
        if mask.any():
            found.append((_REASONS[status], mask))
            taken = taken | mask
    if found:
        minor = minor.set(taken, None)
    return Parsed(minor, tuple(found))


def _from_text(values: pl.Series, digits: pl.Series) -> Parsed:
    arrow = values.rechunk().fill_null("").to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = arrow.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[arrow.offset : arrow.offset + len(arrow) + 1]
    text = np.frombuffer(data or b"", dtype=np.uint8)  # blank ones too of the type that machine code is made for
    minor, status, blank = _parse(bounds, text, digits.to_numpy(), _LIMIT)
    masks = [(code, pl.Series(status == code)) for code in _REASONS if (status == code).any()]
    parsed = pl.Series(values.name, minor)
    return _named(parsed.set(pl.Series(blank), None) if blank.any() else parsed, *masks)


@compiling.compiled
def _parse(bounds, text, digits, limit):  # type: ignore[no-untyped-def]
    """Fold over the bytes of each value: blanks around, one sign, digits with at most one point; nothing else."""
    count = len(bounds) - 1
    minor = np.zeros(count, np.int64)
    status = np.zeros(count, np.uint8)
    blank = np.zeros(count, np.bool_)
    for row in range(count):
        start, end = bounds[row], bounds[row + 1]
        while start < end and (text[start] == 32 or text[start] == 9):
            start += 1
        while end > start and (text[end - 1] == 32 or text[end - 1] == 9):
            end -= 1
        if start == end:
            blank[row] = True
            continue
        negative = text[start] == 45
        if negative or text[start] == 43:
            start += 1
        value, seen, after, point, state = np.int64(0), 0, 0, False, 0
        for position in range(start, end):
            byte = text[position]
            if byte == 46 and not point:
                point = True
            elif 48 <= byte <= 57:
                seen += 1
                digit = np.int64(byte) - 48
                if point and after >= digits[row]:
                    if digit and state == 0:
                        state = 3
                elif value < limit:
                    value = np.int64(value * 10 + digit)
                    after += 1 if point else 0
            else:
                state = 1
                break
        if state == 1 or seen == 0:
            status[row] = 1
            continue
        for _ in range(digits[row] - after):
            if value < limit:
                value = np.int64(value * 10)
        if value >= limit:
            state = 4
        if negative and (value > 0 or state > 0):
            state = 2
        minor[row] = value
        status[row] = state
    return minor, status, blank


def _from_scaled(units: pl.Series, scale: int, digits: pl.Series) -> Parsed:
    """Integers that stand for value × 10^scale, as decimals are kept."""
    lowest, highest = units.min(), units.max()
    if (digits == scale).all():
        if lowest is None or (int(str(lowest)) >= 0 and int(str(highest)) < _LIMIT):
            return Parsed(units.cast(pl.Int64))
        scaled, rest = units, pl.repeat(False, len(units), dtype=pl.Boolean, eager=True)
    else:
        wide = digits.cast(pl.Int32) - scale
        up = pl.Series((10 ** np.maximum(wide.to_numpy(), 0)).astype(np.int64))
        down = pl.Series((10 ** np.maximum(-wide.to_numpy(), 0).astype(np.int64)).astype(np.int64))
        bounded = units.clip(-(10**27), 10**27)
        scaled = bounded.cast(pl.Int128) // down.cast(pl.Int128) * up.cast(pl.Int128)
        rest = (bounded.cast(pl.Int128) % down.cast(pl.Int128)) != 0
    large = scaled.abs() >= _LIMIT
    minor = scaled.clip(-_LIMIT, _LIMIT).cast(pl.Int64)
    return _named(minor, (_NEGATIVE, units < 0), (_TOO_LARGE, large), (_OVER_PRECISE, rest))


def _from_float(values: pl.Series, digits: pl.Series) -> Parsed:
    """Floats, only where one amount and no other reads back as that float."""
    wide = values.cast(pl.Float64)
    power = pl.Series(10.0 ** digits.to_numpy().astype(np.float64))
    scaled = (wide * power).round(0)
    finite = wide.is_finite()
    back = scaled / power
    exact = back == wide
    if values.dtype == pl.Float32:
        exact = (back.cast(pl.Float32) == values) & (scaled.abs() < _FLOAT32_EXACT)
    large = scaled.abs() >= _LIMIT
    minor = scaled.set((~finite | large).fill_null(False), None).cast(pl.Int64)
    return _named(minor, (_MALFORMED, ~finite), (_NEGATIVE, wide < 0), (_TOO_LARGE, large), (_OVER_PRECISE, ~exact))
