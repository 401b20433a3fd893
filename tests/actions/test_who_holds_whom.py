"""Who holds a person's or a case's row keeps others from holding it, not from writing rows that only name it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from tests import cast
from tests.actions.test_contact_race import in_thread

from arrears.records.cases import operations as cases
from arrears.records.contacts import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def ends_meanwhile(work: Callable[[], object]) -> bool:
    thread = in_thread(work)
    thread.join(timeout=5)
    return not thread.is_alive()


def test_a_held_case_takes_events() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    cast.borrower()
    case_id = cast.open_case().case_id

    def tell() -> None:
        cases.record_event(case_id=case_id, kind="note", at=cast.NOW, actor="user:1", reason="meanwhile")

    def hold() -> None:
        with transaction.atomic():
            outbox.lock([cast.PAYS])
            cases.lock(case_id)

    with transaction.atomic():
        outbox.lock([cast.PAYS])
        cases.lock(case_id)
        assert ends_meanwhile(tell)
        waiting = in_thread(hold)
        waiting.join(timeout=0.5)
        assert waiting.is_alive()
    waiting.join(timeout=5)
    assert not waiting.is_alive()
