"""What is the state of the tape after one more tape? The former state with the new rows put over it by key.

Called by `exchange/tape_in` with a Reading. A tape may be whole or only changes: a row that it does not bring stays as
it was. The result is published as one: all tables, the quarantine and the report of a business date, or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl

from arrears.decisions.lake import doubts, publishing, store
from arrears.decisions.lake.store import Lake, Manifest
from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape.reading import CODE_VERSION, Progress, Reading
from arrears.decisions.tape.spool import part_of_rows
from arrears.kernel.errors import InvalidInput, Refusal

_ROW = "§row"
#: So many partitions are merged side by side, while one more is written.
HANDS = 2


class BackDatedTape(Refusal):
    code = "tape_back_dated"
    message = "A tape of {as_of} comes after that of {latest} was taken; corrections come with a later date."


class PartitionsDiffer(Refusal):
    code = "lake_partitions_differ"
    message = "The lake is kept in {stored} partitions, not {asked}; they are chosen with the first tape."


class PartialReading(InvalidInput):
    code = "tape_partial"
    message = "Only a tape that was read whole can be merged; {missing} were left out."


@dataclass(frozen=True)
class Merged:
    """as_of, whether anything was written, and the rows of each table after it."""

    as_of: date
    changed: bool
    rows: Mapping[str, int]


@dataclass(frozen=True)
class _Plan:
    """One merge: the lake, the tape, the state it goes over (None for the first) and the number of partitions."""

    lake: Lake
    reading: Reading
    as_of: date
    base: date | None
    partitions: int
    earlier: Manifest | None
    tapes: list[str]


def refuse_back_dated(lake: Lake, as_of: date) -> None:
    """Whether a tape of this date may still come; worth asking before reading it.

    raises : BackDatedTape when a later tape is stored and none of this date
    """
    newest = lake.latest("accounts")
    if newest is not None and as_of < newest and as_of not in lake.dates("accounts"):
        raise BackDatedTape(as_of=as_of, latest=newest)


def merge_tape(
    lake: Lake, reading: Reading, *, as_of: date, partitions: int, progress: Progress | None = None
) -> Merged:
    """Publish the state of the tape after a reading.

    reading    : read whole, with `known` from `memory.of(lake, as_of)`
    as_of      : the date it was read for; not before the newest one stored, unless this very tape is stored there
    partitions : as when the lake was begun
    returns    : Merged; changed is False when this tape was already in, and then no byte is touched
    raises     : BackDatedTape, PartitionsDiffer, PartialReading, publishing.LakeBusy
    """
    missing = [table for table in schemas.TABLES if table not in reading.tables and table not in reading.spooled]
    if missing or reading.report.as_of != as_of:
        raise PartialReading(missing=", ".join(missing) or str(as_of))
    base = lake.latest("accounts")
    earlier = lake.manifest(store.TAPE_STEP, as_of)
    tapes = [str(name) for name in _listed(earlier, "tapes")]
    if earlier is not None and reading.fingerprint in tapes:
        return Merged(as_of, changed=False, rows=earlier.rows)
    if base is not None and as_of < base:
        raise BackDatedTape(as_of=as_of, latest=base)
    if base is not None and len(lake.parts("accounts", base)) != partitions:
        raise PartitionsDiffer(stored=len(lake.parts("accounts", base)), asked=partitions)
    plan = _Plan(lake, reading, as_of, base, partitions, earlier, [*tapes, reading.fingerprint])
    with publishing.staged(lake.root, f"tape-{as_of}") as folder:
        manifest = _stage(plan, folder, progress or (lambda what, done, total: None))
        last = lake.manifest_path(store.TAPE_STEP, as_of).relative_to(lake.root)
        publishing.replace(publishing.place(folder, last), manifest.as_json(), durable=lake.durable)
        publishing.publish(lake.root, folder, last=last, durable=lake.durable)
    return Merged(as_of, changed=True, rows=manifest.rows)


def _stage(plan: _Plan, folder: Path, progress: Progress) -> Manifest:
    """Every file of the new state, at its path below the staging folder, and the manifest that names them."""
    rows: dict[str, int] = {}
    in_doubt = doubts.Doubts(plan.lake, plan.base, plan.reading)
    with _Staging(plan.lake, folder) as staged, ThreadPoolExecutor(HANDS, thread_name_prefix="merge") as hands:
        merging: deque[tuple[str, Future[int]]] = deque()
        for done, table in enumerate(schemas.TABLES):
            progress(f"merge {table}", done, len(schemas.TABLES))
            rows[table] = 0
            for part, fresh in enumerate(_fresh(plan, table)):
                in_doubt.hear(table, fresh)
                merging.append((table, hands.submit(_merge_part, plan, staged, table, part, fresh)))
                if len(merging) == HANDS:
                    earlier, height = merging.popleft()
                    rows[earlier] += height.result()
        for earlier, height in merging:
            rows[earlier] += height.result()
        for table, frame in (("quarantine", _quarantine(plan)), ("doubtful", in_doubt.after())):
            rows[table] = frame.height
            staged.write(plan.lake.path(table, plan.as_of, 0), frame)
    report = plan.lake.root / "reports" / f"as_of={plan.as_of}" / f"tape-{plan.reading.fingerprint[:16]}.json"
    text = json.dumps(plan.reading.report.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
    publishing.replace(staged.place(report), text.encode() + b"\n", durable=plan.lake.durable)
    inputs = [CODE_VERSION, str(plan.partitions), str(plan.base), *plan.tapes]
    return Manifest(
        step=store.TAPE_STEP,
        as_of=plan.as_of.isoformat(),
        fingerprint=hashlib.sha256("\n".join(inputs).encode()).hexdigest(),
        rows=rows,
        files=staged.files(),
        parameters={"partitions": plan.partitions, "tapes": plan.tapes, "base": str(plan.base) if plan.base else None},
    )


def _fresh(plan: _Plan, table: str) -> Iterator[pl.DataFrame]:
    """The tape's rows of a table, partition by partition."""
    spooled = plan.reading.spooled.get(table)
    if spooled is not None:
        assert spooled.partitions == plan.partitions, "spooled for this lake"
        yield from (spooled.part(part) for part in range(plan.partitions))
        return
    frame = plan.reading.tables[table]
    parts = part_of_rows(frame["customer_id"], plan.partitions)
    yield from (frame.filter(parts == part) for part in range(plan.partitions))


def _merge_part(plan: _Plan, staged: _Staging, table: str, part: int, fresh: pl.DataFrame) -> int:
    """Rows of one partition's new file; when nothing changes it is the former file under a second name."""
    target = plan.lake.path(table, plan.as_of, part)
    if plan.base is None:
        staged.write(target, fresh)
        return fresh.height
    former_path = plan.lake.path(table, plan.base, part)
    if not fresh.height and _is_current(former_path, table):
        staged.same(target, former_path)
        return int(store.scan(former_path).select(pl.len()).collect().item())
    former = _conformed(plan.lake.read(table, plan.base, part), table)
    merged = former
    if fresh.height and not (fresh.height == former.height and fresh.equals(former)):
        merged = upsert(former, fresh, table)
    if _is_current(former_path, table) and (merged is former or merged.equals(former)):
        staged.same(target, former_path)
    else:
        staged.write(target, merged)
    return merged.height


def _is_current(path: Path, table: str) -> bool:
    """Was a stored file written with all the columns that the table has today?"""
    return list(pl.read_parquet_schema(path)) == list(_columns(table))


def _columns(table: str) -> dict[str, type[pl.DataType]]:
    return cast("dict[str, type[pl.DataType]]", schemas.TABLES[table])


def _conformed(stored: pl.DataFrame, table: str) -> pl.DataFrame:
    """Stored rows with the columns that the table has got since, empty."""
    schema = _columns(table)
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in stored.columns]
    return stored.with_columns(absent).select(list(schema))


def upsert(former: pl.DataFrame, fresh: pl.DataFrame, table: str) -> pl.DataFrame:
    """The former rows with the fresh ones put over them by the table's key, in the table's order.

    Customers without a fresh row keep theirs as they stand, so only the touched ones are compared and sorted.
    """
    keys = schemas.KEYS[table]
    order = schemas.SORT[table] + [key for key in keys if key not in schemas.SORT[table]]
    rows = pl.concat([former, fresh]).rechunk().with_row_index(_ROW)
    former, fresh = rows[: former.height], rows[former.height :]
    touched = _touched(former, fresh, keys)
    still = former.filter(touched).join(fresh.select(keys), on=keys, how="anti", nulls_equal=True)
    mixed = pl.concat([still, fresh]).sort(order)
    kept = np.flatnonzero(~touched.to_numpy())
    before = former["customer_id"].search_sorted(mixed["customer_id"], side="left").to_numpy()
    return rows.drop(_ROW)[np.insert(kept, np.searchsorted(kept, before), mixed[_ROW])]


def _touched(former: pl.DataFrame, fresh: pl.DataFrame, keys: list[str]) -> pl.Series:
    """The rows of every customer of whom a fresh row speaks, by name or by the key of one of their rows."""
    customers = fresh["customer_id"]
    if "customer_id" not in keys:
        named = former[keys[0]].is_in(fresh[keys[0]].unique().implode())
        customers = pl.concat([customers, former["customer_id"].filter(named)])
    return former["customer_id"].is_in(customers.unique().implode())


def _quarantine(plan: _Plan) -> pl.DataFrame:
    """This tape's quarantine, after those of other tapes of the same date."""
    mine = plan.reading.quarantine.with_columns(pl.lit(plan.reading.fingerprint[:16]).alias("tape"))
    mine = mine.select("tape", *plan.reading.quarantine.columns)
    if plan.earlier is None:
        return mine
    return pl.concat([plan.lake.read("quarantine", plan.as_of), mine])


def _listed(manifest: Manifest | None, name: str) -> list[object]:
    found = manifest.parameters.get(name) if manifest is not None else None
    return list(found) if isinstance(found, list) else []


class _Staging:
    """Writes files that will stand under the lake's root, for now below a staging folder.

    One is written while the next are put together; `files` says what they are, when all stand.
    """

    def __init__(self, lake: Lake, folder: Path) -> None:
        self.lake, self.folder = lake, folder
        self.hand = ThreadPoolExecutor(1, thread_name_prefix="staging")
        self.digests: dict[str, Future[str]] = {}
        self.writing: Future[str] | None = None

    def __enter__(self) -> _Staging:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.hand.shutdown(wait=True, cancel_futures=kind is not None)

    def files(self) -> dict[str, str]:
        """sha256 per path relative to the root; raises what went wrong in writing one."""
        return {name: digest.result() for name, digest in self.digests.items()}

    def place(self, path: Path) -> Path:
        return publishing.place(self.folder, path.relative_to(self.lake.root))

    def write(self, path: Path, frame: pl.DataFrame) -> None:
        if self.writing is not None:
            self.writing.result()
        self.writing = self._handed(path, lambda: store.write_parquet(self.place(path), frame))

    def same(self, path: Path, former: Path) -> None:
        """The former file under another date: a second link where the disk allows, else a copy."""
        target = self.place(path)
        try:
            os.link(former, target)
        except OSError:
            shutil.copyfile(former, target)
        self._handed(path, lambda: store.sha256(target))

    def _handed(self, path: Path, work: Callable[[], str]) -> Future[str]:
        handed = self.digests[str(path.relative_to(self.lake.root))] = self.hand.submit(work)
        return handed
