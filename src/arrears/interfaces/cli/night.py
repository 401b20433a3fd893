"""`arrears night --as-of D`: run the night of a business date, after those that were missed, and print its report."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Annotated

import typer
from django.conf import settings

from arrears.interfaces.cli import dates, setup, showing
from arrears.kernel import clock
from arrears.rules import business_dates

setup.django_ready()

from arrears.actions import house, run_night, wired  # noqa: E402  the apps must be ready first


def moment_of(as_of: date) -> datetime:
    """When this night is said to happen: now; or, where the books are the clock, the first moment of its date."""
    if settings.CLOCK == "books":
        return clock.at_local(as_of, time(0), settings.LENDER_ZONE)
    return clock.SystemClock().now()


def command(
    as_of: Annotated[date, typer.Option("--as-of", parser=dates.day, metavar="YYYY-MM-DD", help="business date")],
    far: Annotated[bool, typer.Option("--far", help="the date is meant, although it is far from the tape's")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the reports as JSON")] = False,
) -> None:
    """Run the night."""
    on = business_dates.sane(as_of)
    if not far:  # the books' own clock would take the date that was typed for today
        today = clock.business_date(clock.SystemClock().now(), settings.LENDER_ZONE)
        business_dates.refuse_far(on, today=today, newest=None)
    setup.ensure_ready()
    with showing.progress() as show:
        reports = run_night.run_night(
            as_of=on,
            at=moment_of(on),
            actor=f"night:{on}",
            far=far,
            place=house.here(),
            gate=wired.here().gate,
            progress=lambda day, step, done, total: show(f"{day} {step.lower()}", done, total),
        )
    if as_json:
        rows = [{"as_of": str(one.as_of), "was_done": one.was_done, "figures": one.figures} for one in reports]
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for report in reports:
        typer.echo(f"night of {report.as_of}: {'was done already, nothing changed' if report.was_done else 'done'}")
        for line in showing.lines(report.figures):
            typer.echo(line)
