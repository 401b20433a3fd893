"""Pieces of work run beside each other where the database allows it, and always as if one after the other."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from tests import cast

from arrears.records import side_by_side
from arrears.records.audit import operations as audit
from arrears.records.audit.models import Event

WAIT = 10.0


def keep(piece: int) -> int:
    with transaction.atomic():
        audit.record("test.piece", subject=str(piece), actor="test", at=cast.NOW)
        if piece == 2:
            raise ValueError("piece 2 cannot be written")
    return piece * 10


def kept() -> list[str]:
    return list(Event.objects.filter(kind="test.piece").order_by("subject_id").values_list("subject_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_what_is_made_comes_in_order() -> None:
    assert list(side_by_side.each(keep, [5, 4, 3])) == [50, 40, 30]
    assert kept() == ["3", "4", "5"]


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_fails_takes_no_other_with_it() -> None:
    with pytest.raises(ValueError, match="piece 2"):
        list(side_by_side.each(keep, [1, 2]))
    assert kept() == ["1"]


@pytest.mark.django_db(transaction=True)
def test_two_are_in_the_making_at_once_where_the_database_has_two_hands() -> None:
    both = threading.Barrier(2)

    def meet(_piece: int) -> bool:
        try:
            both.wait(WAIT if connection.vendor == "postgresql" else 0.1)
        except threading.BrokenBarrierError:
            return False
        return True

    assert list(side_by_side.each(meet, [1, 2])) == [connection.vendor == "postgresql"] * 2


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_all_stay_in_it() -> None:
    with transaction.atomic():
        assert list(side_by_side.each(keep, [1, 3])) == [10, 30]
        transaction.set_rollback(True)
    assert kept() == []
