"""Events are found by whom they are about, what, by whom and when; a page goes on where the last one ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from arrears.records.audit import exploring, operations
from arrears.records.audit.exploring import Wanted
from arrears.records.audit.models import Event

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def tell(number: int, *, kind: str = "payment.taken", subject: str = "C1", actor: str = "user:3") -> None:
    operations.record(kind, subject=subject, actor=actor, at=AT + timedelta(hours=number // 3), number=number)


def walk(wanted: Wanted, *, size: int = 4, looked_at: int = 1_000) -> list[int]:
    """The numbers of every page, and that none stops without saying where to go on."""
    found, before = [], None
    for _ in range(100):
        page = exploring.page(wanted, before=before, size=size, looked_at=looked_at)
        assert len(page.rows) <= size
        found += [row.data["number"] for row in page.rows]
        if page.later is None:
            return found
        before = page.later
    raise AssertionError("no last page")


class TestPage:
    def test_all_events_stand_newest_first_each_once_whatever_shares_a_moment(self):
        for number in range(11):
            tell(number)
        assert walk(Wanted()) == [*range(10, -1, -1)]

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (Wanted(subjects=("C2",)), [7, 4, 1]),
            (Wanted(subjects=("C1", "C2")), [7, 6, 4, 3, 1, 0]),
            (Wanted(subjects=()), []),
            (Wanted(kind="case.closed"), [8, 6, 4, 2, 0]),
            (Wanted(actor="user:4"), [8, 7, 6, 5, 4]),
            (Wanted(actor="user:4", kind="case.closed"), [8, 6, 4]),
            (Wanted(subjects=("C2",), actor="user:4", kind="case.closed"), [4]),
            (Wanted(from_at=AT + timedelta(hours=2)), [8, 7, 6]),
            (Wanted(to_at=AT + timedelta(hours=1)), [2, 1, 0]),
            (Wanted(kind="case.closed", from_at=AT + timedelta(hours=1), to_at=AT + timedelta(hours=2)), [4]),
        ],
        ids=["subject", "subjects", "nobody", "kind", "actor", "actor and kind", "all", "from", "to", "kind and days"],
    )
    def test_it_holds_what_is_wanted(self, wanted, found):
        for number in range(9):
            kind = "payment.taken" if number % 2 else "case.closed"
            tell(number, kind=kind, subject=f"C{number % 3 + 1}", actor=f"user:{3 if number < 4 else 4}")
        assert walk(wanted, size=2) == found

    def test_what_is_rare_is_looked_for_a_bounded_while_and_gone_on_with(self):
        for number in range(30):
            tell(number, kind="case.closed" if number in {2, 17} else "payment.taken", subject="C1")
        wanted = Wanted(subjects=("C1",), kind="case.closed")
        first = exploring.page(wanted, before=None, size=5, looked_at=10)

        assert first.rows == []
        assert first.looked_back_to == AT + timedelta(hours=20 // 3)
        assert walk(wanted, size=5, looked_at=10) == [17, 2]

    def test_an_event_whose_facts_somebody_made_unreadable_is_shown(self):
        Event.objects.create(at=AT, kind="x", subject_id="C1", actor="x")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_event SET data = '{\"a'")
        (row,) = exploring.page(Wanted(), before=None, size=5).rows
        assert row.data == {exploring.UNREADABLE: '{"a'}
        assert exploring.one(row.event_id) == row

    def test_there_is_no_event_of_a_number_beyond_all(self):
        assert exploring.one(10**30) is None
