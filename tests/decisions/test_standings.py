"""What a customer owes in all is told without the money that is held ahead for it."""

from __future__ import annotations

import polars as pl
import pytest

from arrears.decisions.schemas import night
from arrears.decisions.standings import OUTSTANDING


@pytest.mark.parametrize(("held", "owed"), [(0, 40_000), (15_000, 25_000), (40_000, 0), (50_000, 0)])
def test_money_held_ahead_is_not_outstanding(held: int, owed: int) -> None:
    parts = {f"{part}_outstanding_minor": [10_000] for part in night.COMPONENTS}
    position = pl.DataFrame({**parts, "surplus_minor": [held]})

    assert position.select(OUTSTANDING).item() == owed
