"""Where does a command get a passphrase from? A file, the environment, or whoever sits at the terminal; never a word of
the command line, which others on the machine can read. Also: a command whose usual form names only a file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer
import typer.core
from django.conf import settings

from arrears.kernel.errors import InvalidInput

HELP = "file that holds the passphrase; default: ARREARS_BACKUP_PASSPHRASE_FILE, or you are asked"


class NoPassphrase(InvalidInput):
    code = "no_passphrase"
    message = "There is no passphrase: name a file with --passphrase-file or in ARREARS_BACKUP_PASSPHRASE_FILE."


class UsuallyAll(typer.core.TyperGroup):
    """`arrears backup F` is `arrears backup all F`: only another command of the group is named."""

    def parse_args(self, context: Any, words: list[str]) -> list[str]:
        if words and words[0] not in self.commands and words[0] not in context.help_option_names:
            words = ["all", *words]
        return super().parse_args(context, words)

    def format_usage(self, context: Any, formatter: Any) -> None:
        formatter.write_usage(context.command_path, "FILE | keys FILE")


def asked(file: Path | None, *, twice: bool) -> str:
    """The passphrase; the end of a file's line is not of it. Raises NoPassphrase."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as fault:
            raise typer.BadParameter(f"{file}: {fault.strerror}", param_hint="--passphrase-file") from None
    if settings.BACKUP_PASSPHRASE:
        return str(settings.BACKUP_PASSPHRASE)
    if not sys.stdin.isatty():
        raise NoPassphrase
    return str(typer.prompt("passphrase", hide_input=True, confirmation_prompt=twice, err=True))
