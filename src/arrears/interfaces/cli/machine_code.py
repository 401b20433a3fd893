"""The machine code of the compiled kernels, made before anybody waits for it.

`arrears setup` asks for it; the demo runs this module in a process beside its own, while it founds its town. What is
needed first is made first.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from arrears.decisions import lateness
from arrears.decisions.schemas import tape
from arrears.decisions.tape import amounts
from arrears.rules.ageing import one, reading


def make() -> None:
    """Read one amount, and age one account that owes one fen: what is compiled is kept, and serves all after them."""
    amounts.parse(pl.Series(["0.01"]), amounts.exponents(pl.Series(["CNY"])), file="")
    day = date(2026, 1, 1)
    one.age_account([one.Due(1, day, 1)], (), policy=reading.find("plain"), as_of=day)
    nothing = {name: pl.DataFrame(schema=tape.TABLES[name]) for name in ("accounts", "instalments", "payments")}
    lateness.lateness(nothing["accounts"], nothing["instalments"], nothing["payments"], as_of=day)


if __name__ == "__main__":
    make()
