"""`arrears demo`: a synthetic lender that has lived its days through the real night and the real sending path.

What it does stands in `demo_town`. Here the machine code of the kernels, for which the first night waits, is begun to
be made before anything large is imported.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Annotated, Any

import typer

from arrears.interfaces.cli import ports
from arrears.kernel.errors import InvalidInput, Refusal

#: Of a town that nobody wished otherwise; and so many days are more than any lender has lived.
BORROWERS, DAYS, SEED = 20_000, 120, 7
HOST, PORT = "127.0.0.1", 8000
DAYS_MOST = 3_650


class NoKernel(Refusal):
    code = "no_kernel"
    message = "The machine code of the kernel could not be made; the reason stands above."


def command(
    borrowers: Annotated[
        int | None, typer.Option(min=1, help=f"people of the synthetic lender; {BORROWERS:,} by default")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=DAYS_MOST, help=f"days lived before the first look; {DAYS} by default")
    ] = None,
    seed: Annotated[int | None, typer.Option(help=f"the same seed founds the same town; {SEED} by default")] = None,
    host: Annotated[str | None, typer.Option(help=f"address to listen on; {HOST} by default")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=f"port to listen on; {PORT} by default")] = None,
    next_day: Annotated[bool, typer.Option("--next-day", help="live one more day and end")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="audit everybody, not a tenth")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="live the days and end")] = False,
) -> None:
    """Found or reopen the demo, and serve it."""
    founding = {"--borrowers": borrowers, "--days": days, "--seed": seed}
    serving = {"--host": host, "--port": port}
    if next_day:
        _refuse("--next-day", founding | serving | {"--no-serve": no_serve or None})
        _town().live_next(audit=audit)
        return
    if no_serve:
        _refuse("--no-serve", serving)
    served_at = host or HOST, port or PORT
    if not no_serve:
        ports.refuse_taken(*served_at)
    making = _kernel_made_beside()
    _town().found_or_open(
        asked={"borrowers": borrowers, "days": days, "seed": seed},
        usual={"borrowers": BORROWERS, "days": DAYS, "seed": SEED},
        audit=audit,
        served_at=None if no_serve else served_at,
        await_kernel=lambda: _refuse_failed(making),
    )


def _refuse(option: str, beside: dict[str, int | str | None]) -> None:
    """Raises InvalidInput for what means nothing beside an option."""
    if told := [name for name, value in beside.items() if value is not None]:
        raise InvalidInput(f"{', '.join(told)} means nothing beside {option}")


def _kernel_made_beside() -> subprocess.Popen[bytes]:
    """The kernel's machine code is made in a process beside this one, which founds the town meanwhile."""
    return subprocess.Popen([sys.executable, "-m", "arrears.interfaces.cli.machine_code"])


def _town() -> Any:
    """What the days are lived by, which takes seconds to import where Python has not compiled it yet."""
    return importlib.import_module("arrears.interfaces.cli.demo_town")


def _refuse_failed(making: subprocess.Popen[bytes]) -> None:
    if making.wait():
        raise NoKernel
