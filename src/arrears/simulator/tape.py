"""What would the lender send? The market as the files of the external tape: whole, or only what changed.

Called by `market`. Amounts are exact decimals of major units, dates are dates, identifiers depend on the person and not
on the chunk. A row is on the tape of a day only when it was booked by then. Nothing here changes the market.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from arrears.kernel.errors import InvalidInput
from arrears.simulator import chance, identity, loans
from arrears.simulator.state import State

PAUSE_REASONS = ["", "HARDSHIP", "ILLNESS"]
Positions = NDArray[np.int64]


class UnknownFormat(InvalidInput):
    code = "unknown_tape_format"
    message = "A tape is written as parquet or csv, not {format}."


def snapshot(s: State, as_of: int) -> dict[str, pl.DataFrame]:
    """Every row known at the end of a day."""
    return _frames(s, as_of, after=None)


def changes(s: State, since: int, as_of: int) -> dict[str, pl.DataFrame]:
    """Every row that is new or changed after `since`."""
    return _frames(s, as_of, after=since)


def write(frames: dict[str, pl.DataFrame], folder: Path, format: str) -> None:  # noqa: A002
    """One file a table, written beside and renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        beside = folder / f".{name}.part"
        if format == "parquet":
            frame.write_parquet(beside, compression="lz4")
        elif format == "csv":
            frame.write_csv(beside)
        else:
            raise UnknownFormat(format=format)
        beside.replace(folder / f"{name}.{format}")


def _frames(s: State, as_of: int, after: int | None) -> dict[str, pl.DataFrame]:
    opened, changed = s.loans["opened"], s.loans["changed"]
    low = -(2**31) if after is None else after
    # People and their contact points do not change in this market, so only a whole tape carries them.
    everyone = np.arange(len(s.borrowers.number) if after is None else 0)
    accounts = np.flatnonzero((opened <= as_of) & ((opened > low) | ((changed > low) & (changed <= as_of))))
    fresh = np.flatnonzero((opened <= as_of) & (opened > low))
    booked = s.payments["booked"]
    granted = s.pauses["granted"]
    spent = s.spending["day"]
    return {
        "customers": _customers(s, everyone),
        "contact_points": _contact_points(s, everyone),
        "accounts": accounts_frame(s, accounts, as_of),
        "instalments": instalments_frame(s, fresh),
        "payments": payments_frame(s, np.flatnonzero((booked <= as_of) & (booked > low))),
        "pauses": _pauses(s, np.flatnonzero((granted <= as_of) & (granted > low))),
        "spending": _spending(s, np.flatnonzero((spent <= as_of) & (spent > low))),
    }


def customer_ids(s: State, who: Positions) -> pl.Series:
    """C and nine digits."""
    return _digits("C", s.borrowers.number[who], 9)


def account_ids(s: State, rows: Positions) -> pl.Series:
    """A, the borrower's nine digits and two of the loan."""
    number = s.borrowers.number[s.loans["borrower"][rows]].astype(np.int64)
    return _digits("A", number * 100 + s.loans["ordinal"][rows], 11)


def _digits(letter: str, numbers: NDArray[np.generic], width: int) -> pl.Series:
    padded = pl.Series(numbers.astype(np.int64) + 10**width).cast(pl.String).str.slice(1)
    return letter + padded


def _dates(days: NDArray[np.generic]) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def amounts(minor: NDArray[np.int64]) -> pl.Series:
    """Fen as exact decimals of yuan, without a division: the integers themselves become the decimals' digits."""
    wide = np.empty((len(minor), 2), dtype=np.int64)
    wide[:, 0] = minor
    wide[:, 1] = minor >> 63
    array = pa.Array.from_buffers(pa.decimal128(18, 2), len(minor), [None, pa.py_buffer(wide.tobytes())])
    return pl.Series(pl.from_arrow(array))


def _customers(s: State, everyone: Positions) -> pl.DataFrame:
    b = s.borrowers.of(everyone)
    return pl.DataFrame(
        {
            "customer_id": customer_ids(s, everyone),
            "name": identity.names(s, b),
            "id_number": identity.id_numbers(s, b),
            "birth_on": _dates(b.birth_day),
            "region_code": "CN-" + identity.words(s.parameters.regions.codes, b.region.astype(np.int64)),
            "language": identity.words(["zh-Hans", "en"], b.language.astype(np.int64)),
            "employer": identity.employers(s, b),
            "monthly_income": amounts(b.income_minor),
            "since_on": _dates(b.since_day),
        }
    )


def _contact_points(s: State, everyone: Positions) -> pl.DataFrame:
    b = s.borrowers.of(everyone)
    ids = customer_ids(s, everyone)
    since = _dates(b.since_day)
    mail = (
        pl.DataFrame({"c": ids})
        .select(pl.concat_str(pl.col("c").str.to_lowercase(), pl.lit("@example.com")))
        .to_series()
    )
    points = [
        ("MOBILE", "SELF", identity.phones(b, 0), 1.0),
        ("MOBILE", "SELF", identity.phones(b, 1), 0.2),
        ("EMAIL", "SELF", mail, 0.6),
        ("ADDRESS", "SELF", identity.addresses(s, b), 0.9),
        ("MOBILE", "KIN", identity.phones(b, 2), 0.5),
        ("MOBILE", "COLLEAGUE", identity.phones(b, 3), 0.25),
    ]
    frames = []
    for at, (kind, relation, value, share) in enumerate(points):
        has = chance.uniform(s.seed, f"point.{at}", b.number) < share
        frame = pl.DataFrame({"customer_id": ids, "value": value, "consented_on": since, "verified_on": since})
        own = relation == "SELF"
        frames.append(
            frame.with_columns(
                kind=pl.lit(kind),
                relation=pl.lit(relation),
                consented_on=pl.col("consented_on") if own else pl.lit(None, dtype=pl.Date),
                verified_on=pl.col("verified_on") if at == 0 else pl.lit(None, dtype=pl.Date),
            ).filter(pl.Series(has))
        )
    columns = ["customer_id", "kind", "value", "relation", "consented_on", "verified_on"]
    return pl.concat([frame.select(columns) for frame in frames])


def accounts_frame(s: State, rows: Positions, as_of: int) -> pl.DataFrame:
    """One row an account; CLOSED once the last payment is booked."""
    at, p = s.loans, s.parameters
    closed = (at["closed"][rows] <= as_of).astype(np.int64)
    insurer = at["insurer"][rows].astype(np.int64)
    return pl.DataFrame(
        {
            "account_id": account_ids(s, rows),
            "customer_id": customer_ids(s, at["borrower"][rows]),
            "product_code": identity.words([each.code for each in p.products], at["product"][rows].astype(np.int64)),
            "currency": pl.repeat("CNY", len(rows), eager=True),
            "opened_on": _dates(at["opened"][rows]),
            "principal": amounts(at["principal"][rows]),
            "apr": pl.Series(at["rate_bps"][rows] / 10_000.0),
            "credit_limit": amounts((at["principal"][rows] // 100_000 + 1) * 100_000),
            "status": identity.words(["OPEN", "CLOSED"], closed),
            "insured_by": pl.Series([None, *p.lending.insurers], dtype=pl.String).gather(insurer),
        }
    )


def instalments_frame(s: State, rows: Positions) -> pl.DataFrame:
    """One row an instalment of these loans."""
    at = s.loans
    plan = loans.schedule(**{name: at[name][rows] for name in loans.SCHEDULED})
    inside = (np.arange(loans.TERMS_MAX)[None, :] < at["terms"][rows][:, None]).ravel()
    numbers = np.tile(np.arange(1, loans.TERMS_MAX + 1, dtype=np.int32), len(rows))[inside]
    owner = np.repeat(np.arange(len(rows)), loans.TERMS_MAX)[inside]
    return pl.DataFrame(
        {
            "account_id": account_ids(s, rows).gather(owner),
            "number": numbers,
            "due_on": _dates(plan.due.ravel()[inside]),
            "principal": amounts(plan.principal.ravel()[inside]),
            "interest": amounts(plan.interest.ravel()[inside]),
            "fee": amounts(plan.fee.ravel()[inside]),
        }
    )


def payments_frame(s: State, rows: Positions) -> pl.DataFrame:
    """One row a payment or reversal; a reversal has the value date of what it cancels and is booked later."""
    at = s.payments
    reverses = at["reverses"][rows].astype(np.int64)
    frame = pl.DataFrame(
        {
            "account_id": account_ids(s, at["loan"][rows]),
            "serial": _digits("-", at["serial"][rows], 3),
            "cancelled": _digits("-", np.maximum(reverses, 0), 3),
            "cancels": pl.Series(reverses >= 0),
            "paid_on": _dates(at["day"][rows]),
            "amount": amounts(at["amount"][rows]),
            "channel": identity.words(s.parameters.paying.channels, at["channel"][rows].astype(np.int64)),
            "booked_on": _dates(at["booked"][rows]),
        }
    )
    return frame.select(
        payment_id="P" + pl.col("account_id").str.slice(1) + pl.col("serial"),
        account_id="account_id",
        paid_on="paid_on",
        amount="amount",
        channel="channel",
        reverses=pl.when("cancels").then("P" + pl.col("account_id").str.slice(1) + pl.col("cancelled")),
        booked_on="booked_on",
    )


def _pauses(s: State, rows: Positions) -> pl.DataFrame:
    at = s.pauses
    return pl.DataFrame(
        {
            "account_id": account_ids(s, at["loan"][rows].astype(np.int64)),
            "from_on": _dates(at["from"][rows]),
            "to_on": _dates(at["to"][rows]),
            "reason": identity.words(PAUSE_REASONS, at["reason"][rows].astype(np.int64)),
        }
    )


def _spending(s: State, rows: Positions) -> pl.DataFrame:
    at = s.spending
    return pl.DataFrame(
        {
            "customer_id": customer_ids(s, at["borrower"][rows].astype(np.int64)),
            "spent_on": _dates(at["day"][rows]),
            "amount": amounts(at["amount"][rows]),
            "category": identity.words(s.parameters.spending.categories, at["category"][rows].astype(np.int64)),
        }
    )
