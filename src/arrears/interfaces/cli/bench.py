"""`arrears bench [NAME…] --json F`: measure the promised numbers, medians of several runs, on the machine named.

Each bench is one module of `benches/` with `measure(folder, runs) -> list[Row]`; this command only runs and prints.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli.benches.rows import Row
from arrears.kernel.errors import InvalidInput

#: bench name → module; the promises are in docs/architecture.md.
BENCHES: dict[str, str] = {
    "ageing-kernel": "arrears.interfaces.cli.benches.ageing_kernel",
    "age-1m": "arrears.interfaces.cli.benches.age_files",
    "age-10m": "arrears.interfaces.cli.benches.age_files",
    "audit": "arrears.interfaces.cli.benches.audit",
    "console-200k": "arrears.interfaces.cli.benches.console",
    "decide": "arrears.interfaces.cli.benches.decide",
    "dunning-10k": "arrears.interfaces.cli.benches.dunning",
    "gate": "arrears.interfaces.cli.benches.gate",
    "night-1m-postgresql": "arrears.interfaces.cli.benches.night",
    "night-1m-sqlite": "arrears.interfaces.cli.benches.night",
    "simulate-1m": "arrears.interfaces.cli.benches.simulate",
    "smpp": "arrears.interfaces.cli.benches.smpp",
    "vault-100k": "arrears.interfaces.cli.benches.vault",
    "vault-1m": "arrears.interfaces.cli.benches.vault",
}


def machine() -> dict[str, object]:
    """The machine the figures were measured on."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }


def command(
    names: Annotated[list[str] | None, typer.Argument(help="which benches; all when none is named")] = None,
    json_to: Annotated[Path | None, typer.Option("--json", help="write the rows to this file")] = None,
    runs: Annotated[int, typer.Option(help="runs of each; the median is reported")] = 5,
) -> None:
    """Run the named benches and print a line a figure."""
    unknown = sorted(set(names or ()) - set(BENCHES))
    if unknown:
        raise InvalidInput(f"unknown bench {unknown[0]}; there are {', '.join(BENCHES)}")
    rows: list[Row] = []
    for name in names or BENCHES:
        with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
            measured = importlib.import_module(BENCHES[name]).measure(name, Path(folder), runs)
        for row in measured:
            mark = "met" if row.met else "NOT MET"
            typer.echo(
                f"{row.name:20} {row.size:>24} {row.metric:>16} {row.value:>14,.3f} {row.unit:12} {row.goal} {mark}"
            )
        rows += measured
    if json_to:
        json_to.write_text(json.dumps({"on": machine(), "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
