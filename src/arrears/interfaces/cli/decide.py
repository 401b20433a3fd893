"""`arrears decide --table T.dmn [--decision NAME] --in rows.jsonl --out out.jsonl`: any DMN decision on any rows.

Files are JSONL, CSV or Parquet by extension; one output line for each input line, in order. This module reads and
writes files; `decisions.tables` decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from arrears.decisions.tables import evaluate, graph, parse, rows
from arrears.decisions.tables.model import Type
from arrears.interfaces.cli import json_rows
from arrears.kernel.errors import InvalidInput

FORMATS = (".jsonl", ".ndjson", ".csv", ".parquet")


def command(
    table: Annotated[Path, typer.Option("--table", help="the DMN file")],
    rows_from: Annotated[Path, typer.Option("--in", help="rows: .jsonl, .csv or .parquet")],
    results_to: Annotated[Path, typer.Option("--out", help="results: .jsonl, .csv or .parquet")],
    decision: Annotated[str | None, typer.Option(help="which decision; needed when several could be meant")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="refuse rows on which rules collide")] = False,
) -> None:
    """Evaluate one decision on every row; write its result and the numbers of the rules that fired."""
    for path in (rows_from, results_to):
        if path.suffix not in FORMATS:
            raise InvalidInput(f"{path.name}: rows are {', '.join(FORMATS)}, by extension")
    model = parse.read_file(table)
    target = graph.wanted(model, decision)
    frame = read_rows(rows_from, graph.needs(model, target).inputs)
    told = evaluate.evaluate(model, frame, decision=target.name, strict=strict)
    for finding in told.findings:
        typer.echo(f"arrears: {finding}", err=True)
    write_results(results_to, rows.printable(told.result(), told.shape), told.rules())


def read_rows(path: Path, wanted: Mapping[str, Type]) -> pl.DataFrame:
    """The columns that a decision wants, from a file."""
    try:
        if path.suffix == ".parquet":
            return rows.unflatten(pl.read_parquet(path), wanted)
        if path.suffix == ".csv":
            # Everything is text here: the decision's own types say how to read it.
            return rows.unflatten(pl.read_csv(path, infer_schema=False), wanted)
        return json_rows.read(path, wanted)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as wrong:
        raise InvalidInput(f"{path.name}: cannot be read: {str(wrong).splitlines()[0]}") from None


def write_results(path: Path, result: pl.Series, fired: pl.Series) -> None:
    """One line a row: the result, and the rules behind it."""
    frame = pl.DataFrame([result.alias("result"), fired.alias("rules")])
    try:
        if path.suffix == ".parquet":
            frame.write_parquet(path)
        elif path.suffix == ".csv":
            frame.with_columns(_flat(frame[name]) for name in frame.columns).write_csv(path)
        else:
            frame.write_ndjson(path)
    except OSError as wrong:
        raise InvalidInput(f"{path}: cannot be written: {wrong.strerror or wrong}") from None


def _flat(column: pl.Series) -> pl.Series:
    """A column that a CSV can hold: lists and structures become JSON text."""
    if not column.dtype.is_nested():
        return column
    texts = [None if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_list()]
    return pl.Series(column.name, texts, dtype=pl.String)
