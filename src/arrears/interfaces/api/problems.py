"""Every error of the API has one shape: RFC 9457 problem details, with a stable `code`; documented for each operation.

The API's handlers make them; the middleware `OneShape` does so for what never reaches the API, such as an address that
does not exist. Whether something is an error, and which, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Schema

MEDIA_TYPE = "application/problem+json"
#: The code of an error that nobody named, by its status.
CODES = {
    400: "bad_request",
    401: "no_live_key",
    403: "scope_missing",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    422: "invalid_input",
    429: "too_many_requests",
    500: "internal_error",
}


class FieldProblem(Schema):
    """One value that is not valid: where it stands ("body.amount"), and why."""

    where: str
    message: str


class Problem(Schema):
    """RFC 9457. `code` is stable and made for programs; `detail` is English and made for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []


def answer(
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The response that tells a problem."""
    code = code or CODES.get(status, "refused")
    body = {
        "type": f"urn:arrears:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
    }
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def field_problems(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What the validator found, each with its place: the name of the parameter stands once."""
    found = []
    for error in errors:
        place = [str(step) for step in error["loc"]]
        if place[:1] == ["body"] and len(place) > 2:
            del place[1]
        found.append({"where": ".".join(place), "message": str(error["msg"])})
    return found


class OneShape:
    """Middleware: an error below the API's address that is not a problem yet becomes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE
        if is_ours or not request.path_info.startswith(reverse("api:api-root")):
            return response
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return answer(response.status_code, HTTPStatus(response.status_code).description, headers=kept)


#: What any operation may answer, what one that changes something may, and what one that names something may.
ANY = (401, 403, 422, 429)
CHANGING = (404, 409, 413)
NAMING = (404,)
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this request: the same again is answered, not repeated; with another body it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
}


def document(openapi: dict[str, Any]) -> None:
    """Write into an OpenAPI document what each operation may refuse, and the key that each POST needs."""
    schemas = openapi["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["Problem"].pop("$defs", {})
    for path, ways in openapi["paths"].items():
        for way, operation in ways.items():
            statuses = {*ANY, *(CHANGING if way == "post" else ()), *(NAMING if "{" in path else ())}
            statuses |= {status for status in operation["responses"] if status >= 400}  # what it names itself
            for status in sorted(statuses):
                operation["responses"][status] = {
                    "description": HTTPStatus(status).phrase,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            if way == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
