"""Train the cure card on simulated towns, check it on later months and on another town, write it with its data card.

    python tools/train_cure_card.py                 writes src/arrears/policies/scoring/cure_card.toml
    python tools/train_cure_card.py --check         measures the shipped card on the same months, writes nothing

A town lives without any contact, so what is learnt is how arrears end by themselves. Same seeds, same card.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from arrears import policies
from arrears.decisions import features, lateness, learning, night_policy, positions, scorecard, scoring, standings
from arrears.decisions.schemas import facts
from arrears.decisions.tape import reading as tape
from arrears.rules.ageing import reading as products
from arrears.simulator.market import Market

FOLDER = policies.folder()
CARD = FOLDER / "scoring" / "cure_card.toml"
VERSION = "2026-11-1"
BORROWERS, START, HISTORY = 30_000, date(2024, 1, 1), 365
MONTHS, HELD_OUT, DAYS = 15, 4, 30
TRAIN_SEED, OTHER_SEED = 20_261, 90_417
TABLES = ("customers", "accounts", "instalments", "payments", "pauses", "spending")
EDGES = {
    "dpd": (3, 7, 15, 30, 45, 60, 90, 180),
    "late_share": (0.0, 0.1, 0.25, 0.5),
    "quiet_days": (7, 15, 31, 60),
    "part_paid": (0.0, 0.2, 0.5),
    "burden": (0.05, 0.1, 0.2, 0.4),
    "spend_trend": (0.6, 0.8, 1.0, 1.25),
    "spend_share": (0.3, 0.45, 0.6, 0.75),
}


def town(seed: int) -> Iterator[pl.DataFrame]:
    """Each month's people in arrears: their features, their cell, and whether they owed nothing overdue 30 days on."""
    ageing = products.read_folder(FOLDER / "products")
    market = Market.create(borrowers=BORROWERS, seed=seed, start_on=START, history_days=HISTORY)
    before = None
    for month in range(MONTHS + 1):
        as_of = START + timedelta(days=DAYS * month)
        while market.today < as_of:
            market.step(market.today + timedelta(days=1))
        with tempfile.TemporaryDirectory() as folder:
            market.write_tape(Path(folder), as_of)
            tables = tape.read_folder(Path(folder), as_of=as_of, only=TABLES).tables
        aged = positions.age(tables, policies=ageing, as_of=as_of).positions
        late = lateness.lateness(aged, tables["instalments"], tables["payments"], as_of=as_of)
        added = standings.standings(
            aged, customers=tables["customers"], write_offs=pl.DataFrame(schema=facts.WRITE_OFFS), as_of=as_of
        )
        overdue = added.filter(pl.col("overdue_minor") > 0)
        if before is not None:
            left = overdue.select(*standings.KEY, is_left=pl.lit(value=True))
            yield before.join(left, on=standings.KEY, how="left").with_columns(cured=pl.col("is_left").is_null())
        history = scoring.history_of(late).rename({"account_id": "worst_account_id"})
        seen = features.features(added, positions=aged, late=late, tables=tables, as_of=as_of)
        before = (
            seen.join(overdue.select(*standings.KEY, "bucket", "worst_account_id"), on=standings.KEY)
            .join(history, on="worst_account_id")
            .with_columns(month=pl.lit(month))
        )
        print(f"seed {seed}, {as_of}: {before.height:,} in arrears", file=sys.stderr)  # noqa: T201


def with_base(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The counted share of each row's cell, of the months that were known when a card is learnt."""
    observed = known.group_by(row="bucket", column="history").agg(
        accounts=pl.col("cured").sum(), base_accounts=pl.len()
    )
    cells = scoring.cure_cells(observed, prior=night_policy.read_prior(FOLDER / "scoring" / "prior.toml"))
    return rows.join(cells.select("bucket", "history", base="share"), on=["bucket", "history"])


def told(name: str, card: scorecard.Card, rows: pl.DataFrame) -> dict[str, learning.Measures]:
    """The card beside the counted cells alone."""
    scored = scorecard.apply(card, rows, base="base")
    found = {
        f"{name}, cells alone": learning.measure(rows["base"], rows["cured"]),
        f"{name}, card": learning.measure(scored["share"], scored["cured"]),
    }
    for which, m in found.items():
        print(  # noqa: T201
            f"{which:34} rows {m.rows:>7,} AUC {m.auc:.3f} KS {m.ks:.3f} Brier {m.brier:.4f}"
            f" expected {m.expected:.3f} cured {m.base_rate:.3f}"
        )
    print("   deciles: " + " ".join(f"{e:.2f}/{t:.2f}" for e, t, _ in m.deciles))  # noqa: T201
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true", help="measure the shipped card, write nothing")
    is_check = asked.parse_args().check
    rows = pl.concat(town(TRAIN_SEED))
    early = rows.filter(pl.col("month") < MONTHS - HELD_OUT)
    rows = with_base(rows, early)
    train, later = rows.filter(pl.col("month") < MONTHS - HELD_OUT), rows.filter(pl.col("month") >= MONTHS - HELD_OUT)
    card = (
        scorecard.read(CARD)
        if is_check
        else learning.fit(train, edges=EDGES, base="base", label="cured", version=VERSION)
    )
    found = told("train", card, train) | told("later months", card, later)
    found |= told("another town", card, with_base(pl.concat(town(OTHER_SEED)), early))
    if not is_check:
        CARD.write_text(text_of(card, found), encoding="utf-8")


def text_of(card: scorecard.Card, found: dict[str, learning.Measures]) -> str:
    """The card as a file, its data card first."""
    lines = [
        "# The cure card: how much better or worse than others of the same bucket and history a borrower in arrears is",
        "# expected to do. Learnt by tools/train_cure_card.py, explained in docs/algorithms/scoring.md.",
        f'version = "{card.version}"',
        f"points_double = {card.points_double}",
        f"base = {card.base}",
        "",
        "[data]",
        'what = "simulated towns without contacts: no record of a real person"',
        f'towns = "arrears.simulator, {BORROWERS} borrowers, seed {TRAIN_SEED} (train, later months) and {OTHER_SEED}"',
        f'months = "{MONTHS - HELD_OUT} months from {START} to learn from, the {HELD_OUT} after them held out"',
        'label = "nothing overdue 30 days later, over all accounts of the person in the currency"',
        'limits = "shapes of a simulator, not of any lender: validate on your own tape before relying on it"',
        'left_out = "age, sex, region, employer and family are not used"',
        "",
    ]
    for name, m in found.items():
        lines += [
            "[[data.measured]]",
            f'on = "{name}"',
            f"rows = {m.rows}",
            f"auc = {m.auc:.3f}",
            f"ks = {m.ks:.3f}",
            f"brier = {m.brier:.4f}",
            f"expected = {m.expected:.3f}",
            f"cured = {m.base_rate:.3f}",
            "",
        ]
    for part in card.parts:
        bins = ", ".join(_bin(each) for each in part.bins)
        lines += ["[[feature]]", f'code = "{part.code}"', f"bins = [{bins}]", f"missing = {part.missing}", ""]
    return "\n".join(lines[:-1]) + "\n"


def _bin(each: scorecard.Bin) -> str:
    edge = "" if each.upto is None else f"upto = {each.upto:g}, "
    return f"{{ {edge}points = {each.points} }}"


if __name__ == "__main__":
    main()
