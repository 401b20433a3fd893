"""The partner API, version 1, with its OpenAPI document. A refusal becomes an HTTP status here and nowhere else."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from arrears import __version__
from arrears.interfaces.api import cases, complaints, contacts, payments, problems, stops, webhooks, words
from arrears.interfaces.api.keys import KeyRate
from arrears.kernel.errors import InvalidInput, NotFound, Refusal


class OneOfEach(Parser):
    """Reads a body in which every key stands once: of two, nobody could say which is meant."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(request.body, object_pairs_hook=_once)
        return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        raise ValueError(pairs)
    return body


class PartnerAPI(NinjaAPI):
    """An API whose document tells what each operation may refuse."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**where)
        problems.document(document)
        return document


rate = KeyRate()
api = PartnerAPI(
    title="Arrears API",
    version=__version__,
    description=(
        "Amounts are integers in minor units with a currency, or decimal text where a field says so; times are ISO 8601"
        " with a zone. Every POST needs an Idempotency-Key header: the same request again is answered, not repeated."
        " Every error is a problem of RFC 9457 (application/problem+json) with a stable `code`. Webhooks are delivered"
        " at least once: the header Arrears-Delivery is the same whenever a notice is told again."
    ),
    urls_namespace="api",
    docs_url="/docs",
    throttle=rate,
    parser=OneOfEach(),
)
api.add_decorator(words.known_alone)
api.add_router("/payments", payments.router)
api.add_router("/cases", cases.router)
api.add_router("/contacts", contacts.router)
api.add_router("/stops", stops.router)
api.add_router("/complaints", complaints.router)
api.add_router("/webhooks", webhooks.router)


#: Kind of refusal → answer; any other is a conflict with what is.
STATUSES = {NotFound: 404, InvalidInput: 422}


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """404 for what does not exist, 422 for malformed input, 409 for every other refusal."""
    status = next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 409)
    return problems.answer(status, str(refusal), code=refusal.code)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, found: ValidationError) -> HttpResponse:
    """422 with each value that is not valid."""
    errors = problems.field_problems(found.errors)
    return problems.answer(422, "; ".join(f"{one['where']}: {one['message']}" for one in errors), errors=errors)


@api.exception_handler(HttpError)
def stopped(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses; a body that is no JSON is malformed like any other input."""
    if error.status_code == 400:
        return problems.answer(422, "The body is not JSON with each key once.", code="malformed_body")
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    if isinstance(error, Throttled) and error.wait:
        headers["Retry-After"] = str(error.wait)
    return problems.answer(error.status_code, str(error), headers=headers)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """413 for a body beyond what one request may carry."""
    return problems.answer(413, "The body is larger than one request may carry.")
