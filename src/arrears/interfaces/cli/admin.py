"""`arrears admin …`: Django's own commands (migrate, makemigrations, shell, check …) for whoever runs the system."""

from __future__ import annotations

from pathlib import Path

import typer
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection

from arrears.interfaces.cli import setup
from arrears.records import which_books

#: Every word after `admin` is Django's to read.
CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def command(ctx: typer.Context) -> None:
    """Run one of Django's management commands."""
    setup.django_ready()
    which_books.refuse_others(connection, Path(settings.HOME))
    execute_from_command_line(["arrears admin", *ctx.args])
