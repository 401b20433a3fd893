"""A file of the lake that is damaged is told as such, with what mends it, whoever looks through a whole table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import market, nights

from arrears.decisions.lake import Lake
from arrears.decisions.lake.store import DamagedFile
from arrears.exchange import customer_book, tape_payments

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture
def lake(settings, tmp_path: Path) -> Path:
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 1
    made = market.Tape()
    made.customer("C1")
    made.account("A1", "C1", first_due=DAY - timedelta(days=5))
    nights.take(made, tmp_path, DAY)
    for table in ("accounts", "payments"):
        Lake(settings.LAKE).path(table, DAY, 0).write_bytes(b"PAR1 cut short")
    return settings.LAKE


@pytest.mark.parametrize(
    "look",
    [
        lambda lake: customer_book.find_account("A9", lake=lake),
        lambda lake: customer_book.account_of_payment("P1", lake=lake),
        lambda lake: tape_payments.taken_back(lake=lake, as_of=DAY),
        lambda lake: tape_payments.on_accounts(["A1"], lake=lake, as_of=DAY),
    ],
)
def test_whoever_looks_is_told_which_file_and_what_mends_it(lake: Path, look: Callable[[Path], object]) -> None:
    with pytest.raises(DamagedFile, match="arrears ingest FOLDER --as-of 2026-11-23"):
        look(lake)
