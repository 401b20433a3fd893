"""Six requests at once with one key are one payment; each has its own thread, so the books are committed."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests.interfaces.api.conftest import Partner, found
from tests.interfaces.api.test_payments import PAID

from arrears.records.apikeys import operations as apikeys
from arrears.records.ledger.models import Payment


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_by_many_at_once_takes_one_payment(settings, tmp_path):
    found(tmp_path)
    settings.LAKE, settings.CLOCK = tmp_path / "lake", "books"
    partner, answers = Partner(*apikeys.SCOPES), []

    def send() -> None:
        answers.append(partner.post("/payments", PAID, key="race"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert Payment.objects.count() == 1
