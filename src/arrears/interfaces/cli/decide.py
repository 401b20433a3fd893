"""`arrears decide --table T.dmn [--decision NAME] --in rows.jsonl --out out.jsonl`: any DMN decision on any rows.

Files are JSONL, CSV or Parquet by extension; one output line for each input line, in order. This module reads and
writes files and chooses the road: columns for tables that only compare, row by row in decimals for everything else.
`decisions.tables` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from arrears.decisions import csv_cells
from arrears.decisions.tables import columns, evaluate, feel, graph, parse, plain, rows, sfeel
from arrears.decisions.tables.model import Aggregation, Decision, DecisionTable, Model, Type
from arrears.decisions.tables.rowwise import conforming, decisions
from arrears.interfaces.cli import json_rows, same_file, whole_file
from arrears.kernel.errors import InvalidInput

FORMATS = (*json_rows.LINES, ".csv", ".parquet")


def command(
    table: Annotated[Path, typer.Option("--table", help="the DMN file")],
    rows_from: Annotated[Path, typer.Option("--in", help="rows: .jsonl, .csv or .parquet")],
    results_to: Annotated[Path, typer.Option("--out", help="results: .jsonl, .csv or .parquet")],
    decision: Annotated[str | None, typer.Option(help="which decision; needed when several could be meant")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="refuse rows on which rules collide")] = False,
) -> None:
    """Evaluate one decision on every row; write its result and the numbers of the rules that fired."""
    for option, path in (("--in", rows_from), ("--out", results_to)):
        if path.suffix not in FORMATS:
            raise InvalidInput(f"{option} {path}: a file of rows is named {', '.join(f'NAME{end}' for end in FORMATS)}")
    same_file.refuse(results_to, [rows_from, table])
    model = parse.read_file(table)
    target = graph.wanted(model, None if decision is None else sfeel.normal_name(decision))
    for name in graph.needs(model, target).decisions:
        tell_sum_of_texts(model.decisions[name])
    try:
        frame = exact_columns(rows_from, model, target)
        if frame is not None:
            by_columns(model, target, frame, results_to, strict, rows_from.name)
        else:
            by_rows(model, target, rows_from, results_to, strict)
    except RecursionError:
        raise InvalidInput(f"{model.source}: `{target.name}` nests too deep to be worked out") from None
    except OSError as wrong:
        raise InvalidInput(f"{wrong.filename or results_to}: {wrong.strerror or wrong}") from None


def tell_sum_of_texts(decision: Decision) -> None:
    """A sum of what is no number is null: said before it is worked out."""
    table = decision.logic
    if isinstance(table, DecisionTable) and table.aggregation is Aggregation.SUM:
        results = [one for rule in table.rules for one in rule.outputs]
        if any(isinstance(one, feel.Constant) and isinstance(one.value, str) for one in results):
            typer.echo(f"arrears: {decision.name}: SUM adds numbers, and a rule gives a text: null there", err=True)


def exact_columns(path: Path, model: Model, target: Decision) -> pl.DataFrame | None:
    """The rows as columns, where these answer exactly; None where the rows must be worked through one by one."""
    if not isinstance(target.logic, DecisionTable) or not plain.is_plain(model, target):
        return None
    inputs = graph.needs(model, target).inputs
    long = False
    if path.suffix in json_rows.LINES:
        found = json_rows.swept(path.read_bytes(), inputs)
        if found is None:
            return None
        frame, long = found
    else:
        frame = read_frame(path)
    if not plain.holds_exactly(frame, target.logic, inputs, long=long):
        return None
    return frame.with_columns(pl.lit(None).alias(name) for name in absent(frame.columns, inputs, path))


def absent(present: list[str], inputs: Mapping[str, Type], path: Path) -> list[str]:
    """The inputs that no row brings, each told: they are null everywhere."""
    missing = [name for name in inputs if name not in present]
    for name in missing:
        typer.echo(f"arrears: {path.name}: no row has `{name}`: it is null everywhere", err=True)
    return missing


def read_frame(path: Path) -> pl.DataFrame:
    """A CSV or Parquet file; CSV as text, since the decision's own types say how to read it."""
    try:
        return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as wrong:
        raise InvalidInput(f"{path.name}: cannot be read: {str(wrong).splitlines()[0]}") from None


# By columns.


@dataclass
class Misfits:
    """Values that are not of their input's declared type, which the standard reads as null: told once an input."""

    source: str
    found: dict[str, tuple[int, int]] = field(default_factory=dict)

    def note(self, name: str, first: int, count: int = 1) -> None:
        known, before = self.found.get(name, (first, 0))
        self.found[name] = (known, before + count)

    def tell(self) -> None:
        for name, (first, count) in self.found.items():
            values = "value is" if count == 1 else "values are"
            typer.echo(
                f"arrears: {self.source}: {count} {values} not of the type of `{name}`, the first on row {first + 1}:"
                " null there",
                err=True,
            )


def by_columns(
    model: Model, target: Decision, frame: pl.DataFrame, results_to: Path, strict: bool, rows_name: str
) -> None:
    told = evaluate.evaluate(model, frame, decision=target.name, strict=strict)
    for finding in told.findings:
        typer.echo(f"arrears: {finding}", err=True)
    misfits = Misfits(rows_name)
    for name in frame.columns:
        if name in told.frame.columns:
            unfit = (frame[name].is_not_null() & told.frame[name].is_null()).arg_true()
            if len(unfit):
                misfits.note(name, int(unfit[0]), len(unfit))
    misfits.tell()
    write_columns(results_to, rows.printable(told.result(), told.shape), told.rules())


def write_columns(path: Path, result: pl.Series, fired: pl.Series) -> None:
    """One line a row: the result, and the rules behind it."""
    frame = pl.DataFrame([result.alias("result"), fired.alias("rules")])
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    elif path.suffix == ".csv":
        csv_cells.guarded(frame.with_columns(_flat(frame[name]) for name in frame.columns)).write_csv(path)
    elif _has_reals(result.dtype):
        whole_file.write(path, map(json_rows.written, frame.iter_rows(named=True)))
    else:
        frame.write_ndjson(path)


def _flat(column: pl.Series) -> pl.Series:
    """A column that a CSV can hold: lists and structures become JSON text."""
    if not column.dtype.is_nested() and not _has_reals(column.dtype):
        return column
    texts = [None if value is None else json_rows.written(value) for value in column.to_list()]
    return pl.Series(column.name, texts, dtype=pl.String)


def _has_reals(dtype: pl.DataType) -> bool:
    """Does a column hold binary numbers, be it inside lists? A whole one is written without a point."""
    inner = [f.dtype for f in dtype.fields] if isinstance(dtype, pl.Struct) else []
    inner += [dtype.inner] if isinstance(dtype, pl.List) else []
    return dtype.is_float() or any(_has_reals(columns.made(one)) for one in inner)


# Row by row.


@dataclass
class Collisions:
    """Rows on which rules collided, told once a decision when all rows are done."""

    source: str
    strict: bool
    found: dict[str, evaluate.Finding] = field(default_factory=dict)

    def note(self, one: decisions.Collision, row: int) -> None:
        known = self.found.get(one.decision)
        first, fired = (row, one.rules) if known is None else (known.first_row, known.rules)
        finding = evaluate.Finding(one.decision, one.policy, 1 if known is None else known.rows + 1, first, fired)
        if self.strict:
            raise evaluate.RulesConflict(f"{self.source}: {finding}")
        self.found[one.decision] = finding


def by_rows(model: Model, target: Decision, rows_from: Path, results_to: Path, strict: bool) -> None:
    decider = decisions.decider(model, target)
    collisions = Collisions(model.source, strict)
    # Names that only a formula speaks of may be of a structure's components: their absence says nothing.
    declared = {name: type_ for name, type_ in decider.inputs.items() if name in model.inputs or not model.inputs}
    misfits = Misfits(rows_from.name)
    answers = _answers(decider, declared, rows_from, collisions, misfits)
    if results_to.suffix in json_rows.LINES:
        told = ({"result": result, "rules": fired} for result, fired in answers)
        whole_file.write(results_to, map(json_rows.written, told))
    else:
        _write_frame(results_to, list(answers))
    misfits.tell()
    for finding in collisions.found.values():
        typer.echo(f"arrears: {finding}", err=True)


def _answers(
    decider: decisions.Decider, declared: Mapping[str, Type], path: Path, collisions: Collisions, misfits: Misfits
) -> Iterator[tuple[object, tuple[int, ...]]]:
    seen: set[str] = set()
    count = 0
    for number, row in enumerate(_rows(path, decider.inputs)):
        told = decider.decide(row)
        for one in told.collisions:
            collisions.note(one, number)
        for name in told.unfit:
            misfits.note(name, number)
        seen.update(row)
        count = number + 1
        yield conforming.printed(told.result), told.rules
    if count:
        absent(list(seen), declared, path)


def _rows(path: Path, inputs: Mapping[str, Type]) -> Iterator[Mapping[str, object]]:
    if path.suffix in json_rows.LINES:
        with path.open("rb") as file:
            yield from json_rows.line_by_line(file, path.name)
    else:
        yield from rows.unflatten(read_frame(path), inputs).iter_rows(named=True)


def _write_frame(path: Path, answers: list[tuple[object, tuple[int, ...]]]) -> None:
    """Results worked out row by row as columns, as far as these can hold them."""
    fired = pl.Series([list(numbers) for _, numbers in answers], dtype=pl.List(pl.Int32))
    if path.suffix == ".csv":
        texts = [None if one is None else one if isinstance(one, str) else json_rows.written(one) for one, _ in answers]
        write_columns(path, pl.Series(texts, dtype=pl.String), fired)
        return
    for whole in (True, False):
        results = [_plain(result, whole) for result, _ in answers]
        try:  # with one row more, for when there is none
            held = pl.from_dicts([{"result": one} for one in (None, *results)], infer_schema_length=None)["result"][1:]
        except (TypeError, pl.exceptions.PolarsError):
            continue
        if all(map(_says, held.to_list(), results)):
            write_columns(path, held, fired)
            return
    raise InvalidInput(f"{path.name}: the results are of several kinds, which Parquet cannot hold")


def _plain(result: object, whole: bool) -> object:
    """Numbers as Parquet has them: whole ones as such where they are wanted and fit, others as reals of 64 bits."""
    match result:
        case Decimal():
            fits = whole and result == result.to_integral_value() and abs(result) < plain.WHOLE
            return int(result) if fits else float(result)
        case list():
            return [_plain(one, whole) for one in result]
        case dict():
            return {name: _plain(one, whole) for name, one in result.items()}
    return result


def _says(held: object, result: object) -> bool:
    """Does a column hold the very result? A component that the result does not have is null in it."""
    match held, result:
        case list(), list():
            return len(held) == len(result) and all(map(_says, held, result))
        case dict(), dict():
            return all(_says(held.get(name), result.get(name)) for name in {**held, **result})
    return held == result and isinstance(held, bool) == isinstance(result, bool)
