"""`arrears backup F|DIR`: everything but the keys, sealed into one file. `arrears backup keys F|DIR`: the keys.

The only line on stdout is the file that was made. A backup opens with its passphrase alone, on any machine; without the
keys, which lie elsewhere, what it holds of people stays sealed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli import passphrases, setup, showing
from arrears.kernel.clock import SystemClock

setup.django_ready()

from arrears.actions import back_up, keep_keys  # noqa: E402  the apps must be ready first

app = typer.Typer(add_completion=False, no_args_is_help=True, cls=passphrases.UsuallyAll)
PLACE = "file to be made, or folder for a file with the moment in its name"
From = Annotated[Path | None, typer.Option("--passphrase-file", help=passphrases.HELP)]


@app.command(name="all")
def everything(
    place: Annotated[Path, typer.Argument(help=PLACE)],
    passphrase_file: From = None,
) -> None:
    """Seal books, lake, anchors and policies into one file; nobody who works is kept waiting."""
    setup.ensure_ready()
    passphrase = passphrases.asked(passphrase_file, twice=True)
    with showing.progress() as shown:
        made = back_up.back_up(place, passphrase=passphrase, at=SystemClock().now(), actor=setup.ACTOR, progress=shown)
    typer.echo(f"{made.files:,} files, {made.bytes:,} bytes; the keys are not in it: `arrears backup keys`", err=True)
    typer.echo(made.file)


@app.command(name="keys")
def only_keys(
    place: Annotated[Path, typer.Argument(help=f"{PLACE}; without backups beside it")],
    passphrase_file: From = None,
) -> None:
    """Seal the keys into a file of their own; give it another passphrase and another keeper."""
    setup.ensure_ready()
    passphrase = passphrases.asked(passphrase_file, twice=True)
    file, kept = keep_keys.export(place, passphrase=passphrase, at=SystemClock().now(), actor=setup.ACTOR)
    typer.echo(f"sealed: {', '.join(kept)}", err=True)
    typer.echo(file)
