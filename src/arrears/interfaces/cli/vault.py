"""`arrears vault list|rotate|rewrap|verify`: the keys that identity is sealed and found by, and how they are changed.

`rotate` makes a new key and moves every value to it while everybody works; killed, it is run again and goes on.
`rewrap` follows a change of the master key. Both end with 1 when something is left to do, and name it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from arrears.interfaces.cli import setup, showing
from arrears.kernel.clock import SystemClock

setup.django_ready()

from arrears.actions import rotate_vault  # noqa: E402  the apps must be ready first
from arrears.records.privacy import queries, verifying  # noqa: E402

app = typer.Typer(add_completion=False, no_args_is_help=True)
#: Longer than a process goes on with the keys it knows, and than a search takes from its indexes to its rows.
SETTLE_SECONDS = 5.0
#: Of what does not open, so much is named on a terminal; `--json` tells all.
TOLD_MAX = 10


class Which(StrEnum):
    """What `rotate` makes anew."""

    DATA = "data"
    INDEX = "index"
    BOTH = "both"


PURPOSES = {Which.DATA: ("SEAL",), Which.INDEX: ("INDEX",), Which.BOTH: ("SEAL", "INDEX")}


@app.command(name="list")
def show(
    count: Annotated[bool, typer.Option("--count", help="also count what is under each key: reads all books")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the keys as JSON")] = False,
) -> None:
    """List the keys, those in use first."""
    setup.ensure_ready()
    told = [queries.told(row) for row in queries.all_keys()]
    if count:
        used = queries.used()
        told = [one | {"values": used.get((one["purpose"], one["number"]), 0)} for one in told]
    if as_json:
        typer.echo(json.dumps(told, indent=1))
        return
    for one in told:
        values = f"{one['values']:>14,} values" if count else ""
        typer.echo(f"{one['key']:14} {one['algorithm']:12} {one['master']:24} {one['state']:20}{values}".rstrip())


@app.command()
def rotate(
    which: Annotated[Which, typer.Argument(help="the key to make anew")] = Which.DATA,
    again: Annotated[bool, typer.Option("--new", help="a new key even where a rotation was not finished")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the outcome as JSON")] = False,
) -> None:
    """Make a new key and move every value to it; or finish what a rotation that was killed had begun."""
    setup.ensure_ready()
    old = [queries.told(row) for row in rotate_vault.unfinished() if row.purpose in PURPOSES[which]]
    if old and not again:
        names = ", ".join(one["key"] for one in old)
        typer.echo(f"finishing the rotation that was begun: values may be under {names}", err=True)
    purposes = PURPOSES[which] if again or not old else ()
    with showing.progress() as shown:
        done = rotate_vault.rotate(
            purposes, now=SystemClock().now, actor=setup.ACTOR, progress=shown, settle=SETTLE_SECONDS
        )
    made, retired = ([queries.told(row)["key"] for row in rows] for rows in (done.made, done.retired))
    facts = {"made": made, "moved": done.moved, "broken": done.broken, "left": done.left, "retired": retired}
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        _tell(done, made, retired)
    raise typer.Exit(0 if done.is_whole else 1)


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="print the findings as JSON")] = False,
) -> None:
    """Open every sealed value, and try each index; ends with 1 when one does not fit, and names it."""
    setup.ensure_ready()
    counts: dict[str, int] = {}
    findings = []
    with showing.progress() as shown:
        for piece in verifying.verify():
            counts[piece.table] = piece.values
            findings += piece.findings
            shown(piece.table, piece.values, piece.values)
    values = sum(counts.values())
    if as_json:
        told = {"values": values, "findings": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            typer.echo(f"{finding.place}: {finding.fault}")
        typer.echo(f"{values:,} values verified; {len(findings) or 'nothing'} to object to")
    raise typer.Exit(1 if findings else 0)


@app.command()
def rewrap(
    every: Annotated[
        bool, typer.Option("--every", help="those too that it wrapped: a service has a new version of its key")
    ] = False,
) -> None:
    """Wrap the keys by the master key that is given now; the one before is still needed for this, once."""
    setup.ensure_ready()
    master, count = rotate_vault.rewrap(every=every, at=SystemClock().now(), actor=setup.ACTOR)
    typer.echo(f"{count} keys wrapped anew; all are under the master key {master}")


def _tell(done: rotate_vault.Rotated, made: list[str], retired: list[str]) -> None:
    typer.echo(f"made: {', '.join(made) or 'nothing'}; retired: {', '.join(retired) or 'nothing'}")
    for line in showing.lines({"rows moved": done.moved}, indent=0):
        typer.echo(line)
    for line in done.broken[:TOLD_MAX]:
        typer.echo(f"does not open: {line}", err=True)
    if len(done.broken) > TOLD_MAX:
        typer.echo(f"and {len(done.broken) - TOLD_MAX:,} more; --json names them all", err=True)
    if done.left:
        typer.echo(f"{done.left:,} rows were held by others all the while: run it again", err=True)
