"""Whoever is in the books when the column comes was told of by the newest tape at the latest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests import cast

BEFORE, AFTER = [("people", "0006_replaced_by_a_correction")], [("people", "0007_told_on")]


def migrated(target: list[tuple[str, str]]) -> Any:
    """The models as they are after a migration."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state([*target, ("runs", "0002_faults_without_words")]).apps


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("tapes", "told_on"),
    [([date(2026, 11, 21), date(2026, 11, 23), date(2026, 11, 22)], date(2026, 11, 23)), ([], None)],
)
def test_nobodys_years_begin_before_they_were_told_of(tapes: list[date], told_on: date | None) -> None:
    try:
        old = migrated(BEFORE)
        old.get_model("people", "Person").objects.create(customer_id="C1")
        for day in tapes:
            old.get_model("runs", "TapeIngest").objects.create(as_of=day, ingested_at=cast.NOW, report={})
        new = migrated(AFTER)
        assert new.get_model("people", "Person").objects.get().told_on == told_on
    finally:
        migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())
