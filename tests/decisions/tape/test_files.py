"""Damaged, missing and foreign files: a clear refusal that names the file, or single lines set aside."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tape import tapes

from arrears.decisions import tape
from arrears.decisions.tape import csv_scan, refusals

MANY = tapes.SOUND["payments"].splitlines()[0] + "".join(
    f"\nM{n},A1,2026-02-{n % 28 + 1:02d},1.00,支付宝,," for n in range(400)
)

HEADER = tapes.SOUND["customers"].splitlines()[0] + "\n"


def parquet(table: str, **changes: pl.Series) -> bytes:
    """A sound CSV table as typed Parquet."""
    frame = pl.read_csv(io.BytesIO(tapes.SOUND[table].encode()), try_parse_dates=True)
    out = io.BytesIO()
    frame.with_columns(**changes).write_parquet(out)
    return out.getvalue()


class TestRefusals:
    @pytest.mark.parametrize("table", ["customers", "accounts", "instalments"])
    def test_a_tape_without_a_required_file(self, table: str, tmp_path: Path) -> None:
        with pytest.raises(refusals.MissingFile, match=table):
            tapes.read(tapes.write(tmp_path, {table: None}))

    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.NoSuchFolder):
            tapes.read(tmp_path / "nowhere")

    def test_required_columns_missing(self, tmp_path: Path) -> None:
        text = tapes.SOUND["accounts"].replace("currency", "ccy")
        with pytest.raises(refusals.MissingColumns, match=r"accounts\.csv.*currency"):
            tapes.read(tapes.write(tmp_path, {"accounts": text}))

    def test_a_column_named_twice(self, tmp_path: Path) -> None:
        text = tapes.SOUND["accounts"].replace("status", "apr")
        with pytest.raises(refusals.RepeatedColumns, match="apr"):
            tapes.read(tapes.write(tmp_path, {"accounts": text}))

    @pytest.mark.parametrize("name", ["accounts.csv", "payments.parquet"])
    def test_a_file_of_no_bytes(self, name: str, tmp_path: Path) -> None:
        files = {name: b""} if name.endswith("csv") else {"payments": None, name: b""}
        with pytest.raises(refusals.EmptyFile, match=name):
            tapes.read(tapes.write(tmp_path, files))

    def test_an_empty_tape(self, tmp_path: Path) -> None:
        headers = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        with pytest.raises(refusals.EmptyTape):
            tapes.read(tapes.write(tmp_path, headers))

    @pytest.mark.parametrize("keep", [10, 200, -1, -100])
    def test_a_truncated_parquet_file(self, keep: int, tmp_path: Path) -> None:
        with pytest.raises(refusals.UnreadableFile, match=r"payments\.parquet"):
            tapes.read(tapes.write(tmp_path, {"payments": None, "payments.parquet": parquet("payments")[:keep]}))

    def test_parquet_that_is_something_else(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.UnreadableFile, match=r"payments\.parquet"):
            tapes.read(tapes.write(tmp_path, {"payments": None, "payments.parquet": tapes.SOUND["payments"]}))

    def test_flipped_bytes_in_parquet_never_crash(self, tmp_path: Path) -> None:
        sound = parquet("payments")
        outcomes = set()
        for at in range(4, len(sound), max(1, len(sound) // 60)):
            broken = bytearray(sound)
            broken[at] ^= 0xFF
            folder = tapes.write(tmp_path / str(at), {"payments": None, "payments.parquet": bytes(broken)})
            try:
                tapes.read(folder, only=["accounts", "instalments", "payments"])
                outcomes.add("read")
            except tape.TapeRefused as refusal:
                outcomes.add(refusal.code)
        assert "tape_unreadable_file" in outcomes

    def test_a_truncated_gzip_file(self, tmp_path: Path) -> None:
        packed = gzip.compress(MANY.encode())
        with pytest.raises(refusals.UnreadableFile, match=r"payments\.csv\.gz"):
            tapes.read(tapes.write(tmp_path, {"payments": None, "payments.csv.gz": packed[:-20]}))

    def test_a_gzip_bomb_is_refused_before_it_fills_memory(self, tmp_path: Path) -> None:
        line = b"P1,A1,2026-01-31,1.00,BANK,,\n"
        packed = gzip.compress(MANY.encode() + b"\n" + line * ((64 << 20) // len(line)))
        folder = tapes.write(tmp_path, {"payments": None, "payments.csv.gz": packed})
        tapes.read(tapes.write(tmp_path / "sound", {}))  # what is loaded and compiled once is not counted
        tracemalloc.start()
        with pytest.raises(refusals.UnpacksTooLarge, match=r"payments\.csv\.gz unpacks to more than 50 times"):
            tapes.read(folder, only=["accounts", "instalments", "payments"])
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 32 << 20

    def test_a_parquet_bomb_is_refused_before_it_is_read(self, tmp_path: Path) -> None:
        bomb = io.BytesIO()
        frame = pl.read_csv(io.BytesIO(tapes.SOUND["payments"].encode())).head(1)
        frame.select(pl.all().repeat_by(11_000_000 // frame.width)).explode(pl.all()).write_parquet(bomb)
        folder = tapes.write(tmp_path, {"payments": None, "payments.parquet": bomb.getvalue()})
        with pytest.raises(refusals.UnpacksTooLarge, match=r"payments\.parquet"):
            tapes.read(folder, only=["accounts", "instalments", "payments"])

    def test_where_memory_does_not_suffice_one_line_says_so(self, tmp_path: Path, monkeypatch) -> None:
        def scan(*_args: object, **_options: object) -> None:
            raise MemoryError

        monkeypatch.setattr(csv_scan, "scan", scan)
        with pytest.raises(refusals.MemoryTooSmall, match=r"\.csv does not fit into the memory"):
            tapes.read(tapes.write(tmp_path, {}))

    def test_gbk_is_named_with_file_and_offset(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.WrongEncoding, match=r"payments\.csv") as caught:
            tapes.read(tapes.write(tmp_path, {"payments": MANY.encode("gbk")}))
        with pytest.raises(UnicodeDecodeError) as judged:
            MANY.encode("gbk").decode()
        assert caught.value.facts["offset"] == judged.value.start

    def test_utf16_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.WrongEncoding, match=r"payments\.csv"):
            tapes.read(tapes.write(tmp_path, {"payments": MANY.encode("utf-16")}))

    def test_gbk_is_told_as_gbk_with_its_line(self, tmp_path: Path) -> None:
        rows = "".join(f"C{n},张三丰,,,,,,,\n" for n in range(3, 9))
        with pytest.raises(refusals.WrongEncoding, match=r"customers\.csv .*line 2 .*looks like GBK"):
            tapes.read(tapes.write(tmp_path, {"customers": (HEADER + rows).encode("gbk")}))

    @pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_a_mark_is_told_too(self, form: str, tmp_path: Path) -> None:
        with pytest.raises(refusals.WrongEncoding, match="looks like UTF-16"):
            tapes.read(tapes.write(tmp_path, {"customers": tapes.SOUND["customers"].encode(form)}))

    def test_two_rows_of_gbk_are_told_as_gbk(self, tmp_path: Path) -> None:
        rows = HEADER + "C1,张三丰,,,,,,,\nC2,Smith,,,,,,,\n"
        with pytest.raises(refusals.WrongEncoding, match=r"customers\.csv .*line 2 .*GBK.*iconv -f GB18030"):
            tapes.read(tapes.write(tmp_path, {"customers": rows.encode("gbk")}))

    def test_one_row_of_gbk_in_a_file_of_utf8_is_set_aside(self, tmp_path: Path) -> None:
        rows = MANY.encode() + "\nX,A1,2026-02-01,1.00,支付宝,,".encode("gbk")
        reading = tapes.read(tapes.write(tmp_path, {"payments": rows}))
        assert tapes.reasons(reading, "payments") == [(402, "", "bad_encoding")]

    @pytest.mark.parametrize(
        "data",
        [
            b"PK\x03\x04\x14\x00\x08\x08\x08\x00" + bytes(range(256)) * 20,
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x00",
            bytes(n * 97 % 251 + 1 for n in range(5000)),
            b"\x7fELF\x02\x01\x01" + bytes(200),
            b"\x81\x82\xc8\xff\xfe\xff\r\xff\xff\n",
        ],
    )
    def test_what_is_no_text_is_told_so(self, data: bytes, tmp_path: Path) -> None:
        with pytest.raises(refusals.NotText, match=r"payments\.csv is no text file"):
            tapes.read(tapes.write(tmp_path, {"payments": data}))

    def test_western_letters_are_not_called_chinese(self, tmp_path: Path) -> None:
        rows = "".join(f"C{n},Ren\u00e9 M\u00fcller,,,,,,,\n" for n in range(3, 9))
        with pytest.raises(refusals.WrongEncoding, match=r"customers\.csv .*breaks it"):
            tapes.read(tapes.write(tmp_path, {"customers": (HEADER + rows).encode("latin-1")}))

    @pytest.mark.parametrize(
        "text", [tapes.SOUND["payments"].replace("\n", "\r"), tapes.SOUND["payments"].replace("\n", "\r")[:-1] + "\n"]
    )
    def test_lone_carriage_returns(self, text: str, tmp_path: Path) -> None:
        with pytest.raises(refusals.WrongLineEnds, match=r"payments\.csv.*line 1"):
            tapes.read(tapes.write(tmp_path, {"payments": text}))

    def test_lone_carriage_returns_after_a_sound_header(self, tmp_path: Path) -> None:
        head, rows = tapes.SOUND["payments"].split("\n", 1)
        with pytest.raises(refusals.WrongLineEnds, match="line 2"):
            tapes.read(tapes.write(tmp_path, {"payments": f"{head}\n" + rows.replace("\n", "\r")}))

    @pytest.mark.parametrize(("mark", "told"), [(";", "semicolons"), ("\t", "tabs"), ("，", "full-width commas")])
    def test_another_separator(self, mark: str, told: str, tmp_path: Path) -> None:
        with pytest.raises(refusals.WrongSeparator, match=told):
            tapes.read(tapes.write(tmp_path, {"payments": tapes.SOUND["payments"].replace(",", mark)}))

    @pytest.mark.parametrize("head", ["payment_id,paid\0_on\n", "payment_id," + "x" * 10_000_000 + "\n"])
    def test_a_header_that_is_none(self, head: str, tmp_path: Path) -> None:
        with pytest.raises((refusals.UnreadableFile, refusals.NotText), match=r"payments\.csv"):
            tapes.read(tapes.write(tmp_path, {"payments": head}))

    @pytest.mark.parametrize(
        "name",
        [
            "payment.csv",
            "repayments.csv",
            "payments.xlsx",
            "payments.txt",
            "all_payments.csv",
            "payments",
            "Payment.CSV",
        ],
    )
    def test_data_under_a_name_that_is_nearly_a_tables(self, name: str, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path, {"payments": None})
        (folder / name).write_text(tapes.SOUND["payments"], encoding="utf-8")
        with pytest.raises(refusals.Misnamed, match=rf"{name} looks like the payments file"):
            tapes.read(folder)

    @pytest.mark.parametrize(
        "name", ["README.md", "expected_positions_2026-11-23.csv", "payments.csv.sha256", "还款.csv"]
    )
    def test_notes_beside_a_tape_are_named_and_left_alone(self, name: str, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path, {})
        (folder / name).write_text("x", encoding="utf-8")
        assert tapes.read(folder).report.unknown_files == (name,)

    def test_letter_case_of_a_name_does_not_matter(self, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path, {"payments": None})
        (folder / "Payments.CSV").write_text(tapes.SOUND["payments"], encoding="utf-8")
        assert tapes.read(folder).tables["payments"].height == 4

    def test_a_folder_under_a_tables_name(self, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path, {"payments": None})
        (folder / "payments.csv").mkdir()
        with pytest.raises(refusals.NotAFile, match=r"payments\.csv"):
            tapes.read(folder)

    def test_two_formats_of_one_table(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.TwoFormats, match="payments"):
            tapes.read(tapes.write(tmp_path, {"payments.parquet": parquet("payments")}))

    def test_too_many_bad_rows(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.TooManyBadRows, match=r"payments\.csv: 100 of 500 .* amount_malformed 100"):
            tapes.read(tapes.write(tmp_path, {"payments": MANY + "\nX,A1,2026-02-01,oops,,," * 100}))

    def test_contact_points_without_a_key(self, tmp_path: Path) -> None:
        with pytest.raises(refusals.PseudonymKeyMissing):
            tape.read_folder(tapes.write(tmp_path, {}), as_of=tapes.AS_OF)

    def test_amounts_in_a_column_of_dates(self, tmp_path: Path) -> None:
        data = parquet("payments", amount=pl.Series([date(2026, 1, 1)] * 4))
        with pytest.raises(refusals.ColumnType, match="amount"):
            tapes.read(tapes.write(tmp_path, {"payments": None, "payments.parquet": data}))


class TestBrokenLines:
    def test_lines_that_are_no_rows_keep_their_numbers(self, tmp_path: Path) -> None:
        lines = MANY.encode().split(b"\n")
        lines[5] = b"M4,A1,2026-02-05,1.00"
        lines[10] = b'M9,"A1,2026-02-05,1.00,x,,'
        lines[15] = b'M14,A"1,2026-02-05,1.00,x,,'
        lines[20] = b"M19,A1,2026-02-05,1.00,\xd6\xff,,"
        lines[25] = b""
        lines[30] = b"M29,A1,2026-99-05,1.00,x,,"
        reading = tapes.read(tapes.write(tmp_path, {"payments": b"\n".join(lines)}))
        assert tapes.reasons(reading, "payments") == [
            (6, "", "malformed_fields"),
            (11, "", "malformed_quote"),
            (16, "", "malformed_quote"),
            (21, "", "bad_encoding"),
            (31, "paid_on", "date_malformed"),
        ]
        assert reading.tables["payments"].height == 394

    def test_a_field_over_two_lines_counts_as_one_row(self, tmp_path: Path) -> None:
        names = tapes.SOUND["customers"].replace("张三丰", '"张\n三,""丰"')
        broken = tapes.with_row("customers", "C3,x,,oops,,,,,", sound={"customers": names})
        reading = tapes.read(tapes.write(tmp_path, broken))
        assert reading.identity["customers"]["name"][0] == '张\n三,"丰'
        assert tapes.reasons(reading, "customers") == [(5, "birth_on", "date_malformed")]

    def test_formulas_and_controls_in_names_are_data_for_the_vault(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("customers", "C3,\x07bell\x00,,,,,,,")))
        assert reading.identity["customers"]["name"].to_list()[1:] == ["=cmd|' /C calc'!A0", "\x07bell\x00"]

    def test_a_field_of_ten_megabytes_is_set_aside(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("customers", "C3," + "x" * 10_000_000 + ",,,,,,,")))
        assert tapes.reasons(reading, "customers") == [(4, "name", "text_too_long")]
        assert len(reading.quarantine["value_masked"][0]) < 20


class TestForms:
    def test_typed_parquet_says_the_same_as_text(self, tmp_path: Path) -> None:
        plain = tapes.read(tapes.write(tmp_path / "csv", {}))
        files = {f"{table}.parquet": parquet(table) for table in tapes.SOUND}
        typed = tapes.read(tapes.write(tmp_path / "parquet", {**dict.fromkeys(tapes.SOUND), **files}))
        for table, frame in plain.tables.items():
            assert frame.equals(typed.tables[table]), table

    @pytest.mark.parametrize(
        ("amounts", "reason"),
        [
            (pl.Series([610.5, 100.0, 100.0, 91200.0]), None),
            (pl.Series([610.5, 100.0, 100.0, 91200.0], dtype=pl.Float32), None),
            (pl.Series([610.505, 100.0, 100.0, 91200.0]), "amount_over_precise"),
            (pl.Series([0.1 + 0.2, 100.0, 100.0, 91200.0]), "amount_over_precise"),
            (pl.Series([1234567.89, 100.0, 100.0, 91200.0], dtype=pl.Float32), "amount_over_precise"),
            (pl.Series([float("nan"), 100.0, 100.0, 91200.0]), "amount_malformed"),
            (pl.Series([float("inf"), 100.0, 100.0, 91200.0]), "amount_malformed"),
            (pl.Series([1e300, 100.0, 100.0, 91200.0]), "amount_too_large"),
            (pl.Series([-1, 100, 100, 91200]), "amount_negative"),
            (pl.Series([10**18, 100, 100, 91200]), "amount_too_large"),
            (pl.Series(["610.50", "100", "100", "91200"]).cast(pl.Decimal(30, 6)), None),
            (pl.Series(["610.505", "100", "100", "91200"]).cast(pl.Decimal(30, 6)), "amount_over_precise"),
        ],
    )
    def test_amounts_of_every_written_type(self, amounts: pl.Series, reason: str | None, tmp_path: Path) -> None:
        data = parquet("payments", amount=amounts)
        reading = tapes.read(tapes.write(tmp_path, {"payments": None, "payments.parquet": data}))
        assert reading.quarantine["reason"].to_list() == ([reason] if reason else [])
        kept = {1: 10000, 2: 10000, 3: 91200} if reason else {0: 61050, 1: 10000, 2: 10000, 3: 91200}
        assert reading.tables["payments"]["amount_minor"].to_list() == list(kept.values())

    def test_numbered_parts_are_one_table_and_lines_are_theirs(self, tmp_path: Path) -> None:
        header, *rows = tapes.SOUND["payments"].splitlines()
        parts = {
            "payments": None,
            "payments-1.csv": "\n".join([header, *rows[:2]]),
            "payments-2.csv": "\n".join([header, *rows[2:], "P9,A1,2026-02-01,x,,,"]),
        }
        reading = tapes.read(tapes.write(tmp_path, parts))
        assert reading.tables["payments"].height == 4
        assert reading.quarantine.select("file", "line").rows() == [("payments-2.csv", 4)]

    def test_parts_whose_types_do_not_go_together(self, tmp_path: Path) -> None:
        other = parquet("payments", amount=pl.Series([date(2026, 1, 1)] * 4))
        parts = {"payments": None, "payments-1.parquet": parquet("payments"), "payments-2.parquet": other}
        with pytest.raises(refusals.PartsDiffer, match="amount"):
            tapes.read(tapes.write(tmp_path, parts))

    def test_gzip_reads_as_plain(self, tmp_path: Path) -> None:
        packed = gzip.compress(tapes.SOUND["payments"].encode())
        reading = tapes.read(tapes.write(tmp_path, {"payments": None, "payments.csv.gz": packed}))
        assert reading.tables["payments"].height == 4

    def test_unknown_columns_are_kept_aside_and_unknown_files_named(self, tmp_path: Path) -> None:
        lines = [line + ",x" for line in tapes.SOUND["accounts"].splitlines()]
        lines[0] = tapes.SOUND["accounts"].splitlines()[0] + ",branch"
        reading = tapes.read(tapes.write(tmp_path, {"accounts": "\n".join(lines), "notes.txt": "hello"}))
        counts = next(f for f in reading.report.files if f.table == "accounts")
        assert counts.unknown_columns == ("branch",)
        assert reading.aside["accounts"]["branch"].to_list() == ["x", "x", "x"]
        assert "branch" not in reading.tables["accounts"].columns
        assert reading.report.unknown_files == ("notes.txt",)

    def test_a_file_or_column_that_names_somebody_is_told_by_its_ends(self, tmp_path: Path) -> None:
        """The report goes to the lake."""
        lines = [line + ",x" for line in tapes.SOUND["accounts"].splitlines()]
        lines[0] = tapes.SOUND["accounts"].splitlines()[0] + ",王五13800003333"
        files = {
            "accounts": "\n".join(lines),
            "张三.txt": "x",
            "ann@lee.cn.txt": "x",
            "notes_20261123.txt": "x",
            "l_20261127093000.txt": "x",
        }
        report = tapes.read(tapes.write(tmp_path, files)).report
        counts = next(f for f in report.files if f.table == "accounts")
        assert counts.unknown_columns == ("王" + "*" * 11,)
        assert sorted(report.unknown_files) == ["a" + "*" * 11, "l_20261127093000.txt", "notes_20261123.txt", "张*****"]

    def test_what_a_desktop_hides_in_a_folder_is_no_part_of_the_tape(self, tmp_path: Path) -> None:
        hidden = {"._payments.csv": "\x00\x05\x16\x07", ".DS_Store": "x", ".p.csv.77.part": "x"}
        reading = tapes.read(tapes.write(tmp_path, dict(hidden)))
        assert reading.report.unknown_files == ()
        assert reading.tables["payments"].height == 4


class TestHistories:
    def test_purchases_of_a_day_and_category_add_up(self, tmp_path: Path) -> None:
        text = (
            "customer_id,spent_on,amount,category\nC1,2026-05-01,1.10,food\nC1,2026-05-01,2.20,food\nC1,2026-05-01,1,"
        )
        reading = tapes.read(tapes.write(tmp_path, {"spending": text}))
        assert sorted(reading.tables["spending"]["amount_minor"].to_list()) == [100, 330]
        counts = next(f for f in reading.report.files if f.table == "spending")
        assert (counts.accepted, counts.collapsed) == (3, 1)

    def test_moments_of_contacts_become_utc(self, tmp_path: Path) -> None:
        text = "customer_id,at,channel,outcome\n" + "".join(
            f"C1,{at},SMS,{n}\n"
            for n, at in enumerate(
                ["2026-05-01T09:30:00+08:00", "2026-05-02T01:30:00Z", "2026-05-03 09:30:00", "yesterday"]
            )
        )
        reading = tapes.read(tapes.write(tmp_path, {"contact_history": text}))
        moments = reading.tables["contact_history"]["at"].dt.replace_time_zone(None).to_list()
        assert moments == [datetime(2026, 5, day, 1, 30) for day in (1, 2, 3)]
        assert tapes.reasons(reading, "contact_history") == [(5, "at", "date_malformed")]
