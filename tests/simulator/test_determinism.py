"""The same seed gives the same bytes, whatever the chunk, whatever was stopped and taken up again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from arrears.simulator.market import DayOutOfOrder, Market

START = date(2026, 8, 1)


def small(**changes: object) -> Market:
    settings = {"borrowers": 300, "seed": 11, "start_on": START, "history_days": 150} | changes
    return Market.create(**settings)  # type: ignore[arg-type]


def calls(market: Market, on: date, channel: str = "CALL") -> pl.DataFrame:
    customers = market.tape(market.today)["accounts"]["customer_id"].unique().sort().head(60)
    at = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    return pl.DataFrame({"customer_id": customers}).with_columns(
        contact_id=pl.format("{}/{}", pl.lit(on.isoformat()), "customer_id"),
        channel=pl.lit(channel),
        at=pl.lit(at).cast(pl.Datetime("us", "UTC")),
    )


def lived(market: Market, days: int) -> Market:
    for _ in range(days):
        on = market.today + timedelta(days=1)
        market.step(on, calls(market, on))
    return market


def same(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> bool:
    return left.keys() == right.keys() and all(left[name].equals(right[name]) for name in left)


class TestSeed:
    def test_the_same_seed_gives_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            small().write_tape(tmp_path / name, START)
        for file in sorted((tmp_path / "a").iterdir()):
            assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name

    def test_another_seed_gives_another_market(self):
        assert not same(small().tape(START), small(seed=12).tape(START))

    def test_a_person_is_the_same_in_every_chunk(self):
        whole = small().tape(START)
        parts = [small(borrowers=100, first=first).tape(START) for first in (0, 100, 200)]
        for name, frame in whole.items():
            keys = frame.columns
            assert pl.concat([part[name] for part in parts]).sort(keys).equals(frame.sort(keys)), name


class TestSteps:
    def test_a_saved_market_goes_on_with_the_same_bytes(self, tmp_path):
        straight = lived(small(), 12)
        stopped = lived(small(), 5)
        stopped.save(tmp_path)
        resumed = lived(Market.load(tmp_path), 7)
        assert same(straight.tape(straight.today), resumed.tape(resumed.today))

    def test_a_day_cannot_be_lived_twice_or_skipped(self):
        market = small()
        for wrong in (START, START + timedelta(days=2)):
            with pytest.raises(DayOutOfOrder):
                market.step(wrong)

    def test_history_and_steps_are_one_life(self):
        stepped = small(start_on=START, history_days=100)
        for _ in range(20):
            stepped.step(stepped.today + timedelta(days=1))
        created = small(start_on=START + timedelta(days=20), history_days=120)
        assert same(stepped.tape(stepped.today), created.tape(created.today))


class TestResponses:
    def test_an_answer_depends_on_the_contact_and_not_on_the_batch(self):
        market = lived(small(), 3)
        touches = calls(market, market.today + timedelta(days=1))
        whole = market.respond(touches)
        alone = pl.concat([market.respond(touches[row]) for row in range(len(touches))])
        assert whole.equals(alone)

    def test_a_step_answers_for_itself_what_it_was_not_told(self):
        told, untold = small(), small()
        on = START + timedelta(days=1)
        touches = calls(told, on)
        told.step(on, touches.join(told.respond(touches), on="contact_id", maintain_order="left"))
        untold.step(on, touches)
        lived(told, 5)
        lived(untold, 5)
        assert same(told.tape(told.today), untold.tape(untold.today))
