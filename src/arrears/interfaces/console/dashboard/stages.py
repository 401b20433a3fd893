"""Where do the overdue customers stand? The stage table of the overview, whose parts add up to what is overdue.

Called by `views`. Customers, accounts and amounts are those of the night, as in every other figure of the overview;
open cases are those of this moment, for a case closes when it is paid. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from arrears.exchange import figures
from arrears.exchange.figures import Stand
from arrears.interfaces.ui import sentences
from arrears.records.cases import queries as cases


@dataclass(frozen=True)
class Row:
    """One line; None where a figure is not known, or where no case is opened."""

    label: str
    stand: Stand | None
    cases: int | None
    href: str = ""


@dataclass(frozen=True)
class Stages:
    """The lines, how many were only reminded, and the sum of the lines; None where the lake knows no customers."""

    rows: list[Row]
    total: Row | None
    warned: int | None


def table(
    opened: Sequence[Mapping[str, Any]], *, stands: Mapping[str, Stand], currency: str, sees_cases: bool
) -> Stages:
    """The stages of one currency, in the order of a case's life, whoever waits without a case first.

    opened : the result of cases.stages_open
    stands : figures.Dashboard.stands; empty when the lake holds none of this night
    """
    count = {row["stage"]: row["cases"] for row in opened if row["currency"] == currency}
    life = [stage for stage, _label in cases.choices()["stages"] if stage in count or stage in stands]

    def row(stage: str) -> Row:
        href = f"{reverse('cases')}?stage={stage}&currency={currency}" if sees_cases else ""
        return Row(sentences.code(stage), stands.get(stage, Stand()) if stands else None, count.get(stage, 0), href)

    waits = [Row(gettext("Overdue, no case yet"), stands[figures.WAITED], None)] if figures.WAITED in stands else []
    rows = [*waits, *map(row, life)]
    if not stands:
        return Stages(rows, None, None)
    known = [line.stand for line in rows if line.stand]
    overall = Stand(
        sum(stand.customers for stand in known),
        sum(stand.accounts for stand in known),
        sum(stand.overdue_minor for stand in known),
    )
    warned = stands.get(figures.WARNED, Stand()).customers
    return Stages(rows, Row(gettext("Together"), overall, sum(count.values())), warned)
