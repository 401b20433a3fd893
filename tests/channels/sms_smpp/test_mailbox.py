"""Pieces of texts that people sent us become texts again, also where a phone uses a reference twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.sms_smpp import mailbox, segments
from arrears.channels.sms_smpp.mailbox import Letter

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CRY, OTHER = ("今晚我", "不想活了"), ("另外请把", "账单发我")


def letters(*pieces: tuple[int, str]) -> list[Letter]:
    """number, text → one short message each, all of one reference of two pieces."""
    return [
        Letter(row, "+8613800000001", "1069", AT, 8, segments.Piece(7, 2, number, text.encode("utf-16-be")))
        for row, (number, text) in enumerate(pieces, 1)
    ]


def texts(found: Sequence[Letter], *, minutes: int = 0) -> list[str]:
    given_out = mailbox.texts(found, at=AT + timedelta(minutes=minutes), patience=timedelta(minutes=5))
    return [one.text for one in given_out]


def test_two_texts_of_one_reference_that_wait_together_are_two() -> None:
    assert texts(letters((1, CRY[0]), (2, CRY[1]), (1, OTHER[0]), (2, OTHER[1]))) == ["".join(CRY), "".join(OTHER)]
    assert texts(letters((1, CRY[0]), (1, OTHER[0]), (2, CRY[1]), (2, OTHER[1]))) == ["".join(CRY), "".join(OTHER)]


def test_a_piece_that_comes_twice_counts_once() -> None:
    assert texts(letters((1, CRY[0]), (1, CRY[0]), (2, CRY[1]), (2, CRY[1]))) == ["".join(CRY)]


@given(st.permutations([(1, CRY[0]), (2, CRY[1]), (1, OTHER[0]), (2, OTHER[1]), (1, CRY[0])]))
def test_whatever_comes_first_no_piece_is_lost(pieces: list[tuple[int, str]]) -> None:
    told = "".join(texts(letters(*pieces), minutes=6))
    assert all(part in told for part in (*CRY, *OTHER))
