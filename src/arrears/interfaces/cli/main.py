"""`arrears …`: one command a module, imported only when it is asked for, so that a small command starts small.

Exit codes: 0 done, 1 refused or failed (one clear line on stderr), 2 usage.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any, NoReturn

import typer
import typer.core
import typer.main

from arrears import __version__
from arrears.interfaces.cli import trouble
from arrears.kernel import garbage
from arrears.kernel.errors import Refusal

#: command → (module with `command` or `app`, help line). The stable names are promised in docs/architecture.md.
COMMANDS: dict[str, tuple[str, str]] = {
    "admin": ("arrears.interfaces.cli.admin", "Django's own commands, for whoever runs the system."),
    "age": ("arrears.interfaces.cli.age", "Age a tape: what every account owes at a date, and since when."),
    "audit": ("arrears.interfaces.cli.audit", "Verify that the audit trail stands as it was written."),
    "backup": (
        "arrears.interfaces.cli.backup",
        "Seal books, lake and policies into one file; `backup keys`: the keys.",
    ),
    "bench": ("arrears.interfaces.cli.bench", "Measure the promised numbers on this machine."),
    "demo": ("arrears.interfaces.cli.demo", "Open a synthetic lender that has lived its days."),
    "decide": ("arrears.interfaces.cli.decide", "Evaluate a DMN decision table on rows."),
    "ingest": ("arrears.interfaces.cli.ingest", "Take a lender's tape into the lake and the vault."),
    "key": ("arrears.interfaces.cli.key", "Issue, list and revoke API keys."),
    "listen": ("arrears.interfaces.cli.listen", "Hear what borrowers' words tell, and how to go on calmly."),
    "messages": ("arrears.interfaces.cli.messages", "Texts and their translations."),
    "night": ("arrears.interfaces.cli.night", "Run the night of a business date."),
    "permit": ("arrears.interfaces.cli.permit", "Judge contacts by the rules of a place."),
    "privacy": ("arrears.interfaces.cli.privacy", "Delete what was kept as long as it must be."),
    "restore": ("arrears.interfaces.cli.restore", "Put a backup into an empty place; `restore keys`: the keys."),
    "screen": ("arrears.interfaces.cli.screen", "Judge what is to be said, by whom it is said to and what is true."),
    "serve": ("arrears.interfaces.cli.serve", "Serve the console and the API."),
    "setup": ("arrears.interfaces.cli.setup", "Make this installation ready: database, messages, static files."),
    "simulate": ("arrears.interfaces.cli.simulate", "Grow a synthetic lender's market and write its tape."),
    "staff": ("arrears.interfaces.cli.staff", "Add a member of staff, or set a new password."),
    "vault": ("arrears.interfaces.cli.vault", "Keys that identity is sealed by: list, rotate, wrap anew."),
    "worker": ("arrears.interfaces.cli.worker", "Send due contacts and hear what comes back, until stopped."),
}


class LazyCommands(typer.core.TyperGroup):
    """Knows the names of all commands, and imports one only to run it."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: typer.Context, name: str) -> Any:
        if name not in COMMANDS:
            return None
        module, help_line = COMMANDS[name]
        loaded = importlib.import_module(module)
        app = getattr(loaded, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False)
            settings = getattr(loaded, "CONTEXT", {})
            app.command(help=help_line, context_settings=settings)(loaded.command)
        command = typer.main.get_command(app)
        command.name = name
        return command

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


app = typer.Typer(
    cls=LazyCommands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(f"arrears {__version__}")
        raise typer.Exit


@app.callback()
def arrears(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    """Arrears, the collections platform."""


def main() -> None:
    """Run one command; a refusal is one line on stderr and exit code 1."""
    garbage.seldom()
    try:
        app(prog_name="arrears")
    except Refusal as refusal:
        _end(str(refusal))
    except Exception as error:
        line = trouble.told(error)
        if line is None:
            raise
        _end(line)


def _end(line: str) -> NoReturn:
    print(f"arrears: {line}", file=sys.stderr)
    sys.exit(1)
