"""Turns raw columns into dates, numbers, identifiers, codes and texts, naming what cannot be turned.

Called by the modules of the tables. Every function takes a raw column and gives `Parsed`; none of them knows which
table it serves, and none repairs a value beyond trimming the blanks around it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions.tape import personal, reasons, refusals
from arrears.decisions.tape.parsed import Parsed
from arrears.decisions.tape.policy import TapePolicy

#: C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of writing.
_CONTROLS = r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
#: Whatever may need trimming or refusing in plain ASCII: most columns of identifiers have none of it.
_ASCII_ODD = r"[\x00-\x20\x7f]"


def as_text(values: pl.Series, *, file: str) -> pl.Series:
    """Any scalar column as text without blanks around; blank becomes null.

    raises : ColumnType for floats (1e5 is no identifier), lists, structs and bytes
    """
    kind = values.dtype
    if kind == pl.String:
        text = values
    elif kind.is_integer() or kind in (pl.Null, pl.Categorical, pl.Enum, pl.Boolean, pl.Date):
        text = values.cast(pl.String)
    else:
        raise refusals.ColumnType(file=file, column=values.name, type=str(kind), expected="text")
    if not _is_plain(text):
        text = text.str.strip_chars()
    empty = text == ""
    return text.set(empty.fill_null(False), None) if empty.any() else text


def _is_plain(text: pl.Series) -> bool:
    """All ASCII without blanks or controls, found without looking at Unicode classes."""
    ascii_only = text.str.len_bytes().sum() == text.str.len_chars().sum()
    return bool(ascii_only and not text.str.contains(_ASCII_ODD).any())


def identifier(values: pl.Series, *, policy: TapePolicy, file: str) -> Parsed:
    """Identifiers: text without control characters, of bounded length, that names nobody."""
    return _named(as_text(values, file=file), policy.id_characters, reasons.ID_MALFORMED, policy)


def code(values: pl.Series, *, policy: TapePolicy, file: str) -> Parsed:
    """Codes such as a product or a channel: as identifiers, but few different ones, so only those are looked at."""

    def checked(those: pl.Series) -> Parsed:
        return _named(as_text(those, file=file), policy.code_characters, reasons.CODE_MALFORMED, policy)

    distinct = values.unique()
    found = checked(distinct)
    if not found.problems and values.dtype == pl.String and distinct.equals(found.values, null_equal=True):
        return Parsed(values)
    return checked(values)


def _named(text: pl.Series, characters: int, reason: str, policy: TapePolicy) -> Parsed:
    people = (reasons.NAMES_A_PERSON, personal.mask(text, policy))
    longest = text.str.len_chars().max()
    if _is_plain(text) and (longest is None or int(str(longest)) <= characters):
        return _refused(text, people)
    return _refused(text, (reason, (text.str.len_chars() > characters) | text.str.contains(_CONTROLS)), people)


def bounded_text(values: pl.Series, *, characters: int, file: str) -> Parsed:
    """Free text kept as it is (formulas and control characters too: it is data), of bounded length."""
    text = as_text(values, file=file)
    return _refused(text, (reasons.TEXT_TOO_LONG, text.str.len_chars() > characters))


def dates(values: pl.Series, *, earliest: date, latest: date, file: str) -> Parsed:
    """ISO dates within the years taken seriously; a timestamp counts only at midnight."""
    kind = values.dtype
    if kind == pl.String:
        text = as_text(values, file=file)
        found = text.str.to_date("%Y-%m-%d", strict=False)
        malformed = found.is_null() & text.is_not_null()
    elif kind in (pl.Date, pl.Null):
        found = values.cast(pl.Date)
        malformed = found.is_null() & values.is_not_null()
    elif isinstance(kind, pl.Datetime) and kind.time_zone is None:
        found = values.cast(pl.Date)
        malformed = found.cast(kind) != values
    else:
        raise refusals.ColumnType(file=file, column=values.name, type=str(kind), expected="a date")
    absurd = (found < earliest) | (found > latest)
    return _refused(found, (reasons.DATE_MALFORMED, malformed), (reasons.DATE_ABSURD, absurd))


def moments(values: pl.Series, *, zone: str, file: str) -> Parsed:
    """ISO 8601 moments as UTC microseconds; one without an offset is local to the zone of the policy."""
    kind = values.dtype
    if isinstance(kind, pl.Datetime):
        local = values.dt.replace_time_zone(zone, ambiguous="earliest") if kind.time_zone is None else values
        return Parsed(local.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC")))
    text = as_text(values, file=file)
    plain = text.str.replace("T", " ", literal=True).str.replace(r"\s?(Z|z)$", "+00:00")
    stamped = plain.str.contains(r"[+-]\d{2}:?\d{2}$")
    zoned = plain.set(~stamped.fill_null(False), None)
    bare = plain.set(stamped.fill_null(False), None)
    utc = zoned.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", strict=False, time_unit="us", time_zone="UTC")
    naive = bare.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    found = pl.select(pl.coalesce(utc, local)).to_series().alias(values.name)
    return _refused(found, (reasons.DATE_MALFORMED, found.is_null() & text.is_not_null()))


def whole_number(values: pl.Series, *, highest: int, file: str) -> Parsed:
    """Whole numbers from 0 to `highest` as Int32; 3.0 in a float column is 3, 3.5 is refused."""
    kind = values.dtype
    if kind == pl.String:
        text = as_text(values, file=file)
        digits = text.str.contains(r"^\d{1,9}$")
        found = text.set(~digits.fill_null(False), None).cast(pl.Int64)
        given = text.is_not_null()
    elif kind.is_numeric() or kind == pl.Null:
        found = values.cast(pl.Int64, strict=False)
        given = values.is_not_null()
        found = found.set((found.cast(kind) != values).fill_null(False), None) if kind.is_numeric() else found
    else:
        raise refusals.ColumnType(file=file, column=values.name, type=str(kind), expected="a whole number")
    outside = ((found < 0) | (found > highest)).fill_null(False)
    refused = (found.is_null() & given) | outside
    return _refused(found.set(refused, None).cast(pl.Int32), (reasons.NUMBER_MALFORMED, refused))


def rate(values: pl.Series, *, highest: float, file: str) -> Parsed:
    """A yearly rate as a share, Float64. It is a feature of models: no money is ever computed from it."""
    kind = values.dtype
    if kind == pl.String:
        text = as_text(values, file=file)
        plain = text.str.contains(r"^[+-]?(\d+\.?\d*|\.\d+)$").fill_null(False)
        found, given = text.set(~plain, None).cast(pl.Float64), text.is_not_null()
    elif kind.is_numeric() or kind == pl.Null:
        found, given = values.cast(pl.Float64), values.is_not_null()
    else:
        raise refusals.ColumnType(file=file, column=values.name, type=str(kind), expected="a rate")
    sound = (found.is_finite() & (found >= 0) & (found <= highest)).fill_null(False)
    return _refused(found, (reasons.RATE_MALFORMED, given & ~sound))


def matching(values: pl.Series, pattern: str, *, reason: str, file: str) -> Parsed:
    """Codes of a fixed shape, such as CNY or CN-31."""
    text = as_text(values, file=file)
    return _refused(text, (reason, ~text.str.contains(pattern)))


def one_of(values: pl.Series, allowed: tuple[str, ...], *, reason: str, file: str) -> Parsed:
    """Codes of a closed list; letter case does not matter."""
    text = as_text(values, file=file).str.to_uppercase()
    return _refused(text, (reason, ~text.is_in(allowed)))


def _refused(values: pl.Series, *problems: tuple[str, pl.Series]) -> Parsed:
    found = tuple((reason, mask.fill_null(False)) for reason, mask in problems if mask.any())
    return Parsed(values, found)
