"""Which rows of a tape were set aside, and why: the first of each file as lines, and how many more there are.

Called by `ingest` and `age`, for a tape that was taken as for one that was refused. Values are masked already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from arrears.decisions.tape import reading, reasons, refusals
from arrears.decisions.tape.policy import TapePolicy


def lines(rows: Iterable[Mapping[str, object]], counts: Mapping[str, int], policy: TapePolicy) -> Iterator[str]:
    """File by file: where each of the first rows stands, its masked value and its reason; and how many more.

    rows   : file, line, column, value_masked, reason, file by file
    counts : how many rows of each file were set aside
    policy : what the tape was read by: an unknown code is told with those that are known
    """
    known = {"kind": policy.kinds, "relation": policy.relations}
    told: Counter[str] = Counter()
    shown = [dict(row) for row in rows]
    for number, row in enumerate(shown):
        file, value = str(row["file"]), row["value_masked"]
        column = f", {row['column']}" if row["column"] else ""
        codes = known.get(str(row["column"]), ()) if row["reason"] == reasons.CODE_UNKNOWN else ()
        meant = f" (one of {' '.join(codes)})" if codes else ""
        yield f"{file}: line {row['line']}{column}: {row['reason']}{f': {value}' if value is not None else ''}{meant}"
        told[file] += 1
        last = number + 1 == len(shown) or shown[number + 1]["file"] != file
        if last and counts[file] > told[file]:
            yield f"{file}: {counts[file] - told[file]:,} more rows set aside"


def of_refusal(refusal: refusals.TooManyBadRows) -> tuple[list[dict[str, object]], dict[str, int]]:
    """The first rows of each file that were set aside until a tape was refused, and how many of each file were."""
    quarantine = refusal.quarantine
    return list(reading.first_aside(quarantine)), dict(Counter(quarantine["file"]))
