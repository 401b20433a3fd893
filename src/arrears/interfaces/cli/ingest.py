"""`arrears ingest FOLDER --as-of D`: take a tape into the lake and the vault, and say what became of each row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli import dates, set_aside, setup, showing
from arrears.kernel.clock import SystemClock
from arrears.rules import business_dates

setup.django_ready()

from arrears.actions import house  # noqa: E402  the apps must be ready first
from arrears.decisions.tape import contract, refusals  # noqa: E402
from arrears.decisions.tape import policy as tape_policies  # noqa: E402
from arrears.exchange import tape_in  # noqa: E402


def command(
    folder: Annotated[Path, typer.Argument(help="folder of CSV or Parquet files, one business date")],
    as_of: Annotated[
        date, typer.Option("--as-of", parser=dates.day, metavar="YYYY-MM-DD", help="business date of the tape")
    ],
    far: Annotated[bool, typer.Option("--far", help="the date is meant, although it is far from the others")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Take one tape in."""
    on = business_dates.sane(as_of)
    setup.ensure_ready()
    place = house.here()
    policy = tape_policies.load(place.policies / "tape.toml")
    try:
        with showing.progress() as show:
            taken = tape_in.take_tape(
                folder,
                lake=place.lake,
                partitions=place.partitions,
                as_of=on,
                at=SystemClock().now(),
                actor=setup.ACTOR,
                progress=show,
                policy=policy,
                far=far,
            )
    except refusals.TapeRefused as refusal:
        _tell_refusal(refusal, policy, as_json=as_json)
        raise
    if as_json:
        typer.echo(json.dumps(taken.report, indent=1, ensure_ascii=False))
    else:
        _tell(taken, on, place.lake, policy)


def _tell_refusal(refusal: refusals.TapeRefused, policy: tape_policies.TapePolicy, *, as_json: bool) -> None:
    """The rows behind a refusal; the refusal itself is the line that every command ends with."""
    rows, counts = set_aside.of_refusal(refusal) if isinstance(refusal, refusals.TooManyBadRows) else ([], {})
    if as_json:
        told = {"refused": refusal.code, "message": str(refusal), **refusal.facts}
        told |= {"first_aside": rows, "set_aside": counts}
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False, default=str))
        return
    for line in set_aside.lines(rows, counts, policy):
        typer.echo(line, err=True)


def _tell(taken: tape_in.TapeTaken, on: date, lake: Path, policy: tape_policies.TapePolicy) -> None:
    """The report of a tape as text."""
    typer.echo(f"tape of {on}: {'known already, nothing changed' if taken.was_known else 'taken in'}")
    for file in taken.report["files"]:
        typer.echo(
            f"  {file['file']:<28} read {file['read']:>10,}   accepted {file['accepted']:>10,}"
            f"   quarantined {file['quarantined']:>8,}"
        )
        for reason, count in file["reasons"].items():
            typer.echo(f"    {reason:<40}{count:>10,}")
        if file["unknown_columns"]:
            typer.echo(f"    columns not read: {', '.join(file['unknown_columns'])}")
    if taken.report["quarantined"]:
        counts = {file["file"]: file["quarantined"] for file in taken.report["files"]}
        for line in set_aside.lines(taken.report.get("first_aside", ()), counts, policy):
            typer.echo(f"  {line}")
        typer.echo(f"  all rows set aside: {lake / 'quarantine' / f'as_of={on}' / 'part=00' / 'data.parquet'}")
    here = {file["table"] for file in taken.report["files"]}
    if absent := [table for table in contract.FILES if table not in here]:
        typer.echo(f"  not on this tape: {', '.join(absent)}")
    for pair in taken.report.get("perhaps_told_twice", ()):
        typer.echo(
            f"  PERHAPS THE SAME MONEY TWICE on {pair['account_id']}: {pair['own_id']} of our own books and"
            f" {pair['tape_id']} of the tape; if so, reverse ours"
        )
    if taken.report["unknown_files"]:
        typer.echo(f"  FILES NOT READ, no table of a tape: {', '.join(taken.report['unknown_files'])}")
    if not taken.was_known:  # what it did to the vault, it did when it was taken
        for line in showing.lines({"vault": taken.report["vault"]}):
            typer.echo(line)
