"""Tell the books which contacts the lender made without us, so that the gate counts them against the caps.

Called by tape_in inside its transaction. Only what a limit may still look back at is taken; the lake keeps the rest.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from arrears.exchange import staging
from arrears.records.contacts.models import OutsideContact
from arrears.rules.compliance import packs


def keep(history: pl.DataFrame, *, as_of: date) -> staging.Merged:
    """Bring the tape's earlier contacts into the books.

    history : schemas.tape.CONTACT_HISTORY
    as_of   : the tape's date; contacts too old for any limit at that date are left in the lake
    returns : Merged; keeping the same rows again returns zeros
    """
    oldest = as_of - timedelta(days=packs.LOOKBACK_DAYS_MAX + 1)
    rows = history.filter(pl.col("at").dt.date() >= oldest).select(
        "at", "channel", pl.col("outcome").fill_null(""), person_id="customer_id"
    )
    return staging.merge(OutsideContact, rows, key=["person_id", "at", "channel"], update=["outcome"])
