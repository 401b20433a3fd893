"""A column after parsing: its values, and for each kind of problem the rows that have it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Parsed:
    """values : (n,) of the wanted type, null where missing or refused; problems : (reason, (n,) boolean) pairs."""

    values: pl.Series
    problems: tuple[tuple[str, pl.Series], ...] = ()
