"""The audit trail stands in the transaction of what it records."""

import json
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


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(operations.ALARMS))
def test_what_somebody_should_be_told_of_at_once_leaves_a_line_for_whatever_watches_the_log(
    kind, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        operations.record(kind, subject="user:7", actor="stranger", at=AT, note="C1")
        operations.record("case.closed", subject="C1", actor="user:1", at=AT)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["event"], one["level"], one["kind"], one["actor"]) for one in lines] == [
        ("alarm", "warning", kind, "stranger")
    ]
    place = Event.objects.get(kind=kind)
    assert (lines[0]["lane"], lines[0]["seq"]) == (place.lane, place.seq)
