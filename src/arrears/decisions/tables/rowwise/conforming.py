"""Does a value fit its declared type? Plain JSON values become FEEL's; what does not conform becomes null.

Called by `decisions` for what the rows bring, and for what decisions and arguments come to.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from arrears.decisions.tables import decimals, temporal
from arrears.decisions.tables.decimals import DECIMAL
from arrears.decisions.tables.feel import Kind, Months
from arrears.decisions.tables.model import Type
from arrears.decisions.tables.rowwise import expressions, texts, values
from arrears.decisions.tables.rowwise.values import Feel


def brought(value: object, type_: Type) -> Feel:
    """A value of a row, as JSON or a table file has it, as a value of its declared type.

    example : "2026-11-25" as a date -> date(2026, 11, 25); "12" as a number -> 12; "12" as a boolean -> null
    """
    return conforming(_read(value, type_), type_)


def _read(value: object, type_: Type) -> Feel:
    match value:
        case list():
            one = Type(type_.kind, type_.components)
            return [_read(item, one) for item in value]
        case dict():
            read = {str(name): _read(one, type_.components.get(name, Type())) for name, one in value.items()}
            return {**dict.fromkeys(type_.components), **read}  # what a row does not bring is null
        case str():
            return _spelled(value, type_.kind)
        case bool() | None:
            return value
        case int() | float() | Decimal():
            return _number(value)
    return value


def _number(value: float | Decimal) -> Decimal | None:
    if isinstance(value, Decimal):
        return DECIMAL.plus(value) if value.is_finite() else None
    return decimals.number(repr(value))


def _spelled(text: str, kind: Kind) -> Feel:
    """What a text spells as a kind; null when it spells none of that kind."""
    match kind:
        case Kind.NUMBER:
            return decimals.number(text)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text)
        case Kind.DATE:
            return temporal.read_date(text)
        case Kind.TIME:
            return temporal.read_time(text)
        case Kind.DATE_TIME:
            return temporal.read_date_time(text)
        case Kind.DAYS_DURATION | Kind.MONTHS_DURATION:
            return temporal.read_duration(text)
        case Kind.ANY | Kind.STRING:
            return text
    return None


def conforming(value: Feel, type_: Type) -> Feel:
    """The value itself where it is of a type; a list of one for that one, one for the list of it; otherwise null."""
    if value is None:
        return None
    if type_.is_list:
        return _list(value, type_)
    while isinstance(value, list) and len(value) == 1 and type_.kind not in (Kind.ANY, Kind.LIST):
        value = value[0]
    fitted = _scalar(value, type_)
    if type_.allowed is None or fitted is None:
        return fitted
    return fitted if expressions.unary_tests(type_.allowed)(fitted, {}) is True else None


def _list(value: Feel, type_: Type) -> Feel:
    """A list whose items all conform; allowed values speak of the items."""
    items = value if isinstance(value, list) else [value]
    one = Type(type_.kind, type_.components, allowed=type_.allowed)
    made = [conforming(item, one) for item in items]
    return made if all(a is not None or b is None for a, b in zip(made, items, strict=True)) else None


def _scalar(value: Feel, type_: Type) -> Feel:
    if type_.components:
        return _structure(value, type_) if isinstance(value, dict) else None
    if type_.kind is Kind.ANY or values.kind(value) is type_.kind:
        return value
    if type_.kind is Kind.DATE and isinstance(value, datetime):
        return value.date()
    if type_.kind is Kind.DATE_TIME and isinstance(value, date):
        return datetime.combine(value, time(0))
    return None


def _structure(value: dict[str, Feel], type_: Type) -> Feel:
    """A structure that has every component, each of its type or null; one that does not conform spoils the whole."""
    if not type_.components.keys() <= value.keys():
        return None
    made = {name: conforming(value.get(name), part) for name, part in type_.components.items()}
    conforms = all(one is not None or value.get(name) is None for name, one in made.items())
    return {**value, **made} if conforms else None


def printed(value: Feel) -> object:
    """A result as JSON says it: numbers as Decimal, dates and durations as ISO text."""
    match value:
        case None | bool() | str() | Decimal():
            return value
        case list():
            return [printed(item) for item in value]
        case dict():
            return {name: printed(one) for name, one in value.items()}
        case date() | time() | timedelta() | Months():
            return temporal.written(value)
    return texts.shown(value)
