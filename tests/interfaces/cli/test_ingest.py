"""Tapes and nights as an operator runs them: what is refused, in which line, and that nothing stored is touched."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests import market, nights

from arrears.decisions.lake import changing
from arrears.interfaces.cli import main
from arrears.kernel.clock import SystemClock
from arrears.records.runs.models import Night, TapeIngest

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return market.mixed(DAY, customers=8).write(tmp_path / "tape")


class TestADateThatIsMistyped:
    @pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01", "1026-11-23", "2226-11-23"])
    @pytest.mark.parametrize("meant", [(), ("--far",)])
    def test_is_never_a_business_date(self, typed, meant, arrears, folder, tmp_path):
        for command in (("ingest", folder), ("night",)):
            code, _, told = arrears(*command, "--as-of", typed, *meant)
            assert (code, told.startswith(f"arrears: {typed} is no business date")) == (1, True), told
        assert not (tmp_path / "lake").exists()
        code, _, told = arrears("age", folder, "--as-of", typed, "--out", tmp_path / "p.csv")
        assert (code, told.startswith(f"arrears: {typed} is no business date")) == (1, True)

    @pytest.mark.parametrize("typed", ["2026-13-01", "2026-02-30", "01/02/2026", "20261123", "today"])
    def test_that_is_none_is_told_with_the_form_that_is_wanted(self, typed, arrears, folder, tmp_path):
        for words in (
            ("ingest", folder),
            ("night",),
            ("age", folder, "--out", tmp_path / "p.csv"),
            ("simulate", "--out", tmp_path / "t"),
        ):
            code, _, told = arrears(*words, "--as-of", typed)
            assert (code, f"'--as-of': {typed} is no date: write a day" in told, "YYYY-MM-DD" in told) == (
                2,
                True,
                True,
            )

    def test_is_refused_in_the_future_of_the_machine(self, arrears, folder):
        code, _, told = arrears("ingest", folder, "--as-of", "2099-11-23")

        assert code == 1
        assert told.startswith("arrears: 2099-11-23 lies ahead of today")
        assert not TapeIngest.objects.exists()

    def test_a_night_a_year_before_the_newest_tape_is_asked_about(self, arrears, folder):
        arrears("ingest", folder, "--as-of", DAY, "--far")

        code, _, told = arrears("night", "--as-of", DAY.replace(year=DAY.year - 1))

        assert (code, told.split(":")[1].split(" is far from ")[1]) == (1, f"the newest tape, {DAY}")
        assert not Night.objects.exists()

    @pytest.mark.parametrize("clock", ["books", "system"])
    def test_a_night_in_the_future_of_the_machine_is_refused(self, arrears, folder, settings, clock):
        settings.CLOCK = clock
        arrears("ingest", folder, "--as-of", DAY, "--far")
        ahead = SystemClock().now().date() + timedelta(days=9)

        code, _, told = arrears("night", "--as-of", ahead)

        assert (code, told.startswith(f"arrears: {ahead} lies ahead of today")) == (1, True)
        assert not Night.objects.exists()

    def test_a_tape_a_year_after_the_newest_is_asked_about_and_can_be_meant(self, arrears, tmp_path):
        on = DAY - timedelta(days=730)
        tape = market.mixed(on, customers=8).write(tmp_path / "tape")
        assert arrears("ingest", tape, "--as-of", on)[0] == 0
        before = nights.lake_bytes()

        code, _, told = arrears("ingest", tape, "--as-of", on.replace(year=on.year + 1))

        assert (code, "is far from the newest tape" in told) == (1, True)
        assert nights.lake_bytes() == before
        assert arrears("ingest", tape, "--as-of", on.replace(year=on.year + 1), "--far")[0] == 0
        assert arrears("ingest", tape, "--as-of", on)[1].startswith(f"tape of {on}: known already")


class TestATapeThatIsKnown:
    def test_says_that_nothing_changed_and_no_figures_of_before(self, arrears, folder):
        first = arrears("ingest", folder, "--as-of", DAY, "--far")[1]
        again = arrears("ingest", folder, "--as-of", DAY, "--far")[1]

        assert "vault" in first
        assert again.startswith(f"tape of {DAY}: known already, nothing changed")
        assert "vault" not in again


class TestACodeThatNobodyKnows:
    def test_is_told_with_those_that_are_known(self, arrears, folder):
        points = folder / "contact_points.csv"
        first, second, *rest = points.read_text(encoding="utf-8").splitlines()
        points.write_text("\n".join([first, second.replace(",SELF", ",BORROWER"), *rest, ""]), encoding="utf-8")

        code, out, _ = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert code == 0
        (told,) = [line for line in out.splitlines() if "line 2, relation: code_unknown" in line]
        assert told.endswith("(one of SELF GUARANTOR SPOUSE KIN COLLEAGUE EMPLOYER OTHER)")


class TestOneAtATime:
    @pytest.mark.parametrize(
        ("running", "told"), [(changing.NIGHT, "A night is being run"), (changing.TAPE, "A tape is being taken")]
    )
    def test_a_tape_and_a_night_wait_for_whoever_changes_the_lake(self, running, told, arrears, folder, tmp_path):
        arrears("ingest", folder, "--as-of", DAY, "--far")
        before = nights.lake_bytes()

        with changing.alone(tmp_path / "lake", running):
            answers = [arrears("ingest", folder, "--as-of", DAY, "--far"), arrears("night", "--as-of", DAY)]

        assert [(code, line.startswith(f"arrears: {told}")) for code, _, line in answers] == [(1, True)] * 2
        assert nights.lake_bytes() == before
        assert arrears("night", "--as-of", DAY)[0] == 0


class TestWhatWasNotRead:
    def test_is_on_the_output(self, arrears, folder):
        (folder / "还款.csv").write_text("x", encoding="utf-8")
        code, out, _ = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert code == 0
        assert "FILES NOT READ, no table of a tape: 还款.csv" in out
        assert "not on this tape: pauses, spending, contact_history" in out

    def test_a_misnamed_payments_file_stores_nothing(self, arrears, folder, tmp_path):
        (folder / "payments.csv").rename(folder / "payment.csv")

        code, _, told = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert (code, told.split(" but")[0]) == (1, "arrears: payment.csv looks like the payments file")
        assert nights.lake_bytes() == {}


class TestRowsSetAside:
    """Who has to mend a tape is told where: refused or not, on the terminal and as data."""

    def spoil(self, folder: Path, rows: int) -> int:
        """Bad instalments at the end of the file; returns the line of the first."""
        path = folder / "instalments.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*lines, *["A001,1,2026-31-01,13812345678,0,0"] * rows]) + "\n", encoding="utf-8")
        return len(lines) + 1

    def test_a_refused_tape_names_the_first_of_them(self, arrears, folder, monkeypatch, capsys):
        first = self.spoil(folder, 400)
        words = ("ingest", str(folder), "--as-of", str(DAY), "--far")
        monkeypatch.setattr("sys.argv", ["arrears", *words])
        with pytest.raises(SystemExit):
            main.main()
        told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("instalments.csv")]

        assert told[0] == f"instalments.csv: line {first}, due_on: date_malformed: 2026-31-01"
        assert told[10] == "instalments.csv: 390 more rows set aside"
        code, out, line = arrears(*words, "--json")
        data = json.loads(out)
        assert (code, line.startswith("arrears: instalments.csv: 400 of")) == (1, True)
        assert (data["refused"], data["set_aside"]) == ("tape_too_many_bad_rows", {"instalments.csv": 400})
        assert data["first_aside"][0] == {
            "file": "instalments.csv",
            "line": first,
            "column": "due_on",
            "value_masked": "2026-31-01",
            "reason": "date_malformed",
        }
        assert nights.lake_bytes() == {}

    def test_a_tape_that_is_taken_names_them_and_where_the_list_lies(self, arrears, folder, tmp_path):
        first = self.spoil(folder, 1)

        code, out, _ = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert code == 0
        assert f"instalments.csv: line {first}, due_on: date_malformed: 2026-31-01" in out
        listed = tmp_path / "lake" / "quarantine" / f"as_of={DAY}" / "part=00" / "data.parquet"
        assert f"all rows set aside: {listed}" in out
        assert pl.read_parquet(listed).height == 1


class TestADamagedLake:
    """Half of one file is gone: the night names it, and the tape of its date mends it, byte for byte."""

    @pytest.fixture
    def tapes(self, arrears, tmp_path: Path) -> list[tuple[Path, date]]:
        taken = []
        for days in range(2):
            on = DAY + timedelta(days=days)
            tape = market.mixed(DAY, customers=8)
            if days:
                tape.payment("P9", "A002", on, "5.00")
            taken.append((tape.write(tmp_path / f"tape-{days}"), on))
            assert arrears("ingest", taken[-1][0], "--as-of", on, "--far")[0] == 0
        return taken

    def cut(self, lake: Path, table: str, as_of: date) -> None:
        path = lake / table / f"as_of={as_of}" / "part=00" / "data.parquet"
        path.write_bytes(path.read_bytes()[:-60])

    def test_stops_the_night_and_other_tapes_and_is_mended_by_its_own(self, arrears, tapes, tmp_path):
        whole = nights.lake_bytes()
        (first, _), (second, on) = tapes
        self.cut(tmp_path / "lake", "payments", on)

        for words in (("night", "--as-of", on), ("ingest", first, "--as-of", on + timedelta(days=1), "--far")):
            code, _, told = arrears(*words)
            assert code == 1
            assert told.startswith(f"arrears: payments/as_of={on}/part=00/data.parquet in the lake is damaged"), told
            assert f"arrears ingest FOLDER --as-of {on}" in told
        assert arrears("ingest", first, "--as-of", on, "--far")[2].endswith("was taken in for that date.")

        assert arrears("ingest", second, "--as-of", on, "--far")[0] == 0
        assert {name: digest for name, digest in nights.lake_bytes().items() if name in whole} == whole
        assert arrears("night", "--as-of", on)[0] == 0

    def test_a_file_that_two_dates_share_is_mended_from_the_first_date_on(self, arrears, tapes, tmp_path):
        whole = nights.lake_bytes()
        self.cut(tmp_path / "lake", "accounts", DAY)
        (first, _), (second, on) = tapes

        assert arrears("ingest", second, "--as-of", on, "--far")[0] == 1
        for tape, as_of in ((first, DAY), (second, on)):
            assert arrears("ingest", tape, "--as-of", as_of, "--far")[0] == 0
        assert nights.lake_bytes() == whole


class TestTheLendersOwnTapePolicy:
    @pytest.fixture
    def own(self, settings, tmp_path: Path) -> Path:
        settings.HOME = tmp_path / "home"
        (settings.HOME / "policies").mkdir(parents=True)
        return settings.HOME / "policies" / "tape.toml"

    def test_is_obeyed_and_what_it_leaves_out_is_as_shipped(self, own, arrears, folder):
        own.write_text("[bounds]\ncode_characters = 3\n[refusal]\nquarantined_rows_short = 1\n", encoding="utf-8")

        code, _, told = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert (code, "code_malformed" in told) == (1, True), told

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (
                "[refusal]\n\nquarantined_rows = '3'\n",
                "tape.toml:3: refusal.quarantined_rows must be of the kind of 10",
            ),
            ("[bounds]\ncode_charactors = 3\n", "tape.toml:2: bounds.code_charactors is not a key"),
            ("[bounds]\ncode_characters = 65\n", "tape.toml:2: bounds.code_characters must be at most 64"),
            ("[[[", "tape.toml: the file cannot be read"),
        ],
    )
    def test_is_refused_with_its_line(self, text, told, own, arrears, folder, tmp_path):
        own.write_text(text, encoding="utf-8")

        code, _, line = arrears("ingest", folder, "--as-of", DAY, "--far")

        assert (code, line.startswith(f"arrears: {told}")) == (1, True), line
        assert nights.lake_bytes() == {}
