"""`arrears privacy schedule|retain`: how long what is kept, and the deletion of what was kept as long as it must be.

`retain --dry-run` tells what is due and deletes nothing; `retain --apply` deletes, one person at a time, once two
people approved the schedule, as a night does. It ends with 1 when it is not approved, or when something that is due
could not be deleted, and says why.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer
from django.conf import settings

from arrears.interfaces.cli import dates, setup, showing
from arrears.kernel import clock

setup.django_ready()

from arrears.actions import forget_strangers, house, retain, wired  # noqa: E402  the apps must be ready first
from arrears.rules.compliance import retention_terms  # noqa: E402
from arrears.rules.compliance.packs import Duty  # noqa: E402

app = typer.Typer(add_completion=False, no_args_is_help=True)
STRANGERS = "STRANGERS"
Json = Annotated[bool, typer.Option("--json", help="print as JSON")]


def _today() -> date:
    return clock.business_date(wired.here().now(), settings.LENDER_ZONE)


@app.command()
def schedule(as_json: Json = False) -> None:
    """Print the retention schedule in force, with its sources."""
    setup.ensure_ready()
    rows = retain.schedule(wired.here().gate, on=_today())
    apart = forget_strangers.term(wired.here().gate, on=_today())
    if as_json:
        told = [asdict(row) for row in rows] + ([_of_strangers(apart)] if apart else [])
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for row in rows:
        years = f"{row.years} y from {row.start}"
        typer.echo(f"{row.kind:15} {years:22} {row.rule_id:26} {row.confidence:20} {row.citation}")
    if apart:
        days = f"{retention_terms.stranger_days(apart)} d from the message"
        typer.echo(f"{STRANGERS:15} {days:22} {apart.rule_id:26} {apart.confidence:20} {apart.citation}")


def _of_strangers(duty: Duty) -> dict[str, object]:
    return {
        "kind": STRANGERS,
        "days": retention_terms.stranger_days(duty),
        **{name: getattr(duty, name) for name in ("rule_id", "citation", "confidence", "text_zh", "text_en")},
        "is_duty": duty.author != "lender",
    }


@app.command(name="retain")
def retain_now(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="tell what is due; delete nothing")] = False,
    is_meant: Annotated[bool, typer.Option("--apply", help="delete it, for good")] = False,
    as_of: Annotated[
        date | None,
        typer.Option(parser=dates.day, metavar="YYYY-MM-DD", help="what will be due by a day; not to apply"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find what was kept as long as it must be; delete it."""
    if is_dry == is_meant:
        raise typer.BadParameter("say either --dry-run or --apply")
    if is_meant and as_of is not None:
        raise typer.BadParameter("nothing is deleted before its day: --as-of looks ahead with --dry-run alone")
    setup.ensure_ready()
    wiring, place = wired.here(), house.here()
    on = as_of or _today()
    if is_dry:
        found = retain.find(on=on, place=place, gate=wiring.gate)
        _tell_found(found, as_json=as_json)
        return
    with showing.progress() as show:
        done = retain.apply(
            on=on,
            place=place,
            gate=wiring.gate,
            at=wiring.now(),
            actor=setup.ACTOR,
            progress=lambda count, total: show("people", count, total),
        )
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=1))
    else:
        typer.echo(f"{done.people:,} people: something was deleted")
        for line in showing.lines(
            {
                "rows": done.kinds,
                "complaints of nobody known": done.complaints,
                "left for now": Counter(done.left.values()),
            }
        ):
            typer.echo(line)
    raise typer.Exit(1 if done.left else 0)


def _tell_found(found: retain.Found, *, as_json: bool) -> None:
    if as_json:
        due = {one.customer_id: {kind: list(rules) for kind, rules in one.kinds.items()} for one in found.due}
        told = {"on": found.on.isoformat(), "due": due, "held": list(found.held), "undated": found.undated}
        told |= {"complaints_of_nobody": [one.complaint_id for one in found.complaints]}
        typer.echo(json.dumps(told, indent=1))
        return
    typer.echo(f"{found.on}: {len(found.due):,} people have something that is due; nothing was deleted")
    kinds = {kind: count for kind, count in found.by_kind.items() if count}
    apart = {"under legal hold": len(found.held), "undated": found.undated}
    apart |= {"complaints of nobody known": len(found.complaints)}
    for line in showing.lines({"people by kind": kinds, **apart}):
        typer.echo(line)
