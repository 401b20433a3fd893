"""A real lender's tape reads whole. It is not shipped: set ARREARS_SHARED, or keep ../shared beside the repository."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from arrears.decisions import tape

SHARED = Path(os.environ.get("ARREARS_SHARED", Path(__file__).parents[4] / "shared"))
FOLDER = SHARED / "data" / "superlender_tape"


@pytest.fixture(scope="module")
def reading() -> tape.Reading:
    if not FOLDER.is_dir():
        pytest.skip(f"NOT TESTED: no real lender's tape at {FOLDER}; set ARREARS_SHARED to its parent folder")
    return tape.read_folder(FOLDER, as_of=date(2017, 2, 28))


class TestTheRealTape:
    def test_every_row_is_accepted(self, reading: tape.Reading) -> None:
        assert reading.report.quarantined == 0
        assert {f.table: f.accepted for f in reading.report.files} == {
            "customers": 2199,
            "accounts": 9533,
            "instalments": 10014,
            "payments": 8459,
        }

    def test_files_that_are_no_part_of_a_tape_are_named(self, reading: tape.Reading) -> None:
        assert set(reading.report.unknown_files) == {"README.md", "expected_positions_2017-02-28.csv"}

    def test_amounts_are_exact(self, reading: tape.Reading) -> None:
        source = FOLDER / "payments.csv"
        total = sum(int(line.split(",")[3].replace(".", "")) for line in source.read_text().splitlines()[1:])
        assert reading.tables["payments"]["amount_minor"].sum() == total

    def test_employers_and_birth_dates_stay_out_of_the_lake(self, reading: tape.Reading) -> None:
        assert "employer" not in reading.tables["customers"].columns
        assert reading.identity["customers"]["employer"].drop_nulls().len() > 0
        assert reading.tables["customers"]["birth_year"].min() > 1900
