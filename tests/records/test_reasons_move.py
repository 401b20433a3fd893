"""Verdicts of before keep their reasons when the lists move to a table of their own, and when they move back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests import cast

BEFORE, AFTER = [("compliance", "0002_verdict_holding_index")], [("compliance", "0003_reasons_kept_once")]
HOURS = [{"rule": "CN-HOURS", "counted": None, "text_zh": "22:00 至次日 8:00 不得催收。"}]
CALLS = [{"rule": "CN-CALLS-DAY", "counted": 3, "text_zh": "当日已接通 3 次。"}, *HOURS]


def migrated(target: list[tuple[str, str]]) -> Any:
    """The models as they are after a migration."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


@pytest.mark.django_db(transaction=True)
def test_every_verdict_keeps_its_reasons() -> None:
    given = {"A": HOURS, "B": CALLS, "C": HOURS, "D": []}
    try:
        old = migrated(BEFORE).get_model("compliance", "Verdict")
        for contact_id, reasons in given.items():
            judged = {"contact_id": contact_id, "customer_id": "C1", "phase": "PLAN", "at": cast.NOW, "pack": "cn 1"}
            old.objects.create(allowed=not reasons, reasons=reasons, **judged)

        new = migrated(AFTER)
        moved = new.get_model("compliance", "Verdict").objects.values_list("contact_id", "grounds__reasons")
        assert dict(moved) == given | {"D": None}
        assert new.get_model("compliance", "Grounds").objects.count() == 2

        back = migrated(BEFORE).get_model("compliance", "Verdict").objects.values_list("contact_id", "reasons")
        assert dict(back) == given
    finally:
        migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())
