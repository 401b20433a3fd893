"""A night's contacts are planned in pieces; into which they fall, and which ends first, nobody can tell after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import night_contacts
from arrears.records.contacts.models import Contact

DAY = date(2026, 11, 23)
PEOPLE = 7


@pytest.mark.django_db(transaction=True)
def test_the_books_are_the_same_whatever_the_pieces(settings, tmp_path, monkeypatch):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    for number in range(PEOPLE):
        tape.customer(f"C{number}", mobile=f"1380000000{number}")
        tape.account(f"A{number}", f"C{number}", first_due=DAY - timedelta(days=7))
    nights.take(tape, tmp_path, DAY)

    [whole] = nights.run(DAY)
    at_once = nights.books_rows()
    assert Contact.objects.count() >= PEOPLE
    nights.empty_books()
    monkeypatch.setattr(night_contacts, "PIECE", 1)
    [pieces] = nights.run(DAY)

    assert nights.books_rows() == at_once
    assert pieces.figures["contacts"] == whole.figures["contacts"]
