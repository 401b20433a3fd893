"""Where does a night keep what it read and what it made? Files of the lake.

    <root>/facts/as_of=D/<kind>.parquet                what the books knew when the night began, frozen once
    <root>/<table>/as_of=D/part=NN/data.parquet        positions, standings, actions, summary, quarantined accounts
    <root>/manifests/as_of=D/night.part=NN.json        the manifest of a finished partition: it is the resume point
    <root>/summaries/as_of=D/part=00/data.parquet      the figures of the whole book

Used by `engines`, `reductions` and `exchange`. A partition without its manifest does not exist.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl

from arrears.decisions.lake import Lake, Manifest, publishing, shelf, store
from arrears.decisions.schemas import facts, night, summaries
from arrears.kernel import identifiers

STEP = "night"
#: So many tables are written side by side.
HANDS = 2
QUARANTINED = {"account_id": pl.String, "customer_id": pl.String, "reason": pl.String}
#: What each partition writes.
TABLES: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "positions": night.POSITIONS,
    "standings": night.STANDINGS,
    "actions": night.ACTIONS,
    "summary": summaries.SUMMARY,
    "quarantined": QUARANTINED,
}


class NightFiles:
    """The files of all nights under one lake; `durable` as the lake's."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.lake = Lake(root, durable=durable)
        self.root = self.lake.root

    def finish_part(self, *, as_of: date, part: int, fingerprint: str, made: Mapping[str, pl.DataFrame]) -> None:
        """Write every table of one partition, and last its manifest."""
        with ThreadPoolExecutor(HANDS, thread_name_prefix="writing") as hands:
            writing = {
                self.lake.path(table, as_of, part): hands.submit(
                    self.lake.write, table, as_of, part, conformed(frame, TABLES[table])
                )
                for table, frame in made.items()
            }
        files = {str(path.relative_to(self.root)): written.result() for path, written in writing.items()}
        rows = {table: frame.height for table, frame in made.items()}
        self.lake.mark_done(Manifest(STEP, as_of.isoformat(), fingerprint, part, rows, files))

    def is_finished(self, *, as_of: date, part: int, fingerprint: str) -> bool:
        """Was this partition made from these inputs, and are its files still what was written?"""
        return self.lake.is_done(STEP, as_of, fingerprint, part, verify=True)

    def nights(self) -> list[date]:
        """The business dates whose figures are complete, oldest first."""
        return self.lake.dates("summaries")

    def read(
        self, table: str, as_of: date, *, columns: Sequence[str] | None = None, where: pl.Expr | None = None
    ) -> pl.DataFrame:
        """All partitions of one table of one night, in partition order; empty when there is none."""
        schema = TABLES[table]
        wanted = list(columns or schema)
        paths = [self.lake.path(table, as_of, part) for part in self.lake.parts(table, as_of)]
        found = [read(path, columns=wanted, where=where, schema=schema) for path in paths]
        return pl.concat([pl.DataFrame(schema={name: schema[name] for name in wanted}), *found])

    def positions(self, as_of: date, part: int) -> pl.DataFrame | None:
        """One partition's positions of a night; None when there was none."""
        path = self.lake.path("positions", as_of, part)
        return read(path, schema=night.POSITIONS) if path.exists() else None

    def count(self, table: str, as_of: date) -> int:
        """Rows of one table of one night, from its manifests."""
        parts = self.lake.parts(table, as_of)
        return sum(done.rows[table] for part in parts if (done := self.lake.manifest(STEP, as_of, part)))

    def freeze_facts(self, as_of: date, frames: Mapping[str, pl.DataFrame], *, partitions: int) -> None:
        """Keep what the books know tonight, sorted by partition, with the list of files last."""
        folder = self.root / "facts" / f"as_of={as_of}"
        (folder / "complete.json").unlink(missing_ok=True)
        hashes = {}
        for kind, schema in facts.FACTS.items():
            frame = conformed(frames[kind], schema)
            parts = [identifiers.partition_of(customer, partitions) for customer in frame["customer_id"]]
            placed = frame.with_columns(part=pl.Series(parts, dtype=pl.Int32)).sort("part", *schema.keys())
            hashes[kind] = store.write_parquet(folder / f"{kind}.parquet", placed)
        listed = json.dumps(hashes, sort_keys=True).encode()
        publishing.replace(folder / "complete.json", listed, durable=self.lake.durable)

    def facts_hash(self, as_of: date) -> str | None:
        """Which facts were frozen for a night; None when they were not."""
        path = self.root / "facts" / f"as_of={as_of}" / "complete.json"
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

    def drop_facts(self, as_of: date) -> None:
        """Let the next run of this night look at the books anew."""
        (self.root / "facts" / f"as_of={as_of}" / "complete.json").unlink(missing_ok=True)

    def facts_of(self, as_of: date, part: int) -> dict[str, pl.DataFrame]:
        """The frozen facts of one partition."""
        folder = self.root / "facts" / f"as_of={as_of}"
        where = pl.col("part") == part
        return {kind: read(folder / f"{kind}.parquet", where=where).drop("part") for kind in facts.FACTS}

    def frozen_payments(self, as_of: date, *, among: pl.Series) -> pl.DataFrame:
        """payment_id of those among these that the night's facts hold."""
        path = self.root / "facts" / f"as_of={as_of}" / "payments.parquet"
        return read(path, columns=["payment_id"], where=pl.col("payment_id").is_in(among.implode()))

    def summaries(self, as_of: date) -> Path:
        """The one file with the figures of a night."""
        return self.lake.path("summaries", as_of, 0)


def conformed(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """The columns of a schema, in its order and types."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def read(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    where: pl.Expr | None = None,
    schema: Mapping[str, type[pl.DataType]] | None = None,
) -> pl.DataFrame:
    """One Parquet file, only the columns and rows asked for; what an older night lacks of the schema is null."""
    with store.reading([path]):
        kept = shelf.found(path)
        if kept is not None and (schema is None or kept.columns == list(schema)):
            if where is None:
                return kept.select(columns) if columns else kept
            rows = kept.lazy()
        else:
            rows = pl.scan_parquet(path, hive_partitioning=False, schema=schema, missing_columns="insert")
        if where is not None:
            rows = rows.filter(where)
        return (rows.select(columns) if columns else rows).collect()
