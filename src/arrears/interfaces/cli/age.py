"""`arrears age TAPE --as-of D [--policy P] --out F [--instalments F]`: what is owed at a date, and since when.

TAPE is a lender's folder of CSV or Parquet files, or a lake-form tape that is aged part by part in bounded memory.
This module reads, shows progress and writes; `decisions.positions` computes.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress

from arrears.decisions import isolation, parts, positions, table_files, tape
from arrears.decisions.schemas import night
from arrears.decisions.tape import contract, refusals
from arrears.decisions.tape import policy as tape_policies
from arrears.interfaces.cli import dates, own_policies, same_file, set_aside
from arrears.kernel.errors import InvalidInput
from arrears.rules import business_dates
from arrears.rules.ageing import reading
from arrears.rules.ageing.policy import Policy

#: So many accounts that could not be aged are told by name.
NAMED = 5


class EveryProduct(Mapping[str, Policy]):
    """The policy that was named, for whatever product."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __getitem__(self, product_code: str) -> Policy:
        return self.policy

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def command(
    tape_folder: Annotated[Path, typer.Argument(metavar="TAPE", help="a folder of tape files, or a lake-form tape")],
    as_of: Annotated[date, typer.Option("--as-of", parser=dates.day, metavar="YYYY-MM-DD", help="the business date")],
    out: Annotated[Path, typer.Option("--out", help="positions: .csv, .parquet or .jsonl")],
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            help="a policy by its name (plain, or a file's under $ARREARS_HOME/policies/products) or by the path of a "
            "TOML file (every key: docs/policies.md); by default each product's own",
        ),
    ] = None,
    instalments: Annotated[
        Path | None,
        typer.Option("--instalments", help="also what is left of each instalment, and how late: by extension, too"),
    ] = None,
    workers: Annotated[int, typer.Option(help="parts aged at once; 0 = as many as cores")] = 0,
) -> None:
    """Age a tape."""
    for path in (out, instalments):
        if path:
            table_files.check(path)
    if instalments and instalments.resolve() == out.resolve():
        raise InvalidInput(f"{out}: positions and instalments go to two files")
    if not tape_folder.is_dir():
        raise InvalidInput(f"{tape_folder}: there is no such folder")
    for path in filter(None, (out, instalments)):
        same_file.refuse(path, _of_tape(tape_folder))
    policies: Mapping[str, Policy]
    products = own_policies.folder() / "products"
    policies = EveryProduct(reading.find(policy, folder=products)) if policy else reading.read_folder(products)
    refused: list[pl.DataFrame] = []
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(table_files.Writer(out, night.POSITIONS))
        by_instalment = None
        if instalments:
            by_instalment = stack.enter_context(table_files.Writer(instalments, night.INSTALMENT_STATES))
        ageing = Ageing(
            policies,
            business_dates.sane(as_of),
            workers or os.cpu_count() or 1,
            by_instalment=instalments is not None,
        )
        for aged in ageing.pieces(tape_folder):
            writer.write(aged.positions)
            if by_instalment:
                by_instalment.write(aged.instalments)
            refused.append(aged.refused)
    typer.echo(f"{writer.rows} accounts aged to {out}", err=True)
    _tell_refused(pl.concat(refused))


def _of_tape(folder: Path) -> Iterator[Path]:
    """The files that a tape is read from, in either form; what else lies beside them is none of it."""
    for table in contract.FILES:
        for found in folder.glob(f"{table}*"):
            yield from [found] if found.is_file() else found.rglob("*.parquet")


@dataclass(frozen=True)
class Ageing:
    """How a tape is to be aged."""

    policies: Mapping[str, Policy]
    as_of: date
    workers: int
    by_instalment: bool

    def pieces(self, folder: Path) -> Iterator[positions.Aged]:
        """A lender's folder at once, a lake-form tape part by part."""
        if parts.is_lake(folder):
            total = len(parts.parts(folder, as_of=self.as_of))
            yield from _shown(
                parts.age(
                    folder,
                    policies=self.policies,
                    as_of=self.as_of,
                    workers=self.workers,
                    by_instalment=self.by_instalment,
                ),
                total,
            )
            return
        bounds = tape_policies.load(own_policies.folder() / "tape.toml")
        try:
            read = tape.read_folder(folder, as_of=self.as_of, only=list(parts.COLUMNS), policy=bounds)
        except refusals.TooManyBadRows as refusal:
            for line in set_aside.lines(*set_aside.of_refusal(refusal), bounds):
                typer.echo(line, err=True)
            raise
        _tell_quarantine(read.quarantine, bounds)
        if read.report.unknown_files:
            typer.echo(f"arrears: files not read, no table of a tape: {', '.join(read.report.unknown_files)}", err=True)
        sound, apart = isolation.without_doubted(read.tables, read.doubtful)
        aged = positions.age(sound, policies=self.policies, as_of=self.as_of, by_instalment=self.by_instalment)
        yield replace(aged, refused=pl.concat([aged.refused, apart]))


def _shown(pieces: Iterator[positions.Aged], total: int) -> Iterator[positions.Aged]:
    """A bar on a terminal; elsewhere a plain line at each tenth."""
    if sys.stderr.isatty():
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("ageing", total=total)
            for piece in pieces:
                yield piece
                bar.advance(task)
        return
    for done, piece in enumerate(pieces, 1):
        yield piece
        if done * 10 // total > (done - 1) * 10 // total:
            typer.echo(f"ageing: {done} of {total} parts", err=True)


def _tell_quarantine(quarantine: pl.DataFrame, policy: tape_policies.TapePolicy) -> None:
    """How many rows of the tape were set aside, file by file and reason by reason."""
    if quarantine.height:
        counts = Counter(zip(quarantine["file"], quarantine["reason"], strict=True))
        for (file, reason), count in sorted(counts.items()):
            typer.echo(f"arrears: quarantined {count} rows of {file}: {reason}", err=True)
        for line in set_aside.lines(tape.first_aside(quarantine), Counter(quarantine["file"]), policy):
            typer.echo(f"arrears: {line}", err=True)


def _tell_refused(refused: pl.DataFrame) -> None:
    """How many accounts have no position, reason by reason, and the first of them by name."""
    for reason, count in sorted(Counter(refused["reason"]).items()):
        some = refused.filter(pl.col("reason") == reason)["account_id"].head(NAMED).to_list()
        accounts, first = ("account was", "it is") if count == 1 else ("accounts were", "the first are")
        typer.echo(f"arrears: {count:,} {accounts} not aged: {reason}; {first} {', '.join(some)}", err=True)
