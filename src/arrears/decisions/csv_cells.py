"""Text for a CSV that somebody may open in a spreadsheet: what would be read as a formula is text there.

An identifier of a tape may be `=HYPERLINK(…)`, and a spreadsheet would follow it. Such a value gets an apostrophe in
front, as spreadsheets themselves write text; numbers and a sign alone stay as they are. Parquet and JSON lines
hold every value as it is.
"""

from __future__ import annotations

import polars as pl

FORMULA = r"^[=+\-@\t\r]."
NUMBER = r"^[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?$"


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text that begins like a formula marked as text, names of columns too."""
    texts = pl.col(pl.String)
    is_formula = texts.str.contains(FORMULA) & ~texts.str.contains(NUMBER)
    marked = frame.with_columns(pl.when(is_formula).then("'" + texts).otherwise(texts).name.keep())
    formulas = pl.Series(frame.columns, dtype=pl.String).str.contains(FORMULA)
    names = {name: f"'{name}" for name, is_one in zip(frame.columns, formulas, strict=True) if is_one}
    return marked.rename(names)
