"""Which files make a tape, and which columns each may carry: the input contract as data.

Read by every other module of the tape and printed in docs/tape.md. It decides nothing: what a value must look like
is said beside each column, and checked in `fields` and the module of its table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a tape file. `vault` columns never reach the lake; `required` ones must be present and filled."""

    name: str
    required: bool = False
    vault: bool = False


def _columns(text: str) -> tuple[Column, ...]:
    """`*` marks a required column, `!` one that only the vault may hold."""
    return tuple(Column(word.strip("*!"), "*" in word, "!" in word) for word in text.split())


FILES: dict[str, tuple[Column, ...]] = {
    "customers": _columns(
        "*customer_id !name !id_number !birth_on region_code language !employer monthly_income since_on"
    ),
    "contact_points": _columns("*customer_id *kind *!value *relation consented_on verified_on"),
    "accounts": _columns(
        "*account_id *customer_id *product_code *currency *opened_on *principal apr credit_limit status insured_by"
    ),
    "instalments": _columns("*account_id *number *due_on *principal interest fee penalty currency"),
    "payments": _columns("*payment_id *account_id *paid_on *amount channel reverses booked_on currency"),
    "pauses": _columns("*account_id *from_on to_on reason"),
    "spending": _columns("*customer_id *spent_on *amount category"),
    "contact_history": _columns("*customer_id *at *channel *outcome"),
}
#: Without these there is no tape. The others may be absent.
REQUIRED_FILES = ("customers", "accounts", "instalments")


def column(table: str, name: str) -> Column:
    """One column of one file."""
    return next(c for c in FILES[table] if c.name == name)
