"""A large market is made in chunks, and the chunks do not show; the command writes what the market says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from arrears.interfaces.cli import simulate
from arrears.simulator import generate

AS_OF = date(2026, 8, 1)


def rows(folder, name: str) -> pl.DataFrame:
    frame = pl.read_parquet(folder / f"{name}.parquet")
    return frame.sort(frame.columns)


class TestGenerate:
    def test_the_chunk_size_does_not_change_the_tape(self, tmp_path):
        for chunk in (40, 100):
            generate.generate(
                tmp_path / str(chunk), borrowers=100, days=120, seed=2, as_of=AS_OF, chunk=chunk, processes=1
            )
        names = sorted(file.stem for file in (tmp_path / "40").glob("*.parquet"))
        assert len(names) == 7
        for name in names:
            assert rows(tmp_path / "40", name).equals(rows(tmp_path / "100", name)), name

    def test_it_reports_rows_and_progress_and_leaves_no_parts(self, tmp_path):
        heard: list[tuple[int, int]] = []
        counted = generate.generate(
            tmp_path / "t",
            borrowers=90,
            days=60,
            seed=2,
            as_of=AS_OF,
            chunk=30,
            processes=2,
            told=lambda done, of: heard.append((done, of)),
        )
        assert heard == [(1, 3), (2, 3), (3, 3)]
        assert counted["customers"] == 90 == len(rows(tmp_path / "t", "customers"))
        assert not [file for file in (tmp_path / "t").iterdir() if file.name.startswith(".")]

    def test_an_empty_market_is_refused(self, tmp_path):
        with pytest.raises(generate.NothingToSimulate):
            generate.generate(tmp_path, borrowers=0, days=10, seed=1, as_of=AS_OF)


class TestCommand:
    def test_it_writes_a_tape(self, tmp_path):
        arguments = [
            "--borrowers",
            "50",
            "--days",
            "90",
            "--seed",
            "3",
            "--out",
            str(tmp_path),
            "--as-of",
            "2026-08-01",
        ]
        done = CliRunner().invoke(simulate.app, [*arguments, "--format", "csv"])
        assert done.exit_code == 0, done.output
        assert len(pl.read_csv(tmp_path / "customers.csv", infer_schema=False)) == 50

    def test_it_prints_targets_beside_the_market(self):
        done = CliRunner().invoke(simulate.app, ["report", "--borrowers", "1500", "--as-of", "2026-08-01"])
        assert done.exit_code == 0, done.output
        assert "first payment lateness, KS" in done.output


@pytest.mark.parametrize(("there", "wanted"), [("accounts.csv", "parquet"), ("payments.parquet", "csv")])
def test_a_tape_of_another_format_is_not_written_beside(tmp_path: Path, there: str, wanted: str) -> None:
    (tmp_path / there).write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    with pytest.raises(generate.OtherFormat, match=f"{there} already: .* write {wanted} into another folder"):
        generate.generate(tmp_path, borrowers=1, days=1, seed=1, as_of=AS_OF, format=wanted)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([there, "notes.txt"])
