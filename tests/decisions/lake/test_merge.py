"""A tape over the former state: rows replaced by key, all or nothing, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tape import tapes

from arrears.decisions import lake
from arrears.decisions.lake import memory, merge, publishing
from arrears.decisions.schemas import tape as schemas

DAY = tapes.AS_OF
NEXT = date(2026, 11, 24)
LATER = date(2026, 11, 25)


def ingest(into: lake.Lake, folder: Path, as_of: date = DAY, partitions: int = 4) -> merge.Merged:
    known = memory.of(into, as_of)
    reading = tapes.read(folder, as_of=as_of, known=known)
    return merge.merge_tape(into, reading, as_of=as_of, partitions=partitions)


def snapshot(root: Path) -> dict[str, str]:
    """sha256 of every file, the lock aside."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def store(tmp_path: Path) -> lake.Lake:
    made = lake.Lake(tmp_path / "lake")
    ingest(made, tapes.write(tmp_path / "first", {}))
    return made


class TestFirstTape:
    def test_the_lake_holds_what_was_read(self, store: lake.Lake, tmp_path: Path) -> None:
        reading = tapes.read(tmp_path / "first")
        for table in schemas.TABLES:
            assert store.read(table, DAY).sort(schemas.SORT[table]).equals(reading.tables[table]), table

    def test_every_customer_is_in_the_partition_of_the_name(self, store: lake.Lake) -> None:
        for customer in ("C1", "C2"):
            rows = store.read_customer("instalments", DAY, customer)
            assert rows.equals(store.read("instalments", DAY).filter(customer_id=customer))
            assert rows.height > 0
        assert store.read_customer("instalments", DAY, "nobody").height == 0

    def test_quarantine_and_report_are_kept(self, tmp_path: Path) -> None:
        store = lake.Lake(tmp_path / "lake")
        ingest(store, tapes.write(tmp_path / "bad", tapes.with_row("payments", "P9,A2,2026-05-01,oops,,,")))
        kept = store.read("quarantine", DAY)
        assert kept.select("file", "line", "column", "reason").rows() == [
            ("payments.csv", 6, "amount", "amount_malformed")
        ]
        assert store.read("doubtful", DAY)["account_id"].to_list() == ["A2"]
        (report,) = (store.root / "reports" / f"as_of={DAY}").iterdir()
        told = json.loads(report.read_text())
        assert (told["read"], told["accepted"], told["quarantined"]) == (19, 18, 1)

    def test_two_lakes_of_one_tape_have_the_same_bytes(self, store: lake.Lake, tmp_path: Path) -> None:
        other = lake.Lake(tmp_path / "other")
        ingest(other, tmp_path / "first")
        assert snapshot(other.root) == snapshot(store.root)

    def test_nothing_in_the_lake_names_a_person(self, tmp_path: Path) -> None:
        secrets = ["张三丰", "310101199001011234", "长江钢铁厂", "13812345678", "San.Feng", "san.feng", "1990-01-01"]
        store = lake.Lake(tmp_path / "lake")
        bad = tapes.with_row("customers", "C1,张三丰,310101199001011234,1990-01-01,Mars,,长江钢铁厂,,")
        bad |= tapes.with_row("contact_points", "C1,MOBILE,13812345678,张三丰,,")
        bad |= tapes.with_row("payments", "P9,13812345678,2026-05-01,310101199001011234,张三丰,,")
        bad["payments"] += "P10,张三丰 13812345678\n"
        ingest(store, tapes.write(tmp_path / "tape", bad))
        assert store.read("quarantine", DAY).height == 4
        for path in store.root.rglob("*"):
            if path.is_file():
                seen = path.read_bytes().decode("utf-8", "replace") + str(path)
                if path.suffix == ".parquet":
                    frame = pl.read_parquet(path)
                    seen += "\n".join(str(row) for row in frame.iter_rows())
                assert not [secret for secret in secrets if secret in seen], path


class TestLaterTapes:
    def test_the_same_tape_twice_changes_no_byte(self, store: lake.Lake, tmp_path: Path) -> None:
        before = snapshot(store.root)
        assert not ingest(store, tmp_path / "first").changed
        assert snapshot(store.root) == before

    def test_changes_replace_by_key_and_the_rest_stays(self, store: lake.Lake, tmp_path: Path) -> None:
        header = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        header["payments"] += "P5,A2,2026-11-24,50.00,CARD,,\nP6,A1,2026-11-24,610.50,CARD,P1,\n"
        header["instalments"] += "A1,2,2026-03-15,600.00,4.50,0\n"
        merged = ingest(store, tapes.write(tmp_path / "second", header), NEXT)
        assert merged.changed
        assert store.read("payments", NEXT)["payment_id"].sort().to_list() == ["P1", "P2", "P3", "P4", "P5", "P6"]
        moved = store.read("instalments", NEXT).filter(account_id="A1", number=2)
        assert moved["due_on"].to_list() == [date(2026, 3, 15)]
        assert store.read("instalments", NEXT).height == store.read("instalments", DAY).height == 4
        assert store.read("accounts", NEXT).equals(store.read("accounts", DAY))
        assert store.dates("accounts") == [DAY, NEXT]
        for table in schemas.TABLES:
            for part in range(4):
                frame = store.read(table, NEXT, part)
                assert frame.equals(frame.sort(schemas.SORT[table], maintain_order=True)), table

    def test_a_lake_from_before_a_column_was_known_takes_the_next_tape(self, store: lake.Lake, tmp_path: Path) -> None:
        for part in range(4):
            store.write("instalments", DAY, part, store.read("instalments", DAY, part).drop("penalty_minor"))
        header = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        header["instalments"] = "account_id,number,due_on,principal,penalty\nA1,3,2026-04-01,600.00,7.00\n"
        ingest(store, tapes.write(tmp_path / "second", header), NEXT)
        rows = store.read("instalments", NEXT)
        assert list(rows.columns) == list(schemas.INSTALMENTS)
        assert rows.filter(account_id="A1").sort("number")["penalty_minor"].to_list() == [None, None, 700]

    def test_whole_and_by_changes_end_alike(self, store: lake.Lake, tmp_path: Path) -> None:
        row = "P5,A2,2026-11-20,50.00,CARD,,"
        few = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        few["payments"] += row
        other = lake.Lake(tmp_path / "other")
        ingest(other, tmp_path / "first")
        ingest(store, tapes.write(tmp_path / "whole", tapes.with_row("payments", row)), NEXT)
        ingest(other, tapes.write(tmp_path / "few", few), NEXT)
        for table in schemas.TABLES:
            for part in range(4):
                assert store.path(table, NEXT, part).read_bytes() == other.path(table, NEXT, part).read_bytes()

    def test_a_second_tape_of_the_same_date_goes_over_the_first(self, store: lake.Lake, tmp_path: Path) -> None:
        more = tapes.write(tmp_path / "more", tapes.with_row("payments", "P5,A2,2026-11-20,50.00,CARD,,"))
        assert ingest(store, more).changed
        assert store.read("payments", DAY).height == 5
        assert not ingest(store, tmp_path / "first").changed
        assert not ingest(store, more).changed

    def test_an_earlier_date_is_refused_unless_it_is_already_there(self, store: lake.Lake, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path / "more", tapes.with_row("payments", "P5,A2,2026-11-20,50.00,CARD,,"))
        ingest(store, folder, LATER)
        before = snapshot(store.root)
        assert not ingest(store, tmp_path / "first", DAY).changed
        for as_of in (DAY, NEXT):
            with pytest.raises(merge.BackDatedTape):
                ingest(store, folder, as_of)
        with pytest.raises(merge.BackDatedTape):
            merge.refuse_back_dated(store, NEXT)
        assert snapshot(store.root) == before

    def test_money_without_a_currency_is_in_that_of_the_stored_accounts(self, store: lake.Lake, tmp_path: Path) -> None:
        files: dict[str, str] = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        files["customers"] += "C2,,,,JP-13,,,400000,\n"
        files["spending"] = "customer_id,spent_on,amount,category\nC2,2026-05-01,700,food\nC1,2026-05-01,7.5,food\n"
        ingest(store, tapes.write(tmp_path / "second", files), NEXT)
        assert store.read_customer("customers", NEXT, "C2")["monthly_income_minor"].to_list() == [400000]
        assert store.read_customer("spending", NEXT, "C2")["amount_minor"].to_list() == [700]
        assert store.read_customer("spending", NEXT, "C1")["amount_minor"].to_list() == [750]

    def test_partitions_are_chosen_once(self, store: lake.Lake, tmp_path: Path) -> None:
        with pytest.raises(merge.PartitionsDiffer):
            ingest(store, tmp_path / "first", NEXT, partitions=8)

    @pytest.mark.parametrize(
        ("table", "row", "reason"),
        [
            ("accounts", "A2,C2,cash,CNY,2026-02-01,600.5,0.24,,OPEN,PICC", "customer_changed"),
            ("accounts", "A2,C1,cash,USD,2026-02-01,600.5,0.24,,OPEN,PICC", "currency_mismatch"),
            ("payments", "P1,A2,2026-02-01,610.50,CARD,,", "account_changed"),
            ("payments", "P4,A1,2026-04-01,912.00,BANK,,", "account_changed"),
            ("payments", "P7,A1,2026-05-01,100.00,,P2,", "reversed_twice"),
            ("payments", "P7,A1,2026-05-01,100.00,,P3,", "reverses_reversal"),
            ("payments", "P7,A2,2026-05-01,100.00,,P1,", "reverses_other_account"),
        ],
    )
    def test_a_contradiction_of_what_is_stored(
        self, table: str, row: str, reason: str, store: lake.Lake, tmp_path: Path
    ) -> None:
        files = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
        files[table] += row + "\n"
        reading = tapes.read(tapes.write(tmp_path / "second", files), as_of=NEXT, known=memory.of(store, NEXT))
        assert reading.quarantine["reason"].to_list() == [reason]


HEADERS = {name: text.splitlines()[0] + "\n" for name, text in tapes.SOUND.items()}
WHOLE_A2 = {
    "accounts": "A2,C1,cash,CNY,2026-02-01,600.5,0.24,,OPEN,PICC\n",
    "instalments": "A2,1,2026-03-01,600.50,12.01,0\n",
}


class TestDoubt:
    """A2 had a payment that could not be read. What it owes is not known, whatever the next tapes do not say."""

    @pytest.fixture
    def doubted(self, tmp_path: Path) -> lake.Lake:
        made = lake.Lake(tmp_path / "doubted")
        ingest(made, tapes.write(tmp_path / "bad", tapes.with_row("payments", "P9,A2,2026-05-01,oops,,,")))
        return made

    def tell(self, store: lake.Lake, tmp_path: Path, rows: dict[str, str], as_of: date = NEXT) -> list[str]:
        """Take a tape of these rows alone; returns the accounts in doubt after it."""
        files = {name: header + rows.get(name, "") for name, header in HEADERS.items()}
        files |= {"customers": HEADERS["customers"] + "C1,,,,CN-31,,,,\n"}
        ingest(store, tapes.write(tmp_path / f"tell-{as_of}", files), as_of)
        return store.read("doubtful", as_of)["account_id"].to_list()

    @pytest.mark.parametrize(
        "rows",
        [
            {},
            {"payments": "P10,A2,2026-06-01,1.00,,,\n"},
            {"accounts": WHOLE_A2["accounts"]},
            {"instalments": WHOLE_A2["instalments"]},
        ],
    )
    def test_stays_while_the_row_is_not_told(self, rows: dict[str, str], doubted: lake.Lake, tmp_path: Path) -> None:
        assert self.tell(doubted, tmp_path, rows) == ["A2"]
        assert self.tell(doubted, tmp_path, {}, LATER) == ["A2"]

    def test_stays_with_a_second_tape_of_the_same_date(self, doubted: lake.Lake, tmp_path: Path) -> None:
        assert self.tell(doubted, tmp_path, {}, DAY) == ["A2"]

    @pytest.mark.parametrize("rows", [{"payments": "P9,A2,2026-05-01,5.00,,,\n"}, WHOLE_A2])
    def test_goes_when_the_row_is_told_or_the_account_anew(
        self, rows: dict[str, str], doubted: lake.Lake, tmp_path: Path
    ) -> None:
        assert self.tell(doubted, tmp_path, rows) == []

    def test_falls_on_a_stored_account_whose_own_row_is_bad_now(self, store: lake.Lake, tmp_path: Path) -> None:
        rows = {
            "accounts": "A2,C1,cash,CNY,2026-02-01,oops,0.24,,OPEN,PICC\n",
            "payments": "P9,A2,2026-05-01,5.00,,,\n",
        }
        assert self.tell(store, tmp_path, rows) == ["A2", "A2"]
        assert self.tell(store, tmp_path, {"accounts": WHOLE_A2["accounts"]}, LATER) == ["A2"]

    def test_of_an_account_whose_own_row_was_bad_from_the_first_waits_for_it(self, tmp_path: Path) -> None:
        store = lake.Lake(tmp_path / "lake")
        bad = tapes.with_row("accounts", "A9,C1,cash,CNY,2026-02-01,oops,0.24,,OPEN,")
        bad |= tapes.with_row("instalments", "A9,1,2026-03-01,600.50,12.01,0")
        bad |= tapes.with_row("payments", "P9,A9,2026-05-01,5.00,,,")
        ingest(store, tapes.write(tmp_path / "tape", bad))
        assert "A9" not in store.read("doubtful", DAY)["account_id"].to_list()
        right = {"accounts": "A9,C1,cash,CNY,2026-02-01,600.5,0.24,,OPEN,\n"}

        assert self.tell(store, tmp_path, right | {"instalments": "A9,1,2026-03-01,600.50,12.01,0\n"}) == ["A9"]
        assert store.read("doubtful", NEXT).drop("key", "rows").rows() == [("A9", "C1", "payments")]
        assert self.tell(store, tmp_path, {"payments": "P9,A9,2026-05-01,5.00,,,\n"}, LATER) == []

    def test_of_an_account_that_came_without_its_instalments_is_not_lifted_by_its_own_row(self, tmp_path: Path) -> None:
        store = lake.Lake(tmp_path / "lake")
        ingest(store, tapes.write(tmp_path / "tape", tapes.with_row("instalments", "A9,1,2026-03-01,600.50,12.01,0")))
        right = {"accounts": "A9,C1,cash,CNY,2026-02-01,600.5,0.24,,OPEN,\n"}

        assert self.tell(store, tmp_path, right) == ["A9"]
        assert self.tell(store, tmp_path, right, LATER) == ["A9"]


def _killed_while(root: Path, folder: Path, moment: str) -> None:
    """Ingest in a process that kills itself at a moment; run in a child."""
    moves = 0
    sound_replace, sound_move = publishing.replace, publishing._move

    def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
        if moment == "before the decision" and path.name == "decided.json":
            os.kill(os.getpid(), signal.SIGKILL)
        sound_replace(path, content, durable=durable)

    def move(lake_root: Path, staging: Path) -> None:
        nonlocal moves
        for name in json.loads((staging / "decided.json").read_bytes()):
            moves += 1
            if moves == 7:
                os.kill(os.getpid(), signal.SIGKILL)
            (lake_root / name).parent.mkdir(parents=True, exist_ok=True)
            publishing.place(staging, Path(name)).replace(lake_root / name)

    publishing.replace = replace
    publishing._move = move if moment == "while moving" else sound_move
    ingest(lake.Lake(root), folder, NEXT)


class TestKilled:
    @pytest.mark.parametrize(("moment", "is_there"), [("before the decision", False), ("while moving", True)])
    def test_all_or_nothing(self, moment: str, is_there: bool, store: lake.Lake, tmp_path: Path) -> None:
        before = snapshot(store.root)
        folder = tapes.write(tmp_path / "second", tapes.with_row("payments", "P5,A2,2026-11-20,50.00,CARD,,"))
        child = multiprocessing.get_context("spawn").Process(target=_killed_while, args=(store.root, folder, moment))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        assert (NEXT in store.dates("accounts")) is is_there
        visible = {path: digest for path, digest in snapshot(store.root).items() if not path.startswith(".staging")}
        assert {path: visible[path] for path in before} == before
        assert is_there or visible == before
        ingest(store, folder, NEXT)
        whole = lake.Lake(tmp_path / "whole")
        ingest(whole, tmp_path / "first")
        ingest(whole, folder, NEXT)
        assert snapshot(store.root) == snapshot(whole.root)

    def test_an_error_half_way_leaves_nothing(
        self, store: lake.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = snapshot(store.root)
        folder = tapes.write(tmp_path / "second", tapes.with_row("payments", "P5,A2,2026-11-20,50.00,CARD,,"))
        monkeypatch.setattr(merge, "_quarantine", lambda plan: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest(store, folder, NEXT)
        assert snapshot(store.root) == before

    def test_two_publishers_at_once(self, store: lake.Lake, tmp_path: Path) -> None:
        with publishing.staged(store.root, "another"), pytest.raises(publishing.LakeBusy):
            ingest(store, tapes.write(tmp_path / "second", {}), NEXT)
