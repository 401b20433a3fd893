"""`arrears restore F`: make an empty place what a backup was made of. `arrears restore keys F`: put the keys back.

The home is that of ARREARS_HOME, the database that of DATABASE_URL, the lake that of ARREARS_LAKE; each must be empty.
Afterwards the audit trail is verified and the journal summed. Ends with 1 when either objects; a key
that is wanting is named, and verifying waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli import passphrases, setup, showing
from arrears.kernel.clock import SystemClock

setup.django_ready()

from arrears.actions import keep_keys, restore_backup, verify_audit  # noqa: E402  the apps must be ready first
from arrears.interfaces.cli import audit as trail  # noqa: E402
from arrears.records.audit import operations as audit  # noqa: E402
from arrears.records.ledger import balance as ledger  # noqa: E402

app = typer.Typer(add_completion=False, no_args_is_help=True, cls=passphrases.UsuallyAll)
From = Annotated[Path | None, typer.Option("--passphrase-file", help=passphrases.HELP)]
File = Annotated[Path, typer.Argument(help="made by `arrears backup`", exists=True, dir_okay=False)]


@app.command(name="all")
def everything(
    file: File,
    passphrase_file: From = None,
    check: Annotated[
        bool, typer.Option("--check", help="only tell whether the file is whole; nothing is written")
    ] = False,
) -> None:
    """Restore everything but the keys into an empty place, all or nothing."""
    passphrase = passphrases.asked(passphrase_file, twice=False)
    with showing.progress() as shown:
        does = restore_backup.checked if check else restore_backup.restore
        summary = does(file, passphrase=passphrase, progress=shown)
    typer.echo(f"{'whole' if check else 'restored'}: {summary.database}, as of {summary.made_at}, by {summary.version}")
    if check:
        return
    for name, value in summary.settings.items():
        typer.echo(f"  was set: {name} {value}", err=True)
    raise typer.Exit(0 if _stands(summary.keys, file) else 1)


@app.command(name="keys")
def only_keys(
    file: File,
    passphrase_file: From = None,
) -> None:
    """Put the keys back, each to its place under $ARREARS_HOME/keys; one that is there already stays."""
    written = keep_keys.put_back(file, passphrase=passphrases.asked(passphrase_file, twice=False))
    typer.echo(f"put back: {', '.join(written) or 'nothing, all were there'}")


def _stands(needed: Mapping[str, str], file: Path) -> bool:
    """Verify what was restored, and say so; False where something does not fit."""
    wanting = keep_keys.wanting(needed)
    for line in wanting:
        typer.echo(f"arrears: {line}", err=True)
    if wanting:
        typer.echo("not verified: put the keys back (`arrears restore keys`), then `arrears audit verify`", err=True)
        return True
    setup.ensure_ready()
    found = verify_audit.verify(verify_audit.kept_here(), judge=trail.judge_beside(0))
    for finding in found.findings:
        typer.echo(trail.told(finding))
    typer.echo(f"audit trail: {found.events:,} events verified; {len(found.findings) or 'nothing'} to object to")
    summed = ledger.balance()
    for entry in summed.unbalanced:
        typer.echo(f"journal entry {entry} does not sum to nothing")
    told = f"{len(summed.unbalanced)} do not balance" if summed.unbalanced else "debits equal credits"
    typer.echo(f"journal: {summed.entries:,} entries; {told}")
    audit.record("backup.restored", subject="backup", actor=setup.ACTOR, at=SystemClock().now(), file=file.name[:64])
    return not found.findings and not summed.unbalanced
