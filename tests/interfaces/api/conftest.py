"""A lender seven days into a debt of 105.00, and partners with keys to the API."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from tests import market, nights

from arrears.records.apikeys import operations as apikeys

DAY = date(2026, 11, 23)


class Partner:
    """A partner's program: it has a key, and sends JSON."""

    def __init__(self, *scopes: str) -> None:
        at = nights.moment(DAY)
        self.secret = apikeys.issue(name="partner", scopes=scopes, at=at, actor="test").secret
        self.client = Client(raise_request_exception=False)
        self.numbers = itertools.count(1)

    def get(self, path: str, **words: object):
        return self.client.get(f"/api/v1{path}", words, headers=self._headers())

    def post(self, path: str, body: object, *, key: str | None = None):
        headers = self._headers() | {"Idempotency-Key": key or f"k{next(self.numbers)}"}
        return self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    def delete(self, path: str):
        return self.client.delete(f"/api/v1{path}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


@pytest.fixture(autouse=True)
def nobody_has_asked():
    """How often each key has asked is forgotten."""
    cache.clear()


@pytest.fixture(scope="module")
def shared_late(shared_rows, tmp_path_factory):
    """The folder of the debtor's lake; the night is in the books."""
    folder = tmp_path_factory.mktemp("late")
    with shared_rows():
        found(folder)
    return folder


@pytest.fixture
def late(shared_late, db, settings, tmp_path):
    """C1 owes 105.00 on A1 since seven days, has a case, and a message planned for this morning."""
    settings.CLOCK = "books"
    nights.go_on_from(shared_late, tmp_path, settings, partitions=2)


def found(folder: Path) -> None:
    """Write the debtor's lake into a folder, and the night into the books."""
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    with nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)


@pytest.fixture
def partner(late) -> Partner:
    return Partner(*apikeys.SCOPES)
