"""A tape read out of core says what the same tape says when it is read whole: rows, quarantine, report, fingerprint."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import nights
from tests.decisions.tape import tapes

from arrears.decisions import tape
from arrears.decisions.lake import Lake, memory
from arrears.decisions.lake.merge import merge_tape
from arrears.decisions.tape import csv_source, refusals, spool
from arrears.decisions.tape.reading import Reading

PARTITIONS = 3
TABLES = ("instalments", "payments", "pauses")
ACCOUNTS = [f"A{number}" for number in range(40)]
Write = Callable[[Path, random.Random], Path]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "PIECE_BYTES", 150)
    monkeypatch.setattr(csv_source, "EARLY_REFUSAL_LINES", 50)


def read(folder: Path, spooled: Path | None, known: Lake | None = None) -> Reading:
    place = spool.Place(spooled, lambda customers: PARTITIONS, from_bytes=0, heap_bytes=300) if spooled else None
    if spooled:
        spooled.mkdir()
    memories = memory.of(known, tapes.AS_OF) if known else None
    return tape.read_folder(
        folder, as_of=tapes.AS_OF, pseudonym_key=tapes.KEY, policy=tapes.TAKES_ALL, place=place, known=memories
    )


def assert_same(whole: Reading, apart: Reading) -> None:
    assert sorted(apart.spooled) == sorted(TABLES)
    for table in TABLES:
        frame = whole.tables[table]
        parts = spool.part_of_rows(frame["customer_id"], PARTITIONS)
        for part in range(PARTITIONS):
            assert apart.spooled[table].part(part).equals(frame.filter(parts == part)), (table, part)
        assert apart.spooled[table].height == frame.height
    assert apart.report == whole.report
    assert apart.fingerprint == whole.fingerprint
    for name in ("quarantine", "doubtful"):
        mine, theirs = getattr(apart, name), getattr(whole, name)
        assert mine.sort(mine.columns).equals(theirs.sort(mine.columns)), name


def broken_tape(folder: Path, dice: random.Random) -> Path:
    """Many accounts, and faults of every kind in every file, in an order that heaps tear apart."""
    people = "customer_id,region_code\n" + "".join(f"C{number},CN-31\n" for number in range(20))
    accounts = "account_id,customer_id,product_code,currency,opened_on,principal\n" + "".join(
        f"{account},C{number % 20},cash,{dice.choice(['CNY', 'CNY', 'JPY'])},2026-01-01,1200\n"
        for number, account in enumerate(ACCOUNTS[:-2])
    )
    ids = [*ACCOUNTS, " A3 ", "", "GHOST", "A\x079"]
    dues, paid, paused = [], [], []
    for _ in range(200):
        number, day = dice.randint(1, 6), dice.randint(1, 28)
        amount = dice.choice(["100", "100.00", "9.5", "1.001", "-1", "x"])
        dues.append(f"{dice.choice(ids)},{number},2026-{number + 2:02d}-{day:02d},{amount},1,{dice.choice(['', '2'])}")
        what, whose = f"P{dice.randint(1, 120)}", dice.choice(ids)
        undone = f"P{dice.randint(1, 140)}" if dice.random() < 0.3 else ""
        paid.append(f"{what},{whose},2026-10-{dice.randint(1, 3):02d},{dice.choice(['50', '60', '0'])},{undone}")
        paused.append(f"{whose},2026-05-{dice.randint(1, 3):02d},,{dice.choice(['HARDSHIP', 'DISPUTE'])}")
    for rows in (dues, paid, paused):
        rows[10:10] = [
            "too,few",
            "P900,A3",
            "A5,,,,,,,,,,",
            '"never closed,1',
            "",
            ",".join("abcdefghijk"),
            '"two\nlines",1,1',
        ]
        dice.shuffle(rows)
    texts: dict[str, str] = {
        "customers": people,
        "accounts": accounts,
        "instalments": "\n".join(["account_id,number,due_on,principal,interest,fee", *dues]),
        "payments-1": "\n".join(["payment_id,account_id,paid_on,amount,reverses", *paid[:100]]) + "\n",
        "payments-2": "\n".join(
            ["payment_id,account_id,paid_on,amount,reverses,extra", *(f"{r},?" for r in paid[100:])]
        ),
        "pauses": "\n".join(["account_id,from_on,to_on,reason", *paused]) + "\n",
    }
    folder.mkdir()
    for name, text in texts.items():
        data = text.encode()
        if name == "instalments":
            data = data.replace(b"A7,", b"A7\xff,", 2)
        (folder / f"{name}.csv").write_bytes(data)
    return folder


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_tape_is_judged_the_same(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces of five rows, and in larger ones that end elsewhere."""
    monkeypatch.setattr(csv_source, "PIECE_BYTES", 150 + 97 * seed)
    folder = broken_tape(tmp_path / "tape", random.Random(seed))
    whole = read(folder, None)
    assert whole.report.quarantined > 50
    assert_same(whole, read(folder, tmp_path / "spool"))


@pytest.mark.parametrize("seed", range(3))
def test_a_later_tape_stands_on_what_is_stored_the_same_way(tmp_path: Path, seed: int) -> None:
    """Its accounts and the payments it reverses may be known from the first tape alone."""
    first = read(broken_tape(tmp_path / "first", random.Random(seed)), None)
    lake = Lake(tmp_path / "lake")
    merge_tape(lake, first, as_of=tapes.AS_OF, partitions=PARTITIONS)
    folder = broken_tape(tmp_path / "later", random.Random(seed + 100))
    (folder / "accounts.csv").write_text("account_id,customer_id,product_code,currency,opened_on,principal\n")
    (folder / "customers.csv").write_text("customer_id\n")
    assert_same(read(folder, None, lake), read(folder, tmp_path / "spool", lake))


def test_the_lake_gets_the_same_bytes(tmp_path: Path) -> None:
    folder = broken_tape(tmp_path / "tape", random.Random(5))
    made = {}
    for name, spooled in (("whole", None), ("apart", tmp_path / "spool")):
        lake = Lake(tmp_path / name)
        merge_tape(lake, read(folder, spooled), as_of=tapes.AS_OF, partitions=PARTITIONS)
        made[name] = nights.lake_bytes(tmp_path / name)
    assert made["apart"] == made["whole"]


def test_a_packed_file_is_unpacked_piece_by_piece(tmp_path: Path) -> None:
    folder = tapes.write(tmp_path / "tape", {"instalments": None})
    text = tapes.SOUND["instalments"].encode()
    (folder / "instalments.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    assert_same(read(folder, None), read(folder, tmp_path / "spool"))


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            (b"", refusals.EmptyFile),
            (b"account_id,number\n", refusals.MissingColumns),
            (tapes.SOUND["instalments"].encode("utf-16"), refusals.WrongEncoding),
        ],
    )
    def test_are_those_of_a_whole_reading(
        self, tmp_path: Path, content: bytes, refusal: type[refusals.TapeRefused]
    ) -> None:
        folder = tapes.write(tmp_path / "tape", {"instalments": content})
        for spooled in (None, tmp_path / "spool"):
            with pytest.raises(refusal, match=r"instalments\.csv"):
                read(folder, spooled)

    def test_a_file_in_another_encoding_is_refused_before_its_end(self, tmp_path: Path) -> None:
        rows = "".join(f"借款{number},1,2026-05-01,1,0,0\n" for number in range(2_000))
        text = "account_id,number,due_on,principal,interest,fee\n" + rows
        folder = tapes.write(tmp_path / "tape", {"instalments": text.encode("gbk")})
        (tmp_path / "spool").mkdir()
        place = spool.Place(tmp_path / "spool", lambda customers: PARTITIONS, from_bytes=0)
        with pytest.raises(refusals.WrongEncoding, match="line 2"):
            tape.read_folder(folder, as_of=tapes.AS_OF, pseudonym_key=tapes.KEY, place=place)
