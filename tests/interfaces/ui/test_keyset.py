"""A cursor comes back from outside: what is not exactly a place is no place."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime

import pytest

from arrears.interfaces.ui import keyset

PLACE = (7, date(2026, 11, 23), "W1", datetime(2026, 11, 23, 4, 30, tzinfo=UTC))
KINDS = [int, date, str, datetime]


def _cursor(place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_place_comes_back_as_it_was():
    assert keyset.unpack(keyset.pack(PLACE), KINDS) == PLACE


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        ([10**30], [int]),
        ([True], [int]),
        (["7"], [int]),
        (["2026-02-31"], [date]),
        (["soon"], [datetime]),
        (["0001-01-01T00:00:00+14:00"], [datetime]),
        (["W\0"], [str]),
        (["\ud800"], [str]),
        ([1, 2], [int]),
        ([], [int]),
        ({"a": 1}, [str]),
        (None, [str]),
    ],
)
def test_a_broken_place_is_none(place, kinds):
    assert keyset.unpack(_cursor(place), kinds) is None


@pytest.mark.parametrize("cursor", ["%%%", "a", "w6k", "bnVsbA", "\u8bf7"])
def test_what_is_no_cursor_is_none(cursor):
    assert keyset.unpack(cursor, [str]) is None


def test_one_that_nests_too_deep_is_none():
    assert keyset.unpack(base64.urlsafe_b64encode(b"[" * 3_000).decode(), [str]) is None
