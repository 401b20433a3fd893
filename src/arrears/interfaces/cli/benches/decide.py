"""`arrears bench decide`: rows a second through a decision table of 50 rules × 8 columns.

In memory: from a frame to rule number and outputs. File to file: through the command. The table and the rows are drawn
from a fixed seed; numbers, texts and booleans are mixed as a collections strategy mixes them.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import polars as pl

from arrears.decisions.tables import evaluate, parse
from arrears.interfaces.cli import decide
from arrears.interfaces.cli.benches import rows
from arrears.interfaces.cli.benches.rows import Row

RULES = 50
ROWS = 1_000_000
SEED = 20_261_123
GOAL = 2_000_000
NUMBERS = ("dpd", "overdue", "cure share", "age", "visits")
TEXTS = {"product": ("BNPL", "CASH", "CARD", "AUTO"), "region": tuple(f"R{n:02}" for n in range(30))}
FLAGS = ("has mobile",)


def table(hit_policy: str) -> str:
    """A table in DMN: every cell says something, and the last rule catches the rest."""
    draw = random.Random(SEED)  # noqa: S311 (a table to measure, not a secret)
    columns = [*NUMBERS, *TEXTS, *FLAGS]
    types = {**dict.fromkeys(NUMBERS, "number"), **dict.fromkeys(TEXTS, "string"), **dict.fromkeys(FLAGS, "boolean")}
    rules = [_rule(n, [_cell(draw, name) for name in columns]) for n in range(1, RULES)]
    rules.append(_rule(RULES, ["-"] * len(columns)))
    inputs = "".join(
        f'<input><inputExpression typeRef="{types[name]}"><text>{name}</text></inputExpression></input>'
        for name in columns
    )
    data = "".join(
        f'<inputData name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
        for name, kind in types.items()
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="bench">'
        f'<decision name="Treatment"><variable name="Treatment"/><decisionTable hitPolicy="{hit_policy}">{inputs}'
        f'<output name="action"/><output name="priority"/>{"".join(rules)}</decisionTable></decision>'
        f"{data}</definitions>"
    )


def _cell(draw: random.Random, name: str) -> str:
    if name in FLAGS:
        return draw.choice(("true", "-"))
    if name in TEXTS:
        chosen = draw.sample(TEXTS[name], k=len(TEXTS[name]) // 2)
        return ", ".join(f'"{one}"' for one in chosen)
    low = draw.randrange(60)
    return draw.choice((f"&gt;= {low}", f"&lt; {100 - low}", f"[{low}..{low + 40})", f"&lt; {low}, &gt; {low + 20}"))


def _rule(number: int, cells: list[str]) -> str:
    tests = "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in cells)
    results = f'<outputEntry><text>"A{number % 9}"</text></outputEntry><outputEntry><text>{number}</text></outputEntry>'
    return f"<rule>{tests}{results}</rule>"


def frame(height: int) -> pl.DataFrame:
    """Rows for the table, one in fifty of the numbers missing."""
    draw = np.random.default_rng(SEED)
    made = [
        pl.Series(name, draw.integers(0, 100, height)).set(pl.Series(draw.random(height) < 0.02), None)
        for name in NUMBERS
    ]
    made += [pl.Series(name, np.array(values)[draw.integers(0, len(values), height)]) for name, values in TEXTS.items()]
    made += [pl.Series(name, draw.random(height) < 0.8) for name in FLAGS]
    return pl.DataFrame(made)


def measure(name: str, folder: Path, runs: int) -> list[Row]:
    """In memory for a single-hit and a many-hit table, and from file to file."""
    cases = frame(ROWS)
    size = f"{ROWS:,} x {RULES} rules x {cases.width}"
    found = []
    for policy, goal in (("FIRST", GOAL), ("UNIQUE", GOAL), ("RULE ORDER", GOAL)):
        model = parse.read_text(table(policy), source="bench.dmn")
        seconds = rows.median_seconds(lambda model=model: _evaluate(model, cases), runs)
        found.append(rows.at_least(name, size, policy.lower(), ROWS / seconds, "rows/s", goal))
    (folder / "table.dmn").write_text(table("FIRST"), encoding="utf-8")
    cases.write_parquet(folder / "rows.parquet")
    seconds = rows.median_seconds(lambda: _files(folder, "parquet"), runs)
    found.append(_reported(name, size, "parquet files", ROWS / seconds))
    cases.write_ndjson(folder / "rows.jsonl")
    seconds = rows.median_seconds(lambda: _files(folder, "jsonl"), runs)
    found.append(_reported(name, size, "jsonl files", ROWS / seconds))
    return found


def _reported(name: str, size: str, metric: str, value: float) -> Row:
    """A figure that has no goal."""
    return Row(name, size, metric, value, "rows/s", "reported", True)


def _evaluate(model: evaluate.Model, cases: pl.DataFrame) -> None:
    told = evaluate.evaluate(model, cases)
    assert told.answer is not None
    assert len(told.answer.rule) == len(told.answer.outputs) >= len(cases)


def _files(folder: Path, suffix: str) -> None:
    decide.command(table=folder / "table.dmn", rows_from=folder / f"rows.{suffix}", results_to=folder / f"out.{suffix}")
