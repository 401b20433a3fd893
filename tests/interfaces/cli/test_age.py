"""`arrears age`: does a tape go in and a file of positions come out, whole or part by part, or one clear line?"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from arrears import policies
from arrears.decisions import tape
from arrears.decisions.lake import Lake, merge
from arrears.decisions.schemas import tape as schemas
from arrears.interfaces.cli import main
from arrears.kernel.errors import Refusal

SHARED = Path(os.environ.get("ARREARS_SHARED", Path(__file__).resolve().parents[4] / "shared"))
SUPERLENDER = SHARED / "data" / "superlender_tape"

TAPE = {
    "customers.csv": "customer_id\nc1\nc2\n",
    "accounts.csv": "account_id,customer_id,product_code,currency,opened_on,principal\n"
    "a1,c1,x,CNY,2026-01-01,200.00\na2,c2,x,CNY,2026-01-01,50.00\n",
    "instalments.csv": "account_id,number,due_on,principal,interest,fee\n"
    "a1,1,2026-02-01,100.00,1.50,0\na1,2,2026-03-01,100.00,1.50,0\na2,1,2026-02-01,50.00,0,0\n",
    "payments.csv": "payment_id,account_id,paid_on,amount\np1,a1,2026-02-05,60.00\np2,a2,2026-02-01,50.00\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tape"
    made.mkdir()
    for name, text in TAPE.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def age(*arguments: object):
    return CliRunner().invoke(main.app, ["age", *map(str, arguments)])


def read(path: Path) -> pl.DataFrame:
    readers = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".jsonl": pl.read_ndjson}
    return readers[path.suffix](path).sort("account_id")


def test_the_lenders_own_policy_holds_as_at_night(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Their `plain` counts the due date as a day late: every overdue account is one day older."""
    own = tmp_path / "home" / "policies" / "products"
    own.mkdir(parents=True)
    shipped = (policies.folder() / "products" / "plain.toml").read_text(encoding="utf-8")
    (own / "plain.toml").write_text(shipped.replace("due_day_offset = 0", "due_day_offset = 1"), encoding="utf-8")
    aged = {}
    for home in ("nowhere", "home"):
        monkeypatch.setenv("ARREARS_HOME", str(tmp_path / home))
        age(folder, "--as-of", "2026-03-10", "--policy", "plain", "--out", tmp_path / f"{home}.csv")
        aged[home] = read(tmp_path / f"{home}.csv")["dpd"].to_list()
    assert aged["nowhere"] == [37, 0]
    assert aged["home"] == [38, 0]
    assert not (tmp_path / "nowhere").exists()


class TestAge:
    @pytest.mark.parametrize("name", ["p.csv", "p.parquet", "p.jsonl"])
    def test_it_writes_a_row_for_every_account(self, folder, tmp_path, name):
        out = tmp_path / name
        done = age(folder, "--as-of", "2026-02-11", "--policy", "plain", "--out", out)
        assert done.exception is None
        rows = read(out)
        assert rows["account_id"].to_list() == ["a1", "a2"]
        assert rows["dpd"].to_list() == [10, 0]
        assert rows["principal_overdue_minor"].to_list() == [4150, 0]
        assert rows["principal_outstanding_minor"].to_list() == [14150, 0]
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    @pytest.mark.parametrize("name", ["i.csv", "i.parquet", "i.jsonl"])
    def test_each_instalment_has_a_row_of_its_own_where_one_asks(self, folder, tmp_path, name):
        out, by_instalment = tmp_path / "p.csv", tmp_path / name
        done = age(folder, "--as-of", "2026-03-11", "--policy", "plain", "--out", out, "--instalments", by_instalment)
        assert done.exception is None
        rows = read(by_instalment).sort("account_id", "number")
        assert rows["number"].to_list() == [1, 2, 1]
        assert rows["dpd"].to_list() == [38, 10, 0]
        assert rows["bucket"].to_list() == ["M2", "M1", "M0"]
        assert rows["principal_left_minor"].to_list() == [4150, 10000, 0]
        twice = age(folder, "--as-of", "2026-03-11", "--out", out, "--instalments", out)
        assert "two files" in str(twice.exception)

    @pytest.mark.parametrize("option", ["--out", "--instalments"])
    def test_the_positions_never_take_the_place_of_the_tape(self, folder, tmp_path, option):
        lake = tmp_path / "lake"
        (lake / "accounts" / "part=00").mkdir(parents=True)
        kept = [folder / "payments.csv", lake / "accounts" / "part=00" / "a.parquet"]
        kept[1].write_bytes(b"rows")
        for tape_folder, file in zip((folder, lake), kept, strict=True):
            before = file.read_bytes()
            (tmp_path / f"link{file.suffix}").symlink_to(file)
            (tmp_path / f"hard{file.suffix}").hardlink_to(file)
            for same in (file, *tmp_path.glob(f"link{file.suffix}"), *tmp_path.glob(f"hard{file.suffix}")):
                outs = {"--out": tmp_path / "p.csv", "--instalments": tmp_path / "i.csv"} | {option: same}
                done = age(tape_folder, "--as-of", "2026-03-11", *[part for pair in outs.items() for part in pair])
                assert "would take the place" in str(done.exception)
                assert file.read_bytes() == before
        again = age(folder, "--as-of", "2026-03-11", "--policy", "plain", "--out", folder / "positions.csv")
        assert again.exception is None

    def test_quarantined_rows_are_counted_aloud(self, folder, tmp_path):
        with (folder / "payments.csv").open("a", encoding="utf-8") as more:
            more.write("p3,nobody,2026-02-05,1.00\n")
        done = age(folder, "--as-of", "2026-02-11", "--out", tmp_path / "p.csv")
        assert "quarantined 1 rows of payments.csv" in done.stderr

    @pytest.mark.parametrize(
        ("file", "row"),
        [
            ("instalments.csv", "a1,1,2026-02-01,70.00,1.50,0\n"),
            ("payments.csv", "p1,a1,2026-02-05,99.00\n"),
            ("payments.csv", "p9,a1,2026-02-05,nothing\n"),
        ],
    )
    def test_an_account_with_rows_in_quarantine_is_not_called_clean(self, folder, tmp_path, file, row):
        with (folder / file).open("a", encoding="utf-8") as more:
            more.write(row)
        out, by_instalment = tmp_path / "p.csv", tmp_path / "i.csv"
        done = age(folder, "--as-of", "2026-03-10", "--out", out, "--instalments", by_instalment)
        assert done.exit_code == 0
        assert read(out)["account_id"].to_list() == ["a2"]
        assert read(by_instalment)["account_id"].to_list() == ["a2"]
        why = f"rows of {file.removesuffix('.csv')} are in quarantine"
        assert f"arrears: 1 account was not aged: {why}; it is a1\n" in done.stderr

    def test_an_account_that_the_lake_has_in_doubt_is_not_aged_either(self, folder, tmp_path):
        with (folder / "instalments.csv").open("a", encoding="utf-8") as more:
            more.write("a1,1,2026-02-01,70.00,1.50,0\n")
        lake, on = Lake(tmp_path / "lake"), date(2026, 2, 11)
        reading = tape.read_folder(folder, as_of=on, pseudonym_key=b"k" * 32)
        merge.merge_tape(lake, reading, as_of=on, partitions=2)
        done = age(tmp_path / "lake", "--as-of", "2026-02-11", "--out", tmp_path / "p.csv")
        assert done.exit_code == 0
        assert read(tmp_path / "p.csv")["account_id"].to_list() == ["a2"]
        assert "1 account was not aged: rows of instalments are in quarantine; it is a1" in done.stderr

    def test_a_lake_form_tape_gives_the_same_rows_part_by_part(self, folder, tmp_path):
        read_whole = tape.read_folder(folder, as_of=date(2026, 2, 11), only=["accounts", "instalments", "payments"])
        for part, customer in ((0, "c2"), (1, "c1")):
            for table in ("accounts", "instalments", "payments"):
                to = tmp_path / "lake" / table / "as_of=2026-02-11" / f"part={part:02d}"
                to.mkdir(parents=True)
                rows = read_whole.tables[table].filter(pl.col("customer_id") == customer)
                rows.select(schemas.TABLES[table].keys()).write_parquet(to / "data.parquet")
        age(folder, "--as-of", "2026-02-11", "--out", tmp_path / "whole.parquet")
        done = age(tmp_path / "lake", "--as-of", "2026-02-20", "--out", tmp_path / "late.parquet")
        assert done.exception is None
        age(tmp_path / "lake", "--as-of", "2026-02-11", "--out", tmp_path / "parts.parquet")
        for table in ("accounts", "instalments", "payments"):  # a part without rows, before the others
            (tmp_path / "lake" / table / "as_of=2026-02-11" / "part=-1").mkdir()
            empty = tmp_path / "lake" / table / "as_of=2026-02-11" / "part=-1" / "data.parquet"
            pl.DataFrame(schema=schemas.TABLES[table]).write_parquet(empty)
        age(tmp_path / "lake", "--as-of", "2026-02-11", "--out", tmp_path / "parts.csv")
        assert read(tmp_path / "parts.csv")["account_id"].to_list() == ["a1", "a2"]
        assert read(tmp_path / "parts.parquet").equals(read(tmp_path / "whole.parquet"))
        assert read(tmp_path / "late.parquet")["dpd"].to_list() == [19, 0]
        before = age(tmp_path / "lake", "--as-of", "2026-01-01", "--out", tmp_path / "p.csv")
        assert "no tape of 2026-01-01 or before" in str(before.exception)

    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (["TAPE", "--as-of", "2026-02-11", "--out", "OUT/p.xlsx"], "by extension"),
            (["TAPE", "--as-of", "2026-02-11", "--out", "OUT/none/p.csv"], "no such folder"),
            (["OUT/none", "--as-of", "2026-02-11", "--out", "OUT/p.csv"], "no such folder"),
            (["TAPE", "--as-of", "2026-02-11", "--policy", "nope", "--out", "OUT/p.csv"], "neither a file nor one of"),
        ],
    )
    def test_what_cannot_be_done_is_refused_in_one_line(self, folder, tmp_path, arguments, line):
        filled = [word.replace("TAPE", str(folder)).replace("OUT", str(tmp_path)) for word in arguments]
        done = age(*filled)
        assert isinstance(done.exception, Refusal)
        assert line in str(done.exception)
        assert "\n" not in str(done.exception)
        assert not list(tmp_path.glob("p.*"))


@pytest.mark.skipif(
    not SUPERLENDER.is_dir(), reason=f"the SuperLender tape is not at {SUPERLENDER}; it is not ours to ship"
)
def test_a_real_lenders_tape_equals_its_independently_computed_positions(tmp_path):
    done = age(SUPERLENDER, "--as-of", "2017-02-28", "--policy", "plain", "--out", tmp_path / "p.csv")
    assert done.exception is None
    kinds = {"account_id": pl.String, "oldest_due_on": pl.String}
    expected = pl.read_csv(SUPERLENDER / "expected_positions_2017-02-28.csv", schema_overrides=kinds).sort("account_id")
    made = pl.read_csv(tmp_path / "p.csv", schema_overrides=kinds).sort("account_id")
    assert made.height == expected.height == 9533
    assert made.select(expected.columns).equals(expected)
