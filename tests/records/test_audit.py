"""The audit trail stands in the transaction of what it records."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from arrears.records.audit import operations
from arrears.records.audit.models import Event

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
class TestRecord:
    def test_it_keeps_kind_subject_and_data(self) -> None:
        operations.record("case.closed", subject="c1", actor="user:1", at=AT, before="OPEN", after="CLOSED", why="paid")

        event = Event.objects.get()
        assert (event.kind, event.subject_id, event.before, event.after) == ("case.closed", "c1", "OPEN", "CLOSED")
        assert event.data == {"why": "paid"}
        assert event.at == AT

    def test_it_vanishes_with_the_change_that_failed(self) -> None:
        def close_and_fail() -> None:
            with transaction.atomic():
                operations.record("case.closed", subject="c1", actor="user:1", at=AT)
                raise LookupError("the change itself failed")

        with pytest.raises(LookupError):
            close_and_fail()
        assert not Event.objects.exists()
