"""`arrears permit --pack us+ma --in contacts.jsonl --out verdicts.jsonl`: may these contacts be made, by whose law?

Stateless: each line brings its own history (docs/algorithms/gate.md). One output line for each input line, in order;
what cannot be understood is refused by verdict, with its reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli import line_runner, own_policies
from arrears.rules.compliance import answering, reading


def command(
    pack: Annotated[str, typer.Option("--pack", help="whose rules: cn, us+ma, ca-on …; several joined by +")],
    contacts: Annotated[Path, typer.Option("--in", help="contacts with their histories, .jsonl")],
    verdicts: Annotated[Path, typer.Option("--out", help="verdicts, .jsonl")],
) -> None:
    """Judge contacts by the rules of a place, each with its own history."""
    law = reading.named(own_policies.folder(), pack)
    line_runner.run(contacts, verdicts, lambda lines: answering.answers(lines, law))
