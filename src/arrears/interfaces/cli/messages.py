"""`arrears messages update|compile`: collect what a reader may see, and make the catalogues that the pages read."""

from __future__ import annotations

import typer
from django.conf import settings

from arrears.interfaces.cli import setup
from arrears.interfaces.ui import messages
from arrears.kernel.errors import Refusal

app = typer.Typer(add_completion=False, help="Texts and their translations.")


class NotTranslated(Refusal):
    code = "not_translated"
    message = "{count} texts have no translation into {language}: fill {path} in."


@app.command()
def update() -> None:
    """Bring the catalogues up to date with code and templates; translations already written stay."""
    setup.django_ready()
    missing = messages.update(settings.PACKAGE)
    for language, count in missing.items():
        path = messages.catalogue(settings.PACKAGE, language)
        if count:
            raise NotTranslated(count=count, language=language, path=path.relative_to(settings.PACKAGE))
        typer.echo(f"{language}: complete")


@app.command(name="compile")
def compile_() -> None:
    """Compile every catalogue into this home."""
    setup.django_ready()
    for path in setup.compile_messages():
        typer.echo(path.relative_to(settings.HOME).as_posix())
