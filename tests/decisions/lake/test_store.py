"""Finding, reading and marking tables of a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from arrears.decisions import lake
from arrears.decisions.lake import merge
from arrears.kernel import identifiers

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)
PARTS = 4


@pytest.fixture
def store(tmp_path: Path) -> lake.Lake:
    made = lake.Lake(tmp_path)
    ids = pl.Series("customer_id", [f"C{n:05d}" for n in range(4_000)])
    frame = pl.DataFrame({"customer_id": ids, "n": range(4_000)})
    place = merge.part_of_rows(ids, PARTS)
    for part in range(PARTS):
        made.write("scores", DAY, part, frame.filter(place == part))
    return made


class TestTables:
    def test_a_part_and_some_columns(self, store: lake.Lake) -> None:
        assert store.read("scores", DAY).height == 4_000
        assert store.read("scores", DAY, 2, ["n"]).columns == ["n"]
        assert sum(store.read("scores", DAY, part).height for part in range(PARTS)) == 4_000

    def test_one_customer(self, store: lake.Lake) -> None:
        assert store.read_customer("scores", DAY, "C01234")["n"].to_list() == [1234]

    @pytest.mark.parametrize(
        ("table", "as_of", "part"), [("scores", NEXT, None), ("none", DAY, None), ("scores", DAY, 9)]
    )
    def test_what_is_not_there(self, store: lake.Lake, table: str, as_of: date, part: int | None) -> None:
        with pytest.raises(lake.NotInLake):
            store.read(table, as_of, part)

    def test_dates_and_the_latest(self, store: lake.Lake) -> None:
        store.write("scores", NEXT, 0, pl.DataFrame({"customer_id": ["x"]}))
        assert store.dates("scores") == [DAY, NEXT]
        assert store.latest("scores", on_or_before=date(2026, 12, 1)) == NEXT
        assert store.latest("scores", on_or_before=DAY) == DAY
        assert store.latest("scores", on_or_before=date(2026, 1, 1)) is None

    def test_the_same_frame_gives_the_same_bytes_however_it_is_cut(self, store: lake.Lake) -> None:
        frame = store.read("scores", DAY, 1)
        pieces = pl.concat([frame.slice(at, 100) for at in range(0, frame.height, 100)], rechunk=False)
        assert store.write("scores", NEXT, 1, frame) == store.write("scores", NEXT, 2, pieces)

    def test_partitions_are_those_of_the_kernel(self) -> None:
        ids = ["C1", "C1", "张三", "", "C2", "C1"]
        found = merge.part_of_rows(pl.Series(ids), 16).to_list()
        assert found == [identifiers.partition_of(each, 16) for each in ids]


class TestManifests:
    def test_a_step_is_done_for_its_fingerprint_and_files_alone(self, store: lake.Lake) -> None:
        digest = store.write("scores", DAY, 0, pl.DataFrame({"customer_id": ["x"]}))
        name = str(store.path("scores", DAY, 0).relative_to(store.root))
        done = lake.Manifest(
            step="score", as_of=str(DAY), fingerprint="f", part=0, rows={"scores": 1}, files={name: digest}
        )
        assert not store.is_done("score", DAY, "f", 0)
        store.mark_done(done)
        assert store.manifest("score", DAY, 0) == done
        assert store.is_done("score", DAY, "f", 0, verify=True)
        assert not store.is_done("score", DAY, "g", 0)
        assert not store.is_done("score", DAY, "f", 1)
        assert not store.is_done("score", DAY, "f")
        store.path("scores", DAY, 0).write_bytes(b"damaged")
        assert store.is_done("score", DAY, "f", 0)
        assert not store.is_done("score", DAY, "f", 0, verify=True)
        store.path("scores", DAY, 0).unlink()
        assert not store.is_done("score", DAY, "f", 0)
