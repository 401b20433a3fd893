"""Which points should a card give, and how good are they? Fitting and measuring, away from the night.

Called by `tools/train_cure_card.py`. Plain logistic regression over bins with the counted base as offset, a small
ridge, and points rounded to whole numbers; then the measures that a reader of a score needs: rank, separation, error,
honesty.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.decisions.scorecard import EDGE, Bin, Card, Part

Floats = npt.NDArray[np.float64]

#: Newton steps; a few are enough, and the fit says so when they were not.
STEPS, CLOSE = 50, 1e-10


class DidNotSettle(ArithmeticError):
    """The fit was still moving after STEPS."""


@dataclass(frozen=True)
class Measures:
    """auc : chance that one cured is put above one not cured · ks : largest distance of the two distributions ·
    brier : mean squared error · base_rate : share cured · expected : mean estimate · deciles : (estimate, cured, rows)
    """

    rows: int
    auc: float
    ks: float
    brier: float
    base_rate: float
    expected: float
    deciles: tuple[tuple[float, float, int], ...]


def fit(
    rows: pl.DataFrame,
    *,
    edges: Mapping[str, Sequence[float]],
    base: str,
    label: str,
    version: str,
    points_double: int = 20,
    ridge: float = 5.0,
) -> Card:
    """Learn a card.

    rows  : features.FEATURES, `base` (a share) and `label` (boolean: cured)
    edges : feature → ascending inner edges of its bins
    ridge : how many rows' worth a bin is pulled to "no difference"
    raises: DidNotSettle
    method: maximum penalised likelihood by Newton's method (iteratively reweighted least squares), with the log odds
            of the base as the offset; the points of each feature are shifted to average zero over the rows, so that a
            sign says better or worse than the average.
    """
    hot = [_one_hot(rows[code], edges[code]) for code in edges]
    design = np.concatenate([np.ones((rows.height, 1)), *hot], axis=1)
    start = rows[base].to_numpy().clip(EDGE, 1 - EDGE)
    beta = _newton(design, np.log(start / (1 - start)), rows[label].to_numpy().astype(np.float64), ridge)
    scale = points_double / math.log(2)
    intercept, at, parts = beta[0], 1, []
    for code, columns in zip(edges, hot, strict=True):
        mine = beta[at : at + columns.shape[1]]
        at += columns.shape[1]
        average = float(columns.mean(axis=0) @ mine)
        intercept += average
        points = [round(float(weight - average) * scale) for weight in mine]
        bins = [Bin(edge, each) for edge, each in zip([*edges[code], None], points[:-1], strict=True)]
        parts.append(Part(code, tuple(bins), points[-1]))
    return Card(version, points_double, round(float(intercept) * scale), tuple(parts))


def _one_hot(values: pl.Series, edges: Sequence[float]) -> Floats:
    """A column a bin, and one last for what is not known."""
    known = values.is_not_null().to_numpy()
    place = np.searchsorted(np.asarray(edges), values.fill_null(0).to_numpy(), side="left")
    hot = np.zeros((len(values), len(edges) + 2))
    hot[np.arange(len(values)), np.where(known, place, len(edges) + 1)] = 1.0
    return hot


def _newton(design: Floats, offset: Floats, cured: Floats, ridge: float) -> Floats:
    beta = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-(design @ beta + offset)))
        gradient = design.T @ (cured - share) - penalty * beta
        hessian = (design * (share * (1 - share))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta = beta + step
        if float(np.abs(step).max()) < CLOSE:
            return beta
    raise DidNotSettle(f"still moving by {np.abs(step).max():g} after {STEPS} steps")


def measure(share: pl.Series, cured: pl.Series) -> Measures:
    """How good estimates were, once it was known who was cured.

    share : estimates in [0, 1]; cured : booleans, with both kinds among them
    """
    estimate, truth = share.to_numpy(), cured.to_numpy().astype(bool)
    ranks = pl.Series(estimate).rank("average").to_numpy()
    yes, no = int(truth.sum()), int((~truth).sum())
    auc = (float(ranks[truth].sum()) - yes * (yes + 1) / 2) / (yes * no)
    order = np.argsort(estimate, kind="stable")
    last = np.append(np.diff(estimate[order]) > 0, [True])
    above = np.cumsum(truth[order]) / yes - np.cumsum(~truth[order]) / no
    tenth = (np.arange(len(order)) * 10) // len(order)
    deciles = tuple(
        (float(estimate[order][tenth == n].mean()), float(truth[order][tenth == n].mean()), int((tenth == n).sum()))
        for n in range(10)
        if (tenth == n).any()
    )
    return Measures(
        rows=len(truth),
        auc=auc,
        ks=float(np.abs(above[last]).max()),
        brier=float(((estimate - truth) ** 2).mean()),
        base_rate=float(truth.mean()),
        expected=float(estimate.mean()),
        deciles=deciles,
    )
