"""What does the lake hold of one customer? Every row of the newest tape and of the newest night that is theirs.

Called by `actions.subject_access` for a person's copy, and by `actions.work_request` to tell what a deletion leaves. It
reads the one partition of each table in which the customer can stand, and there only their rows; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from arrears.decisions import engines
from arrears.decisions.lake import Lake
from arrears.decisions.night_files import NightFiles
from arrears.decisions.schemas import tape
from arrears.kernel import identifiers

OWN = "SELF"
NIGHT = ("positions", "standings", "actions")
#: What the rows tell of a person, as words can name it.
FACTS, SPENDING, CREDIT, HISTORY, NIGHTS = "LAKE_FACTS", "LAKE_SPENDING", "LAKE_CREDIT", "LAKE_HISTORY", "LAKE_NIGHTS"
KINDS: Mapping[str, tuple[str, ...]] = {
    FACTS: ("customers", "contact_points"),
    SPENDING: ("spending",),
    CREDIT: ("accounts", "instalments", "payments", "pauses"),
    HISTORY: ("contact_history",),
    NIGHTS: NIGHT,
}


def counts(customer_id: str, *, lake: Path) -> dict[str, int]:
    """Table → how many rows are theirs, those of other people's contact points too; only tables that have any.

    Reads one column of them, so that it can be asked before anything is held.
    """
    found = {}
    mine = pl.col("customer_id") == customer_id
    store, places = _places(lake)
    for table, as_of in places.items():
        if parts := len(store.parts(table, as_of)):
            part = identifiers.partition_of(customer_id, parts)
            if rows := store.read_where(table, as_of, mine, ["customer_id"], part=part).height:
                found[table] = rows
    return found


def kinds(customer_id: str, *, lake: Path) -> tuple[str, ...]:
    """Of KINDS, those of which the lake holds anything of a customer."""
    held = counts(customer_id, lake=lake)
    return tuple(kind for kind, tables in KINDS.items() if any(table in held for table in tables))


def rows(customer_id: str, *, lake: Path) -> dict[str, Any] | None:
    """Every column of every row, table by table; contact points of other people left out.

    returns : `tape_on` and `night_on` (which days' state it is), `currency` of their first account, in which income and
              spending are told (None without one), and `tables`; None where there is no tape
    """
    store, places = _places(lake)
    if not places:
        return None
    tables = {
        table: store.read_customer(table, as_of, customer_id)
        for table, as_of in places.items()
        if store.parts(table, as_of)
    }
    tables["contact_points"] = tables["contact_points"].filter(pl.col("relation") == OWN)
    first = tables["accounts"].sort("opened_on", "account_id").head(1)
    return {
        "tape_on": places["accounts"],
        "night_on": places.get(NIGHT[0]),
        "currency": None if first.is_empty() else first["currency"].item(),
        "tables": {table: frame.to_dicts() for table, frame in tables.items()},
    }


def _places(root: Path) -> tuple[Lake, dict[str, date]]:
    """Table → the day of its newest state; nothing where there is no tape."""
    store = Lake(root)
    try:
        tape_on = date.fromisoformat(engines.newest_tape(root).as_of)
    except engines.NoTape:
        return store, {}
    places = dict.fromkeys(tape.TABLES, tape_on)
    night_on = max(NightFiles(root).nights(), default=None)
    return store, places if night_on is None else places | dict.fromkeys(NIGHT, night_on)
