"""What is remembered of a file is what stands in it, and is forgotten with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from arrears.decisions.lake import shelf, store
from arrears.decisions.lake.store import DamagedFile, Lake
from arrears.decisions.schemas import night, tape

ON = date(2026, 11, 23)
ROWS = {
    pl.String: ["é", None, "b"],
    pl.Int64: [3, None, -1],
    pl.Int32: [3, None, -1],
    pl.Float64: [0.5, None, 2.0],
    pl.Boolean: [True, None, False],
    pl.Date: [ON, None, ON],
}


def column(dtype: object) -> pl.Series:
    rows = next((rows for kind, rows in ROWS.items() if dtype == kind), [None, None, None])
    return pl.Series(rows, dtype=dtype)  # type: ignore[arg-type]


def of(table: str) -> pl.DataFrame:
    schema = {**tape.TABLES, "positions": night.POSITIONS}[table]
    return pl.DataFrame({name: column(dtype) for name, dtype in schema.items()})


@pytest.mark.parametrize("table", [*tape.TABLES, "positions"])
def test_what_is_remembered_is_what_a_reader_of_the_file_gets(tmp_path: Path, table: str) -> None:
    lake = Lake(tmp_path)
    lake.write(table, ON, 0, of(table))
    path = lake.path(table, ON, 0)
    kept = shelf.found(path)
    assert kept is not None
    read = pl.read_parquet(path, glob=False, hive_partitioning=False)
    assert kept.schema == read.schema
    assert kept.equals(read)
    assert lake.read(table, ON).equals(read)
    some = read.columns[1::2]
    assert lake.read(table, ON, columns=some).equals(read.select(some))


def test_a_file_that_was_renamed_is_found_and_one_that_was_replaced_or_damaged_is_not(tmp_path: Path) -> None:
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    frame = pl.DataFrame({"a": [1, 2, 3]})
    store.write_parquet(first, frame)
    first.rename(second)
    assert shelf.found(second) is not None
    pl.DataFrame({"a": [1, 2, 4]}).write_parquet(first)
    first.replace(second)
    assert shelf.found(second) is None

    lake = Lake(tmp_path)
    lake.write("accounts", ON, 0, frame)
    damaged = lake.path("accounts", ON, 0)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(DamagedFile):
        lake.read("accounts", ON)


def test_only_so_much_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"a": range(1_000)})
    size = int(frame.estimated_size())
    monkeypatch.setattr(shelf, "ROOM", 2 * size)
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    for path in paths:
        store.write_parquet(path, frame)
    assert [shelf.found(path) is not None for path in paths] == [False, True, True]
    monkeypatch.setattr(shelf, "LARGEST", size - 1)
    store.write_parquet(paths[0], frame)
    assert shelf.found(paths[0]) is None
