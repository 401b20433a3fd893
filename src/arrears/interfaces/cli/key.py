"""`arrears key issue|list|revoke`: API keys of partners. The secret is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

import typer

from arrears.interfaces.cli import setup

setup.django_ready()

from arrears.actions import wired  # noqa: E402  the apps must be ready first
from arrears.records.apikeys import operations, queries  # noqa: E402

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def issue(
    name: str,
    scope: Annotated[list[str], typer.Option(help="may be given more than once: " + " ".join(operations.SCOPES))],
) -> None:
    """Issue a key; the only line on stdout is its secret."""
    setup.ensure_ready()
    setup.tell_an_empty_home()
    typer.echo(operations.issue(name=name, scopes=scope, at=wired.here().now(), actor=setup.ACTOR).secret)


@app.command()
def revoke(prefix: str) -> None:
    """End a key at once."""
    setup.ensure_ready()
    operations.revoke(prefix=prefix, at=wired.here().now(), actor=setup.ACTOR)


@app.command(name="list")
def show() -> None:
    """List keys, live ones first."""
    setup.ensure_ready()
    for row in queries.all_keys():
        state = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "live" if row.confirmed_at else "waits"
        typer.echo(f"{row.prefix}  {state:20} {row.name}  {' '.join(row.scopes)}")
