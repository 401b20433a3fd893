"""How much of a bad value may be shown to whoever mends the tape: enough to recognise it, never the whole of it.

Called when quarantine rows are made. A shifted column can put a telephone number where an amount belongs, so what
may be shown is decided by the look of the value, not by the name of its column.
"""

from __future__ import annotations

import polars as pl

#: Amounts, dates and other figures of at most nine digits (a telephone number has more), and the usual non-numbers.
_FIGURE = r"^[+-]?(\d{0,9}|\d{1,3}(,\d{3}){1,2})(\.\d{0,6})?$|^\d{4}-\d{1,2}-\d{1,2}$|^(?i:[+-]?(nan|inf|infinity))$"
_FIGURE_CHARACTERS = 12
_EXPONENT = r"^[+-]?\d{1,4}(\.\d{1,4})?[eE][+-]?\d{1,3}$"


def masked(values: pl.Expr, *, identity: bool) -> pl.Expr:
    """Text safe to store beside a reason.

    values   : text; null stays null
    identity : whether the column holds names, numbers or addresses of people: then at most one character shows
    returns  : short figures as they are; otherwise the first character, asterisks, and from 8 characters on the last
    example  : "13812345678" -> "1*********8"; identity "张三丰" -> "张**"; "12.345" -> "12.345"
    """
    length = values.str.len_chars()
    stars = pl.lit("*").repeat_by(length.clip(2, 12) - 1).list.join("")
    one = pl.concat_str(values.str.slice(0, 1), stars)
    both = pl.concat_str(
        values.str.slice(0, 1), pl.lit("*").repeat_by(length.clip(2, 12) - 2).list.join(""), values.str.slice(-1, 1)
    )
    hidden = pl.when(length == 1).then(pl.lit("*")).otherwise(one)
    if identity:
        return pl.when(length > 0).then(hidden).otherwise(values)
    figure = (values.str.contains(_FIGURE) & (length <= _FIGURE_CHARACTERS)) | values.str.contains(_EXPONENT)
    return pl.when(figure).then(values).when(length >= 8).then(both).otherwise(hidden)
