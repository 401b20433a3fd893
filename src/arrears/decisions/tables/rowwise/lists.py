"""The built-in functions on lists and contexts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce

from arrears.decisions.tables.decimals import DECIMAL
from arrears.decisions.tables.rowwise import values
from arrears.decisions.tables.rowwise.values import Feel


def holds(items: list[Feel], wanted: Feel) -> bool:
    """list contains(list, element)."""
    return any(values.equal(item, wanted) is True for item in items)


def least(items: list[Feel], sign: str = "<") -> Feel:
    """min(list), or max(list) with the other sign; null when items do not order each other."""
    if not items:
        return None
    best = items[0]
    if values.order("<=", best, best) is None:
        return None
    for item in items[1:]:
        better = values.order(sign, item, best)
        if better is None:
            return None
        best = item if better else best
    return best


def most(items: list[Feel]) -> Feel:
    return least(items, ">")


def are_numbers(items: list[Feel]) -> bool:
    return bool(items) and all(isinstance(item, Decimal) for item in items)


def total(items: list[Feel]) -> Feel:
    """sum(list): exact to 34 digits; null of nothing or of anything but numbers."""
    return reduce(DECIMAL.add, items, Decimal(0)) if are_numbers(items) else None


def mean(items: list[Feel]) -> Feel:
    return DECIMAL.divide(total(items), Decimal(len(items))) if are_numbers(items) else None


def product(items: list[Feel]) -> Feel:
    return reduce(DECIMAL.multiply, items, Decimal(1)) if are_numbers(items) else None


def median(items: list[Feel]) -> Feel:
    if not are_numbers(items):
        return None
    ordered, middle = sorted(items), len(items) // 2
    return ordered[middle] if len(items) % 2 else mean(ordered[middle - 1 : middle + 1])


def deviation(items: list[Feel]) -> Feel:
    """stddev(list): of a sample."""
    if not are_numbers(items) or len(items) < 2:
        return None
    centre = mean(items)
    squares = [DECIMAL.power(DECIMAL.subtract(item, centre), Decimal(2)) for item in items]
    return DECIMAL.sqrt(DECIMAL.divide(total(squares), Decimal(len(items) - 1)))


def mode(items: list[Feel]) -> Feel:
    if not items:
        return []
    if not are_numbers(items):
        return None
    counted = Counter(items)
    return sorted(item for item, count in counted.items() if count == max(counted.values()))


def every(items: list[Feel]) -> Feel:
    """all(list)."""
    return reduce(values.both, [True, *items])


def some(items: list[Feel]) -> Feel:
    """any(list)."""
    return reduce(values.either, [False, *items])


def sublist(items: list[Feel], start: Decimal, length: Decimal | None = None) -> Feel:
    begin = place(items, start)
    if begin is None or (length is not None and not 0 <= begin + int(length) <= len(items)):
        return None
    return items[begin:] if length is None else items[begin : begin + int(length)]


def place(items: list[Feel], position: Decimal) -> int | None:
    """The index of a position that counts from 1, or backwards from -1."""
    at = int(position)
    at = at - 1 if at > 0 else at + len(items) if at < 0 else -1
    return at if 0 <= at < len(items) else None


def insert_before(items: list[Feel], position: Decimal, item: Feel) -> Feel:
    at = place(items, position)
    return None if at is None else [*items[:at], item, *items[at:]]


def remove(items: list[Feel], position: Decimal) -> Feel:
    at = place(items, position)
    return None if at is None else items[:at] + items[at + 1 :]


def replace_at(items: list[Feel], position: Decimal, item: Feel) -> Feel:
    at = place(items, position)
    return None if at is None else [*items[:at], item, *items[at + 1 :]]


def positions(items: list[Feel], wanted: Feel) -> list[Decimal]:
    return [Decimal(n) for n, item in enumerate(items, 1) if values.equal(item, wanted) is True]


def distinct(items: list[Feel]) -> list[Feel]:
    made: list[Feel] = []
    for item in items:
        if not holds(made, item):
            made.append(item)
    return made


def concatenate(parts: list[Feel]) -> list[Feel]:
    return [item for one in parts for item in (one if isinstance(one, list) else [one])]


def flatten(items: list[Feel]) -> list[Feel]:
    return list(itertools.chain.from_iterable(flatten(item) if isinstance(item, list) else [item] for item in items))


def entries(context: Mapping[str, Feel]) -> list[Feel]:
    return [{"key": name, "value": value} for name, value in context.items()]


def context_of(pairs: list[Feel]) -> Feel:
    """context(entries)."""
    if not all(isinstance(pair, dict) and isinstance(pair.get("key"), str) and "value" in pair for pair in pairs):
        return None
    made = {pair["key"]: pair["value"] for pair in pairs}
    return made if len(made) == len(pairs) else None


def merged(contexts: list[Feel]) -> Feel:
    if not all(isinstance(one, dict) for one in contexts):
        return None
    return {name: value for one in contexts for name, value in one.items()}


def _ways(body: Callable[[list[Feel]], Feel]) -> list[tuple[str, Callable[..., Feel]]]:
    """Functions that take one list, or its items one by one."""
    return [("list: list", body), ("list...", body)]


FUNCTIONS: Mapping[str, Sequence[tuple[str, Callable[..., Feel]]]] = {
    "list contains": [("list: list, element", holds)],
    "count": [("list: list", lambda items: Decimal(len(items))), ("list...", lambda items: Decimal(len(items)))],
    **{
        name: _ways(body)
        for name, body in {
            "min": least,
            "max": most,
            "sum": total,
            "mean": mean,
            "product": product,
            "median": median,
            "stddev": deviation,
            "mode": mode,
            "all": every,
            "and": every,
            "any": some,
            "or": some,
        }.items()
    },
    "sublist": [("list: list, start position: number, length?: number", sublist)],
    "append": [("list: list, item...", lambda items, more: items + more)],
    "concatenate": [("list...", concatenate)],
    "union": [("list...", lambda parts: distinct(concatenate(parts)))],
    "insert before": [("list: list, position: number, newItem", insert_before)],
    "remove": [("list: list, position: number", remove)],
    "list replace": [("list: list, position: number, newItem", replace_at)],
    "reverse": [("list: list", lambda items: items[::-1])],
    "index of": [("list: list, match", positions)],
    "distinct values": [("list: list", distinct)],
    "flatten": [("list: list", flatten)],
    "get value": [("m: context, key: string", lambda context, key: context.get(key))],
    "get entries": [("m: context", entries)],
    "context": [("entries: list", context_of)],
    "context put": [("context: context, key: string, value", lambda context, key, value: {**context, key: value})],
    "context merge": [("contexts: list", merged)],
}
