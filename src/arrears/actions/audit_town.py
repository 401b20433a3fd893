"""Let the independent auditor hold the books of the synthetic lender against its own, and stop the run on any point.

Called by `arrears demo` after the days it lived, and by tests. The auditor sees the tape as the books saw it, what was
paid here besides, and every contact since a date; it may judge a share of the people, chosen by their identifiers, to
stay quick. Whose money moved here after the night is left out: their cases have gone on, and their positions have not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from arrears.actions import house
from arrears.actions.live_day import Town
from arrears.decisions import engines
from arrears.decisions.night_files import NightFiles
from arrears.kernel import identifiers
from arrears.records.cases import desk
from arrears.records.compliance import stops
from arrears.records.contacts import touched
from arrears.records.ledger import queries as ledger
from arrears.simulator import auditor
from arrears.simulator.auditor import AuditorDisagrees, BooksView

CONTACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "contact_id": pl.String,
    "customer_id": pl.String,
    "channel": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "relation": pl.String,
    "template": pl.String,
    "purpose": pl.String,
    "outcome": pl.String,
    "contact_point_id": pl.String,
}


@dataclass(frozen=True)
class Audited:
    """How much was looked at: the auditor had no finding."""

    as_of: date
    accounts: int
    contacts: int


def audit_town(town: Town, *, since: date, one_in: int) -> Audited:
    """Audit the last business date lived: positions, open cases, and the contacts since a date.

    since  : the first local date whose contacts are judged
    one_in : 1 = everybody; 10 = a tenth of the people
    returns: Audited
    raises : AuditorDisagrees, with every finding
    """
    as_of = town.market.today
    seen = town.market.tape(as_of - timedelta(days=1))
    booked = _booked(as_of)
    moved = ledger.people_of_payments_besides(booked["payment_id"])
    people = seen["customers"].filter(~pl.col("customer_id").is_in(moved))["customer_id"]
    chosen = _chosen(people, one_in)
    judge = auditor.Auditor(auditor.shipped())
    judge.see(_only(seen | {"payments": _with(booked, seen["payments"])}, chosen))
    ours = pl.col("customer_id").is_in(chosen.implode())
    positions = NightFiles(house.here().lake).read("positions", as_of).filter(ours)
    contacts = pl.DataFrame(touched.since(since), schema=CONTACTS, orient="row").filter(ours)
    view = BooksView(
        positions=positions,
        open_cases=pl.DataFrame({"customer_id": desk.people_with_open_cases()}).filter(ours),
        contacts=contacts,
        stops=pl.DataFrame(stops.of_everything(), schema=auditor.STOPS, orient="row").filter(ours),
    )
    if findings := judge.audit(view, as_of=as_of):
        raise AuditorDisagrees(findings)
    return Audited(as_of, positions.height, contacts.height)


def _booked(as_of: date) -> pl.DataFrame:
    """The payments that the night found in the books, whoever told of them."""
    files = NightFiles(house.here().lake)
    parts = range(engines.partitions_of(engines.newest_tape(files.root)))
    return pl.concat([files.facts_of(as_of, part)["payments"] for part in parts])


def _with(booked: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """What the tape told and what was booked here, in the tape's form; a payment that both know is one."""
    here = booked.filter(~pl.col("payment_id").is_in(told["payment_id"].implode()))
    amount = (pl.col("amount_minor").cast(pl.Decimal(38, 2)) / 100).cast(told.schema["amount"])
    return pl.concat([told, here.with_columns(amount=amount).select(told.columns)])


def _chosen(customer_ids: pl.Series, one_in: int) -> pl.Series:
    keep = [identifiers.partition_of(customer_id, one_in) == 0 for customer_id in customer_ids]
    return customer_ids.filter(pl.Series(keep, dtype=pl.Boolean))


def _only(tape: Mapping[str, pl.DataFrame], chosen: pl.Series) -> dict[str, pl.DataFrame]:
    """The tape of the chosen people alone."""
    accounts = tape["accounts"].filter(pl.col("customer_id").is_in(chosen.implode()))
    ours = pl.col("account_id").is_in(accounts["account_id"].implode())
    return {"accounts": accounts} | {name: tape[name].filter(ours) for name in ("instalments", "payments", "pauses")}
