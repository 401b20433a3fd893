"""How long work is shown: a bar on a terminal, plain lines elsewhere; and counts as aligned lines.

Used by commands that take a while. It prints to stderr, so that a command's answer on stdout stays clean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

#: Called with what is being done, how much is done, and how much there is.
Shown = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Shown]:
    """Show steps as they go."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield _bars(bars)


def _lines(console: Console) -> Shown:
    begun: set[str] = set()

    def show(what: str, done: int, total: int) -> None:
        if what not in begun:
            begun.add(what)
            console.print(f"{what} …", highlight=False)

    return show


def _bars(bars: Progress) -> Shown:
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    return show


def lines(figures: Mapping[str, object], indent: int = 2) -> Iterator[str]:
    """Nested counts as aligned lines; numbers with thousands separators."""
    for name, value in figures.items():
        label = f"{' ' * indent}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield label
            yield from lines(value, indent + 2)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{label:<34}{value}"
        else:
            yield f"{label:<34}{value:>14,}"
