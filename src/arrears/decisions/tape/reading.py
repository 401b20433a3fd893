"""Reads a folder of tape files into the tables of the lake, the identity for the vault, and a quarantine.

Called by `exchange/tape_in`, by `arrears age` and by notebooks. It stores nothing and knows neither lake nor books;
a bad row goes to quarantine with its reason, and a tape with too many of them is refused as a whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import cast

import polars as pl

from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import (
    accounts,
    contact_points,
    contract,
    csv_source,
    customers,
    doubtful,
    histories,
    instalments,
    parquet_source,
    pauses,
    payments,
    personal,
    refusals,
    registers,
    source,
    spool,
)
from arrears.decisions.tape import known as known_tapes
from arrears.decisions.tape import policy as tape_policy
from arrears.decisions.tape.sieve import QUARANTINE, FileCount, Sieve

#: Called with what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]

#: Raised when the meaning of reading changes, so that a lake knows its tables were read differently.
CODE_VERSION = "3"

#: So many rows of each file are told at once; the quarantine holds them all.
FIRST_ASIDE = 10

#: What judges the rows of a table that stands on accounts: instalments, payments or pauses.
Sift = Callable[[Sieve, registers.Accounts, registers.Setting], tuple[pl.DataFrame, registers.Resolved]]


@dataclass(frozen=True)
class Report:
    """What a run of the tape says of itself; `as_dict` is its JSON form.

    first_aside : the first rows of each file in quarantine: file, line, column, value_masked, reason
    """

    as_of: date
    policy_version: str
    files: tuple[FileCount, ...]
    unknown_files: tuple[str, ...]
    accounts_without_instalments: int
    first_aside: tuple[dict[str, object], ...]

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def accepted(self) -> int:
        return sum(file.accepted for file in self.files)

    @property
    def quarantined(self) -> int:
        return sum(file.quarantined for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        totals = {"read": self.read, "accepted": self.accepted, "quarantined": self.quarantined}
        return {**asdict(self), "as_of": self.as_of.isoformat(), **totals}


@dataclass(frozen=True)
class Reading:
    """A tape that was read.

    spooled    : tables too large for memory, partition by partition; they are not in `tables`, and have nothing aside
    tables     : the tables that were read, columns and order of schemas.tape; nothing here names a person
    identity   : customers and contact_points with their personal values: for the vault only
    quarantine : file, line, column, value_masked, reason; one row per row set aside
    doubtful   : accounts that have rows in quarantine, and a mark of which: what they owe may be wrong, so do not press
    recognised : accounts that come for the first time, by the mark under which earlier doubts of them are kept
    aside      : per table, columns that the contract does not know, beside the key columns as written
    fingerprint: of the files' bytes, the date, the policy and the key; the same tape has the same one
    """

    tables: Mapping[str, pl.DataFrame]
    identity: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame
    doubtful: pl.DataFrame
    recognised: pl.DataFrame
    aside: Mapping[str, pl.DataFrame]
    report: Report
    fingerprint: str
    spooled: Mapping[str, spool.Spooled] = field(default_factory=dict)


def read_folder(
    folder: Path,
    *,
    as_of: date,
    only: Collection[str] | None = None,
    pseudonym_key: bytes | None = None,
    known: known_tapes.Known | None = None,
    policy: tape_policy.TapePolicy | None = None,
    progress: Progress | None = None,
    place: spool.Place | None = None,
) -> Reading:
    """Read and judge a tape.

    folder        : CSV (.csv, .csv.gz) or Parquet files named as in docs/tape.md; other files are reported
    as_of         : the business date of the tape; nothing that has happened may be dated later
    only          : tables to read, for commands that need a part; by default all. Rows are not asked about customers
                    or accounts whose table is left out
    pseudonym_key : secret that contact point identifiers are derived with; needed when contact points are read
    known         : what earlier tapes said; by default nothing
    policy        : bounds and shares; by default policies/tape.toml
    place         : where large CSV files of accounts' rows are spooled; by default every table is read whole
    returns       : Reading; for each file accepted + quarantined == read
    raises        : TapeRefused in one of its forms; nothing has been stored then
    example       : read_folder(Path("tape"), as_of=date(2026, 11, 23), only=["accounts", "instalments", "payments"])
    """
    policy = policy or tape_policy.load()
    wanted = [table for table in contract.FILES if only is None or table in only]
    setting = registers.Setting(as_of, policy, known or known_tapes.Nothing(), pseudonym_key)
    found = source.find_files(folder)
    missing = [t for t in contract.REQUIRED_FILES if t in wanted and t not in found.tables]
    if missing:
        raise refusals.MissingFile(tables=", ".join(missing))
    present = [table for table in wanted if table in found.tables]
    run = _Run(setting, found, present, progress or (lambda what, done, total: None), place)
    run.go()
    return run.reading(wanted)


class _Run:
    """One pass over the files in the order in which tables stand on one another."""

    def __init__(
        self,
        setting: registers.Setting,
        found: source.FoundFiles,
        present: list[str],
        progress: Progress,
        place: spool.Place | None,
    ) -> None:
        self.setting, self.found, self.present, self.progress = setting, found, present, progress
        self.place = place
        self.spooled: dict[str, spool.Spooled] = {}
        self.scheduled: list[pl.Series] = []
        self.tables: dict[str, pl.DataFrame] = {}
        self.identity: dict[str, pl.DataFrame] = {}
        self.aside: dict[str, pl.DataFrame] = {}
        self.counts: list[FileCount] = []
        self.quarantine: list[pl.DataFrame] = [pl.DataFrame(schema=QUARANTINE)]
        self.doubtful: list[pl.DataFrame] = [pl.DataFrame(schema=doubtful.DOUBTFUL)]
        self.recognised = pl.DataFrame(schema=doubtful.RECOGNISED)

    def go(self) -> None:
        """Accounts and customers first, then what stands on them; each table's raw rows are let go when done."""
        account_sieve = self.open("accounts") if "accounts" in self.present else None
        parsed = accounts.parse(account_sieve, self.setting) if account_sieve else pl.DataFrame(schema=schemas.ACCOUNTS)
        people = None
        if "customers" in self.present:
            sound = account_sieve.kept(parsed) if account_sieve else parsed
            sieve = self.open("customers")
            lake, vault, people = customers.sift(sieve, sound, self.setting)
            self.tables["customers"], self.identity["customers"] = lake, vault
            self.close(sieve)
        if account_sieve:
            self.tables["accounts"], register = accounts.settle(account_sieve, parsed, people, self.setting)
            self.close(account_sieve)
            self.doubtful.append(doubtful.doubtful(account_sieve, self.setting, register.frame))
            self.recognised = doubtful.recognised(register.frame, self.setting)
        else:
            nobody = pl.Series([], dtype=pl.String)
            register = registers.Accounts(pl.DataFrame(schema={**known_tapes.ACCOUNTS, "digits": pl.UInt8}), nobody)
        for table, sift in (("instalments", instalments.sift), ("payments", payments.sift), ("pauses", pauses.sift)):
            if table not in self.present:
                continue
            if self.place is not None and self.place.takes(self.found.tables[table]):
                self._out_of_core(table, sift, register, self.place)
                continue
            sieve = self.open(table)
            self.tables[table], resolved = sift(sieve, register, self.setting)
            self.close(sieve, resolved)
        self._of_people(people)

    def _out_of_core(self, table: str, sift: Sift, register: registers.Accounts, place: spool.Place) -> None:
        """As `open`, `sift` and `close`, heap by heap."""
        self.progress(f"read {table}", len(self.counts), len(self.present))
        heaps = spool.heaps(self.found.tables[table], table=table, place=place, policy=self.setting.policy)
        partitions = place.partitions(self.tables["customers"].height)
        made = self.spooled[table] = spool.Spooled(table, heaps.folder, partitions)
        counts: list[FileCount] = []
        quarantine, doubts = [pl.DataFrame(schema=QUARANTINE)], [pl.DataFrame(schema=doubtful.DOUBTFUL)]
        for files in heaps.read():
            sieve = Sieve(table, files)
            frame, resolved = sift(sieve, register, self.setting)
            made.add(frame)
            counts += sieve.counts()
            quarantine.append(sieve.quarantine())
            doubts.append(doubtful.doubtful(sieve, self.setting, resolved.frame))
            if table == "instalments":
                self.scheduled.append(frame["account_id"].unique())
        self.quarantine.append(pl.concat(quarantine).sort("file", "line", "column"))
        self._count(heaps.counted(counts))
        self.doubtful.append(doubtful.summed(pl.concat(doubts)))

    def _of_people(self, people: registers.Customers | None) -> None:
        nobody = pl.DataFrame(schema={"customer_id": pl.String, "region_code": pl.String, "digits": pl.UInt8})
        people = people or registers.Customers(nobody, pl.Series([], dtype=pl.String))
        if "contact_points" in self.present:
            sieve = self.open("contact_points")
            lake, vault = contact_points.sift(sieve, people, self.setting)
            self.tables["contact_points"], self.identity["contact_points"] = lake, vault
            self.close(sieve)
        for table, sift in (("spending", histories.sift_spending), ("contact_history", histories.sift_contacts)):
            if table in self.present:
                sieve = self.open(table)
                self.tables[table] = sift(sieve, people, self.setting)
                self.close(sieve)

    def open(self, table: str) -> Sieve:
        """Read the files of a table."""
        self.progress(f"read {table}", len(self.counts), len(self.present))
        files = []
        for path in self.found.tables[table]:
            if path.suffix.lower() == ".parquet":
                files.append(parquet_source.read(path, table=table, policy=self.setting.policy))
            else:
                files.append(csv_source.read(path, table=table, policy=self.setting.policy))
        return Sieve(table, files)

    def close(self, sieve: Sieve, resolved: registers.Resolved | None = None) -> None:
        """Count what became of a table's rows, refusing the tape when too many are bad."""
        self.quarantine.append(sieve.quarantine())
        self._count(sieve.counts())
        if resolved is not None:
            self.doubtful.append(doubtful.doubtful(sieve, self.setting, resolved.frame))
        if sieve.aside.width:
            self.aside[sieve.table] = sieve.aside

    def _count(self, counts: list[FileCount]) -> None:
        for count in counts:
            if self.setting.policy.refuses(quarantined=count.quarantined, read=count.read):
                worst = ", ".join(f"{reason} {n}" for reason, n in list(count.reasons.items())[:3])
                raise refusals.TooManyBadRows(
                    file=count.file,
                    quarantined=count.quarantined,
                    read=count.read,
                    reasons=worst,
                    quarantine=pl.concat(self.quarantine),
                )
        self.counts += counts

    def reading(self, wanted: list[str]) -> Reading:
        """What was read, as one value; tables whose file is absent are empty."""
        if not any(count.read for count in self.counts):
            raise refusals.EmptyTape(what="no file has a row")
        first = isinstance(self.setting.known, known_tapes.Nothing)
        if first and "accounts" in wanted and not self.tables["accounts"].height:
            raise refusals.EmptyTape(what="no account is left to read")
        whole = [table for table in wanted if table not in self.spooled]
        tables = {table: self.tables.get(table, _empty(table)).cast(_empty(table).schema) for table in whole}
        for table, columns in (("customers", customers.IDENTITY), ("contact_points", contact_points.IDENTITY)):
            if table in wanted:
                self.identity.setdefault(table, pl.DataFrame(schema=columns))
        if "instalments" in tables:
            ids = tables["instalments"]["account_id"]  # sorted by account, so each account is one run
            self.scheduled.append(ids.filter((ids != ids.shift(1)).fill_null(True)))
        without = 0
        if self.scheduled and "accounts" in wanted:
            scheduled = pl.concat(self.scheduled).to_frame()
            without = tables["accounts"].join(scheduled, on="account_id", how="anti").height
        quarantine = pl.concat(self.quarantine)
        report = Report(
            as_of=self.setting.as_of,
            policy_version=self.setting.policy.version,
            files=tuple(self._told(one) for one in self.counts),
            unknown_files=personal.told(self.found.unknown, self.setting.policy),
            accounts_without_instalments=without,
            first_aside=first_aside(quarantine),
        )
        return Reading(
            tables=tables,
            identity=self.identity,
            quarantine=quarantine,
            doubtful=pl.concat(self.doubtful),
            recognised=self.recognised,
            aside=self.aside,
            report=report,
            fingerprint=self._fingerprint(),
            spooled=self.spooled,
        )

    def _told(self, count: FileCount) -> FileCount:
        """The report goes to the lake, where nobody is named, whatever somebody called a column."""
        return replace(count, unknown_columns=personal.told(count.unknown_columns, self.setting.policy))

    def _fingerprint(self) -> str:
        parts = [CODE_VERSION, self.setting.as_of.isoformat(), repr(self.setting.policy)]
        if self.setting.pseudonym_key:
            parts.append(hmac.digest(self.setting.pseudonym_key, b"tape fingerprint", "sha256").hex()[:16])
        parts += [f"{count.table} {count.sha256}" for count in self.counts]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def first_aside(quarantine: pl.DataFrame) -> tuple[dict[str, object], ...]:
    """The first rows of each file that were set aside, as plain values."""
    return tuple(quarantine.group_by("file", maintain_order=True).head(FIRST_ASIDE).iter_rows(named=True))


def _empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=cast(pl.Schema, schemas.TABLES[table]))
