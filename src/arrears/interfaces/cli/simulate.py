"""`arrears simulate`: write the tape of a synthetic market; `simulate report` compares the market with real shapes.

    arrears simulate --borrowers 20000 --days 365 --seed 7 --out tape/
    arrears simulate report

The clock is read here once, for the default date; the market itself takes dates.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import rich.progress
import typer

from arrears.interfaces.cli import dates
from arrears.kernel import clock
from arrears.kernel.errors import InvalidInput
from arrears.simulator import fit, generate

#: The market is Chinese: its business dates are those of this zone.
ZONE = "Asia/Shanghai"

app = typer.Typer(add_completion=False, help="Grow a synthetic lender's market and write its tape.")

AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=dates.day, metavar="YYYY-MM-DD", help="last business date; default today"),
]
Seed = Annotated[int, typer.Option(help="the same seed gives the same bytes")]
Profile = Annotated[str, typer.Option(help="whose lateness: superlender or home_credit")]


@app.callback(invoke_without_command=True)
def command(
    context: typer.Context,
    borrowers: Annotated[int, typer.Option(help="how many people")] = 20_000,
    days: Annotated[int, typer.Option(help="days of history")] = 365,
    seed: Seed = 7,
    out: Annotated[Path | None, typer.Option(help="folder of the tape")] = None,
    as_of: AsOf = None,
    profile: Profile = "superlender",
    format: Annotated[str, typer.Option(help="parquet or csv")] = "parquet",  # noqa: A002
) -> None:
    """Live `days` days and write the tape a lender would send."""
    if context.invoked_subcommand:
        return
    if out is None:
        raise InvalidInput("say where to write the tape: --out FOLDER")
    if format not in ("parquet", "csv"):
        raise InvalidInput(f"a tape is written as parquet or csv, not {format}")
    day = business_day(as_of)
    with rich.progress.Progress(disable=None, transient=True) as progress:
        task = progress.add_task(f"{borrowers:,} borrowers × {days} days", total=None)
        rows = generate.generate(
            out,
            borrowers=borrowers,
            days=days,
            seed=seed,
            as_of=day,
            profile=profile,
            format=format,
            told=lambda done, of: progress.update(task, completed=done, total=of),
        )
    for name, count in rows.items():
        typer.echo(f"{name:16} {count:>12,}")
    typer.echo(f"tape of {day} in {out}")


@app.command()
def report(
    borrowers: Annotated[int, typer.Option(help="sample size")] = 40_000,
    seed: Seed = 7,
    as_of: AsOf = None,
    profile: Profile = "superlender",
    as_json: Annotated[bool, typer.Option("--json", help="machine readable")] = False,
) -> None:
    """Print each target beside what the market shows, fitted or not."""
    market = fit.grown(borrowers=borrowers, seed=seed, profile=profile, as_of=business_day(as_of))
    rows = fit.report(market)
    if as_json:
        typer.echo(json.dumps([row.__dict__ for row in rows], ensure_ascii=False, indent=1))
        return
    typer.echo(f"{'measure':58} {'target':>8} {'market':>8} {'gap':>8}  use")
    for row in rows:
        target, gap = ("-" if each is None else f"{each:.4f}" for each in (row.target, row.gap))
        typer.echo(f"{row.measure:58} {target:>8} {row.simulated:8.4f} {gap:>8}  {row.use}")


@app.command()
def calibrate(
    borrowers: Annotated[int, typer.Option(help="sample size")] = 40_000,
    seed: Seed = 3,
    as_of: AsOf = None,
    profile: Profile = "superlender",
) -> None:
    """Fit a profile to its target and print the lines for policies/simulator/market.toml."""
    fitted = fit.calibrate(profile=profile, borrowers=borrowers, seed=seed, as_of=business_day(as_of))
    typer.echo(f"[profiles.{profile}]")
    for name, value in fitted.items():
        typer.echo(f"{name} = {value}")


def business_day(as_of: date | None) -> date:
    """The date asked for, or today in the market's zone."""
    return as_of if as_of else clock.business_date(clock.SystemClock().now(), ZONE)
