"""Everything a night decides by, read once: products, decision tables, prior, card; and the version that names it all.

Called by the command line and by each worker process of the engine. A changed file is another version.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from arrears.decisions import scorecard, scoring
from arrears.decisions.tables import strategy
from arrears.rules.ageing import reading

READ = ("products/*.toml", "strategy/*.dmn", "scoring/*.toml")


@dataclass(frozen=True)
class NightPolicy:
    """products : product_code → ageing policy; version : names the exact content of every file read."""

    products: reading.Products
    stages: strategy.Table
    treatments: strategy.Table
    prior: scoring.CurePrior
    card: scorecard.Card
    version: str


@lru_cache(maxsize=4)
def load(folder: Path) -> NightPolicy:
    """Read the policies of one folder."""
    return NightPolicy(
        products=reading.read_folder(folder / "products"),
        stages=strategy.load(folder / "strategy" / "stages.dmn"),
        treatments=strategy.load(folder / "strategy" / "treatments.dmn"),
        prior=read_prior(folder / "scoring" / "prior.toml"),
        card=scorecard.read(folder / "scoring" / "cure_card.toml"),
        version=version_of(folder),
    )


def read_prior(path: Path) -> scoring.CurePrior:
    """The prior of the cure share."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    shares = tuple((row["bucket"], float(row["cure_30"])) for row in text["share"])
    return scoring.CurePrior(shares, float(text["weight"]["observations"]))


def version_of(folder: Path) -> str:
    """A short name of the exact content of every policy file that a night reads."""
    seen = hashlib.sha256()
    for path in sorted(path for pattern in READ for path in folder.glob(pattern)):
        seen.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()[:16]
