"""The built-in functions on ranges and points: before, after, meets, overlaps and their kin (DMN 10.3.4.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from arrears.decisions.tables.rowwise import values
from arrears.decisions.tables.rowwise.values import Feel, Range


def _range(value: Feel) -> Range:
    """A point is the range that holds it alone."""
    return value if isinstance(value, Range) else Range(value, True, value, True)


def _is(sign: str, left: Feel, right: Feel) -> bool:
    return (values.equal(left, right) if sign == "=" else values.order(sign, left, right)) is True


def before(a: Feel, b: Feel) -> Feel:
    one, other = _range(a), _range(b)
    if values.order("<", one.high, other.low) is None:
        return None
    touching = _is("=", one.high, other.low) and not (one.high_closed and other.low_closed)
    return _is("<", one.high, other.low) or touching


def meets(a: Range, b: Range) -> Feel:
    return a.high_closed and b.low_closed and _is("=", a.high, b.low)


def includes(a: Feel, b: Feel) -> Feel:
    one, other = _range(a), _range(b)
    if values.order("<", one.low, other.low) is None:
        return None
    low = _is("<", one.low, other.low) or (_is("=", one.low, other.low) and (one.low_closed or not other.low_closed))
    high = _is(">", one.high, other.high) or (
        _is("=", one.high, other.high) and (one.high_closed or not other.high_closed)
    )
    return low and high


def overlaps(a: Range, b: Range) -> Feel:
    apart = before(a, b)
    return None if apart is None else not apart and not before(b, a)


def overlaps_before(a: Range, b: Range) -> Feel:
    starts = _is("<", a.low, b.low) or (_is("=", a.low, b.low) and a.low_closed and not b.low_closed)
    ends = _is("<", a.high, b.high) or (_is("=", a.high, b.high) and (not a.high_closed or b.high_closed))
    return bool(overlaps(a, b)) and starts and ends


def starts(a: Feel, b: Range) -> Feel:
    one = _range(a)
    return _is("=", one.low, b.low) and one.low_closed is b.low_closed and bool(includes(b, one))


def finishes(a: Feel, b: Range) -> Feel:
    one = _range(a)
    return _is("=", one.high, b.high) and one.high_closed is b.high_closed and bool(includes(b, one))


def coincides(a: Feel, b: Feel) -> Feel:
    one, other = _range(a), _range(b)
    closed = (one.low_closed, one.high_closed) == (other.low_closed, other.high_closed)
    return closed and _is("=", one.low, other.low) and _is("=", one.high, other.high)


def _turned(body: Callable[[Feel, Feel], Feel]) -> Callable[[Feel, Feel], Feel]:
    return lambda a, b: body(b, a)


def _two(body: Callable[..., Feel]) -> list[tuple[str, Callable[..., Feel]]]:
    return [("a, b", lambda a, b: None if a is None or b is None else body(a, b))]


def _ranges(body: Callable[..., Feel]) -> list[tuple[str, Callable[..., Feel]]]:
    """Of two ranges alone."""
    return [("a, b", lambda a, b: body(a, b) if isinstance(a, Range) and isinstance(b, Range) else None)]


FUNCTIONS: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]] = {
    "before": _two(before),
    "after": _two(_turned(before)),
    "meets": _ranges(meets),
    "met by": _ranges(_turned(meets)),
    "overlaps": _ranges(overlaps),
    "overlaps before": _ranges(overlaps_before),
    "overlaps after": _ranges(_turned(overlaps_before)),
    "includes": _two(includes),
    "during": _two(_turned(includes)),
    "starts": [("a, b", lambda a, b: starts(a, b) if isinstance(b, Range) and a is not None else None)],
    "started by": [("a, b", lambda a, b: starts(b, a) if isinstance(a, Range) and b is not None else None)],
    "finishes": [("a, b", lambda a, b: finishes(a, b) if isinstance(b, Range) and a is not None else None)],
    "finished by": [("a, b", lambda a, b: finishes(b, a) if isinstance(a, Range) and b is not None else None)],
    "coincides": _two(coincides),
}
