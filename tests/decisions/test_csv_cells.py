"""No cell of a CSV that we write is a formula; numbers, signs alone and all other texts stay as they are."""

from __future__ import annotations

import polars as pl
import pytest

from arrears.decisions import csv_cells, table_files

FORMULAS = ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example")', "@SUM(A1)", "+1+cmd", "-2+3+cmd", "\tx", "-x"]
PLAIN = ["A-1", "-", "+", "-5", "+86.5", "-1.5e-7", "", "x=1", "2026-11-23", "张伟"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(tmp_path, text):
    file = tmp_path / "out.csv"
    frame = pl.DataFrame({"account_id": [text, "A1"], "dpd": [-3, 4]})
    with table_files.Writer(file, dict(frame.schema)) as writer:
        writer.write(frame)
    told = pl.read_csv(file)
    assert told["account_id"].to_list() == [f"'{text}", "A1"]
    assert told["dpd"].to_list() == [-3, 4]


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_other_files_hold_it_as_it_is(tmp_path, suffix):
    file, frame = tmp_path / f"out.{suffix}", pl.DataFrame({"account_id": FORMULAS})
    with table_files.Writer(file, dict(frame.schema)) as writer:
        writer.write(frame)
    read = pl.read_parquet if suffix == "parquet" else pl.read_ndjson
    assert read(file)["account_id"].to_list() == FORMULAS


def test_what_is_no_formula_stays():
    frame = pl.DataFrame({"text": [*PLAIN, None]})
    assert csv_cells.guarded(frame).equals(frame)


def test_a_column_may_be_called_like_a_formula():
    assert csv_cells.guarded(pl.DataFrame({"=1+1": [1], "dpd": [2]})).columns == ["'=1+1", "dpd"]
