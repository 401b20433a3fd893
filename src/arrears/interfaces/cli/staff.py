"""`arrears staff add|password|grant|remove-factor|list`: who may sign in. A password is given, or made and
shown once.
"""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from arrears.interfaces.cli import setup
from arrears.kernel.errors import NotFound

setup.django_ready()

from arrears.actions import grant_role, manage_staff, sign_in, wired  # noqa: E402  the apps must be ready first
from arrears.records.staff import queries  # noqa: E402


class NoFactor(NotFound):
    code = "no_factor"
    message = "{username} has no second factor, or does not work here."


app = typer.Typer(add_completion=False, no_args_is_help=True)


def tell(made: str) -> None:
    """Show a password that was made here, this once."""
    typer.echo(f"password: {made}")


@app.command()
def add(  # nosec B107  none given: one is made
    username: str,
    role: Annotated[str, typer.Option(help="AGENT SUPERVISOR ANALYST COMPLIANCE FINANCE LEGAL FIELD ADMIN AGENCY")],
    agency: Annotated[str, typer.Option(help="code of policies/agencies.toml, of people of an AGENCY")] = "",
    name: Annotated[str, typer.Option(help="what colleagues see")] = "",
    language: Annotated[str, typer.Option(help="zh-hans or en")] = "zh-hans",
    password: Annotated[str, typer.Option(envvar="ARREARS_NEW_PASSWORD", help="made and shown when not given")] = "",
) -> None:
    """Add a member of staff."""
    setup.ensure_ready()
    setup.tell_an_empty_home()
    made = "" if password else secrets.token_urlsafe(12)
    manage_staff.add(
        username=username,
        display_name=name or username,
        role=role.upper(),
        agency=agency,
        language=language,
        password=password or made,
        at=wired.here().now(),
        actor=setup.ACTOR,
    )
    typer.echo(f"added {username} ({role.upper()})")
    if made:
        tell(made)


@app.command(name="password")
def new_password(  # nosec B107  none given: one is made
    username: str,
    password: Annotated[str, typer.Option(envvar="ARREARS_NEW_PASSWORD", help="made and shown when not given")] = "",
) -> None:
    """Set a new password."""
    setup.ensure_ready()
    made = "" if password else secrets.token_urlsafe(12)
    manage_staff.set_password(username=username, password=password or made, at=wired.here().now(), actor=setup.ACTOR)
    if made:
        tell(made)


@app.command()
def grant(username: str) -> None:
    """Grant the role that an administrator asked for and that waits: for a house with only one. The password ends: a
    new one is shown.
    """
    setup.ensure_ready()
    user_id = next((row.user_id for row in queries.staff() if row.username == username), 0)
    tell(grant_role.decide(user_id=user_id, is_granted=True, at=wired.here().now(), actor=setup.ACTOR))


@app.command(name="remove-factor")
def remove_factor(username: str) -> None:
    """Take away a second factor whose telephone and recovery codes are lost."""
    setup.ensure_ready()
    user_id = next((row.user_id for row in queries.staff() if row.username == username), 0)
    if not sign_in.remove_factor(user_id=user_id, at=wired.here().now(), actor=setup.ACTOR):
        raise NoFactor(username=username)


@app.command(name="list")
def show() -> None:
    """List staff."""
    setup.ensure_ready()
    for row in queries.staff():
        typer.echo(f"{row.username:20} {row.role:12} {'active' if row.is_active else 'left'}")
