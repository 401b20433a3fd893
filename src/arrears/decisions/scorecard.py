"""How do the points of a scorecard move an estimated share? A card is data: bins with points, in policies/scoring.

Called by `scoring` at night and by whoever trains or checks a card. Pure columns: integer points from bins, one sum,
one logistic function. A card starts from a base share (our own counted history, shrunk to a prior) and says how much
better or worse this borrower does than others of the same cell; so a lender's own rates rule, whatever the card.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from arrears.decisions import features
from arrears.kernel.errors import InvalidInput

#: Reasons told of one score, the weightiest first.
REASONS_MAX = 3
#: A share is kept off 0 and 1 before its odds are taken, and told to so many places.
EDGE, PLACES = 1e-4, 6


class UnreadableCard(InvalidInput):
    code = "unreadable_card"
    message = "{path}: {problem}"


@dataclass(frozen=True)
class Bin:
    """`upto` : values up to and including this, above the bin before; None = all that is left."""

    upto: float | None
    points: int


@dataclass(frozen=True)
class Part:
    """One feature of a card: code, a column of features.FEATURES; bins ascending; points when it is not known."""

    code: str
    bins: tuple[Bin, ...]
    missing: int


@dataclass(frozen=True)
class Card:
    """points_double : so many points double the odds; base : points that every score starts with."""

    version: str
    points_double: int
    base: int
    parts: tuple[Part, ...]


def read(path: Path) -> Card:
    """Read a card; raises UnreadableCard with what is wrong with it."""
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = tuple(
            Part(
                row["code"],
                tuple(Bin(float(one["upto"]) if "upto" in one else None, int(one["points"])) for one in row["bins"]),
                int(row["missing"]),
            )
            for row in text["feature"]
        )
        card = Card(text["version"], int(text["points_double"]), int(text["base"]), parts)
    except (KeyError, TypeError, ValueError) as wrong:
        raise UnreadableCard(path=path, problem=f"{type(wrong).__name__}: {wrong}") from None
    _check(card, path)
    return card


def _check(card: Card, path: Path) -> None:
    for part in card.parts:
        edges = [one.upto for one in part.bins]
        if part.code not in features.CODES:
            raise UnreadableCard(path=path, problem=f"there is no feature {part.code!r}")
        inner = [edge for edge in edges[:-1] if edge is not None]
        if not edges or edges[-1] is not None or len(inner) != len(edges) - 1 or inner != sorted(set(inner)):
            raise UnreadableCard(path=path, problem=f"the bins of {part.code!r} do not ascend, or end with an upto")
    if card.points_double <= 0:
        raise UnreadableCard(path=path, problem="points_double must be above 0")


def points_of(part: Part) -> pl.Expr:
    """The points of one feature's value, int64."""
    value = pl.col(part.code)
    points = pl.lit(part.bins[-1].points, pl.Int64)
    for one in reversed(part.bins[:-1]):
        points = pl.when(value <= one.upto).then(pl.lit(one.points, pl.Int64)).otherwise(points)
    return pl.when(value.is_null()).then(pl.lit(part.missing, pl.Int64)).otherwise(points)


def apply(card: Card, rows: pl.DataFrame, *, base: str) -> pl.DataFrame:
    """Move each row's base share by the card.

    rows    : features.FEATURES, and a column `base`: a share in [0, 1]
    returns : rows plus points (int64, of all features and the card's base), share (float64, rounded to PLACES) and
              reasons (`code±points` of the weightiest features, by weight, joined by a space)
    formula : share = 1 / (1 + exp(−(ln(base / (1 − base)) + points · ln 2 / points_double))); Siddiqi, Credit Risk
              Scorecards (Wiley, 2006), ch. 6, with the log odds of the counted base as the offset
    example : base 0.5, 20 points where 20 double the odds -> odds 2, share 0.666667
    """
    told = rows.with_columns(points_of(part).alias(f"points.{part.code}") for part in card.parts)
    total = pl.sum_horizontal(pl.lit(card.base, pl.Int64), *(f"points.{part.code}" for part in card.parts))
    start = pl.col(base).clip(EDGE, 1 - EDGE)
    log_odds = (start / (1 - start)).log() + total * (math.log(2) / card.points_double)
    scored = told.with_columns(points=total, share=(1 / (1 + (-log_odds).exp())).round(PLACES))
    return scored.with_columns(reasons=_reasons(card, scored)).drop(f"points.{part.code}" for part in card.parts)


def _reasons(card: Card, told: pl.DataFrame) -> pl.Series:
    """The weightiest points of each row in words of the card."""
    order = {part.code: number for number, part in enumerate(card.parts)}
    long = (
        told.select(pl.col(f"points.{code}").alias(code) for code in order)
        .with_row_index("row")
        .unpivot(index="row", variable_name="code", value_name="points")
        .filter(pl.col("points") != 0)
        .with_columns(
            weight=pl.col("points").abs(),
            place=pl.col("code").replace_strict(order, return_dtype=pl.Int32),
            said=pl.format(
                "{}{}{}", "code", pl.when(pl.col("points") > 0).then(pl.lit("+")).otherwise(pl.lit("")), "points"
            ),
        )
        .sort("row", "weight", "place", descending=[False, True, False])
        .group_by("row", maintain_order=True)
        .agg(pl.col("said").head(REASONS_MAX).str.join(" "))
    )
    rows = pl.DataFrame({"row": range(told.height)}, schema={"row": long.schema["row"]})
    return rows.join(long, on="row", how="left", maintain_order="left")["said"].fill_null("")
