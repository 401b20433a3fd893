"""Who are these people on paper? Synthetic names, identity numbers, phones and addresses, by the number alone.

Called by `tape`. Nothing here can belong to anybody: identity numbers carry a region that is never issued to a person
(province code and four zeros) with a valid check character, phones are of the block 1610, and mail addresses are under
example.com (RFC 2606).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.simulator import chance, parameters
from arrears.simulator.borrowers import Borrowers
from arrears.simulator.state import State

#: GB 11643: weights of the first seventeen digits and the check characters by remainder.
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))


def words(options: list[str], at: NDArray[np.int64]) -> pl.Series:
    """options[at], as a column of text."""
    return pl.Series(options, dtype=pl.String).gather(at)


def names(s: State, b: Borrowers) -> pl.Series:
    """A surname and one or two characters each."""
    lists, number = parameters.names(), b.number
    surname = words(lists["surnames"], chance.pick(s.seed, "surname", number, [1.0] * len(lists["surnames"])))
    given = [
        words(lists["given"], chance.pick(s.seed, f"given.{i}", number, [1.0] * len(lists["given"]))) for i in (1, 2)
    ]
    two = pl.Series(chance.uniform(s.seed, "given.two", number) < 0.8)
    frame = pl.DataFrame({"s": surname, "a": given[0], "b": given[1], "two": two})
    return frame.select(pl.concat_str("s", "a", pl.when("two").then("b").otherwise(pl.lit("")))).to_series()


def id_numbers(s: State, b: Borrowers) -> pl.Series:
    """Eighteen characters, the last a valid check character, the region never issued."""
    codes = np.array([int(code) for code in s.parameters.regions.codes])[b.region]
    born = b.birth_day.astype("datetime64[D]")
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
    serial = chance.whole(s.seed, "id.serial", b.number, 1, 999)
    body = codes * 10**15 + (year * 10_000 + month * 100 + day) * 1_000 + serial
    digits = body[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64)[None, :] % 10
    check = _CHECK[(digits * _WEIGHTS[None, :]).sum(axis=1) % 11]
    return pl.Series(body).cast(pl.String) + pl.Series(check.tolist())


def phones(b: Borrowers, which: int) -> pl.Series:
    """+86 1610 and seven digits: a mobile in shape, of a block that is not sold to the public as far as we know.

    which : 0 … 3, so nobody shares a number with anybody in a market of up to two and a half million
    """
    slot = (b.number.astype(np.int64) * 4 + which) * 7_368_787 % 10**7  # the factor is odd and no multiple of five
    return "+861610" + pl.Series(slot + 10**7).cast(pl.String).str.slice(1)


def addresses(s: State, b: Borrowers) -> pl.Series:
    """An invented street and house number."""
    streets, number = parameters.names()["streets"], b.number
    street = words(streets, chance.pick(s.seed, "street", number, [1.0] * len(streets)))
    return street + pl.Series(chance.whole(s.seed, "house", number, 1, 999)).cast(pl.String) + "号"


def employers(s: State, b: Borrowers) -> pl.Series:
    """An invented employer, or null for who has none."""
    lists, number = parameters.names()["employers"], b.number
    name = words(lists, chance.pick(s.seed, "employer", number, [1.0] * len(lists)))
    has = pl.Series(chance.uniform(s.seed, "employed", number) < s.parameters.population.employer_share)
    return pl.DataFrame({"n": name, "has": has}).select(pl.when("has").then("n")).to_series()
