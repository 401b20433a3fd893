"""Kinds of value that requests carry, so that what no database could hold is malformed before it gets there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Schema
from ninja.errors import ValidationError
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict


class Asked(Schema):
    """The body of a request: a field that is not known is refused by its name, never passed over."""

    model_config = ConfigDict(extra="forbid")


def known_alone(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that refuses by its name what it does not read of an address: `?stge=EARLY` would narrow nothing."""

    @wraps(view)
    def asked(request: HttpRequest, **given: Any) -> Any:
        models = view._ninja_operation.models  # type: ignore[attr-defined]
        known = {
            name for model in models if model.__ninja_param_source__ == "query" for name in model.__ninja_flatten_map__
        }
        if unknown := sorted(request.GET.keys() - known):
            raise ValidationError([{"loc": ("query", name), "msg": "there is no such parameter"} for name in unknown])
        return view(request, **given)

    return asked


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must hold printable characters only")
    return text


def _trimmed(text: str) -> str:
    if text != text.strip():
        raise ValueError("must have no blanks around it")
    return text


def _addressable(text: str) -> str:
    if "/" in text or "\\" in text or text in {".", ".."}:
        raise ValueError("must hold no slash, since it becomes part of an address")
    return text


def _written(pattern: str, meaning: str) -> Callable[[object], object]:
    """Text of this form and nothing else: not the seconds of an epoch, and no date with a time that is cut off."""
    form = re.compile(pattern, re.ASCII)

    def must_be(given: object) -> object:
        if not isinstance(given, str) or form.fullmatch(given) is None:
            raise ValueError(f"must be {meaning}")
        return given

    return must_be


Words = AfterValidator(_printable)
#: An identifier of the lender's or of ours, without the blanks that a tape is trimmed of.
Identifier = Annotated[str, Field(min_length=1, max_length=64), Words, AfterValidator(_trimmed)]
#: One that is part of an address later.
NewIdentifier = Annotated[Identifier, AfterValidator(_addressable)]
#: Money in major units, read by `kernel.money`; a currency without minor units has no fraction.
MoneyText = Annotated[str, Words, Field(max_length=24, json_schema_extra={"pattern": r"^[0-9]+(\.[0-9]{1,3})?$"})]
#: A day, and a moment with its zone.
Day = Annotated[date, BeforeValidator(_written(r"\d{4}-\d\d-\d\d", 'a date written "YYYY-MM-DD"'))]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(
        _written(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)",
            'a moment with its zone, written "YYYY-MM-DDThh:mm:ssZ" or with an offset such as "+08:00"',
        )
    ),
]
#: The number of a row of ours.
RowNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]
#: How many rows a page holds.
Limit = Annotated[int, Field(ge=1, le=500)]
