"""The partner API, version 1, with its OpenAPI document. A refusal becomes an HTTP status here and nowhere else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from arrears import __version__
from arrears.interfaces.api import cases, contacts, payments, stops, webhooks
from arrears.kernel.errors import InvalidInput, NotFound, Refusal

api = NinjaAPI(
    title="Arrears API",
    version=__version__,
    description=(
        "Amounts are integers in minor units with a currency, or decimal text where a field says so; times are ISO 8601"
        " with a zone. Every POST needs an Idempotency-Key header: the same request again is answered, not repeated."
    ),
    urls_namespace="api",
    docs_url="/docs",
)
api.add_router("/payments", payments.router)
api.add_router("/cases", cases.router)
api.add_router("/contacts", contacts.router)
api.add_router("/stops", stops.router)
api.add_router("/webhooks", webhooks.router)


#: Kind of refusal → answer; any other is a conflict with what is.
STATUSES = {NotFound: 404, InvalidInput: 422}


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """404 for what does not exist, 422 for malformed input, 409 for every other refusal; body: code, message."""
    status = next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 409)
    return api.create_response(request, {"code": refusal.code, "message": str(refusal)}, status=status)
