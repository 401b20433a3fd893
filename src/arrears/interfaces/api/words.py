"""Kinds of value that requests carry, so that what no database could hold is malformed before it gets there."""

from __future__ import annotations

from typing import Annotated

from ninja import Field
from pydantic import AfterValidator


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must hold printable characters only")
    return text


Words = AfterValidator(_printable)
#: An identifier of the lender's or of ours.
Identifier = Annotated[str, Field(min_length=1, max_length=64), Words]
#: The number of a row of ours.
RowNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
#: How many rows a page holds.
Limit = Annotated[int, Field(ge=1, le=500)]
